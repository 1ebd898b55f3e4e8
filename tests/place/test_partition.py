"""What the processes of a net run and send, found without torch."""

from __future__ import annotations

from collections import Counter

import pytest

import netcompiler
from netcompiler.cost import transfers
from netcompiler.graph import Graph
from netcompiler.partition import Message, Traffic, partition
from tests.place.nets import BOTH, FOUR, RandomSpec
from tests.torch.graphs import Builder
from tests.torch.test_equivalence import RandomNet


def check(graph: Graph) -> None:
    """A partition's messages are the graph's transfers, and its steps can be run in their order."""
    found = partition(graph)
    ways = Counter((v, t) for m in found.messages for v in m.values for t in m.targets)
    moved = {(t.layer, t.target): t for t in transfers(graph)}
    own = {(value, group) for m in found.messages for value, group in zip(m.values, m.sources, strict=True)}
    sent = Counter((v, t) for m in found.messages if m.kind != "output" for v in m.values for t in m.targets)
    assert set(sent) - own == set(moved)
    assert all(count == 1 for count in sent.values())
    assert {(v, t) for m in found.messages if m.kind == "output" for v in m.values for t in m.targets} == {
        (output.layer, group)
        for output in graph.outputs
        for group in graph.groups
        if graph.layer(output.layer).group not in (None, group)
    }
    for message in found.messages:
        for value in message.values:
            for target in message.targets:
                transfer = moved.get((value, target))
                if transfer is not None and message.kind != "output":
                    assert message.bytes == transfer.bytes
                    assert set(transfer.readers) <= set(message.readers)
    assert ways
    forward = sum(found.sent(group).forward for group in graph.groups)
    given = sum(m.traffic.forward for m in found.messages if m.kind == "output")
    assert forward - given == sum(t.bytes for t in moved.values())
    assert forward == sum(found.received(group).forward for group in graph.groups)
    backward = sum(found.sent(group).backward for group in graph.groups)
    assert backward == sum(found.received(group).backward for group in graph.groups) <= forward - given
    assert partition(graph) == found
    _check_order(graph)


def _check_order(graph: Graph) -> None:
    """Each process finds what its steps read when it runs them, and its layers stand in the graph's order."""
    found = partition(graph)
    order = {layer.id: i for i, layer in enumerate(graph.layers())}
    there = {(id, group) for id in graph.inputs for group in graph.groups}
    for step in found.steps:
        if isinstance(step, Message):
            assert all(
                (value, source) in there for value, source in zip(step.values, step.sources, strict=True)
            )
            there |= {(value, target) for value in step.values for target in step.targets}
        else:
            group = graph.layer(step).group
            assert group is not None
            assert all((edge.source, group) in there for edge in graph.operands(step))
            there.add((step, group))
    for part in found.parts.values():
        assert list(part.layers) == sorted(part.layers, key=order.__getitem__)
        assert part.steps == tuple(
            s for s in found.steps if (part.group in s.groups if isinstance(s, Message) else s in part.layers)
        )


@pytest.mark.parametrize("seed", range(150))
def test_random_specs(seed: int) -> None:
    check(RandomSpec(seed).net()._graph)


@pytest.mark.parametrize("seed", range(100))
def test_random_graphs(seed: int) -> None:
    graph = RandomNet(seed, ("a", "b", "c")).graph()
    if len({layer.group for layer in graph.layers()} - {None}) > 1:
        check(graph)


def test_alexnet() -> None:
    net = netcompiler.load("specs/alexnet.net")
    check(net._graph)
    found = net.partition()
    exchanged = 4 * (128 * 13 * 13 + 128 * 6 * 6 + 2048)
    assert [m.kind for m in found.messages] == ["exchange"] * 3 + ["send", "output"]
    assert found.sent("top") == Traffic(exchanged + 4000, exchanged + 4 * 2048)
    assert found.sent("bottom") == Traffic(exchanged + 4 * 2048, exchanged)
    assert found.sent("bottom", training=False) == Traffic(exchanged + 4 * 2048, 0)
    assert found.parts["top"].inputs == ("input:image",)
    assert {id.partition(".")[0] for id in found.parts["bottom"].layers} == {"bottom"}


def test_what_only_training_needs() -> None:
    net = netcompiler.loads(BOTH)
    check(net._graph)
    only = [m.values for m in net.partition().messages if m.training_only]
    assert only == [("x",), ("aux",)]
    assert net.partition().sent("a", training=False).forward < net.partition().sent("a").forward


def test_three_columns_send_to_both_others() -> None:
    net = netcompiler.loads(FOUR)
    check(net._graph)
    first = net.partition().messages[0]
    assert (first.kind, first.targets) == ("exchange", ("a", "b", "d"))
    assert first.sent("a") == first.received("b") == Traffic(2 * 4 * 3 * 64, 2 * 4 * 3 * 64)


def test_a_group_that_goes_on_sends_first_and_one_that_waits_receives_last() -> None:
    """Two towers run at the same time, wherever they begin and end."""
    for first, last in (("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")):
        net = netcompiler.loads(
            f"""net towers {{
              group a, b
              input image [4, 8, 8]
              on {first} {{ stem: conv(4, 1) }}
              on a {{ conv(4, 3, padding=1) * 3 -> left: relu }}
              from stem -> on b {{ conv(4, 3, padding=1) * 3 -> right: relu }}
              from left -> on {last} {{ other: identity }}
              from right -> on {last} {{ add(other) }}
            }}"""
        )
        check(net._graph)
        steps = net.partition().steps
        order = [s.kind if isinstance(s, Message) else s for s in steps]
        towers = [i for i, s in enumerate(order) if s in ("1", "2", "3", "5", "6", "7")]
        sends = [i for i, s in enumerate(order) if s == "send"]
        assert all(i < towers[1] or i > towers[-1] for i in sends), order


def test_gradients_go_back_where_weights_have_a_share() -> None:
    net = netcompiler.loads(
        "net n {\n group a, b\n input x [4]\n on a { relu }\n on b { linear(4) }\n on a { linear(2) }\n}"
    )
    assert [m.traffic.backward for m in net.partition().messages] == [0, 16, 0]


def test_an_exchange_of_what_one_group_has_already_goes_point_to_point() -> None:
    built = Builder("net", ("a", "b"))
    image = built.input("image", 4)
    left = built.add("linear", "a.x", image, group="a", out_features=4)
    early = built.add("relu", "early", left, group="b")
    right = built.add("add", "b.x", [early, image], group="b")
    both = [built.add("exchange", f"{g}.e", [left, right], group=g, columns=("a", "b")) for g in ("a", "b")]
    built.output(built.add("concat", "out", both, group="a"))
    check(built.graph)
    assert {m.kind for m in partition(built.graph).messages} == {"send", "output"}


def test_a_net_without_groups_has_no_parts() -> None:
    with pytest.raises(ValueError, match="net n has no placement groups: declare them"):
        netcompiler.loads("net n {\n input x [4]\n relu\n}").partition()
