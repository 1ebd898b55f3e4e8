"""Parameters and multiply-accumulates of what is drawn."""

from __future__ import annotations

from collections.abc import Iterable

from netcompiler.draw.tree import Box, Costs, Item, Tree, boxes, layers
from netcompiler.graph import Layer


def add_costs(tree: Tree) -> None:
    """Say of every node and block of a tree that is folded what it takes."""
    for box in boxes(tree.root):
        for item in box.children:
            item.costs = _costs(item)


def _costs(item: Item) -> Costs | None:
    if not isinstance(item, Box):
        return _sum(item.layers, each=item.times > 1)
    inside = [*item.children, *(item.copies if item.varies else ())]
    return _sum((layer for one in inside for layer in layers(one)), each=item.times > 1 and not item.varies)


def _sum(parts: Iterable[Layer], *, each: bool) -> Costs | None:
    found = list(parts)
    parameters, macs = sum(layer.parameters for layer in found), sum(layer.macs for layer in found)
    return Costs(parameters, macs, each) if parameters or macs else None
