"""Two nets to entries: aligned row by row, what is the same folded, what repeats itself once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from netcompiler.comparison.comparison import Comparison
from netcompiler.comparison.outline import Row, outline
from netcompiler.comparison.parts import Part
from netcompiler.comparison.repeats import runs
from netcompiler.draw.condense import condense
from netcompiler.draw.junctions import add_junctions
from netcompiler.draw.styles.diff import notes
from netcompiler.draw.styles.diff.entries import Entry, Sides, Sign, rows
from netcompiler.draw.tree import Box, Item, Leaf, Tree, boxes, leaves
from netcompiler.graph import Graph, Layer

_FEWEST = 3
"""From how many single nodes alike on they are one: of two, both are shown."""


@dataclass(frozen=True)
class Plan:
    """What is drawn.

    Attributes:
        entries: the rows, from the top down.
        trees: either net's leaves with the flows between them.
    """

    entries: list[Entry]
    trees: tuple[Tree, Tree]

    @property
    def levels(self) -> int:
        """How many levels of blocks are shown."""
        found, level = 0, self.entries
        while level := [child for entry in level for child in entry.children]:
            found += 1
        return found


def plan(comparison: Comparison, depth: int, *, costs: bool = False) -> Plan:
    """What is drawn of two nets, with blocks shown down to a depth; each node with its costs if asked for."""
    trees = _tree(comparison.before), _tree(comparison.after)
    parts = _part(trees[0].root, _hidden(trees[0])), _part(trees[1].root, _hidden(trees[1]))
    entries = _entries(outline(comparison, *parts), depth)
    if costs:
        for row in rows(entries):
            row.nodes = notes.with_costs(row.nodes[0]), notes.with_costs(row.nodes[1])
    return Plan([*entries, *_outputs(comparison, trees)], trees)


def _tree(graph: Graph) -> Tree:
    tree = condense(graph)
    add_junctions(tree)
    return tree


def _hidden(tree: Tree) -> dict[str, list[Layer]]:
    """Layers without a node by the scope that they stand in, or the next one around it that has a box."""
    paths = {box.path for box in boxes(tree.root)}
    found: dict[str, list[Layer]] = {}
    for layer in tree.hidden:
        path = layer.scope
        while path and path not in paths:
            path = path.rpartition(".")[0]
        found.setdefault(path, []).append(layer)
    return found


def _part(item: Item, hidden: Mapping[str, Sequence[Layer]]) -> Part:
    """What an item is for an outline. Points where values fork, and outputs, are left out; layers without a
    node count all the same.
    """
    if isinstance(item, Leaf):
        name = item.layers[0].id
        return Part(name, name.rpartition(".")[2], bool(item.name), tuple(item.layers), item=item)
    children = [_part(c, hidden) for c in item.children if isinstance(c, Box) or c.layers]
    children += [Part(x.id, x.name, x.named, (x,)) for x in hidden.get(item.path, ())]
    name = item.path.rpartition(".")[2]
    definition = item.definition
    return Part(
        item.path,
        name,
        not name.isdecimal(),
        children=children,
        definition=definition,
        is_scope=True,
        item=item,
    )


def _entries(row: Row, depth: int) -> list[Entry]:
    """The entries for what is in a row."""
    found: list[Entry] = []
    calm: list[Row] = []
    for child in row.children:
        if _is_calm(child):
            calm.append(child)
        if _is_calm(child) or not _is_shown(child):
            continue
        found += [*_stretch(calm), _entry(child, depth)]
        calm = []
    return list(_folded([*found, *_stretch(calm)]))


def _is_calm(row: Row) -> bool:
    """True when nothing has changed, or nothing but names and sizes, and all of it is at its place."""
    if row.before is None or row.after is None or row.elsewhere:
        return False
    return (row.before.item is None) == (row.after.item is None) and (row.same or row.resized)


def _is_shown(row: Row) -> bool:
    """True for what has a node here in either net."""
    parts = (row.part,) if row.elsewhere else (row.before, row.after)
    return any(part is not None and part.item is not None for part in parts)


def _stretch(rows: Sequence[Row]) -> Iterator[Entry]:
    """Rows in which hardly anything has changed: one node where they are many."""
    shown = [row for row in rows if _is_shown(row)]
    if len(shown) == 1 and not shown[0].part.is_scope:
        yield _pair(shown[0])
    elif shown:
        node = notes.stretch(rows, shown)
        sign: Sign = "=" if all(row.same for row in rows) else "~"
        sides = _leaves(*(row.before for row in rows)), _leaves(*(row.after for row in rows))
        yield Entry(sign, (node, node), wide=True, leaves=sides)


def _entry(row: Row, depth: int) -> Entry:
    if row.after is None or row.before is None or row.elsewhere:
        return _alone(row)
    if not row.part.is_scope:
        return _pair(row)
    sides = _leaves(row.before), _leaves(row.after)
    if depth == 0:
        nodes = notes.summary([row.before]), notes.summary([row.after])
        return Entry("~", nodes, parts=(row.before, row.after), notes=notes.of_block(row), leaves=sides)
    boxes = _box(row.before), _box(row.after)
    children = [*_junction(boxes), *_entries(row, depth - 1)]
    return Entry("~", boxes=boxes, children=children)


def _pair(row: Row) -> Entry:
    """A node that both nets have; or that one of them has, whose layer the other has without a node."""
    assert row.before is not None
    assert row.after is not None
    nodes = _item(row.before), _item(row.after)
    sides = _leaves(row.before), _leaves(row.after)
    return Entry("=" if row.same else "~", nodes, notes=notes.of_leaf(row), leaves=sides)


def _alone(row: Row) -> Entry:
    """What one of the nets alone has at this place."""
    part = row.part
    first = row.after is None
    node = notes.summary([part]) if part.is_scope else _item(part)
    nodes: Sides = (node, None) if first else (None, node)
    inside = _leaves(part)
    entry = Entry("−" if first else "+", nodes, leaves=(inside, []) if first else ([], inside))
    entry.parts = (part, None) if first else (None, part)
    if row.elsewhere:
        entry.sign = "=" if row.same else "~"
        entry.notes = ("stands elsewhere now",) if first else ("stood elsewhere",)
    return entry


def _folded(entries: Sequence[Entry]) -> Iterator[Entry]:
    """The entries, of those alike in a row the first alone."""
    for run in runs([_key(entry) for entry in entries]):
        some = entries[run.start : run.end]
        if run.length > 1 or run.times < (_FEWEST if _is_single(some[0]) else 2):
            yield from some
        else:
            yield _fold(some)


def _is_single(entry: Entry) -> bool:
    """True for a node that stands for a layer and the small ones around it."""
    return not entry.is_block and all(node is None or node.role != "summary" for node in entry.nodes)


def _key(entry: Entry) -> Hashable:
    """Equal for entries that are drawn alike, names of blocks and numbers left out."""
    nodes = tuple(node and (node.title, node.before, node.after, node.role) for node in entry.nodes)
    boxes = tuple(box and (box.name, box.definition) for box in entry.boxes)
    return entry.sign, nodes, entry.notes, boxes, entry.wide, tuple(_key(child) for child in entry.children)


def _fold(entries: Sequence[Entry]) -> Entry:
    """One entry for several that are drawn alike."""
    first = entries[0]
    for other in entries[1:]:
        _take_in(first, other)
    first.times = len(entries)
    if _is_single(first):
        first.nodes = _several(first.nodes[0], len(entries)), _several(first.nodes[1], len(entries))
    elif first.is_block:
        first.boxes = notes.numbered(first.boxes[0], first.times), notes.numbered(first.boxes[1], first.times)
    else:
        first.notes = ("in each:", *first.notes) if first.notes else ()
        parts = [[part for entry in entries if (part := entry.parts[side])] for side in (0, 1)]
        first.nodes = tuple(notes.summary(some) if some else None for some in parts)  # type: ignore[assignment]
    return first


def _several(leaf: Leaf | None, times: int) -> Leaf | None:
    return None if leaf is None else replace(leaf, times=times)


def _take_in(entry: Entry, other: Entry) -> None:
    """Let an entry stand for another one that is drawn alike."""
    for mine, more in zip(entry.leaves, other.leaves, strict=True):
        mine.extend(more)
    for child, twin in zip(entry.children, other.children, strict=True):
        _take_in(child, twin)


def _junction(boxes: tuple[Box | None, Box | None]) -> Iterator[Entry]:
    """The point where a value forks that enters a block."""
    points = tuple(
        next((c for c in box.children if isinstance(c, Leaf) and _is_fork(c)), None) if box else None
        for box in boxes
    )
    if any(points):
        first, second = points
        yield Entry("=", (first, second), leaves=([first] if first else [], [second] if second else []))


def _is_fork(leaf: Leaf) -> bool:
    return leaf.role == "junction" and not leaf.layers


def _outputs(comparison: Comparison, trees: tuple[Tree, Tree]) -> Iterator[Entry]:
    """What the nets give, when that is not the same."""
    if not comparison.outputs:
        return
    sides = [{leaf.title: leaf for leaf in leaves(tree.root) if leaf.role == "output"} for tree in trees]
    changed = {x.after.name if x.after else x.before.name if x.before else "" for x in comparison.outputs}
    for name in dict.fromkeys([*sides[0], *sides[1]]):
        first, second = sides[0].get(name), sides[1].get(name)
        sign: Sign = "=" if name not in changed else "~" if first and second else "−" if first else "+"
        yield Entry(sign, (first, second), leaves=([first] if first else [], [second] if second else []))


def _item(part: Part) -> Leaf | None:
    return part.item if isinstance(part.item, Leaf) else None


def _box(part: Part) -> Box:
    assert isinstance(part.item, Box)
    return part.item


def _leaves(*parts: Part | None) -> list[Leaf]:
    """The leaves of some items, points where values fork among them."""
    items = [part.item for part in parts if part is not None]
    return [leaf for item in items if isinstance(item, Leaf | Box) for leaf in leaves(item)]
