"""Blocks below a depth become single nodes: a summary of what is in them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace

from netcompiler.draw import words
from netcompiler.draw.choice import holds_shown
from netcompiler.draw.tree import Box, Flow, Flows, Item, Leaf, Tree, layers, leaves

DEEPEST = 24
"""Levels of blocks that are shown, at most."""


def collapse(tree: Tree, depth: int, *, once: bool = False) -> None:
    """Show blocks down to ``depth``, in place: at 0 every block of the net is one node.

    Blocks that a user named are shown as asked. With ``once``, of blocks that call the same definition and
    are made of the same parts the first alone is shown, and the others are nodes.
    """
    summaries: dict[Leaf, Leaf] = {}
    _Collapser(summaries, once).collapse(tree.root, min(depth, DEEPEST))
    if not summaries:
        return
    tree.flows = _rejoined(tree.flows, summaries)


def nodes_at(tree: Tree) -> list[int]:
    """How many nodes a picture has with blocks shown down to depth 0, 1, 2 … to the last."""
    counts: list[int] = []
    level: list[Box] = [tree.root]
    leaves_above = 0
    while level:
        inner = [child for box in level for child in box.children if isinstance(child, Box)]
        leaves_above += sum(len(box.children) for box in level) - len(inner)
        counts.append(leaves_above + len(inner))
        level = inner
    return counts


def _rejoined(old: Flows, summaries: Mapping[Leaf, Leaf]) -> Flows:
    """The flows between what is left. A block that reads a value in several places reads it once."""
    nodes = set(summaries.values())
    kept: dict[Hashable, Flow] = {}
    for flow in old:
        source = summaries.get(flow.source, flow.source)
        target = summaries.get(flow.target, flow.target)
        if source is target:
            continue
        key = (source, target) if target in nodes else (source, target, flow.argument)
        joined = replace(flow, source=source, target=target)
        # Of the ways into a block the plain one counts, and not the skip connection inside it.
        if key not in kept or (kept[key].skip and not flow.skip):
            kept[key] = joined
    flows = Flows()
    for flow in kept.values():
        flows.add(flow)
    return flows


class _Collapser:
    def __init__(self, summaries: dict[Leaf, Leaf], once: bool) -> None:
        self._summaries = summaries
        self._once = once
        self._seen: set[Hashable] = set()

    def collapse(self, box: Box, depth: int) -> None:
        children: list[Item] = []
        for child in box.children:
            below = self._levels(child, depth) if isinstance(child, Box) else None
            if not isinstance(child, Box):
                children.append(child)
            elif below is not None:
                self.collapse(child, below)
                children.append(child)
            else:
                summary = _summary(child)
                self._summaries |= dict.fromkeys(leaves(child), summary)
                children.append(summary)
        box.children = children

    def _levels(self, box: Box, depth: int) -> int | None:
        """How many levels are shown inside a block; None for a block that becomes a node."""
        if box.shown == "all":
            return DEEPEST
        if box.shown == "node" or depth == 0 or (self._once and self._is_known(box)):
            return 0 if holds_shown(box) else None
        return depth - 1

    def _is_known(self, box: Box) -> bool:
        """True when a block made of the same parts is shown already."""
        if not box.definition:
            return False
        parts = _parts(box)
        known = parts in self._seen
        self._seen.add(parts)
        return known


def _parts(item: Item) -> Hashable:
    """What an item is made of, sizes and names left out."""
    if isinstance(item, Leaf):
        return item.role, tuple(layer.operation.name for layer in item.layers)
    return item.definition, tuple(_parts(child) for child in item.children)


def _summary(box: Box) -> Leaf:
    one = [layer for child in box.children for layer in layers(child)]
    parameters = sum(layer.parameters for layer in one)
    facts = [words.plural(len(one), "layer")]
    if parameters and box.costs is None:
        facts.append(f"{words.count(parameters)} parameters")
    return Leaf(
        role="summary",
        layers=list(layers(box)),
        title=box.name or box.definition or "block",
        kind="block",
        shape=box.shape,
        before=(box.definition,) if box.name and box.definition else (),
        after=tuple(facts),
        group=box.group,
        times=box.times,
        number=box.number,
        costs=box.costs,
    )
