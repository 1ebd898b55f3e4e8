"""A net as parts in a row: single steps, values that part and meet again, and what is neither.

Read off the flows alone: a *step* through which every value passes divides the net; what stands between two
such steps is one branch or several side by side, each of them parts in a row again.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from netcompiler.draw.tree import Leaf, Tree, leaves

_DEEPEST = 40
"""Branches inside branches; what is nested deeper is one `Knot`."""


@dataclass(frozen=True, eq=False)
class Step:
    """One node of a picture; in ``columns`` over placement groups, the same node of each group.

    Attributes:
        leaves: one, or one for each group.
    """

    leaves: tuple[Leaf, ...]

    @property
    def leaf(self) -> Leaf:
        """The node; of several groups, the first one's."""
        return self.leaves[0]


@dataclass(frozen=True, eq=False)
class Fork:
    """Branches side by side.

    Attributes:
        branches: each one's parts in a row, in the order in which the merge reads them; ``()`` for a branch
            that passes the value on as it is.
        merge: where they meet; None where they do not: each branch is an end of the net, or goes on by itself
            to where the branches around it meet.
    """

    branches: tuple[tuple[Part, ...], ...]
    merge: Step | None


@dataclass(frozen=True, eq=False)
class Knot:
    """Steps whose connections are neither a row nor branches, in an order in which they can be computed.

    Attributes:
        inside: the steps.
        merge: the step in which all their values meet; None where there is none.
    """

    inside: tuple[Step, ...]
    merge: Step | None


Part = Step | Fork | Knot


def steps(part: Part | Iterable[Part]) -> Iterator[Step]:
    """All steps of parts, in an order in which they can be computed."""
    pending = [part] if isinstance(part, Step | Fork | Knot) else list(part)[::-1]
    while pending:
        current = pending.pop()
        if isinstance(current, Step):
            yield current
            continue
        pending += [current.merge] if current.merge is not None else []
        inside = [p for b in current.branches for p in b] if isinstance(current, Fork) else current.inside
        pending += reversed(inside)


def in_a_row(tree: Tree) -> tuple[list[Part], list[Leaf]]:
    """The parts of a tree with nothing folded, inputs first and outputs left out.

    The second list has what leads to no output but those for training: it stands beside the row.
    """
    every = [leaf for leaf in leaves(tree.root) if leaf.role != "output"]
    main = _main(tree, every)
    net = _Net(tree, [leaf for leaf in every if leaf in main])
    return net.row(net.steps, 0), [leaf for leaf in every if leaf not in main]


def _main(tree: Tree, every: Sequence[Leaf]) -> set[Leaf]:
    """The leaves from which an output that is not for training alone can be reached."""
    outputs = [leaf for leaf in leaves(tree.root) if leaf.role == "output"]
    pending = [leaf for leaf in outputs if not leaf.training_only] or outputs
    found: set[Leaf] = set()
    while pending:
        for flow in tree.flows.into(pending.pop()):
            if flow.source not in found:
                found.add(flow.source)
                pending.append(flow.source)
    return found or set(every)


class _Net:
    """Steps and how they read one another.

    Attributes:
        steps: all steps, in an order in which they can be computed.
    """

    def __init__(self, tree: Tree, chosen: Sequence[Leaf]) -> None:
        columns = _columns(tree, chosen)
        self._build(tree, columns)
        found = self._sorted(columns)
        if found is None:
            # Columns that do not run in step: each node stands for itself.
            columns = [(leaf,) for leaf in chosen]
            self._build(tree, columns)
            found = [self._step_of[leaf] for leaf in chosen]
        self.steps = found
        self._at = {step: index for index, step in enumerate(found)}

    def _build(self, tree: Tree, columns: Sequence[tuple[Leaf, ...]]) -> None:
        self._step_of = {leaf: step for step in map(Step, columns) for leaf in step.leaves}
        self._outs: dict[Step, list[Step]] = {}
        self._ins: dict[Step, list[Step]] = {}
        for column in columns:
            step = self._step_of[column[0]]
            # Columns that exchange their values read the same step several times: once counts.
            read = dict.fromkeys(
                (self._step_of[flow.source], flow.argument if len(column) == 1 else 0)
                for leaf in column
                for flow in tree.flows.into(leaf)
                if flow.source in self._step_of
            )
            for source, _ in read:
                self._ins.setdefault(step, []).append(source)
                self._outs.setdefault(source, []).append(step)
        self._all = list(dict.fromkeys(self._step_of.values()))

    def _sorted(self, columns: Sequence[tuple[Leaf, ...]]) -> list[Step] | None:
        """The steps so that each comes after all it reads, otherwise as they stand; None for a circle."""
        place = {self._step_of[column[0]]: index for index, column in enumerate(columns)}
        waits = {step: len(self._ins.get(step, ())) for step in place}
        ready = [place[step] for step, count in waits.items() if not count]
        heapq.heapify(ready)
        found: list[Step] = []
        while ready:
            step = self._all[heapq.heappop(ready)]
            found.append(step)
            for reader in self._outs.get(step, ()):
                waits[reader] -= 1
                if not waits[reader]:
                    heapq.heappush(ready, place[reader])
        return found if len(found) == len(place) else None

    def row(self, inside: Sequence[Step], depth: int) -> list[Part]:
        """The parts that steps make, which read and are read by one another and by what is around them."""
        parts: list[Part] = []
        between: list[Step] = []
        before: Step | None = None
        known = set(inside)
        divides = self._dividing(inside)
        for step in inside:
            if step not in divides:
                between.append(step)
                continue
            # What goes straight to the merge: the value of the step before, or what comes in from outside.
            read = self._ins.get(step, ())
            direct = [i for i, s in enumerate(read) if s is before or (before is None and s not in known)]
            parts.append(self._region(direct, between, step, depth))
            between, before = [], step
        if between:
            parts.append(self._region([], between, None, depth))
        return parts

    def _dividing(self, inside: Sequence[Step]) -> set[Step]:
        """The steps through which every value passes: no connection goes past them."""
        place = {step: index for index, step in enumerate(inside)}
        last = len(inside)
        # How far the furthest connection from before each step reaches; -1 and ``last`` are the outside.
        entered = [place[s] for s in inside if self._from_outside(s, place)]
        reach = max(entered, default=-1)
        found: set[Step] = set()
        for index, step in enumerate(inside):
            if reach <= index:
                found.add(step)
            readers = self._outs.get(step, ())
            reach = max([reach, *(place.get(reader, last) for reader in readers)])
            if not readers:
                reach = last
        return found

    def _from_outside(self, step: Step, place: dict[Step, int]) -> bool:
        read = self._ins.get(step, ())
        return not read or any(source not in place for source in read)

    def _region(self, direct: Sequence[int], between: list[Step], merge: Step | None, depth: int) -> Part:
        """What stands between two steps that divide, the second included.

        Args:
            direct: the places at which the merge reads the value that the region starts from.
            between: the steps in it.
            merge: the step that ends it.
            depth: how deep the row lies in branches.
        """
        if merge is not None and not between and len(direct) < 2:
            return merge
        branches = self._components(between)
        if depth == _DEEPEST or len(branches) + len(direct) < 2:
            return Knot(tuple(between), merge)
        rows = [(self._argument(branch, merge), tuple(self.row(branch, depth + 1))) for branch in branches]
        rows += [(argument, ()) for argument in direct]
        rows.sort(key=lambda row: row[0])
        return Fork(tuple(row for _, row in rows), merge)

    def _argument(self, branch: Sequence[Step], merge: Step | None) -> int:
        """The first place at which a merge reads a branch; without a merge, the place of its first step."""
        if merge is None:
            return self._at[branch[0]]
        inside = set(branch)
        return next(index for index, source in enumerate(self._ins[merge]) if source in inside)

    def _components(self, between: Sequence[Step]) -> list[list[Step]]:
        """Steps that are connected, each component in order."""
        inside = set(between)
        seen: set[Step] = set()
        found: list[list[Step]] = []
        for start in between:
            if start in seen:
                continue
            seen.add(start)
            component, pending = [start], [start]
            while pending:
                step = pending.pop()
                for other in [*self._ins.get(step, ()), *self._outs.get(step, ())]:
                    if other in inside and other not in seen:
                        seen.add(other)
                        component.append(other)
                        pending.append(other)
            found.append(sorted(component, key=self._at.__getitem__))
        return found


def _columns(tree: Tree, chosen: Sequence[Leaf]) -> list[tuple[Leaf, ...]]:
    """Leaves that stand for the same layer of several columns, together; in the order of the first."""
    found: dict[object, list[Leaf]] = {}
    for leaf in chosen:
        layer = leaf.layers[0]
        key: object = leaf
        if layer.columns and layer.group is not None:
            key = (layer.columns, leaf.title, _without_column(tree, layer.id, layer.scope))
        found.setdefault(key, []).append(leaf)
    return [tuple(column) for column in found.values()]


def _without_column(tree: Tree, id: str, scope: str) -> str:
    """A layer's id with the names of the columns around it left out."""
    while scope:
        around = scope.rpartition(".")[0]
        if tree.graph.scopes[scope].column is not None:
            id = f"{around}*{id[len(scope) :]}" if id.startswith(scope) else id
        scope = around
    return id
