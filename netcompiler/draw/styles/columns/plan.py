"""What is drawn: a net's stages with their blocks, identical ones folded, short shortcuts as lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice

from netcompiler.cost import Totals, totals
from netcompiler.draw.choice import choose
from netcompiler.draw.collapse import DEEPEST, collapse
from netcompiler.draw.condense import condense
from netcompiler.draw.fold import fold
from netcompiler.draw.junctions import add_junctions
from netcompiler.draw.options import Options
from netcompiler.draw.styles.columns.row import main_row, out_of_row, put_beside
from netcompiler.draw.styles.columns.sections import Section, sections
from netcompiler.draw.styles.columns.shortcuts import Projection, take_out
from netcompiler.draw.tree import Box, Item, Leaf, Tree, boxes, layers
from netcompiler.graph import Graph

_FEWEST = 2
"""Stages, at least: fewer are not worth columns."""


@dataclass(frozen=True, eq=False)
class Part:
    """A part of the row from the input to the output.

    Attributes:
        items: what stands in it; of a stage, its box, or its node where it has no more than one.
        stage: the stage's box; None for what stands before, between or after stages.
    """

    items: tuple[Item, ...]
    stage: Box | None


@dataclass(frozen=True, eq=False)
class Plan:
    """A net in stages.

    Attributes:
        tree: all of it.
        parts: what comes one after another.
        projections: the shortcuts with layers that are drawn as lines.
        costs: the totals of items; of a pile, those of all its copies.
    """

    tree: Tree
    parts: tuple[Part, ...]
    projections: tuple[Projection, ...]
    costs: Mapping[Item, Totals]


def refuses(graph: Graph) -> str | None:
    """Why a net cannot be shown in columns; None when it can."""
    if graph.groups:
        return "it runs on several placement groups, and columns would not tell them apart"
    if len(graph.inputs) != 1:
        return "it has several inputs, and columns follow one value"
    tree = condense(graph)
    row, _ = main_row(tree)
    found = sections(row, tree)
    if sum(section.stage for section in found) < _FEWEST:
        return "it has no stages: no two parts of it, one after the other, work at different spatial sizes"
    past = out_of_row(found, tree)
    if past is not None:
        reader, value = _name(past.target), _name(past.source)
        return f"{reader} reads {value} past other stages, and columns show stages one after another"
    return None


def _name(leaf: Leaf) -> str:
    """What a user calls a node: its top-level scope or layer, where that has a name."""
    name = leaf.layers[0].path.partition(".")[0] if leaf.layers else ""
    return leaf.title if not name or name.isdecimal() else name


def plan(graph: Graph, options: Options, depth: int | None) -> Plan:
    """The stages of a net for which `refuses` has no reason; blocks in them are shown down to a depth, those
    that the options name as they say.
    """
    tree = condense(graph)
    choose(tree, options.expand, options.fold)
    row, beside = main_row(tree)
    found = sections(row, tree)
    put_beside(found, beside, tree)
    parts = [_part(section, tree) for section in found]
    tree.root.children = [item for part in parts for item in part.items]
    costs = {item: totals(layers(item)) for box in boxes(tree.root) for item in box.children}
    collapse(tree, DEEPEST if depth is None else max(depth, 1))
    # What stands outside of the stages may have become nodes; the number of things there is the same.
    left = iter(tree.root.children)
    parts = [replace(part, items=tuple(islice(left, len(part.items)))) for part in parts]
    add_junctions(tree)
    projections = take_out(tree)
    return Plan(tree, tuple(parts), tuple(projections), costs)


def _part(section: Section, tree: Tree) -> Part:
    """A section with identical items in a row folded."""
    box = section.box() if section.stage else Box("", "", [*section.items, *section.beside], ())
    # A node says what it gives, and not what it reads.
    fold(Tree(tree.graph, box, tree.flows), same_inputs=False)
    single = len(box.children) == 1 and isinstance(box.children[0], Leaf) and box.children[0].times == 1
    if not section.stage or single:
        return Part(tuple(box.children), box if section.stage else None)
    return Part((box,), box)
