"""The module that `build` gives: everything torch does with hand-written modules works with it."""

from __future__ import annotations

import copy
import inspect
import io
import pickle
import traceback
from collections.abc import Mapping

import pytest
import torch
from torch import Tensor, nn

import netcompiler
from netcompiler.operations.arguments import Initializer
from netcompiler.torch.module import build
from tests.torch.graphs import Builder, chain
from tests.torch.specs import GOOGLENET, UNET, VIT

NETS = {
    "resnet18": ("specs/resnet.net", [3, 32, 32]),
    "resnet20": ("specs/resnet_cifar.net", [3, 32, 32]),
    "lenet": ("specs/lenet.net", [1, 28, 28]),
}


@pytest.fixture(params=[*NETS, "googlenet", "unet", "vit", "columns"])
def case(request: pytest.FixtureRequest) -> tuple[nn.Module, Tensor]:
    torch.manual_seed(0)
    if request.param in NETS:
        spec, shape = NETS[request.param]
        net = netcompiler.load(spec, request.param, inputs=shape)
    else:
        text = {"googlenet": GOOGLENET, "unet": UNET, "vit": VIT, "columns": COLUMNS}[request.param]
        net = netcompiler.loads(text)
    shape = list(net.inputs[0].output)
    return net.module().eval(), torch.randn(2, *shape)


COLUMNS = """
net two(classes=10) {
  group a, b
  input image [3, 16, 16]
  body: {
    columns a, b {
      conv1: conv(8, 3) -> relu
      exchange
      conv2: conv(8, 3) -> relu -> flatten
    }
  }
  on b { gather -> fc: linear(classes) }
}
"""


def test_compile(case: tuple[nn.Module, Tensor]) -> None:
    model, image = case
    compiled = torch.compile(model, backend="eager", fullgraph=True)
    assert torch.equal(compiled(image), model(image))


def test_export(case: tuple[nn.Module, Tensor]) -> None:
    model, image = case
    exported = torch.export.export(model, (image,)).module()
    assert torch.allclose(exported(image), model(image), atol=1e-5)


def test_copies_and_saved_weights(case: tuple[nn.Module, Tensor]) -> None:
    model, image = case
    expected = model(image)
    twin = copy.deepcopy(model)
    assert torch.equal(twin(image), expected)
    assert torch.equal(pickle.loads(pickle.dumps(model))(image), expected)
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    for parameter in twin.parameters():
        parameter.data.zero_()
    twin.load_state_dict(torch.load(file, weights_only=True), strict=True)
    assert torch.equal(twin(image), expected)


def test_hooks_and_blocks() -> None:
    model = netcompiler.load("specs/resnet.net", "resnet18", inputs=[3, 32, 32]).module()
    seen = []
    for name, module in model.named_modules():
        if type(module).__name__ == "Basic":
            module.register_forward_hook(lambda m, i, o, name=name: seen.append(name))
    model.eval()(torch.randn(1, 3, 32, 32))
    assert seen == [f"layer{i}.{j}" for i in range(1, 5) for j in range(2)]
    module = model.get_submodule("layer1.1")
    assert not [*module.get_submodule("downsample").parameters()]


def test_source_is_there_for_debuggers() -> None:
    model = netcompiler.load("specs/lenet.net").module()
    assert type(model).__module__ == "netcompiler.generated.lenet"
    assert type(model).__qualname__ == "Lenet"
    text = inspect.getsource(type(model))
    assert text.startswith("class Lenet(nn.Module):")
    assert "x = self.conv1(image)" in inspect.getsource(type(model).forward)
    with pytest.raises(RuntimeError) as error:
        model(torch.randn(1, 3, 28, 28))
    shown = "".join(traceback.format_exception(error.value))
    assert 'File "<netcompiler lenet>"' in shown
    assert "x = self.conv1(image)" in shown


def test_equal_nets_share_their_classes() -> None:
    one, two = (netcompiler.load("specs/lenet.net").module() for _ in range(2))
    other = netcompiler.load("specs/lenet.net", classes=7).module()
    assert type(one) is type(two)
    assert type(other) is not type(one)
    assert type(other).__module__ != type(one).__module__
    assert type(other).__module__.startswith("netcompiler.generated.lenet")
    assert "nn.Linear(84, 7)" in inspect.getsource(type(other))
    assert "nn.Linear(84, 10)" in inspect.getsource(type(one))


def test_net_with_the_name_of_a_helper() -> None:
    net = Builder("attention")
    net.output(net.add("attention", "0", net.input("x", 3, 8), num_heads=2))
    model = build(net.graph)
    assert type(model).__name__ == "Attention2"
    assert model(torch.randn(1, 3, 8)).shape == (1, 3, 8)


def test_devices() -> None:
    graph = chain(("conv", {"out_channels": 4, "kernel_size": 3}), ("batchnorm", {}), ("relu", {}))
    torch.manual_seed(3)
    here = build(graph)
    torch.manual_seed(3)
    there = build(graph, torch.device("cpu"))
    for a, b in zip(here.parameters(), there.parameters(), strict=True):
        assert torch.equal(a, b)
    assert {p.device.type for p in build(graph, "meta").parameters()} == {"meta"}
    before = torch.get_rng_state()
    build(graph, "meta")
    assert torch.equal(before, torch.get_rng_state())


def output_names(value: object) -> tuple[str, ...]:
    assert isinstance(value, tuple)
    assert hasattr(value, "_fields")
    return tuple(value._fields)


def test_training_only_outputs() -> None:
    model = netcompiler.loads(GOOGLENET).module()
    image = torch.randn(2, 3, 32, 32)
    seen: list[str] = []
    model.get_submodule("aux").register_forward_hook(lambda *_: seen.append("aux"))
    assert isinstance(model.eval()(image), Tensor)
    assert seen == []
    given = model.train()(image)
    assert seen == ["aux"]
    assert output_names(given) == ("aux", "fc")
    assert given.aux.shape == given.fc.shape == (2, 10)


def test_several_inputs_and_outputs() -> None:
    net = Builder("two")
    left, right = net.input("left", 4, 5, 5), net.input("right", 4, 5, 5)
    both = net.add("subtract", "0", [right, left])
    net.output(net.add("relu", "1", both), "positive")
    net.output(both, "both")
    net.output(left, "left")
    model = build(net.graph)
    a, b = torch.randn(2, 1, 4, 5, 5)
    given = model(a, b)
    assert output_names(given) == ("positive", "both", "left")
    assert torch.equal(given.both, b - a)
    assert torch.equal(given.positive, (b - a).relu())
    assert given.left is a
    assert torch.equal(model(right=b, left=a).both, b - a)


def test_reused_block_is_called_twice() -> None:
    net = netcompiler.loads(
        """
        net siamese {
          input left [3, 8, 8]
          input right [3, 8, 8]
          from left -> tower: { conv(4, 3) -> batchnorm -> relu -> flatten }
          from right -> reuse(tower) -> subtract(tower)
          fc: linear(1)
        }
        """
    )
    model = net.module().eval()
    calls = []
    tower = model.get_submodule("tower")
    assert isinstance(tower, nn.Sequential)
    tower.register_forward_hook(lambda m, i, o: calls.append(o))
    left, right = torch.randn(2, 1, 3, 8, 8)
    out = model(left, right)
    assert len(calls) == 2
    assert torch.equal(out, model.get_submodule("fc")(calls[1] - calls[0]))


RULES = [
    ("normal", (("std", 0.5),)),
    ("uniform", (("a", 2.0), ("b", 3.0))),
    ("trunc_normal", (("std", 2.0),)),
    ("constant", (("val", 3),)),
    ("ones", ()),
    ("zeros", ()),
    ("dirac", ()),
    ("xavier_uniform", (("gain", 2.0),)),
    ("xavier_normal", ()),
    ("kaiming_uniform", (("a", 0.1), ("mode", "fan_out"), ("nonlinearity", "leaky_relu"))),
    ("kaiming_normal", (("mode", "fan_out"),)),
    ("orthogonal", ()),
]


@pytest.mark.parametrize(("name", "args"), RULES)
@pytest.mark.parametrize("layers", [1, 4])
def test_initialisers(name: str, args: tuple[tuple[str, float | str], ...], layers: int) -> None:
    rule, zero = Initializer(name, args), Initializer("constant", (("val", 0),))
    conv = ("conv", {"out_channels": 8, "kernel_size": 3, "padding": 1, "init": rule, "bias_init": zero})
    torch.manual_seed(0)
    model = build(chain(*[conv] * layers, shape=(8, 8, 8)))
    torch.manual_seed(0)
    expected = [nn.Conv2d(8, 8, 3, padding=1) for _ in range(layers)]
    for module in expected:
        getattr(nn.init, f"{name}_")(module.weight, **dict(args))
        nn.init.zeros_(module.bias)
    for module, parameters in zip(expected, zip(*[model.parameters()] * 2, strict=True), strict=True):
        assert torch.equal(module.weight, parameters[0])
        assert torch.equal(module.bias, parameters[1])


def test_rules_of_torch_are_kept_where_the_spec_has_none() -> None:
    rule = Initializer("constant", (("val", 2.5),))
    net = Builder()
    value = net.input("image", 4, 5, 5)
    for i, init in enumerate([None, rule, None, rule, rule]):
        value = net.add("conv", f"conv{i}", value, out_channels=4, kernel_size=1, init=init)
        value = net.add("batchnorm", f"bn{i}", value, init=rule if i == 1 else None)
    net.output(value)
    state = build(net.graph).state_dict()
    for i in range(5):
        assert (state[f"conv{i}.weight"] == 2.5).all() == (i in (1, 3, 4))
        assert (state[f"bn{i}.weight"] == (2.5 if i == 1 else 1)).all()
        assert state[f"conv{i}.bias"].unique().numel() > 1


def test_one_rule_for_layers_with_and_without_bias() -> None:
    five = Initializer("constant", (("val", 5),))
    conv = {"out_channels": 3, "kernel_size": 1, "init": five, "bias_init": five}
    norm = {"init": five, "bias_init": five}
    graph = chain(
        ("conv", conv),
        ("conv", {**conv, "bias": False}),
        ("conv", conv),
        ("batchnorm", norm),
        ("batchnorm", {**norm, "affine": False}),
        ("batchnorm", norm),
    )
    state = build(graph).state_dict()
    for key in ("0.weight", "0.bias", "1.weight", "2.weight", "2.bias", "3.weight", "3.bias", "5.bias"):
        assert (state[key] == 5).all(), key
    assert "1.bias" not in state


def test_rules_of_one_layer_in_each_block() -> None:
    """Zero-initialised last norms, as for large batches (Goyal et al., 2017)."""
    net = netcompiler.loads(
        """
        block unit { residual { a: conv(4, 1) -> n1: batchnorm -> relu -> n2: batchnorm(init=0) } }
        net zero { input image [4, 5, 5]
          body: { unit * 5 }
          last: batchnorm(init=0.5) -> flatten -> linear(2) }
        """
    )
    assert net.source().count("nn.init") == 2
    for key, value in net.module().state_dict().items():
        if key.endswith((".n1.weight", ".n2.weight")):
            assert (value == float("n1" in key)).all(), key
        if key == "last.weight":
            assert (value == 0.5).all()


def test_rules_do_not_reach_the_layers_inside_attention() -> None:
    torch.manual_seed(0)
    state: Mapping[str, Tensor] = netcompiler.loads(VIT).module().state_dict()
    assert (state["head.weight"] == 0).all()
    for i in range(2):
        for j in (0, 3):
            assert (state[f"layers.{i}.mlp.{j}.bias"] == 0.25).all()
        assert (state[f"layers.{i}.self_attention.out_proj.bias"] == 0).all()
        assert (state[f"layers.{i}.self_attention.in_proj_weight"] == 0.5).all()
        assert (state[f"layers.{i}.self_attention.out_proj.weight"] == 0.5).all()
