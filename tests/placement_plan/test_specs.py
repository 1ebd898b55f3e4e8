"""What is written is a valid spec of the same net: names, keys, parameters, MACs and logits stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from netcompiler import SpecError, load, loads
from tests.placement_plan.nets import RandomSpec

SPECS = Path(__file__).parents[2] / "specs"


def keys(net) -> dict[str, tuple[int, ...]]:
    """The state dict's keys and shapes."""
    return {x.key(k): v for x in net.layers for k, v in [*x.weights.items(), *x.buffers.items()]}


def assert_same_net(placement, net) -> None:
    """The placed spec, read anew, is the net but for the groups and values that are brought over."""
    again = loads(placement.spec, net.name)
    assert again.groups == placement.net.groups
    assert list(keys(again).items()) == list(keys(net).items())
    assert (again.parameters, again.macs) == (net.parameters, net.macs)
    there = {layer.id for layer in net.layers}
    assert [x.id for x in again.layers if x.id in there] == [x.id for x in net.layers]
    assert {x.operation.name for x in again.layers if x.id not in there} <= {"identity"}
    assert [(o.layer, o.training_only) for o in again.outputs] == [
        (o.layer, o.training_only) for o in net.outputs
    ]
    order = [again.groups.index(x.group) for x in again.layers if x.group is not None and x.id in there]
    assert order == sorted(order)
    assert set(order) == set(range(len(again.groups)))


@pytest.mark.parametrize("seed", range(40))
def test_random_nets(seed: int) -> None:
    net = loads(RandomSpec(seed).text())
    groups = 2 + seed % 3
    own = net.place(groups, objective=("time", "memory", "traffic")[seed % 3])
    flat = net.place(groups, objective=("time", "memory", "traffic")[seed % 3], flat=True)
    for placement in (own, flat):
        assert_same_net(placement, net)
    assert [(x.id, x.group) for x in own.net.layers] == [(x.id, x.group) for x in flat.net.layers]
    assert "block" not in flat.spec
    blocks = any(scope.definition for path, scope in net._graph.scopes.items() if path)
    assert own.flat or blocks == ("block" in own.spec)


def test_random_nets_are_often_written_with_their_blocks() -> None:
    flat = [bool(loads(RandomSpec(seed).text()).place(2).flat) for seed in range(16)]
    assert sum(flat) <= 8


SHIPPED = {
    "lenet.net": "lenet",
    "vgg.net": "vgg16",
    "resnet.net": "resnet50",
    "googlenet.net": "googlenet",
    "swin.net": "swin_t",
    "convnext.net": "convnext_tiny",
}


@pytest.mark.parametrize(("file", "name"), SHIPPED.items())
def test_shipped_nets_keep_their_blocks(file: str, name: str) -> None:
    net = load(SPECS / file, name)
    placement = net.place(2)
    assert_same_net(placement, net)
    assert not placement.flat
    assert placement.spec.startswith("# ")


def test_cuts_inside_blocks_are_written_flat_and_said() -> None:
    net = load(SPECS / "resnet.net", "resnet18")
    placement = net.place(4, slack=0.0)
    assert_same_net(placement, net)
    assert "`unit(64)` on line 34" in placement.flat
    assert "written flat, without blocks: a cut lies inside" in placement.summary()


def test_values_read_far_away_are_brought_over() -> None:
    """A U-Net's long skip: the value goes to the group that reads it, in a layer of its own there."""
    net = loads("""
    net unet {
      input image [3, 16, 16]
      down: conv(8, 3, padding=1) -> keep: relu
      conv(8, 3, padding=1) -> relu -> conv(8, 3, padding=1) -> relu
      concat(keep) -> conv(8, 3, padding=1) -> last: conv(2, 1)
    }""")
    placement = net.place(3)
    assert_same_net(placement, net)
    assert "keep_on_stage" in placement.spec
    assert "past one" in placement.flat


# ---- parameters, names and files -------------------------------------------------------------------


def test_given_parameters_and_shapes_become_the_specs_own() -> None:
    net = load(SPECS / "resnet.net", "resnet50", classes=10, paper_stride=True, inputs=[3, 64, 64])
    placement = net.place(2)
    assert not placement.flat
    assert "classes=10" in placement.spec
    assert "resnet50(paper_stride=true)" in placement.spec
    assert "input image [3, 64, 64]" in placement.spec
    assert_same_net(placement, net)


def test_other_nets_and_what_only_they_use_are_left_out() -> None:
    spec = load(SPECS / "resnet.net", "resnet50").place(2).spec
    assert "block bottleneck" in spec
    assert "block basic" not in spec
    assert "resnext" not in spec
    assert "Aggregated residual" not in spec


def test_names_of_groups() -> None:
    net = load(SPECS / "lenet.net")
    assert net.place(2, names=("front", "back")).net.groups == ("front", "back")
    taken = loads("net n { input x [4]\nstage0: linear(4) -> linear(4)\n}")
    assert taken.place(2).net.groups == ("group0", "group1")
    for names, says in (
        (("a",), "1 names for 2"),
        (("a", "on"), "cannot be called"),
        (("a", "a"), "already"),
    ):
        with pytest.raises(ValueError, match=says):
            net.place(2, names=names)


def test_comments_stay() -> None:
    text = """# A title.

net n {                    # the net
  input x [4, 8, 8]
  # the first
  conv(4, 1) -> relu       # after it

  # the second
  conv(4, 1) -> relu
}
"""
    spec = loads(text).place(2).spec
    assert (
        spec
        == """# A title.

net n {
  group stage0, stage1  # cut by netc place, objective time
  input x [4, 8, 8]
  # the first
  on stage0 {
    conv(4, 1) -> relu       # after it
  }

  # the second
  on stage1 { conv(4, 1) -> relu }
}
"""
    )


def test_a_spec_that_uses_files(tmp_path: Path) -> None:
    (tmp_path / "blocks.net").write_text("block u { conv(4, 1) -> relu }\n")
    file = tmp_path / "main.net"
    file.write_text('use "blocks.net": u\nnet n { input x [4, 8, 8]\nu * 4\n}\n')
    net = load(file)
    assert net.uses_files
    placement = net.place(2)
    assert not placement.flat
    (tmp_path / "placed.net").write_text(placement.spec)
    assert load(tmp_path / "placed.net").groups == ("stage0", "stage1")


def test_senseless_options() -> None:
    net = load(SPECS / "lenet.net")
    for options, says in (({"objective": "speed"}, "objective"), ({"machine": "cray"}, "machine")):
        with pytest.raises(ValueError, match=says):
            net.place(2, **options)
    with pytest.raises(SpecError, match="E308"):
        net.place(2).net.place(2)


# ---- logits ----------------------------------------------------------------------------------------


CASES = [
    ("lenet.net", "lenet", 3),
    ("resnet_cifar.net", "resnet20", 4),
    ("googlenet.net", "googlenet", 4),
    ("densenet.net", "densenet121", 3),
]


@pytest.mark.parametrize(("file", "name", "groups"), CASES)
def test_logits_are_equal(file: str, name: str, groups: int) -> None:
    import torch

    shape = None if name in ("lenet", "resnet20") else [3, 64, 64]
    net = load(SPECS / file, name, inputs=shape)
    torch.manual_seed(0)
    whole, placed = net.module().eval(), net.place(groups).net.module().eval()
    placed.load_state_dict(whole.state_dict(), strict=True)
    batch = torch.randn(2, *net.inputs[0].output)
    with torch.no_grad():
        assert torch.equal(whole(batch), placed(batch))
