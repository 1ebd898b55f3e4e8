"""Identical items in a row become one, marked ×n.

What may be folded is a run of segments of the children of one box: a segment is one item or a few, each
segment reads nothing but the one before it, and all are alike in operations, arguments, labels, shapes and
connections. Blocks that differ in nothing but shapes (those of a DenseNet) are folded as well, and marked.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from netcompiler.draw.tree import Box, Flows, Item, Leaf, Tree, leaves
from netcompiler.graph import Layer

_LONGEST = 12
"""The most items in a segment: longer ones are worth a block in the spec."""

_CERTAIN = 16
"""A run of so many segments is the one: no longer segments are tried."""


def fold(tree: Tree, *, same_inputs: bool = True) -> None:
    """Fold a tree in place, inner boxes first.

    Without ``same_inputs`` single nodes in the root need not read values of the same shape: the first of a
    row of convolutions may have fewer channels to read than the others.
    """
    _Folder(tree.flows).fold(tree.root, same_inputs=same_inputs)


@dataclass(frozen=True)
class _Run:
    """A run of alike segments: ``times`` segments of ``length`` items from ``start``."""

    start: int
    length: int
    times: int
    varies: bool

    @property
    def end(self) -> int:
        return self.start + self.length * self.times


class _Folder:
    def __init__(self, flows: Flows) -> None:
        self._flows = flows
        self._numbers: dict[Hashable, int] = {}
        self._known: dict[str, int] = {}

    def fold(self, box: Box, *, same_inputs: bool = True) -> None:
        for child in box.children:
            if isinstance(child, Box):
                self.fold(child)
        exact = [self._number(child, shapes=True, inputs=same_inputs) for child in box.children]
        loose = [self._number(child, shapes=False) for child in box.children]
        result: list[Item] = []
        at = 0
        while at < len(box.children):
            run = self._longest(box.children, exact, loose, at)
            if run is None:
                result.append(box.children[at])
                at += 1
                continue
            result.append(self._merge(box, run))
            at = run.end
        box.children = result

    def _longest(
        self, children: Sequence[Item], exact: Sequence[int], loose: Sequence[int], at: int
    ) -> _Run | None:
        """The run from here that takes in the most items; of equals, that with the shortest segments."""
        runs: list[_Run] = []
        for signatures, varies in ((exact, False), (loose, True)):
            for length in range(1, min(_LONGEST, (len(children) - at) // 2) + 1):
                run = self._run(children, signatures, at, length, varies)
                if run is None:
                    continue
                if run.times >= _CERTAIN:
                    return run
                runs.append(run)
        return max(runs, key=lambda run: (run.end - run.start, -run.length, not run.varies), default=None)

    def _run(
        self, children: Sequence[Item], signatures: Sequence[int], at: int, length: int, varies: bool
    ) -> _Run | None:
        pattern = list(signatures[at : at + length])
        segments = [children[at : at + length]]
        if not _worth_folding(segments[0], varies):
            return None
        exit_at = None
        start = at + length
        while list(signatures[start : start + length]) == pattern:
            segment = children[start : start + length]
            joint = self._joint(segments[-1], segment)
            if joint is None or exit_at not in {None, joint}:
                break
            exit_at = joint
            segments.append(segment)
            start += length
        if len(segments) > 1 and self._exits(segments[-1]) - {exit_at}:
            segments.pop()
        fewest = _fewest(segments[0], varies)
        return _Run(at, length, len(segments), varies) if len(segments) >= fewest else None

    def _joint(self, before: Sequence[Item], after: Sequence[Item]) -> int | None:
        """Which leaf of a segment the next one reads, by position, when that is all that joins them: the next
        reads nothing else, nothing else reads it, and both are wired alike inside. None otherwise.
        """
        inside, outside = list(leaves(before)), list(leaves(after))
        exits = self._exits(before)
        if len(exits) != 1 or self._wiring(inside) != self._wiring(outside):
            return None
        exit_at = exits.pop()
        beyond = {f.target for f in self._flows.out_of(inside[exit_at])} - set(inside)
        if not beyond <= set(outside) or self._read(outside) != {inside[exit_at]}:
            return None
        return exit_at if len(self._read(inside)) == 1 else None

    def _exits(self, segment: Sequence[Item]) -> set[int]:
        """The leaves of a segment, by position, whose values are read outside it."""
        inside = {leaf: index for index, leaf in enumerate(leaves(segment))}
        return {
            index
            for leaf, index in inside.items()
            if any(flow.target not in inside for flow in self._flows.out_of(leaf))
        }

    def _read(self, inside: Sequence[Leaf]) -> set[Leaf]:
        """The leaves outside a segment whose values it reads."""
        known = set(inside)
        return {flow.source for leaf in inside for flow in self._flows.into(leaf)} - known

    def _wiring(self, inside: Sequence[Leaf]) -> list[tuple[object, ...]]:
        """How the leaves of a segment read one another and the value given to the segment (place -1)."""
        place = {leaf: index for index, leaf in enumerate(inside)}
        return sorted(
            (index, flow.argument, flow.skip, place.get(flow.source, -1))
            for index, leaf in enumerate(inside)
            for flow in self._flows.into(leaf)
        )

    def _number(self, item: Item, *, shapes: bool, inputs: bool = True) -> int:
        """Equal for items that are alike; cheaper to compare than their signatures."""
        signature = self._signature(item, shapes=shapes, inputs=inputs or isinstance(item, Box))
        return self._numbers.setdefault(signature, len(self._numbers))

    def _facts(self, layer: Layer) -> int:
        """Equal for layers that do the same."""
        if layer.id not in self._known:
            arguments = tuple((name, repr(value)) for name, value in layer.args.items())
            facts = (layer.operation.name, arguments, layer.label, layer.reuses)
            self._known[layer.id] = self._numbers.setdefault(facts, len(self._numbers))
        return self._known[layer.id]

    def _signature(self, item: Item, *, shapes: bool, inputs: bool = True) -> Hashable:
        """What two items must share to be alike: everything drawn, names left out."""
        if isinstance(item, Leaf):
            parts = [
                (self._facts(layer), (layer.inputs if inputs else (), layer.output) if shapes else None)
                for layer in item.layers
            ]
            return (item.role, item.group, item.times, item.title, tuple(parts))
        inside = list(leaves(item))
        children = tuple(self._signature(child, shapes=shapes) for child in item.children)
        # A block that is to be seen by itself is like no other.
        shown = item.path if item.shown == "all" else item.shown
        return (item.definition, item.times, item.varies, shown, children, tuple(self._wiring(inside)))

    def _merge(self, box: Box, run: _Run) -> Item:
        """Replace the run's items by those of its first segment; what reads the last one reads that."""
        items = box.children[run.start : run.end]
        first, rest = items[: run.length], items[run.length :]
        last = list(leaves(rest[-run.length :]))
        stand_in = dict(zip(last, leaves(first), strict=True))
        gone = set(leaves(rest))
        shape = last[-1].shape
        for leaf in leaves(items):
            for flow in self._flows.out_of(leaf):
                if flow.source not in gone and flow.target not in gone:
                    continue
                self._flows.remove(flow)
                if flow.target not in gone:
                    shape = flow.shape
                    self._flows.add(replace(flow, source=stand_in[flow.source]))
        head = first[0] if run.length == 1 else Box("", "", first, shape, group=box.group)
        head.times, head.shape = run.times, shape
        head.copies = [*head.copies, *rest]
        if isinstance(head, Box):
            head.varies = run.varies
        return head


def _worth_folding(segment: Sequence[Item], varies: bool) -> bool:
    """Inputs and outputs stay; blocks alone are folded when their shapes differ."""
    if varies and not all(isinstance(item, Box) for item in segment):
        return False
    return all(leaf.role not in {"input", "output"} for leaf in leaves(segment))


def _fewest(segment: Sequence[Item], varies: bool) -> int:
    """From how many segments on folding makes a picture clearer: two blocks, but three single nodes."""
    single = len(segment) == 1 and isinstance(segment[0], Leaf)
    return 3 if single or varies else 2
