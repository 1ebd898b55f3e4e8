"""Where to cut a sequence of layers into groups: exact dynamic programming over all places for a cut.

First, of all cuts the one whose slowest or fullest group is smallest. Then, of all cuts whose largest group
is at most a little larger than that, the one with the least traffic.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from netcompiler.placement.sequence import Sequence
from netcompiler.placement.training import Training

OBJECTIVES: dict[str, float] = {"time": 0.1, "memory": 0.1, "traffic": 1.0}
"""What a cut makes small, with the slack that it has unless another is given.

The slowest group's time, the fullest group's memory, or what is sent; then no group may take more than
twice the time of the slowest in the evenest cut.
"""

_OUTSIDE, _INSIDE = 2, 3
"""Weights of the bytes sent at a cut: one inside a block must save a third of them to be worth it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a cut is to be.

    Attributes:
        groups: how many groups.
        objective: one of `OBJECTIVES`.
        memory: bytes that no group may exceed; None for any.
        slack: how much above the least possible the largest group may be where that saves traffic: 0.1 is
            ten percent. None for the objective's own.
    """

    groups: int
    objective: str = "time"
    memory: float | None = None
    slack: float | None = None

    @property
    def counts(self) -> str:
        """What is counted of a group: time or memory."""
        return "memory" if self.objective == "memory" else "time"

    @property
    def above(self) -> float:
        """The slack, the objective's own if none is given."""
        return OBJECTIVES[self.objective] if self.slack is None else self.slack


class Loads:
    """What groups take: time and memory of the layers from ``start`` to ``stop - 1``."""

    def __init__(self, chain: Sequence, training: Training, groups: int) -> None:
        self._chain = chain
        self._training = training
        self._held = [training.held(stage, groups) for stage in range(groups)]
        self._least = min(self._held)

    def seconds(self, start: int, stop: int) -> float:
        """Time of a batch, forward and backward."""
        return self._chain.seconds[stop] - self._chain.seconds[start]

    def memory(self, start: int, stop: int, stage: int, received: int) -> int:
        """Bytes of a group: its parameters in training, its activations, and ``received`` bytes a sample."""
        return self._memory(start, stop, self._held[stage], received)

    def at_least(self, start: int, stop: int) -> int:
        """Bytes that it takes as any stage."""
        return self._memory(start, stop, self._least, 0)

    def _memory(self, start: int, stop: int, held: int, received: int) -> int:
        chain, training = self._chain, self._training
        parameters = (chain.parameters[stop] - chain.parameters[start]) * training.parameter
        elements = chain.elements[stop] - chain.elements[start] + received // 4
        return parameters + training.activation(elements, held)


class Cutter:
    """Finds cuts of one sequence into so many groups."""

    def __init__(self, chain: Sequence, training: Training, wanted: Wanted) -> None:
        self.chain = chain
        self.wanted = wanted
        self.loads = Loads(chain, training, wanted.groups)
        self.limit = inf if wanted.memory is None else wanted.memory
        self._starts = {0, *chain.cuts}
        self._stops = [*chain.cuts, len(chain.layers)]
        # A group without weights has next to nothing to do, and is there only where there are too few layers.
        self._bare = most_groups(chain, weighted=True) < wanted.groups

    def cut(self) -> tuple[int, ...] | None:
        """The positions at which groups begin, the first left out; None when no cut keeps to the memory."""
        best = self.smallest(self.wanted.counts, self.limit)
        return None if best == inf else self._least_traffic(best * (1 + self.wanted.above))

    def smallest(self, objective: str, limit: float) -> float:
        """The least possible time or memory of the largest group; infinite if nothing keeps to the limit."""
        groups = self.wanted.groups
        bound = self._guess(objective, limit)
        table: list[dict[int, float]] = [{0: 0.0}, *({} for _ in range(groups))]
        for stop in self._stops:
            for start, received in self._windows(stop, objective, bound, limit):
                for group in range(1, groups + 1):
                    before = table[group - 1].get(start, inf)
                    if before == inf:
                        continue
                    value = max(before, self._load(objective, start, stop, group - 1, received, limit))
                    if value < table[group].get(stop, inf):
                        table[group][stop] = value
        return table[groups].get(len(self.chain.layers), inf)

    def _least_traffic(self, bound: float) -> tuple[int, ...] | None:
        """Of the cuts whose groups are within the bound, the one that sends least.

        Between equals, the fewest cuts inside blocks, and then the smallest largest group.
        """
        objective = self.wanted.counts
        groups, weight = self.wanted.groups, self.chain.inside
        start_value = (0, 0, 0.0)
        table: list[dict[int, tuple[tuple[int, int, float], int]]] = [{0: (start_value, 0)}]
        table += [{} for _ in range(groups)]
        for stop in self._stops:
            for start, received in self._windows(stop, objective, bound, self.limit):
                sent = received * (_INSIDE if weight[start] else _OUTSIDE)
                for group in range(1, groups + 1):
                    before = table[group - 1].get(start)
                    if before is None:
                        continue
                    load = self._load(objective, start, stop, group - 1, received, self.limit)
                    if load > bound or load == inf:
                        continue
                    traffic, depth, largest = before[0]
                    value = (traffic + sent, depth + weight[start], max(largest, load))
                    known = table[group].get(stop)
                    if known is None or value < known[0]:
                        table[group][stop] = value, start
        return self._follow(table)

    def _follow(self, table: list[dict[int, tuple[tuple[int, int, float], int]]]) -> tuple[int, ...] | None:
        stop = len(self.chain.layers)
        if stop not in table[-1]:
            return None
        starts = []
        for group in range(self.wanted.groups, 0, -1):
            stop = table[group][stop][1]
            starts.append(stop)
        return tuple(reversed(starts[:-1]))

    def _windows(self, stop: int, objective: str, bound: float, limit: float) -> list[tuple[int, int]]:
        """Starts of the groups that may end at ``stop``, with what they receive."""
        found = []
        chain = self.chain
        for start, received in chain.received(stop):
            if self._floor(objective, start, stop) > bound or self.loads.at_least(start, stop) > limit:
                break  # it only grows with more layers
            if start in self._starts and (self._bare or chain.parameters[stop] > chain.parameters[start]):
                found.append((start, received))
        return found

    def _floor(self, objective: str, start: int, stop: int) -> float:
        loads = self.loads
        return loads.seconds(start, stop) if objective == "time" else loads.at_least(start, stop)

    def _load(self, objective: str, start: int, stop: int, stage: int, received: int, limit: float) -> float:
        """What the objective counts of a group; infinite when it does not fit into the memory."""
        if objective == "time" and limit == inf:
            return self.loads.seconds(start, stop)
        memory = self.loads.memory(start, stop, stage, received)
        if memory > limit:
            return inf
        return self.loads.seconds(start, stop) if objective == "time" else memory

    def _guess(self, objective: str, limit: float) -> float:
        """The value of an even cut: nothing above it is looked at. Infinite when there is no such cut."""
        count, groups = len(self.chain.layers), self.wanted.groups
        whole = self._floor(objective, 0, count)
        starts, stop = [0], 0
        for group in range(1, groups):
            share = whole * group / groups
            stop = next((c for c in self._stops if c > stop and self._floor(objective, 0, c) >= share), count)
            starts.append(stop)
        if stop >= count or not set(starts) <= self._starts:
            return inf
        return max(
            self._load(objective, start, end, stage, dict(self.chain.received(end))[start], limit)
            if self._bare or self.chain.parameters[end] > self.chain.parameters[start]
            else inf
            for stage, (start, end) in enumerate(zip(starts, [*starts[1:], count], strict=True))
        )


def most_groups(chain: Sequence, *, weighted: bool) -> int:
    """Into how many groups a sequence can be cut; ``weighted``: each of them with weights."""
    if not weighted:
        return len(chain.cuts) + 1
    groups, start = 0, 0
    for stop in (*chain.cuts, len(chain.layers)):
        if chain.parameters[stop] > chain.parameters[start]:
            groups, start = groups + 1, stop
    return groups
