"""Items to cells: chains run down, branches stand side by side, long chains wrap into columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from netcompiler.draw.dot import line_width
from netcompiler.draw.layout import measure
from netcompiler.draw.layout.cell import Area, Cell, Hint, Spot, Way
from netcompiler.draw.layout.columns import Piece, split
from netcompiler.draw.layout.series import (
    Element,
    Group,
    Single,
    Tangle,
    components,
    reachable,
    take_apart,
)
from netcompiler.draw.layout.tangle import chained, layered
from netcompiler.draw.layout.ushape import bent, find_bend
from netcompiler.draw.theme import Theme
from netcompiler.draw.tree import Box, Flow, Item, Leaf, Tree, leaves

STEP = 19.0
"""Between a node and the next."""

SHORT = 11.0
"""To or from a merge or a junction."""

FAN = 28.0
"""Between a node and branches side by side."""

BESIDE = 16.0
"""Between branches side by side."""

ARC = 13.0
"""Between what stands in a branch and the arc past it."""

GUTTER = 40.0
"""Between columns."""

TURN = 16.0
"""How far above and below a column the way to the next column runs."""

PADDING = 12.0
"""Inside a block."""

HEADER = 27.0
"""For a block's title."""


class Arranger:
    """Lays out the items of a tree; no column of a chain is higher than ``limit`` where that can be.

    A rising one lets values flow from the bottom to the top.
    """

    def __init__(self, tree: Tree, theme: Theme, limit: float, *, rising: bool = False) -> None:
        self.tree = tree
        self.theme = theme
        self.limit = limit
        self.rising = rising
        self.homes = tree.homes()

    def item(self, item: Item, width: float = 0.0) -> Cell:
        """The cell of an item; a node is at least so wide."""
        return self._leaf(item, width) if isinstance(item, Leaf) else self._box(item)

    def level(self, items: Sequence[Item]) -> Level:
        """The items of one box or lane, ready to be laid out."""
        return Level(self, items)

    def upwards(self) -> Arranger:
        """The same, rising."""
        return Arranger(self.tree, self.theme, float("inf"), rising=True)

    def _leaf(self, leaf: Leaf, least: float) -> Cell:
        width, height = measure.size(leaf, self.theme)
        if not measure.is_small(leaf):
            width = max(width, least)
        cell = Cell(width / 2, width / 2, height)
        cell.spots.append(Spot(leaf, 0.0, height / 2, width, height))
        caption = measure.caption(leaf, self.theme)
        if caption:
            cell.left += line_width(caption) + 5
        badge = measure.badge(leaf, self.theme)
        if badge:
            cell.right += line_width(badge) + 8
            cell.height += 4
        return cell

    def _box(self, box: Box) -> Cell:
        inner = self.level(box.children).cell(self.limit - HEADER - PADDING)
        left, below, badge, right = (line_width(line) for line in measure.heading(box, self.homes.get(box), self.theme))
        header = HEADER if left or badge else PADDING + 8
        cell = Cell()
        cell.put(inner, 0.0, header)
        # The way in runs down the spine, between the titles on its left and on its right.
        cell.grow(
            -max(inner.left + PADDING, max(left, below) + PADDING + 8),
            max(inner.right + PADDING, max(badge, right) + PADDING + 8),
            header + inner.height + PADDING,
        )
        cell.exit = inner.exit
        cell.areas.insert(0, Area(box, -cell.left, 0.0, cell.right, cell.height, 0.0))
        if box.times > 1:
            cell.grow(-cell.left, cell.right + 6, cell.height + 4)
        return cell


@dataclass
class Strip:
    """A chain of elements before it is cut into columns.

    Attributes:
        elements: what comes one after another.
        cells: each laid out.
        gaps: the room above each.
        hung: parts that stand beside: their nodes, the element they belong to, whether they join or leave it.
    """

    elements: Sequence[Element]
    cells: list[Cell]
    gaps: list[float]
    hung: list[tuple[list[int], int, bool]]

    @property
    def pieces(self) -> list[Piece]:
        """The strip as `columns` sees it: a column may start between two nodes that only follow each other."""
        anchors = {anchor for _, anchor, _ in self.hung}
        single = [isinstance(element, Single) for element in self.elements]
        return [
            Piece(cell.height, gap, i > 0 and single[i] and single[i - 1] and i - 1 not in anchors)
            for i, (cell, gap) in enumerate(zip(self.cells, self.gaps, strict=True))
        ]


@dataclass
class Stack:
    """Elements one below the other, and where each came to stand: top, bottom, left, right."""

    cell: Cell
    extents: dict[int, tuple[float, float, float, float]] = field(default_factory=dict)

    def lower(self, by: float) -> None:
        """Move everything down."""
        moved = Cell(exit=self.cell.exit)
        moved.put(self.cell, 0.0, by)
        self.cell = moved
        self.extents = {k: (a + by, b + by, left, right) for k, (a, b, left, right) in self.extents.items()}


class Level:
    """The items of one box or lane and the flows between them."""

    def __init__(self, arranger: Arranger, items: Sequence[Item]) -> None:
        self._arranger = arranger
        self._items = items
        self._flows: dict[tuple[int, int], list[Flow]] = {}
        self._successors: dict[int, dict[int, None]] = {}
        self._start, self._end = self._connect()
        width = max(
            (measure.size(i, arranger.theme)[0] for i in items if isinstance(i, Leaf) and i.role != "output"),
            default=0.0,
        )
        self._cells = [arranger.item(item, width) for item in items]

    def cell(self, limit: float) -> Cell:
        """All items, laid out."""
        return self._columns(self.strip(), limit)

    def strip(self) -> Strip:
        """All items as a chain, with no place yet."""
        return self._part(range(len(self._items)), self._start, self._end)

    def stack(self, strip: Strip, start: int, end: int) -> Stack:
        """Some elements of a chain one below the other, each with its spine where values leave the one
        before, and what stands beside them.
        """
        stack = Stack(Cell())
        x = y = 0.0
        order = range(end - 1, start - 1, -1) if self._arranger.rising else range(start, end)
        for index in order:
            cell = strip.cells[index]
            if index != order[0]:
                y += strip.gaps[index + 1 if self._arranger.rising else index]
            stack.cell.put(cell, x, y)
            stack.extents[index] = (y, y + cell.height, x - cell.left, x + cell.right)
            y += cell.height
            x += cell.exit
        stack.cell.exit = x
        for part, anchor, joins in strip.hung:
            if start <= anchor < end:
                self._hang(stack, part, anchor, joins)
        return stack

    def row(self, elements: Sequence[Element]) -> Cell:
        """Some elements one after another, with nothing beside them."""
        strip = self._chain(elements)
        return self.stack(strip, 0, len(strip.elements)).cell

    def flows_between(self, sources: Sequence[Element], targets: Sequence[Element]) -> list[Flow]:
        """The flows from some elements to others."""
        return self._crossing(members(*sources), members(*targets))

    def leaves_of(self, element: Element) -> list[Leaf]:
        """The leaves in an element."""
        return list(leaves(self._items[node] for node in members(element)))

    def _connect(self) -> tuple[int, int]:
        """Collect the flows between items; gives the first item that is reached from outside and the last
        that is read outside.
        """
        tree = self._arranger.tree
        at = {leaf: index for index, item in enumerate(self._items) for leaf in leaves(item)}
        start, end = None, None
        for leaf, index in at.items():
            for flow in tree.flows.out_of(leaf):
                target = at.get(flow.target)
                if target is None:
                    end = index
                elif target != index:
                    self._flows.setdefault((index, target), []).append(flow)
                    self._successors.setdefault(index, {})[target] = None
            if start is None and any(flow.source not in at for flow in tree.flows.into(leaf)):
                start = index
        outputs = [
            index
            for index, item in enumerate(self._items)
            if isinstance(item, Leaf) and item.role == "output" and not item.training_only
        ]
        return start or 0, outputs[0] if outputs else len(self._items) - 1 if end is None else end

    def _part(self, nodes: Sequence[int], start: int, end: int) -> Strip:
        """Some of the items: the ways from start to end, and beside them what joins or leaves those."""
        known = set(nodes)
        inside = {n: [m for m in self._successors.get(n, ()) if m in known] for n in nodes}
        forward = reachable([start], inside)
        if end not in forward:
            end = max(forward, key=nodes.index)
        backward = reachable([end], _reversed(inside))
        main = [node for node in nodes if node in forward and node in backward]
        rest = [node for node in nodes if node not in forward or node not in backward]
        return self._chain(take_apart(main, inside, [start], [end]), components(rest, inside))

    def _chain(self, elements: Sequence[Element], beside: Sequence[list[int]] = ()) -> Strip:
        home = {node: index for index, element in enumerate(elements) for node in members(element)}
        return Strip(
            elements,
            [self.element(element) for element in elements],
            [self._gap(elements[i - 1], element) if i else 0.0 for i, element in enumerate(elements)],
            [self._attachment(part, home) for part in beside],
        )

    def _columns(self, strip: Strip, limit: float) -> Cell:
        """A chain in as many columns as the limit asks for, or bent into a U."""
        if not self._arranger.rising and not strip.hung and (bend := find_bend(strip.elements, self)):
            return bent(bend, self, self._arranger.upwards().level(self._items))
        ranges = split(strip.pieces, limit)
        stacks = [self.stack(strip, start, end) for start, end in ranges]
        if len(stacks) == 1:
            return stacks[0].cell
        joints = [self._between(strip.elements[end - 1], strip.elements[end]) for _, end in ranges[:-1]]
        return _side_by_side([stack.cell for stack in stacks], self._leads(stacks), joints)

    def _leads(self, stacks: Sequence[Stack]) -> list[float]:
        """How far down each column starts, so that the first blocks of all columns stand side by side; all
        at the top when that would make the whole much higher.
        """
        heads: list[float] = []
        for stack in stacks:
            tops = [area.top for area in stack.cell.areas]
            heads.append(min(tops, default=0.0))
        leads = [max(heads) - head for head in heads]
        heights = [stack.cell.height for stack in stacks]
        together = max(height + lead for height, lead in zip(heights, leads, strict=True))
        return leads if together <= 1.2 * max(heights) else [0.0] * len(stacks)

    def _attachment(self, part: list[int], home: dict[int, int]) -> tuple[list[int], int, bool]:
        """Which element a part that stands beside belongs to, and whether it joins it or leaves it."""
        inside = set(part)
        for node in part:
            for target in self._successors.get(node, ()):
                if target not in inside and target in home:
                    return part, home[target], True
        for node, element in home.items():
            if any(target in inside for target in self._successors.get(node, ())):
                return part, element, False
        return part, max(home.values()), False

    def _hang(self, stack: Stack, part: list[int], anchor: int, joins: bool) -> None:
        """Put a part beside a stack: what joins an element to its left and above it, what leaves an element
        to its right and below it.
        """
        cell = self._columns(self._part(part, part[0], part[-1]), float("inf"))
        top, bottom, _, _ = stack.extents[anchor]
        y = top - STEP - cell.height if joins else bottom + STEP
        if y < 0:
            stack.lower(-y)
            y = 0.0
        near = [e for e in stack.extents.values() if e[0] - FAN < y + cell.height and e[1] + FAN > y]
        if joins:
            x = min(left for _, _, left, _ in near) - BESIDE - cell.right
        else:
            x = max(right for _, _, _, right in near) + BESIDE + cell.left
        stack.cell.put(cell, x, y)
        stack.extents[-1 - len(stack.extents)] = (y, y + cell.height, x - cell.left, x + cell.right)
        inside = set(part)
        way: Way = "in" if joins else "out"
        for (a, b), flows in self._flows.items():
            if (a in inside) != (b in inside):
                stack.cell.hints += [Hint(flow, way) for flow in flows]

    def element(self, element: Element) -> Cell:
        if isinstance(element, Single):
            return self._cells[element.node]
        if isinstance(element, Group):
            return self._group(element)
        return self._tangle(element)

    def _branch(self, elements: Sequence[Element]) -> Cell:
        """A branch: it never wraps, since its ends must stay near the nodes that it joins."""
        return self._columns(self._chain(elements), float("inf"))

    def _group(self, group: Group) -> Cell:
        """Branches side by side: bodies around the spine, skip connections to the right of them."""
        cells = [self._branch(group, branch) for branch in group.branches]
        skips = self._skips(group)
        result = Cell(height=max(cell.height for cell in cells))
        self._put_bodies(result, group, [c for c, skip in zip(cells, skips, strict=True) if not skip])
        for cell, branch, skip in zip(cells, group.branches, skips, strict=True):
            part = list(members(*branch))
            if skip:
                self._put_detour(result, group, part, cell)
            elif skips.count(False) > 1:
                # Branches of different height: the lines run to the side above and below all of them.
                ends = (0.0, result.height)
                above, below = reversed(ends) if self._arranger.rising else ends
                result.hints += [Hint(f, "spread", ((0.0, above),)) for f in self._crossing([group.before], part)]
                result.hints += [Hint(f, "gather", ((0.0, below),)) for f in self._crossing(part, [group.after])]
        known = {hint.flow for hint in result.hints}
        for flow in self._crossing([group.before], [group.after]):
            if group.direct and flow not in known:
                result.grow(0.0, result.right + ARC, 0.0)
                result.hints.append(Hint(flow, "arc", ((result.right, 0.0),)))
                result.grow(0.0, result.right + 3, 0.0)
        return result

    def _put_bodies(self, result: Cell, group: Group, bodies: Sequence[Cell]) -> None:
        spines = _row(bodies)
        middle = (spines[0] + spines[-1]) / 2
        for cell, spine in zip(bodies, spines, strict=True):
            result.put(cell, spine - middle, (result.height - cell.height) / 2)
        if len(bodies) == 1:
            result.exit = bodies[0].exit

    def _put_detour(self, result: Cell, group: Group, part: Sequence[int], cell: Cell) -> None:
        """Put a skip connection that has layers of its own to the right of what is there."""
        result.put(cell, result.right + BESIDE + cell.left, (result.height - cell.height) / 2)
        result.hints += [Hint(f, "out") for f in self._crossing([group.before], part)]
        result.hints += [Hint(f, "in") for f in self._crossing(part, [group.after])]
        flows = self._arranger.tree.flows
        for leaf in leaves(self._items[node] for node in part):
            result.detours += [*flows.into(leaf), *flows.out_of(leaf)]

    def _branch(self, group: Group, elements: Sequence[Element]) -> Cell:
        """A branch: it never wraps, since its ends must stay near the nodes that it joins."""
        if len(elements) == 1 and isinstance(elements[0], Tangle):
            return self._tangle(elements[0], group)
        return self._columns(self._chain(elements), float("inf"))

    def _tangle(self, tangle: Tangle, group: Group | None = None) -> Cell:
        """Nodes in no simple order, with the edges from and to the ends of the group that they are all of."""
        nodes = list(tangle.nodes)
        if group is not None:
            nodes = [n for n in (group.before, *nodes, group.after) if n is not None]
        place = {node: index for index, node in enumerate(nodes)}
        edges = {(place[a], place[b]): f for (a, b), f in self._flows.items() if a in place and b in place}
        if group is not None and len(group.branches) > 1:
            edges.pop((0, len(nodes) - 1), None)
        inside = set(tangle.nodes)
        cells = [self._cells[node] if node in inside else None for node in nodes]
        if all(pair in edges for pair in pairwise(range(len(nodes)))):
            return chained(cells, edges)
        return layered(cells, edges)

    def _is_fan(self, element: Element) -> bool:
        """True for branches that spread to both sides of the spine."""
        return isinstance(element, Tangle) or (isinstance(element, Group) and self._skips(element).count(False) > 1)

    def _skips(self, group: Group) -> list[bool]:
        """Which branches of a group are skip connections; none when all are."""
        if group.after is None:
            return [False] * len(group.branches)
        skips = [self._is_skip(members(*branch), group.after) for branch in group.branches]
        return skips if not all(skips) else [False] * len(skips)

    def _is_skip(self, part: Iterable[int], after: int) -> bool:
        flows = self._crossing(part, [after])
        return bool(flows) and all(flow.skip for flow in flows)

    def _crossing(self, sources: Iterable[int | None], targets: Iterable[int | None]) -> list[Flow]:
        wanted = list(targets)
        return [f for a in sources for b in wanted if a is not None and b is not None for f in self._flows.get((a, b), ())]

    def _between(self, above: Element, below: Element) -> list[Flow]:
        return self._crossing(members(above), members(below))

    def _gap(self, above: Element, below: Element) -> float:
        """How far apart two elements of a chain stand."""
        if self._is_fan(above) or self._is_fan(below):
            return FAN
        ends = [self._items[next(iter(members(e)))] for e in (above, below) if isinstance(e, Single)]
        return SHORT if any(isinstance(item, Leaf) and measure.is_small(item) for item in ends) else STEP


def members(*elements: Element) -> Iterable[int]:
    """All nodes of some elements."""
    for element in elements:
        if isinstance(element, Single):
            yield element.node
        elif isinstance(element, Group):
            for branch in element.branches:
                yield from members(*branch)
        else:
            yield from element.nodes


def _row(cells: Sequence[Cell]) -> list[float]:
    """Spines of cells side by side."""
    spines: list[float] = []
    x = 0.0
    for cell in cells:
        spines.append(x + cell.left)
        x += cell.width + BESIDE
    return spines


def _side_by_side(
    columns: Sequence[Cell], leads: Sequence[float], joints: Sequence[Sequence[Flow]]
) -> Cell:
    """Columns from left to right, each so far down; the way from one to the next runs up between them."""
    result = Cell()
    x = 0.0
    for index, column in enumerate(columns):
        if index:
            gutter = result.right + GUTTER / 2
            foot = leads[index - 1] + TURN + columns[index - 1].height + TURN
            start = x + columns[index - 1].exit
            x = result.right + GUTTER + column.left
            head = leads[index]
            way = ((start, foot), (gutter, foot), (gutter, head), (x, head))
            result.hints += [Hint(flow, "turn", way) for flow in joints[index - 1]]
        result.put(column, x, leads[index] + TURN)
    result.exit = x + columns[-1].exit
    result.height += TURN
    return result


def _reversed(successors: dict[int, list[int]]) -> dict[int, list[int]]:
    result: dict[int, list[int]] = {}
    for a, targets in successors.items():
        for b in targets:
            result.setdefault(b, []).append(a)
    return result
