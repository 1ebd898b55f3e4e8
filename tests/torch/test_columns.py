"""The two-column AlexNet against one written by hand, and its placement on devices."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import torch
from torch import Tensor, nn

import netcompiler
from netcompiler.torch.module import build
from tests.torch.compare import assert_same_logits_and_gradients
from tests.torch.graphs import Builder
from tests.torch.test_equivalence import Transfers


class Column(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 48, 11, stride=4, padding=2)
        self.conv2 = nn.Conv2d(48, 128, 5, padding=2)
        self.conv3 = nn.Conv2d(256, 192, 3, padding=1)
        self.conv4 = nn.Conv2d(192, 192, 3, padding=1)
        self.conv5 = nn.Conv2d(192, 128, 3, padding=1)
        self.fc6 = nn.Linear(2 * 128 * 6 * 6, 2048)
        self.fc7 = nn.Linear(2 * 2048, 2048)


class AlexNet(nn.Module):
    """Krizhevsky's net, line by line from the paper."""

    def __init__(self) -> None:
        super().__init__()
        self.top = Column()
        self.bottom = Column()
        self.fc8 = nn.Linear(2 * 2048, 1000)

    def forward(self, image: Tensor) -> Tensor:
        columns = (self.top, self.bottom)
        a = [self.pool(self.norm(column.conv1(image).relu())) for column in columns]
        a = [self.pool(self.norm(c.conv2(x).relu())) for c, x in zip(columns, a, strict=True)]
        a = [c.conv5(c.conv4(c.conv3(torch.cat(a, 1)).relu()).relu()).relu() for c in columns]
        a = [torch.flatten(self.pool(x), 1) for x in a]
        a = [c.fc6(self.drop(torch.cat(a, 1))).relu() for c in columns]
        a = [c.fc7(self.drop(torch.cat(a, 1))).relu() for c in columns]
        result: Tensor = self.fc8(torch.cat(a, 1))
        return result

    def drop(self, x: Tensor) -> Tensor:
        return nn.functional.dropout(x, 0.5, self.training)

    def norm(self, x: Tensor) -> Tensor:
        return nn.functional.local_response_norm(x, 5, alpha=1e-4, beta=0.75, k=2)

    def pool(self, x: Tensor) -> Tensor:
        return nn.functional.max_pool2d(x, 3, stride=2)


@pytest.fixture(scope="module")
def alexnet() -> netcompiler.Net:
    return netcompiler.load("specs/alexnet.net")


def test_equals_the_hand_written_net(alexnet: netcompiler.Net) -> None:
    torch.manual_seed(0)
    ours, theirs = alexnet.module(), AlexNet()
    assert sum(p.numel() for p in ours.parameters()) == 60_965_224
    theirs.load_state_dict(ours.state_dict(), strict=True)
    images, labels = torch.randn(2, 3, 224, 224), torch.tensor([3, 7])
    assert_same_logits_and_gradients(ours, theirs, images, labels)


def test_initialisation(alexnet: netcompiler.Net) -> None:
    torch.manual_seed(0)
    ones = {"conv2", "conv4", "conv5", "fc6", "fc7"}
    for key, parameter in alexnet.module().named_parameters():
        layer, _, tensor = key.rpartition(".")
        if tensor == "bias":
            assert set(parameter.tolist()) == {float(layer.rpartition(".")[2] in ones)}, key
        else:
            assert parameter.std().item() == pytest.approx(0.01, rel=0.02), key
            assert abs(parameter.mean().item()) < 3e-4, key


def test_every_parameter_is_on_the_device_of_its_group(alexnet: netcompiler.Net) -> None:
    model = alexnet.module({"top": "cpu", "bottom": "meta"})
    groups = {layer.path: layer.group for layer in alexnet.layers}
    for key, parameter in model.named_parameters():
        group = groups[key.rpartition(".")[0]]
        assert parameter.device.type == {"top": "cpu", "bottom": "meta"}[group or ""], key
    with Transfers() as transfers:
        assert model.eval()(torch.randn(2, 3, 224, 224)).device.type == "cpu"
    assert transfers.count == 9


def test_placement_does_not_change_the_weights(alexnet: netcompiler.Net) -> None:
    states = []
    for devices in (None, "cpu", {"top": "cpu", "bottom": "meta"}, {"bottom": "meta"}):
        torch.manual_seed(5)
        states.append(alexnet.module(devices).state_dict())
    for state in states[1:]:
        for key, tensor in state.items():
            assert tensor.device.type == "meta" or torch.equal(tensor, states[0][key]), key


def test_transfers_are_the_declared_ones(alexnet: netcompiler.Net) -> None:
    model = alexnet.module({"top": "cpu", "bottom": "cpu"}).eval()
    with Transfers() as transfers:
        model(torch.randn(1, 3, 224, 224))
    image = 2 * [3 * 224 * 224 * 4]
    exchanged = 2 * [128 * 13 * 13 * 4] + 2 * [128 * 6 * 6 * 4] + 2 * [2048 * 4]
    gathered = [2048 * 4]
    assert transfers.bytes == [*image, *exchanged, *gathered]


def test_one_group_can_be_moved_later(alexnet: netcompiler.Net) -> None:
    model = alexnet.module().eval().to(torch.float64)
    image = torch.randn(1, 3, 224, 224, dtype=torch.float64)
    expected = model(image)
    assert torch.equal(model.to("cpu")(image), expected)
    model.to("meta")
    assert model(image.to("meta")).device.type == "meta"


def test_unknown_groups() -> None:
    graph = grouped()
    with pytest.raises(ValueError, match="no placement group middle in net; it has: a, b, c"):
        build(graph, {"middle": "cpu"})
    plain = Builder("plain")
    plain.output(plain.add("relu", "0", plain.input("image", 4)))
    with pytest.raises(ValueError, match="no placement group a in plain; it has: none"):
        build(plain.graph, {"a": "cpu"})


@pytest.mark.parametrize(
    ("devices", "message"),
    [
        ("cuda:98", "there is no cuda:98 for net: this machine has .*CUDA device"),
        ({"a": "cpu", "b": "cuda:99"}, "there is no cuda:99 for group b: this machine has .*CUDA device"),
        ({"a": "gpu:0"}, "'gpu:0' for group a is no device: give cpu, cuda, cuda:1 …"),
        ("xla", "there is no xla for net: this machine has no XLA device"),
    ],
)
def test_devices_that_are_not_there(
    devices: str | Mapping[str, str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def generate(graph: netcompiler.graph.Graph) -> str:
        raise AssertionError("it is said before anything is made")

    monkeypatch.setattr("netcompiler.torch.module.generate", generate)
    with pytest.raises(ValueError, match=message):
        build(grouped(), devices)


def grouped() -> netcompiler.graph.Graph:
    """Three groups, one of them without weights; a value that one group reads twice."""
    net = Builder("net", ("a", "b", "c"))
    image = net.input("image", 4, 5, 5)
    one = net.add("conv", "one", image, group="a", out_channels=4, kernel_size=1)
    two = net.add("conv", "two", one, group="b", out_channels=4, kernel_size=1)
    three = net.add("add", "2", [two, one], group="b")
    four = net.add("sigmoid", "3", three, group="c")
    five = net.add("add", "4", [four, three], group="c")
    net.output(net.add("conv", "five", five, group="a", out_channels=2, kernel_size=1))
    return net.graph


@pytest.mark.parametrize("devices", [None, "cpu", "meta", {"b": "meta"}, {"c": "meta", "a": "cpu"}])
def test_groups_of_all_kinds(devices: str | Mapping[str, str] | None) -> None:
    model = build(grouped(), devices)
    with Transfers() as transfers:
        given = model(torch.randn(2, 4, 5, 5))
    assert given.shape == (2, 2, 5, 5)
    assert given.device == model.get_parameter("five.weight").device
    # The image to a, one to b once for both of its readers, three to c once, and its result to a.
    assert transfers.count == 4


def test_values_called_devices() -> None:
    net = Builder("net", ("a", "b"))
    value = net.input("devices", 4, 5, 5)
    value = net.add("conv", "devices", value, group="a", out_channels=4, kernel_size=1)
    cropped = net.add("crop", "mydevices", value, group="a", size=3)
    other = net.add("crop", "1", value, group="b", size=3)
    value = net.add("add", "2", [other, cropped], group="b")
    net.output(net.add("crop", "3", value, group="b", size=1))
    assert build(net.graph, {"b": "cpu"})(torch.randn(1, 4, 5, 5)).shape == (1, 4, 1, 1)


def test_parameters_of_groups() -> None:
    model = build(grouped(), {"b": "meta"})
    assert {k: p.device.type for k, p in model.named_parameters()} == {
        "one.weight": "cpu",
        "one.bias": "cpu",
        "two.weight": "meta",
        "two.bias": "meta",
        "five.weight": "cpu",
        "five.bias": "cpu",
    }
