"""From a net to its scene, and why some nets have none."""

from __future__ import annotations

from collections.abc import Iterator

from netcompiler.cost import totals
from netcompiler.draw import words
from netcompiler.draw.choice import choose
from netcompiler.draw.collapse import DEEPEST, collapse, nodes_at
from netcompiler.draw.condense import condense
from netcompiler.draw.fold import fold
from netcompiler.draw.options import Options
from netcompiler.draw.styles.volumes.arrange import TangledError, arrange
from netcompiler.draw.styles.volumes.extract import extract
from netcompiler.draw.styles.volumes.scene import MAP_RANK, Scene
from netcompiler.graph import Graph

_TANGLED = "its branches are connected in more ways than volumes side by side can show"


def plan(graph: Graph, options: Options, depth: int) -> Scene:
    """What is drawn, with blocks shown down to a depth, those that the options name as asked.

    Raises:
        DrawError: for a block that the options name and the net does not have.
        TangledError: no lanes can show how the volumes are connected.
    """
    tree = condense(graph)
    choose(tree, options.expand, options.fold)
    fold(tree)
    collapse(tree, depth)
    scene = extract(tree)
    arrange(scene, graph.groups)
    scene.facts = {group: _facts(graph, group) for group in graph.groups}
    return scene


def _facts(graph: Graph, group: str) -> str:
    cost = totals(layer for layer in graph.layers() if layer.group == group)
    return f"{words.count(cost.parameters)} parameters · {words.count(cost.macs)} MACs"


def depths(graph: Graph, options: Options) -> Iterator[int]:
    """How many levels of blocks to try, the most first."""
    if options.depth is not None:
        yield options.depth
        return
    yield DEEPEST
    tree = condense(graph)
    fold(tree)
    yield from range(len(nodes_at(tree)) - 2, -1, -1)


def refuses(graph: Graph) -> str | None:
    """Why a net cannot be shown as volumes, or None when it can."""
    tree = condense(graph)
    fold(tree)
    scene = extract(tree)
    for volume in scene.volumes:
        if len(volume.shape) not in {1, MAP_RANK}:
            what, shape = volume.leaf.title, words.shape(volume.shape)
            return f"{what} gives {shape}, and a volume has channels, height and width"
    if not any(volume.is_map for volume in scene.volumes):
        return "none of its layers gives maps with channels, height and width"
    try:
        arrange(scene, graph.groups)
    except TangledError:
        return _TANGLED
    return None
