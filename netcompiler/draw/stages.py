"""A net cut into stages: parts in a row whose values have the same spatial size.

    found = stages(graph)
    for stage in found.stages:
        stage.size, stage.name           # (56, 56), "layer1"
        for block in stage.blocks:       # a residual block, a block of the spec, or a step alone
            block.parts                  # see `parts`

Stages of several nets can be aligned by their sizes. Vectors have the size of 1×1 images: ``()``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from netcompiler.draw.condense import condense
from netcompiler.draw.parts import Fork, Part, Step, in_a_row, steps
from netcompiler.draw.scopes import Scopes, has_weights
from netcompiler.draw.sizes import Sizes
from netcompiler.draw.tree import Leaf
from netcompiler.graph import Graph, Layer
from netcompiler.operations.base import Shape

_SHOWN = frozenset({"conv", "pool", "linear", "attention", "embedding", "merge"})
"""Kinds of operations that are always shown."""

_IMAGE = 3
"""Dimensions from which on a value is an image."""


@dataclass(frozen=True, eq=False)
class Block:
    """Parts that belong together: a residual block, a block of the spec, or a step alone.

    Attributes:
        parts: in a row.
        path: the outermost scope that has these parts and nothing else; "" for none.
    """

    parts: tuple[Part, ...]
    path: str


@dataclass(frozen=True, eq=False)
class Stage:
    """Blocks in a row whose values have the same spatial size.

    Attributes:
        size: ``(56, 56)``; ``()`` for vectors and for 1×1.
        name: what the spec calls it: its scope, its only layer, or ``conv3–conv5``; "" for nothing.
        blocks: what it is made of.
    """

    size: Shape
    name: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, eq=False)
class Skip:
    """A connection from one stage to another, past stages of other sizes, as in a U-Net.

    Attributes:
        source: the step that gives the value; None where branches that do not meet give it.
        target: the merge that reads it.
        through: the parts on the way.
    """

    source: Step | None
    target: Step
    through: tuple[Part, ...]


@dataclass(frozen=True, eq=False)
class Stages:
    """A net in stages.

    Attributes:
        graph: the net.
        inputs: its input, or none where it has several: they are then branches of the first part.
        stages: from the input to the output.
        skips: connections between stages.
        scopes: which scopes of the spec hold which parts.
        aside: nodes that only serve outputs for training; they are in no stage.
    """

    graph: Graph
    inputs: tuple[Step, ...]
    stages: tuple[Stage, ...]
    skips: tuple[Skip, ...]
    scopes: Scopes
    aside: tuple[Leaf, ...]

    def steps(self) -> Iterator[Step]:
        """All steps of the stages, in an order in which they can be computed."""
        for stage in self.stages:
            for block in stage.blocks:
                yield from steps(block.parts)


def stages(graph: Graph) -> Stages:
    """Cut a net into stages."""
    tree = condense(graph)
    row, aside = in_a_row(tree)
    sizes = Sizes(graph)
    skips: list[Skip] = []
    parts = list(_straight(row, sizes, skips))
    inputs = [part for part in parts if isinstance(part, Step) and part.leaf.role == "input"]
    body = [p for p in parts if p not in inputs and not (isinstance(p, Step) and _passes_on(p.leaf))]
    scopes = Scopes(graph, body)
    start = sizes.of(inputs[-1]) if inputs else ()
    blocks = _cut(scopes.blocks(body), sizes, start)
    found = []
    for size, same in groupby(blocks, key=lambda run: sizes.of(run[-1])):
        inside = list(same)
        name = scopes.name(list(steps(part for run in inside for part in run)))
        found.append(Stage(size, name, tuple(Block(run, scopes.path(run)) for run in inside)))
    return Stages(graph, tuple(inputs), tuple(found), tuple(skips), scopes, tuple(aside))


def _passes_on(leaf: Leaf) -> bool:
    """True for an adaptive pool to the size that is there already (VGG's): it changes nothing."""
    pools = [layer for layer in leaf.layers if layer.operation.name.startswith("adaptive_")]
    others = [layer for layer in leaf.layers if layer not in pools and layer.operation.name != "flatten"]
    return bool(pools) and not others and all(layer.inputs[0] == layer.output for layer in pools)


def _straight(
    row: Iterable[Part], sizes: Sizes, skips: list[Skip], before: Part | None = None
) -> Iterator[Part]:
    """A row in which a branch through other sizes, as that of a U-Net, stands in the row itself.

    Args:
        row: the parts.
        sizes: their sizes.
        skips: takes the branches beside such a one.
        before: what stands before the row; None at the start of a net.
    """
    for part in row:
        deep = _deep(part, before, sizes)
        if deep is None or before is None or not isinstance(part, Fork) or part.merge is None:
            yield part
        else:
            skips += [Skip(_end(before), part.merge, way) for way in part.branches if way is not deep]
            yield from _straight(deep, sizes, skips, before)
            yield part.merge
        before = part


def _end(part: Part) -> Step | None:
    return part if isinstance(part, Step) else part.merge


def _deep(part: Part, before: Part | None, sizes: Sizes) -> tuple[Part, ...] | None:
    """The only branch that goes through sizes that the value does not have before or after; if there is one.

    A gate, which goes through a vector (squeeze and excitation), is not deep.
    """
    if not isinstance(part, Fork) or part.merge is None:
        return None
    known = {(), sizes.of(part), *([sizes.of(before)] if before is not None else [])}
    deep = [b for b in part.branches if any(sizes.of(step) not in known for step in steps(b))]
    return deep[0] if len(deep) == 1 else None


def _cut(runs: Iterable[Sequence[Part]], sizes: Sizes, start: Shape) -> Iterator[tuple[Part, ...]]:
    """Blocks, whole or in pieces of one size each.

    A block that changes the size once, inside and with weights of its own, belongs to the stage it leads to.
    One that ends in a pool, or changes the size more than once, belongs to several.
    """
    before = start
    for run in runs:
        at = [sizes.of(part) for part in run]
        changing = [part for part, (old, new) in zip(run, pairwise([before, *at]), strict=True) if old != new]
        before = at[-1]
        if len(changing) == 1 and any(has_weights(step) for step in steps(changing[0])):
            yield tuple(run)
            continue
        for _, same in groupby(zip(at, run, strict=True), key=lambda pair: pair[0]):
            yield tuple(part for _, part in same)


def is_shown(step: Step) -> bool:
    """True for what a picture of a net's stages shows; activations, for one, are not.

    Of the operations that only turn or cut values, those that change an image's size are shown.
    """
    return step.leaf.kind in _SHOWN or any(_resizes(layer) for layer in step.leaf.layers)


def _resizes(layer: Layer) -> bool:
    if not layer.inputs or len(layer.output) < _IMAGE or len(layer.inputs[0]) != len(layer.output):
        return False
    return layer.inputs[0][1:] != layer.output[1:]
