"""Cuts are the best there are: every other cut of small nets is tried."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from netcompiler import loads
from netcompiler.cost import transfers
from netcompiler.placement.cut import OBJECTIVES, Cutter, Wanted
from netcompiler.placement.machines import MACHINES
from netcompiler.placement.regroup import regroup
from netcompiler.placement.sequence import sequence
from netcompiler.placement.training import Training
from netcompiler.placement.work import step_seconds
from tests.placement_plan.nets import RandomSpec

MACHINE = MACHINES["laptop"]


class Tried:
    """One cut of a net, and what it costs, counted from the graph itself."""

    def __init__(self, net, cuts: tuple[int, ...], training: Training) -> None:
        graph = net._graph
        layers = [layer for layer in graph.layers() if layer.operation.kind != "input"]
        names = [f"g{i}" for i in range(len(cuts) + 1)]
        bounds = [0, *cuts, len(layers)]
        self.groups = [layers[a:b] for a, b in pairwise(bounds)]
        place = {x.id: name for name, group in zip(names, self.groups, strict=True) for x in group}
        self.transfers = transfers(regroup(graph, names, place))
        self.times = [
            sum(step_seconds(x, training.batch, MACHINE, training.element) for x in g) for g in self.groups
        ]
        self.memory = []
        for stage, (name, group) in enumerate(zip(names, self.groups, strict=True)):
            parameters = sum(x.parameters for x in group) * training.parameter
            received = sum(t.bytes for t in self.transfers if t.target == name) // 4
            elements = sum(x.neurons for x in group) + received
            held = training.held(stage, len(names))
            self.memory.append(parameters + elements * held * training.element)

    @property
    def weighted(self) -> bool:
        return all(any(x.weights for x in group) for group in self.groups)

    @property
    def shares(self) -> bool:
        """Whether shared weights are apart, which no cut may do."""
        places: dict[str, set[int]] = {}
        for index, group in enumerate(self.groups):
            for layer in group:
                places.setdefault(layer.path, set()).add(index)
        return any(len(found) > 1 for found in places.values())

    def load(self, objective: str) -> float:
        return max(self.memory if objective == "memory" else self.times)

    def traffic(self, inside: tuple[int, ...]) -> int:
        """Bytes sent, those into a group that begins inside a block counting half as much again."""
        starts = [sum(len(g) for g in self.groups[:i]) for i in range(len(self.groups))]
        weight = {f"g{i}": 3 if inside[start] else 2 for i, start in enumerate(starts)}
        return sum(t.bytes * weight[t.target] for t in self.transfers)


def every(net, groups: int, training: Training) -> list[Tried]:
    count = sum(layer.operation.kind != "input" for layer in net.layers)
    tried = [Tried(net, cuts, training) for cuts in combinations(range(1, count), groups - 1)]
    allowed = [t for t in tried if not t.shares]
    return [t for t in allowed if t.weighted] or allowed


def small(seed: int) -> tuple:
    """A random net of at most 22 layers, and into how many groups to cut it."""
    net = loads(RandomSpec(seed).text())
    while len(net.layers) > 23:
        seed += 1000
        net = loads(RandomSpec(seed).text())
    return net, 2 + seed % 2


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", range(4))
def test_no_other_cut_is_better(seed: int, objective: str) -> None:
    net, groups = small(seed)
    training = Training(batch=8, microbatches=4, schedule=("gpipe", "1f1b")[seed % 2], optimizer="adam")
    chain = sequence(net._graph, MACHINE, training)
    wanted = Wanted(groups, objective)
    others = every(net, groups, training)
    cuts = Cutter(chain, training, wanted).cut()
    assert cuts is not None
    found = Tried(net, cuts, training)
    assert not found.shares
    best = min(t.load(wanted.counts) for t in others)
    bound = best * (1 + wanted.above) * (1 + 1e-12)
    assert found.load(wanted.counts) <= bound
    near = [t for t in others if t.load(wanted.counts) <= bound]
    assert found.traffic(chain.inside) == min(t.traffic(chain.inside) for t in near)


@pytest.mark.parametrize("seed", range(3))
def test_a_memory_limit_is_kept_or_cannot_be(seed: int) -> None:
    net, groups = small(seed)
    training = Training(batch=16)
    chain = sequence(net._graph, MACHINE, training)
    others = every(net, groups, training)
    least = min(max(t.memory) for t in others)
    assert Cutter(chain, training, Wanted(groups)).smallest("memory", float("inf")) == least
    assert Cutter(chain, training, Wanted(groups, memory=least - 1)).cut() is None
    limit = sorted({max(t.memory) for t in others})[len(others) // 10]
    cuts = Cutter(chain, training, Wanted(groups, memory=limit, slack=0.0)).cut()
    assert cuts is not None
    found = Tried(net, cuts, training)
    assert max(found.memory) <= limit
    fitting = [t for t in others if max(t.memory) <= limit]
    assert found.load("time") == pytest.approx(min(t.load("time") for t in fitting), rel=1e-12)


def test_slack_buys_less_traffic() -> None:
    """A narrow place past the even cut: 2 channels instead of 16."""
    text = "net n { input x [16, 8, 8]\n" + "conv(16, 3, padding=1)\n" * 5 + "conv(2, 3, padding=1)\n"
    net = loads(text + "conv(16, 3, padding=1)\n" * 4 + "}")
    even, narrow = (net.place(2, slack=slack, machine="laptop") for slack in (0.0, 0.5))
    assert even.net.layer("5").group == "stage1"
    assert narrow.net.layer("5").group == "stage0"
    assert [sum(t.bytes for t in p.net.transfers()) for p in (even, narrow)] == [16 * 64 * 4, 2 * 64 * 4]


def test_shared_weights_stay_together() -> None:
    text = "net n { input x [4, 8, 8]\na: conv(4, 1) -> conv(4, 1) -> reuse(a)\nconv(4, 1) -> conv(4, 1)\n}"
    net = loads(text).place(3).net
    assert [layer.group for layer in net.layers][1:] == ["stage0"] * 3 + ["stage1", "stage2"]


def test_a_net_of_thousands_of_layers() -> None:
    """Where there are too many places for a cut, those inside blocks are left out."""
    text = "block u { conv(2, 1) -> relu -> conv(2, 1) -> relu }\nnet n { input x [2, 4, 4]\nu * 500\n}"
    placement = loads(text).place(4)
    assert not placement.flat
    assert [g["macs"] for g in placement.net.plain()["groups"]] == [500 * 2 * 64 // 4] * 4
