"""Which nets are no columns."""

from __future__ import annotations

from netcompiler.draw.parts import Knot, Part, Step
from netcompiler.draw.shortcuts import shortcut
from netcompiler.draw.stages import Stages, is_shown, stages
from netcompiler.draw.styles.paper.items import boxes, items
from netcompiler.graph import Graph

_MOST_STAGES = 60
"""Rows from which on a picture is no longer one that can be read."""

_MOST_BOXES = 150
"""Boxes in a column, likewise."""


def refuses(graph: Graph) -> str | None:
    """Why a net is no column of layers."""
    if len(graph.inputs) > 1:
        return "it has several inputs, and a column starts from one"
    found = stages(graph)
    if not any(map(is_shown, found.steps())):
        return "it has no layer with weights, pool or merge"
    if len(found.stages) > _MOST_STAGES:
        return f"it has {len(found.stages)} stages of different sizes, and {_MOST_STAGES} is the most"
    count = sum(1 for stage in found.stages for _ in boxes(items(found, stage.blocks, fold=True)))
    if count > _MOST_BOXES:
        return f"it has {count:,} layers in a column, repeats folded, and {_MOST_BOXES} is the most"
    every = (part for stage in found.stages for block in stage.blocks for part in block.parts)
    return next((why for part in every if (why := _tangle(found, part, top=True)) is not None), None)


def _tangle(net: Stages, part: Part, *, top: bool = False) -> str | None:
    """Why a part neither is a column nor can be a box in one."""
    if isinstance(part, Step) or net.scopes.path((part,)):
        return None
    if isinstance(part, Knot):
        before = f" before {part.merge.leaf.title}" if part.merge is not None else ""
        return f"its branches{before} cross, and are no block of the spec"
    if part.merge is None and top:
        return "it branches into several outputs"
    way = shortcut(part)
    inside = way.body if way is not None else ()
    return next((why for inner in inside if (why := _tangle(net, inner)) is not None), None)
