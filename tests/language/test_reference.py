"""The shipped specs against the papers' and torchvision's numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from netcompiler import Net, check, load, nets

SPECS = Path(__file__).parents[2] / "specs"
ALL = [(file, info.name) for file in sorted(SPECS.glob("*.net")) for info in nets(file) if info.loadable]


def alexnet() -> Net:
    return load(SPECS / "alexnet.net")


@pytest.mark.parametrize("file", sorted(SPECS.glob("*.net")), ids=lambda f: f.stem)
def test_no_mistakes(file: Path) -> None:
    assert check(file) == []


def test_alexnet_has_the_papers_parameters() -> None:
    assert alexnet().parameters == 60_965_224


def test_alexnets_neurons_by_layer() -> None:
    # Figure 2 of the paper: 253,440 for the first layer is a known slip, 55 × 55 × 96 is 290,400.
    neurons: dict[str, int] = {}
    for layer in alexnet().layers:
        if layer.operation.kind in ("input", "conv", "linear"):
            neurons[layer.name] = neurons.get(layer.name, 0) + layer.neurons
    assert list(neurons.values()) == [150_528, 290_400, 186_624, 64_896, 64_896, 43_264, 4096, 4096, 1000]


def test_show_prints_the_neurons_of_both_columns_together() -> None:
    text = " ".join(alexnet().summary().split())
    assert "image 150,528, conv1 290,400, conv2 186,624, conv3 64,896, conv4 64,896, conv5 43,264" in text
    assert "fc6 4,096, fc7 4,096, fc8 1,000" in text


def test_seven_weight_layer_inputs_cross_and_no_other_layers() -> None:
    net = alexnet()
    graph = net._graph
    crossing = {e.target for e in graph.edges() if e.crosses}
    assert all(graph.layer(id).operation.kind == "transfer" for id in crossing)

    def reached(id: str) -> set[str]:
        """The weight layers that read what a transfer gives, through layers without weights."""
        layers = [graph.layer(edge.target) for edge in graph.consumers(id)]
        return set().union(*({x.id} if x.weights else reached(x.id) for x in layers))

    weighted = [id for transfer in sorted(crossing) for id in reached(transfer)]
    assert sorted(weighted) == sorted(
        ["top.conv3", "bottom.conv3", "top.fc6", "bottom.fc6", "top.fc7", "bottom.fc7", "fc8"]
    )
    assert all(e.declared for e in graph.edges() if e.crosses)


def test_alexnets_biases_and_weights_begin_as_in_the_paper() -> None:
    layers = {layer.path: layer.args for layer in alexnet().layers if layer.weights}
    ones = {path.rpartition(".")[2] for path, args in layers.items() if str(args["bias_init"]) == "1"}
    assert ones == {"conv2", "conv4", "conv5", "fc6", "fc7"}
    assert {str(args["init"]) for args in layers.values()} == {"normal(std=0.01)"}


def test_the_lrn_of_the_two_columns_runs_within_a_column() -> None:
    assert [x.output[0] for x in alexnet().layers if x.operation.name == "lrn"] == [48, 128, 48, 128]


def test_alexnet_in_one_tower_has_torchvisions_parameters() -> None:
    assert load(SPECS / "alexnet_one.net").parameters == 61_100_840


@pytest.mark.parametrize(
    ("depth", "parameters", "with_norm"),
    [
        (11, 132_863_336, 132_868_840),
        (13, 133_047_848, 133_053_736),
        (16, 138_357_544, 138_365_992),
        (19, 143_667_240, 143_678_248),
    ],
)
def test_vgg_has_torchvisions_parameters(depth: int, parameters: int, with_norm: int) -> None:
    net = load(SPECS / "vgg.net", f"vgg{depth}")
    assert net.totals().layers == depth
    assert net.parameters == parameters
    assert load(SPECS / "vgg.net", f"vgg{depth}_bn").parameters == with_norm


@pytest.mark.parametrize(
    ("name", "parameters", "layers"),
    [
        ("resnet18", 11_689_512, 18),
        ("resnet34", 21_797_672, 34),
        ("resnet50", 25_557_032, 50),
        ("resnet101", 44_549_160, 101),
        ("resnet152", 60_192_808, 152),
    ],
)
def test_resnets_have_torchvisions_parameters_and_the_papers_layers(
    name: str, parameters: int, layers: int
) -> None:
    net = load(SPECS / "resnet.net", name)
    assert net.parameters == parameters
    counted = [x for x in net.layers if x.operation.kind in ("conv", "linear") and "downsample" not in x.path]
    assert len(counted) == layers


def test_resnet50_has_torchvisions_macs() -> None:
    assert load(SPECS / "resnet.net", "resnet50").macs == 4_089_184_256


def test_the_papers_resnet50_strides_in_the_first_convolution() -> None:
    # 3.8 × 10^9 multiply-adds, as the paper says; v1.5 has 4.1.
    paper = load(SPECS / "resnet.net", "resnet50", paper_stride=True)
    strides = {x.path: x.args["stride"] for x in paper.layers if x.path.startswith("layer2.0.conv")}
    assert strides == {"layer2.0.conv1": 2, "layer2.0.conv2": 1, "layer2.0.conv3": 1}
    assert 3.8e9 <= paper.macs < 3.9e9
    assert paper.parameters == 25_557_032
    v15 = {
        x.path: x.args["stride"] for x in load(SPECS / "resnet.net", "resnet50").layers if "stride" in x.args
    }
    assert (v15["layer2.0.conv1"], v15["layer2.0.conv2"]) == (1, 2)


@pytest.mark.parametrize(
    ("depth", "millions"), [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85), (110, 1.7), (1202, 19.4)]
)
def test_cifar_resnets_have_the_parameters_of_table_6_and_6n_plus_2_layers(
    depth: int, millions: float
) -> None:
    net = load(SPECS / "resnet_cifar.net", f"resnet{depth}")
    digits = 2 if millions < 1 else 1
    assert round(net.parameters / 1e6, digits) == millions
    assert sum(x.operation.kind in ("conv", "linear") for x in net.layers) == depth


def test_lenet() -> None:
    # 6·(25+1) + 16·(6·25+1) + 120·(400+1) + 84·(120+1) + 10·(84+1)
    assert load(SPECS / "lenet.net").parameters == 156 + 2416 + 48120 + 10164 + 850


def test_other_inputs_and_classes() -> None:
    net = load(SPECS / "resnet.net", "resnet18", inputs=[1, 64, 64], classes=7)
    assert net.inputs[0].output == (1, 64, 64)
    assert net.layers[-1].output == (7,)
    assert load(f"{SPECS / 'resnet.net'}:resnet34").name == "resnet34"
