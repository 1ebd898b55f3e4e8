"""A net's groups as stages: their order, what travels, and that one after the other they are the net."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

import netcompiler
from netcompiler.graph import Graph
from netcompiler.stages import Passed, Stage, stages
from netcompiler.torch.module import build
from netcompiler.torch.pipelining.make import make_parts
from netcompiler.torch.pipelining.stage import StageModule
from tests.place.chains import HEADS, TOKENS, RandomChain, four


def graph(net: netcompiler.Net) -> Graph:
    return net._graph


def passed(values: tuple[Passed, ...]) -> list[str]:
    return [value.value + "?" * value.training_only for value in values]


def test_values_are_handed_on() -> None:
    found = stages(graph(four()))
    assert [stage.group for stage in found] == ["a", "b", "c", "d"]
    assert passed(found[0].receives) == ["input:image"]
    assert [passed(stage.sends) for stage in found] == [
        ["stem", "2"],
        ["stem", "layer1.4"],
        ["stem", "layer2.1"],
        [],
    ]
    # What passes over a stage is no business of its own part of the net.
    assert found[1].graph.inputs == ["2"]
    assert [output.layer for output in found[1].graph.outputs] == ["layer1.4"]


def test_what_only_training_needs() -> None:
    found = stages(graph(netcompiler.loads(HEADS)))
    assert [passed(stage.sends) for stage in found] == [["stem"], ["stem?", "body"], ["body", "aux?"], []]
    assert [stage.training_only for stage in found] == [False, False, True, False]


def test_groups_side_by_side_stand_in_their_order() -> None:
    spec = """net n {{ group {} \n input x [4, 6, 6]
      on a {{ one: conv(4, 1) }} \n from x -> on b {{ two: conv(4, 1) }}
      from one -> on c {{ s: relu }} \n from two -> on c {{ add(s) }} }}"""
    for order in ("a, b, c", "b, a, c", "c, b, a"):
        found = stages(graph(netcompiler.loads(spec.format(order))))
        assert [stage.group for stage in found] == sorted(
            order.split(", "), key=lambda g: (g == "c", order.index(g))
        )


def test_the_source_of_a_stage_is_a_net() -> None:
    from netcompiler.torch.source import generate

    text = generate(stages(graph(four()))[3].graph)
    assert "class FourD(nn.Module):" in text
    assert "Group d of net four." in text
    assert "def forward(self, stem: Tensor, x: Tensor) -> Tensor:" in text
    assert "StageModule" not in text
    assert "distributed" not in text


def test_columns_are_no_pipeline() -> None:
    file = "specs/alexnet.net"
    with pytest.raises(ValueError, match="top and bottom wait for each other") as caught:
        stages(graph(netcompiler.load(file)))
    assert str(caught.value).splitlines() == [
        "net alexnet is no pipeline: its groups top and bottom wait for each other",
        f"  {file}:16:5: `bottom.8` (exchange) on bottom reads `top.7.0` (maxpool) of top, at {file}:29:14",
        f"  {file}:16:5: `top.8` (exchange) on top reads `bottom.7.0` (maxpool) of bottom, at {file}:29:14",
        "  a pipeline's groups come one after another: what comes back to a group needs a group of its own",
    ]


def test_a_group_that_comes_back() -> None:
    spec = (
        "net n { group a, b \n input x [4] \n on a { one: relu } \n on b { relu } \n on a { fc: linear(2) } }"
    )
    with pytest.raises(ValueError, match=r"`fc` on a reads `1` \(relu\) of b, at <text>:4"):
        stages(graph(netcompiler.loads(spec)))


def test_no_groups() -> None:
    with pytest.raises(ValueError, match="net lenet has no placement groups, and so no stages: declare them"):
        stages(graph(netcompiler.load("specs/lenet.net")))


def test_before_the_processes_know_of_each_other() -> None:
    with pytest.raises(RuntimeError, match="start them with torchrun, and call"):
        four().pipeline(microbatches=2)


# ---- the stages, one after the other in one process ----------------------------------------------


class Chain(nn.Module):
    """All stages one after the other, each given exactly what the one before sends."""

    def __init__(self, net: netcompiler.Net) -> None:
        super().__init__()
        self.found: tuple[Stage, ...] = stages(graph(net))
        outputs = [Passed(output.layer, output.training_only) for output in net.outputs]
        parts, _ = make_parts(graph(net), self.found)
        modules = [StageModule(s, p, outputs) for s, p in zip(self.found, parts, strict=True)]
        self.stages = nn.ModuleList(modules)

    def forward(self, *values: Tensor) -> tuple[Tensor, ...]:
        arrives: tuple[bool, ...] = ()
        for stage in self.stages:
            stage.expect(arrives)
            values = stage(*(value.detach().requires_grad_(value.is_floating_point()) for value in values))
            arrives = stage.leaves or ()
        return values

    def keys(self) -> list[str]:
        return [key for stage in self.stages for key in stage.part.state_dict()]

    def parameters_by_key(self) -> dict[str, nn.Parameter]:
        return {key: p for stage in self.stages for key, p in stage.part.named_parameters()}


def tensors(given: object) -> tuple[Tensor, ...]:
    return (given,) if isinstance(given, Tensor) else tuple(given)  # type: ignore[arg-type]


def assert_chain_is_the_net(net: netcompiler.Net, *inputs: Tensor) -> None:
    torch.manual_seed(3)
    whole = build(graph(net))
    after = torch.rand(1)
    torch.manual_seed(3)
    chain = Chain(net)
    assert torch.equal(torch.rand(1), after)
    assert sorted(chain.keys()) == sorted(whole.state_dict())
    for key, parameter in chain.parameters_by_key().items():
        assert torch.equal(parameter, whole.get_parameter(key)), key
    for training in (True, False):
        expected, found = tensors(whole.train(training)(*inputs)), chain.train(training)(*inputs)
        assert len(expected) == len(found)
        assert all(torch.equal(a, b) for a, b in zip(expected, found, strict=True))


def test_random_chains_are_their_nets() -> None:
    lengths = set()
    for seed in range(40):
        net = RandomChain(seed).net()
        lengths.add((len(net.groups), len(net.outputs)))
        assert_chain_is_the_net(net, torch.randn(3, 4, 6, 6))
    assert len(lengths) > 8


def test_chains_of_all_kinds() -> None:
    assert_chain_is_the_net(four(), torch.randn(3, 3, 12, 12))
    assert_chain_is_the_net(netcompiler.loads(HEADS), torch.randn(3, 3, 8, 8))
    assert_chain_is_the_net(netcompiler.loads(TOKENS), torch.randint(20, (3, 6)), torch.randn(3, 6, 8))


def test_a_stage_leaves_what_it_hands_on_as_it_came() -> None:
    """A layer that works in place must not reach a value that others are still to read."""
    net = netcompiler.loads(
        """net n { group a, b, c \n input x [4]
        on a { one: linear(4) } \n from one -> on b { relu -> two: linear(4) }
        from one -> on c { s: relu } \n from two -> on c { add(s) } }"""
    )
    chain = Chain(net)
    first, second, _ = chain.stages
    (value,) = first(torch.randn(5, 4))
    before = value.clone()
    handed, _ = second(value)
    assert torch.equal(handed, before)
