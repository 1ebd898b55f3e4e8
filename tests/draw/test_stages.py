"""A net as parts in a row, cut into stages by output size."""

from __future__ import annotations

import itertools

import pytest

from netcompiler.draw.align import aligned
from netcompiler.draw.condense import condense
from netcompiler.draw.parts import Fork, Knot, Step, steps
from netcompiler.draw.repeats import repeats
from netcompiler.draw.shortcuts import shortcut
from netcompiler.draw.stages import stages
from netcompiler.draw.tree import leaves

MOBILE = """
block unit(width, kernel=1, stride=1) { conv(width, kernel, stride=stride, padding=kernel // 2) -> relu }
block excite {
  adaptive_avgpool(1) -> conv(8, 1) -> relu -> conv(in.channels, 1) -> sigmoid
  multiply(in, broadcast=true)
}
block mobile(width, stride=1) { unit(64) -> unit(64, 3, stride) -> excite -> conv(width, 1) }
net mobile_net {
  input image [3, 64, 64]
  stem: unit(16, 3, 2)
  stage1: { mobile(24, 2) -> mobile(32) }
  adaptive_avgpool(1) -> flatten -> fc: linear(10)
}
"""

TRANSITION = """
block transition { conv(16, 1) -> avgpool(2) }
net with_transition {
  input image [8, 32, 32]
  t: transition
  conv(8, 3, padding=1)
}
"""

HOURGLASS = """
net hourglass {
  input image [16, 64, 64]
  stem: conv(16, 3, padding=1)
  add {
    side: conv(16, 3, padding=1)
    { maxpool(2) -> low: conv(16, 3, padding=1) -> upsample(scale_factor=2) }
  }
}
"""

HEADS = """
net heads {
  input image [8, 16, 16]
  a: conv(8, 3, padding=1)
  b: conv(4, 1)
  output b
  from a -> c: conv(2, 1)
  output c
}
"""


@pytest.fixture
def cut(graph_of):
    return lambda name: stages(graph_of(name))


def sizes(net):
    return [stage.size for stage in net.stages]


@pytest.mark.parametrize(
    ("net", "blocks"), [("resnet18", (2, 2, 2, 2)), ("resnet50", (3, 4, 6, 3)), ("resnet152", (3, 8, 36, 3))]
)
def test_resnets_have_the_stages_of_their_paper(cut, net, blocks):
    found = cut(net)
    assert sizes(found) == [(112, 112), (56, 56), (28, 28), (14, 14), (7, 7), ()]
    assert [stage.name for stage in found.stages] == ["conv1", "layer1", "layer2", "layer3", "layer4", "fc"]
    units = [sum(shortcut(p) is not None for b in stage.blocks for p in b.parts) for stage in found.stages]
    assert tuple(units[1:5]) == blocks


def test_the_pool_stands_in_the_stage_it_leads_to(cut):
    assert [block.parts[0].leaf.kind for block in cut("resnet50").stages[1].blocks[:1]] == ["pool"]


def test_every_step_stands_in_one_place(cut, every, graph_of):
    tree = condense(graph_of(every))
    net = cut(every)
    found = [leaf for step in net.inputs for leaf in step.leaves]
    found += [leaf for step in net.steps() for leaf in step.leaves]
    found += [leaf for skip in net.skips for step in steps(skip.through) for leaf in step.leaves]
    found += net.aside
    ids = [layer.id for leaf in found for layer in leaf.layers]
    assert len(ids) == len(set(ids))
    missing = {layer.id for leaf in leaves(tree.root) for layer in leaf.layers} - set(ids)
    # Pools to the size that is there already are left out.
    layers = [net.graph.layer(id) for id in missing]
    pools = [layer for layer in layers if layer.operation.name != "flatten"]
    assert all(layer.operation.kind == "pool" and layer.inputs[0] == layer.output for layer in pools)


def test_neighbouring_stages_have_different_sizes(cut, every):
    found = sizes(cut(every))
    assert all(a != b for a, b in itertools.pairwise(found))


def test_columns_on_groups_are_one_step(cut):
    net = cut("alexnet")
    steps_ = [step for step in net.steps() if step.leaf.kind in {"conv", "linear"}]
    assert [len(step.leaves) for step in steps_] == [2, 2, 2, 2, 2, 2, 2, 1]
    assert [leaf.group for leaf in steps_[0].leaves] == ["top", "bottom"]
    assert [stage.name for stage in net.stages] == ["conv1", "conv2", "conv3–conv5", "", "fc6–fc8"]


def test_a_u_net_goes_down_and_up(cut):
    net = cut("unet")
    assert sizes(net) == [(64, 64), (32, 32), (16, 16), (8, 8), (16, 16), (32, 32), (64, 64)]
    assert [skip.target.leaf.title for skip in net.skips] == ["concat"] * 3
    assert not any(skip.through for skip in net.skips)


def test_layers_on_a_long_skip_connection_are_kept(cut):
    net = cut(HOURGLASS)
    assert sizes(net) == [(64, 64), (32, 32), (64, 64)]
    (skip,) = net.skips
    assert skip.source.leaf.name == "stem"
    assert [step.leaf.name for step in skip.through] == ["side"]


def test_branches_side_by_side(cut):
    (part,) = cut("googlenet").stages[0].blocks[1].parts
    assert isinstance(part, Fork)
    titles = [[step.leaf.title for step in branch] for branch in part.branches]
    assert titles == [["1×1 conv, 8"], ["1×1 conv, 8", "3×3 conv, 8"], ["3×3 max pool", "1×1 conv, 8"]]
    assert part.merge.leaf.title == "concat"


def test_what_serves_training_alone_is_aside(cut):
    assert [leaf.title for leaf in cut("googlenet").aside] == ["avg pool", "fc 10"]


def test_crossing_branches_are_a_knot(cut):
    (knot,) = [p for b in cut("tangle").stages[0].blocks for p in b.parts if not isinstance(p, Step)]
    assert isinstance(knot, Knot)
    assert knot.merge.leaf.title == "concat"


def test_several_outputs_are_branches_without_a_merge(cut):
    part = cut(HEADS).stages[0].blocks[-1].parts[0]
    assert isinstance(part, Fork)
    assert part.merge is None


def test_several_inputs_are_branches_too(cut):
    net = cut("two_inputs")
    assert net.inputs == ()
    assert isinstance(net.stages[0].blocks[0].parts[0], Fork)


def test_a_block_that_strides_inside_stays_in_one_stage(cut):
    net = cut(MOBILE)
    assert sizes(net) == [(32, 32), (16, 16), ()]
    assert [block.path for block in net.stages[1].blocks] == ["stage1.0", "stage1.1"]
    assert [len(block.parts) for block in net.stages[1].blocks] == [4, 4]


def test_a_block_that_ends_in_a_pool_is_cut(cut):
    net = cut(TRANSITION)
    assert sizes(net) == [(32, 32), (16, 16)]
    assert net.stages[1].blocks[0].parts[0].leaf.kind == "pool"


def test_stages_of_several_nets_stand_in_rows_of_one_size(cut):
    nets = [cut("alexnet"), cut("resnet18"), cut("unet")]
    rows = aligned(nets)
    for row in rows:
        assert {stage.size for stage in row.stages if stage is not None} == {row.size}
    for index, net in enumerate(nets):
        assert tuple(row.stages[index] for row in rows if row.stages[index] is not None) == net.stages


def test_rows_are_shared_where_they_can_be(cut):
    rows = aligned([cut("resnet18"), cut("resnet50")])
    assert len(rows) == 6
    assert all(None not in row.stages for row in rows)
    sizes_ = [row.size for row in aligned([cut("alexnet"), cut("resnet18")])]
    assert sizes_ == [
        (112, 112),
        (56, 56),
        (55, 55),
        (28, 28),
        (27, 27),
        (14, 14),
        (13, 13),
        (7, 7),
        (6, 6),
        (),
    ]


def test_repeats_take_in_as_much_as_they_can():
    assert list(repeats("aabaab")) == [(0, 3, 2)]
    assert list(repeats("abbbc")) == [(0, 1, 1), (1, 1, 3), (4, 1, 1)]
    assert list(repeats("abab", single={"a"})) == [(0, 1, 1), (1, 1, 1), (2, 1, 1), (3, 1, 1)]
    assert list(repeats("")) == []
