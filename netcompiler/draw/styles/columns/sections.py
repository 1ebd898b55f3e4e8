"""A net's nodes in sections: what comes before the stages, the stages, what stands between and after them.

A stage is a top-level scope of the spec; what has no scope of its own is divided where the spatial size
changes by a factor of two or more. A scope around several such sizes, as ``features`` around all of a VGG, is
no stage: it is taken apart. In a net with blocks, only what has blocks is a stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from netcompiler.draw import words
from netcompiler.draw.sizes import Sizes
from netcompiler.draw.tree import Box, Item, Leaf, Tree, layers, leaves
from netcompiler.operations.base import Shape

_SIZES = 3
"""From so many spatial sizes on, a scope is more than one stage."""


@dataclass(eq=False)
class Section:
    """Nodes and blocks in a row.

    Attributes:
        items: what stands in it.
        size: the spatial size of what it gives.
        stage: True for a stage; False for what stands before, between or after them.
        scope: True when it is all of one scope of the spec, which is its only item.
        beside: what leaves the row, for outputs of its own.
    """

    items: list[Item]
    size: Shape
    stage: bool = False
    scope: bool = False
    beside: list[Item] = field(default_factory=list)

    def box(self) -> Box:
        """All of it as one box, named for its scope or for the first and the last item in it; without a name
        where a single node has one, which says it.
        """
        first = self.items[0]
        if self.scope and isinstance(first, Box):
            # A stage that is to be shown as one node still has its frame.
            inside = [first] if first.shown == "node" else first.children
            return Box(first.name, first.definition, [*inside, *self.beside], first.shape, first.path)
        named = [item for item in self.items if item.name]
        said = len(named) == 1 and isinstance(named[0], Leaf)
        name = "" if said else words.span([item.name for item in named])
        return Box(name, "", [*self.items, *self.beside], self.items[-1].shape)


def sections(row: Sequence[Item], tree: Tree) -> list[Section]:
    """The items of a row in sections, in their order."""
    sizes = _ItemSizes(tree)
    runs = list(_runs(_taken_apart(row, sizes), sizes))
    _choose(runs)
    found: list[Section] = []
    for run in _stripped(runs):
        last = found[-1] if found else None
        if last is not None and not last.stage and not run.stage:
            last.items += run.items
            last.size, last.scope = run.size, False
        elif last is not None and _leads_in(last, run):
            run.items[:0] = last.items
            found[-1] = run
        else:
            found.append(run)
    return found


class _ItemSizes:
    """The spatial sizes of what items give."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._sizes = Sizes(tree.graph)

    def of(self, item: Item) -> Shape:
        """The size of what an item gives to others; of an item that gives nothing, the size at its end."""
        inside = list(leaves(item))
        known = set(inside)
        giving = [x for x in inside if any(f.target not in known for f in self._tree.flows.out_of(x))]
        last = (giving or inside)[-1]
        if last.role == "output":
            last = self._tree.flows.into(last)[0].source
        return self._sizes.of_leaf(last)


def _taken_apart(items: Iterable[Item], sizes: _ItemSizes) -> Iterator[Item]:
    """The items, and in place of a scope with many spatial sizes what stands in it."""
    for item in items:
        if isinstance(item, Box) and not _is_whole(item, sizes):
            yield from _taken_apart(item.children, sizes)
        else:
            yield item


def _is_whole(box: Box, sizes: _ItemSizes) -> bool:
    """True for a stage or a part of one, and for a block that a user names."""
    return box.shown != "" or len({sizes.of(child) for child in box.children}) < _SIZES


def _runs(items: Iterable[Item], sizes: _ItemSizes) -> Iterator[Section]:
    """A named scope by itself, calls of one block at one size together, all else until the size changes."""
    current: Section | None = None
    for item in items:
        size = sizes.of(item)
        if current is not None and _goes_on(current, item, size):
            current.items.append(item)
            current.scope = False
            current.size = size
            continue
        if current is not None:
            yield current
        current = Section([item], size, scope=_is_scope(item))
    if current is not None:
        yield current


def _goes_on(run: Section, item: Item, size: Shape) -> bool:
    last = run.items[-1]
    if any(isinstance(end, Leaf) and end.role in {"input", "output"} for end in (last, item)):
        return False
    if isinstance(item, Box) and item.name:
        alike = isinstance(last, Box) and last.name and last.definition == item.definition
        return bool(alike and item.definition and run.size == size)
    return not _is_scope(last) and not _resampled(run.size, size)


def _is_scope(item: Item) -> bool:
    return isinstance(item, Box) and item.name != ""


def _resampled(old: Shape, new: Shape) -> bool:
    """True where a size differs by a factor of two or more."""
    if len(old) != len(new):
        return True
    return any(max(a, b) >= 2 * min(a, b) for a, b in zip(old, new, strict=True))


def _choose(runs: Sequence[Section]) -> None:
    """Say which runs are stages: those with blocks, or in a net without any, those with weights.

    Vectors are no stage of a net of images.
    """
    chosen = [run for run in runs if any(map(_has_blocks, run.items))] or [
        run for run in runs if any(layer.weights for item in run.items for layer in layers(item))
    ]
    if any(run.size for run in chosen):
        chosen = [run for run in chosen if run.size]
    for run in chosen:
        run.stage = True


def _has_blocks(item: Item) -> bool:
    """True for a block, for a scope around blocks, and for branches that meet."""
    if isinstance(item, Leaf):
        return item.role == "merge"
    return not item.name or any(isinstance(child, Box) or _has_blocks(child) for child in item.children)


def _stripped(runs: Sequence[Section]) -> Iterator[Section]:
    """The runs, with what leads to the first block and away from the last one outside of their stages."""
    stages = [run for run in runs if run.stage]
    for run in runs:
        items = run.items
        head = _plain(items) if stages and run is stages[0] else 0
        tail = _plain(items[::-1]) if stages and run is stages[-1] else 0
        run.items = items[head : len(items) - tail]
        if head:
            yield Section(items[:head], run.size)
        yield run
        if tail:
            yield Section(items[-tail:], run.size)


def _plain(items: Sequence[Item]) -> int:
    """How many single nodes stand before the first block; none where they may be part of branches."""
    single = list(takewhile(lambda item: isinstance(item, Leaf) and item.role != "merge", items))
    block = len(single) < len(items) and isinstance(items[len(single)], Box)
    return len(single) if block else 0


def _leads_in(run: Section, stage: Section) -> bool:
    """True for a pooling or the like, which changes the size and has no weights, before a stage without a
    scope: it is the stage's first step.
    """
    plain = all(isinstance(item, Leaf) and item.role == "layer" for item in run.items)
    weights = any(layer.weights for item in run.items for layer in layers(item))
    return stage.stage and not run.stage and not stage.scope and plain and not weights
