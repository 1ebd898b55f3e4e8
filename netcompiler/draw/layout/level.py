"""Items to cells: chains run down, branches stand side by side, long chains wrap into columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from netcompiler.draw.dot import line_width
from netcompiler.draw.layout import measure
from netcompiler.draw.layout.branches import branches, spreads, tangle
from netcompiler.draw.layout.cell import Area, Cell, Hint, Spot, Way
from netcompiler.draw.layout.columns import split
from netcompiler.draw.layout.series import (
    Element,
    Group,
    Single,
    components,
    members,
    reachable,
    reverse,
    take_apart,
)
from netcompiler.draw.layout.spaces import Spaces
from netcompiler.draw.layout.strip import Stack, Strip, side_by_side
from netcompiler.draw.layout.ushape import bent, find_bend
from netcompiler.draw.theme import Theme
from netcompiler.draw.tree import Box, Flow, Item, Leaf, Tree, leaves

_SPACES = Spaces()


class Arranger:
    """Lays out the items of a tree; no column of a chain is higher than ``limit`` where that can be.

    A rising one lets values flow from the bottom to the top.
    """

    def __init__(
        self, tree: Tree, theme: Theme, limit: float, *, rising: bool = False, spaces: Spaces = _SPACES
    ) -> None:
        self.tree = tree
        self.theme = theme
        self.limit = limit
        self.rising = rising
        self.spaces = spaces.scaled(theme.space)
        self._chosen = spaces
        self._homes = tree.homes()

    def upwards(self) -> Arranger:
        """The same, rising."""
        return Arranger(self.tree, self.theme, float("inf"), rising=True, spaces=self._chosen)

    def item(self, item: Item, width: float = 0.0) -> Cell:
        """The cell of an item; a node is at least so wide."""
        return self._leaf(item, width) if isinstance(item, Leaf) else self._box(item)

    def _leaf(self, leaf: Leaf, least: float) -> Cell:
        width, height = measure.size(leaf, self.theme)
        if not measure.is_small(leaf):
            width = max(width, least)
        cell = Cell(width / 2, width / 2, height)
        cell.spots.append(Spot(leaf, 0.0, height / 2, width, height))
        if self.says_shape(leaf):
            # It may reach a little into the room around the leaf.
            reach = measure.shape_reach(leaf, self.theme) - self.spaces.padding / 3
            cell.right = max(cell.right, reach)
        caption = measure.caption(leaf, self.theme)
        if caption:
            cell.left += line_width(caption) + 5
        badge = measure.badge(leaf, self.theme)
        if badge:
            cell.right += line_width(badge) + 12
            cell.height += 4
        return cell

    def says_shape(self, leaf: Leaf) -> bool:
        """True for a leaf that may have the shape of its value beside the way on."""
        into = self.tree.flows.into(leaf)
        changed = bool(into) and into[0].shape != leaf.shape
        return changed and bool(self.tree.flows.out_of(leaf))

    def _box(self, box: Box) -> Cell:
        padding = self.spaces.padding
        around = self._homes.get(box)
        header = measure.header(box, around, self.theme)
        inner = Level(self, box.children).cell(self.limit - header - padding)
        heading = (*measure.heading(box, around, self.theme), *measure.costs_heading(box, self.theme))
        left, below, badge, right, *costs = (line_width(line) for line in heading)
        cell = Cell()
        cell.put(inner, 0.0, header)
        # The way in runs down the spine, between the titles on its left and on its right.
        cell.grow(
            -max(inner.left + padding, max(left, below, costs[0]) + padding + 8),
            max(inner.right + padding, max(badge, right, costs[1]) + padding + 8),
            header + inner.height + padding,
        )
        cell.exit = inner.exit
        cell.areas.insert(0, Area(box, -cell.left, 0.0, cell.right, cell.height, 0.0))
        if box.times > 1:
            cell.grow(-cell.left, cell.right + 6, cell.height + 4)
        return cell


class Level:
    """The items of one box and the flows between them; nodes of graphs here are places in its items.

    With ``crossing`` they are those of a lane: parts that only meet in other lanes follow one another, and
    what lanes exchange has so much room.

    Attributes:
        arranger: whose items they are.
        items: the items, each after those it reads.
        cells: each of them laid out.
        rising: True when values flow upwards.
    """

    def __init__(self, arranger: Arranger, items: Sequence[Item], *, crossing: float | None = None) -> None:
        self.arranger = arranger
        self.rising = arranger.rising
        self.items = items if crossing is None else _in_parts(items, arranger.tree)
        self._crossing = crossing
        self._flows: dict[tuple[int, int], list[Flow]] = {}
        self._successors: dict[int, dict[int, None]] = {}
        self._start, self._end = self._connect()
        if crossing is not None:
            for part, following in pairwise(components(range(len(items)), self._successors)):
                self._successors.setdefault(part[-1], {})[following[0]] = None
            self._start, self._end = 0, len(items) - 1
        nodes = [item for item in self.items if isinstance(item, Leaf) and item.role != "output"]
        width = max((measure.size(leaf, arranger.theme)[0] for leaf in nodes), default=0.0)
        self.cells = [arranger.item(item, width) for item in self.items]

    def cell(self, limit: float) -> Cell:
        """All items, laid out in columns no higher than the limit."""
        return self._columns(self.strip(), limit)

    def strip(self) -> Strip:
        """All items as a chain, with no place yet."""
        return self._part(range(len(self.items)), self._start, self._end)

    def stack(self, strip: Strip, start: int, end: int) -> Stack:
        """Some elements of a chain one below the other, each with its spine where values leave the one
        before, and what stands beside them.
        """
        stack = Stack(Cell())
        x = y = 0.0
        order = range(end - 1, start - 1, -1) if self.rising else range(start, end)
        for index in order:
            cell = strip.cells[index]
            if index != order[0]:
                y += strip.gaps[index + 1 if self.rising else index]
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
        """Some elements one after another, in one column or bent into a U, with nothing beside them."""
        return self._columns(self._chain(elements), float("inf"))

    def flows(self, sources: Iterable[int | None], targets: Iterable[int | None]) -> list[Flow]:
        """The flows from some nodes to others; None stands for no node."""
        wanted = list(targets)
        pairs = [(a, b) for a in sources for b in wanted if a is not None and b is not None]
        return [flow for pair in pairs for flow in self._flows.get(pair, ())]

    def leaves_of(self, element: Element) -> list[Leaf]:
        """The leaves in an element."""
        return list(leaves(self.items[node] for node in members(element)))

    def _connect(self) -> tuple[int, int]:
        """Collect the flows between items; gives the nodes at which the main way starts and ends."""
        tree = self.arranger.tree
        at = {leaf: index for index, item in enumerate(self.items) for leaf in leaves(item)}
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
        if end is None:
            outputs = [
                i for i, item in enumerate(self.items) if isinstance(item, Leaf) and item.role == "output"
            ]
            lasting = [i for i in outputs if not _only_for_training(self.items[i])]
            end = (lasting or outputs or [len(self.items) - 1])[0]
        return self._longest_start(end) if start is None else start, end

    def _longest_start(self, end: int) -> int:
        """Of the inputs, that from which the most nodes lie on the way to the end."""
        back = reachable([end], reverse(self._successors))
        read = {target for targets in self._successors.values() for target in targets}
        starts = [node for node in range(len(self.items)) if node not in read and node in back]
        return max(starts, key=lambda node: (len(reachable([node], self._successors) & back), -node))

    def _part(self, nodes: Sequence[int], start: int, end: int) -> Strip:
        """Some of the items: the ways from start to end, and beside them what joins or leaves those."""
        known = set(nodes)
        inside = {n: [m for m in self._successors.get(n, ()) if m in known] for n in nodes}
        forward = reachable([start], inside)
        if end not in forward:
            end = max(forward)
        main = forward & reachable([end], reverse(inside))
        beside = components([node for node in nodes if node not in main], inside)
        return self._chain(
            take_apart([node for node in nodes if node in main], inside, [start], [end]), beside
        )

    def _chain(self, elements: Sequence[Element], beside: Sequence[list[int]] = ()) -> Strip:
        home = {node: index for index, element in enumerate(elements) for node in members(element)}
        return Strip(
            elements,
            [self._element(element) for element in elements],
            [self._gap(elements[i - 1], element) if i else 0.0 for i, element in enumerate(elements)],
            [self._attachment(part, home) for part in beside],
        )

    def _element(self, element: Element) -> Cell:
        if isinstance(element, Single):
            return self.cells[element.node]
        if isinstance(element, Group):
            return branches(self, element)
        return tangle(self, element)

    def _columns(self, strip: Strip, limit: float) -> Cell:
        """A chain in as many columns as the limit asks for, or bent into a U."""
        if not self.rising and not strip.hung and (bend := find_bend(strip.elements, self)):
            return bent(bend, self, Level(self.arranger.upwards(), self.items))
        ranges = split(strip.pieces, limit)
        stacks = [self.stack(strip, start, end) for start, end in ranges]
        if len(stacks) == 1:
            return stacks[0].cell
        joints = [
            self.flows(members(strip.elements[end - 1]), members(strip.elements[end]))
            for _, end in ranges[:-1]
        ]
        return side_by_side([stack.cell for stack in stacks], joints, self.arranger.spaces)

    def _gap(self, above: Element, below: Element) -> float:
        """How far apart two elements of a chain stand."""
        spaces = self.arranger.spaces
        if self._crossing is not None and self._exchange(above, below):
            return self._crossing
        if spreads(self, above) or spreads(self, below):
            return spaces.fan
        upper, lower = (self._leaf_of(element) for element in (above, below))
        # What says the shape of its value below it needs room for that.
        short = upper is not None and measure.is_small(upper) and not self.arranger.says_shape(upper)
        short |= lower is not None and measure.is_small(lower) and lower.kind != "transfer"
        return spaces.short if short else spaces.step

    def _leaf_of(self, element: Element) -> Leaf | None:
        item = self.items[element.node] if isinstance(element, Single) else None
        return item if isinstance(item, Leaf) else None

    def _exchange(self, above: Element, below: Element) -> bool:
        """True when lanes exchange values between the two."""
        flows = self.arranger.tree.flows
        sent = (flow for leaf in self.leaves_of(above) for flow in flows.out_of(leaf))
        read = (flow for leaf in self.leaves_of(below) for flow in flows.into(leaf))
        return any(flow.crosses for flow in sent) and any(flow.crosses for flow in read)

    def _attachment(self, part: list[int], home: dict[int, int]) -> tuple[list[int], int, bool]:
        """Which element a part that stands beside belongs to, and whether it joins it or leaves it."""
        inside = set(part)
        for node in part:
            for target in self._successors.get(node, ()):
                if target in home:
                    return part, home[target], True
        for node, element in home.items():
            if inside.intersection(self._successors.get(node, ())):
                return part, element, False
        return part, max(home.values()), False

    def _hang(self, stack: Stack, part: list[int], anchor: int, joins: bool) -> None:
        """Put a part beside a stack: what joins an element to its left and above it, what leaves an element
        to its right and below it.
        """
        cell = self._columns(self._part(part, part[0], part[-1]), float("inf"))
        spaces = self.arranger.spaces
        top, bottom, _, _ = stack.extents[anchor]
        y = top - spaces.step - cell.height if joins else bottom + spaces.step
        if y < 0:
            stack.lower(-y)
            y = 0.0
        near = [
            e for e in stack.extents.values() if e[0] - spaces.fan < y + cell.height and e[1] + spaces.fan > y
        ]
        if joins:
            x = min(left for _, _, left, _ in near) - spaces.beside - cell.right
        else:
            x = max(right for _, _, _, right in near) + spaces.beside + cell.left
        stack.cell.put(cell, x, y)
        stack.extents[-1 - len(stack.extents)] = (y, y + cell.height, x - cell.left, x + cell.right)
        inside = set(part)
        way: Way = "in" if joins else "out"
        for (a, b), flows in self._flows.items():
            if (a in inside) != (b in inside):
                stack.cell.hints += [Hint(flow, way) for flow in flows]


def _only_for_training(item: Item) -> bool:
    return isinstance(item, Leaf) and item.training_only


def _in_parts(items: Sequence[Item], tree: Tree) -> list[Item]:
    """Items in an order that keeps together those that flows among them join."""
    at = {leaf: index for index, item in enumerate(items) for leaf in leaves(item)}
    joined: dict[int, dict[int, None]] = {}
    for leaf, index in at.items():
        for flow in tree.flows.out_of(leaf):
            if flow.target in at:
                joined.setdefault(index, {})[at[flow.target]] = None
    return [items[index] for part in components(range(len(items)), joined) for index in part]
