"""Fully convolutional forms: the net's own scores at its own size, and those of sliding windows elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import netcompiler
from netcompiler import FullyConvolutionalError, Net, loads

SPECS = Path(__file__).parents[2] / "specs"

TOLERANCE = 1e-5
"""Of scores in units of their standard deviation: the same sums in another order, in single precision."""

# No padding: a window's scores do not depend on what lies around it. One step of the map is 4 pixels.
SLIDING = {
    "flatten": "conv(6, 5) -> relu -> maxpool(2) -> conv(8, 3, stride=2) -> flatten -> linear(20) -> relu",
    "pool": "conv(6, 3, stride=2) -> relu -> conv(8, 2, stride=2) -> batchnorm -> relu -> adaptive_avgpool(1)"
    " -> flatten -> dropout",
    "maximum": "conv(8, 4, stride=4) -> adaptive_maxpool(1) -> flatten",
    "mean": "conv(8, 4, stride=4) -> relu -> mean([2, 3])",
    "kept": "conv(8, 4, stride=4) -> mean([-1, -2], keepdim=true) -> conv(9, 1) -> relu -> flatten",
    "rows": "conv(8, 4, stride=4) -> adaptive_avgpool([none, 1]) -> flatten -> linear(7) -> batchnorm"
    " -> gelu",
    "last": "conv(8, 4, stride=4) -> permute([0, 2, 3, 1]) -> layernorm -> linear(9) -> gelu"
    " -> permute([0, 3, 1, 2]) -> flatten -> linear(8)",
    "branches": "conv(4, 4, stride=4) -> concat {\nidentity\nrelu\n}"
    " -> add {\nconv(8, 1)\nconv(8, 1) -> tanh\n} -> flatten -> concat {\nidentity\ntanh\n}",
}


def weighted(net: Net, dense: Net) -> tuple[nn.Module, nn.Module]:
    """Both as modules with the same weights, in evaluation; batch norms have seen something."""
    torch.manual_seed(0)
    own, other = net.module().eval(), dense.module().eval()
    for name, tensor in own.state_dict().items():
        if name.endswith("running_mean"):
            tensor.normal_()
        elif name.endswith("running_var"):
            tensor.uniform_(0.5, 2.0)
    shapes = {name: tensor.shape for name, tensor in other.state_dict().items()}
    state = {name: own.state_dict()[name].reshape(shape) for name, shape in shapes.items()}
    other.load_state_dict(state)
    return own, other


@torch.no_grad()
def same(ours: Tensor, theirs: Tensor) -> bool:
    spread = float(theirs.std()) or 1.0
    return bool((ours - theirs).abs().max() <= TOLERANCE * spread)


@pytest.mark.parametrize("name", SLIDING)
@torch.no_grad()
def test_larger_images_give_sliding_windows(name: str) -> None:
    net = loads(f"net n {{ input image [3, 20, 20]\n {SLIDING[name]} -> linear(5) }}")
    dense = net.fully_convolutional()
    own, module = weighted(net, dense)
    image = torch.randn(2, 3, 36, 28)
    scores = module(image)
    assert scores.shape == (2, 5, 5, 3)
    for row in range(5):
        for column in range(3):
            window = image[:, :, 4 * row : 4 * row + 20, 4 * column : 4 * column + 20]
            assert same(scores[:, :, row, column], own(window)), (row, column)


NETS = {
    "alexnet.net": ["alexnet"],
    "alexnet_one.net": ["alexnet_one"],
    "resnet.net": ["resnet18"],
    "densenet.net": ["densenet121"],
    "squeezenet.net": ["squeezenet1_1"],
    "mobilenet_v3.net": ["mobilenet_v3_small"],
    "convnext.net": ["convnext_tiny"],
    "shufflenet_v2.net": ["shufflenet_v2_x0_5"],
    "lenet.net": ["lenet"],
    "resnet_cifar.net": ["resnet20"],
}


@pytest.mark.parametrize(("file", "name"), [(file, name) for file, names in NETS.items() for name in names])
@torch.no_grad()
def test_at_its_own_size_a_net_gives_its_own_scores(file: str, name: str) -> None:
    net = netcompiler.load(SPECS / file, name)
    dense = net.fully_convolutional()
    own, module = weighted(net, dense)
    image = torch.randn(1, *net.inputs[0].output)
    scores = module(image)
    assert scores.shape == (1, *dense.outputs[0].shape) == (1, *net.outputs[0].shape, 1, 1)
    assert same(scores[:, :, 0, 0], own(image))
    assert dense.parameters == net.parameters
    assert {layer.path for layer in dense.layers} == {layer.path for layer in net.layers}


def test_shapes_and_costs_at_other_sizes() -> None:
    net = netcompiler.load(SPECS / "resnet.net", "resnet50")
    dense = net.fully_convolutional([3, 480, 640])
    assert dense.outputs[0].shape == (1000, 9, 14), "the map has 15×20, and the pool is 7×7"
    assert dense.layer("fc").operation.name == "conv"
    assert net.fully_convolutional().macs == net.macs
    vgg = netcompiler.load(SPECS / "vgg.net", "vgg16").fully_convolutional({"image": (3, 256, 384)})
    assert vgg.layer("classifier.0").weights["weight"] == (4096, 512, 7, 7)
    assert vgg.outputs[0].shape == (1000, 2, 6)


def test_the_form_is_a_net_like_any_other() -> None:
    """It can be printed as a spec and read again; two placement groups stay."""
    dense = netcompiler.load(SPECS / "alexnet.net").fully_convolutional()
    assert dense.groups == ("top", "bottom")
    again = loads(dense.expand())
    assert [layer.weights for layer in again.layers] == [layer.weights for layer in dense.layers]
    assert netcompiler.compare(again, dense).equal


@torch.no_grad()
def test_squeeze_excite_sees_the_whole_map() -> None:
    text = """net n { input image [3, 8, 8]
        conv(4, 1) -> multiply(broadcast=true) {
            identity
            adaptive_avgpool(1) -> sigmoid
        }
        adaptive_avgpool(1) -> flatten -> linear(5) }"""
    net = loads(text)
    own, module = weighted(net, net.fully_convolutional())
    assert module(torch.randn(1, 3, 10, 9)).shape == (1, 5, 3, 2)
    tiled = torch.randn(1, 3, 4, 4).tile(1, 1, 3, 3)  # every window of 8×8 has the mean of the whole
    assert same(module(tiled)[:, :, 4, 0], own(tiled[:, :, 4:12, 0:8]))


def test_outputs_for_training_fall_away() -> None:
    net = netcompiler.load(SPECS / "googlenet.net")
    dense = net.fully_convolutional()
    assert [output.name for output in dense.outputs] == [o.name for o in net.outputs if not o.training_only]
    assert not any(layer.path.startswith("aux") for layer in dense.layers)


@pytest.mark.parametrize(
    ("body", "layer", "message"),
    [
        (
            "conv(4, 1) -> view: reshape([4, 64]) -> mean(2)",
            "view",
            "`view`, reshape of [4, 8, 8]",
        ),
        (
            "conv(4, 1) -> tokens: flatten(2) -> mean(2)",
            "tokens",
            "`tokens`, flatten of [4, 8, 8], fits",
        ),
        ("up: adaptive_avgpool(12) -> flatten -> linear(5)", "up", "`up`, adaptive_avgpool of [3, 8, 8]"),
        ("flatten -> norm: layernorm -> linear(5)", "norm", "`norm`, layernorm of [192], fits images of one"),
        ("flatten -> some: softmax(1) -> linear(5)", "some", "`some`, softmax of [192]"),
        ("flatten -> all: relu", "all", "what `all` gives is no map of scores"),
        ("rows: linear(5) -> flatten -> linear(5)", "rows", "`rows`, linear of [3, 8, 8]"),
        ("flatten -> linear(9) -> part: narrow(-1, 0, 5)", "part", "`part`, narrow of [9]"),
    ],
)
def test_what_stands_in_the_way_is_named(body: str, layer: str, message: str) -> None:
    net = loads(f"net n {{ input image [3, 8, 8]\n {body} }}")
    with pytest.raises(FullyConvolutionalError) as caught:
        net.fully_convolutional()
    assert caught.value.layer == layer
    assert message in str(caught.value)


def test_other_mistakes() -> None:
    with pytest.raises(FullyConvolutionalError, match="none of its inputs is an image"):
        loads("net n { input x [9]\n linear(2) }").fully_convolutional()
    net = loads(
        "net n { input image [3, 8, 8]\n conv(4, 3) -> last: adaptive_avgpool(1) -> flatten -> linear(2) }"
    )
    with pytest.raises(FullyConvolutionalError, match="`last` kernel 6×6 is larger than its input"):
        net.fully_convolutional([3, 7, 7])
