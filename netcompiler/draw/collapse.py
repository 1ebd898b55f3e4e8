"""Blocks below a depth become single nodes: a summary of what is in them."""

from __future__ import annotations

from dataclasses import replace

from netcompiler.draw import words
from netcompiler.draw.tree import Box, Flows, Item, Leaf, Tree, layers, leaves


def collapse(tree: Tree, depth: int) -> None:
    """Show blocks down to ``depth``, in place: at 0 every block of the net is one node."""
    summaries: dict[Leaf, Leaf] = {}
    _collapse(tree.root, depth, summaries)
    if not summaries:
        return
    flows = Flows()
    for flow in tree.flows:
        source = summaries.get(flow.source, flow.source)
        target = summaries.get(flow.target, flow.target)
        if source is not target:
            flows.add(replace(flow, source=source, target=target))
    tree.flows = flows


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


def _collapse(box: Box, depth: int, summaries: dict[Leaf, Leaf]) -> None:
    children: list[Item] = []
    for child in box.children:
        if isinstance(child, Leaf):
            children.append(child)
        elif depth > 0:
            _collapse(child, depth - 1, summaries)
            children.append(child)
        else:
            summary = _summary(child)
            summaries |= dict.fromkeys(leaves(child), summary)
            children.append(summary)
    box.children = children


def _summary(box: Box) -> Leaf:
    one = [layer for child in box.children for layer in layers(child)]
    parameters = sum(layer.parameters for layer in one)
    facts = [words.plural(len(one), "layer")]
    if parameters:
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
    )
