"""The blocks that a user names: to see all of them, or to see them as one node."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from netcompiler.diagnostics import suggest
from netcompiler.draw.errors import DrawError
from netcompiler.draw.tree import Box, Leaf, Tree, boxes, leaves
from netcompiler.graph import Graph


def choose(tree: Tree, expand: Sequence[str], fold: Sequence[str]) -> None:
    """Mark the blocks of a tree, nothing of which is folded yet, that are named by their paths.

    A name in a path may be ``*``: any name.

    Raises:
        DrawError: for a path that no block has, and for a block that cannot be shown as asked.
    """
    shown = _paths(tree.graph, expand)
    single = _paths(tree.graph, fold)
    both = sorted(shown & single)
    if both:
        raise DrawError(f"block {both[0]} is to be expanded and to be folded: leave out one of the two")
    found: set[str] = set()
    for box in boxes(tree.root):
        own = {box.path, *box.around}
        found |= own
        if own & shown:
            box.shown = "all"
        elif own & single:
            box.shown = "node"
    for path in sorted(single - found):
        _check_is_node(tree, path)


def _paths(graph: Graph, patterns: Iterable[str]) -> set[str]:
    """The paths that these name."""
    known = {path: path.split(".") for path in graph.scopes if path}
    found: set[str] = set()
    for pattern in patterns:
        names = pattern.split(".")
        # Of a second run of a block, ``tower@2``, the path is that of the block.
        matching = {path for path, parts in known.items() if _is_like(parts, names)}
        if not matching:
            raise DrawError(_unknown(graph, pattern))
        found |= matching
    return found


def _is_like(parts: Sequence[str], names: Sequence[str]) -> bool:
    return len(parts) == len(names) and all(
        name == part or ("*" in name and fnmatchcase(part, name))
        for part, name in zip(parts, names, strict=True)
    )


def _unknown(graph: Graph, path: str) -> str:
    """What to say about a path that no block has."""
    known = [scope for scope in graph.scopes if scope]
    if not known:
        return f"no block is called {path}: {graph.name} has no blocks"
    layer = next((layer for layer in graph.layers() if layer.path == path), None)
    if layer is not None:
        around = f"; the block around it is {layer.scope}" if layer.scope else ""
        return f"{path} is a layer, not a block{around}"
    some = f"its blocks are {', '.join(known[:_NAMED])}" + (" …" if len(known) > _NAMED else "")
    help = some if "*" in path else suggest(path, known) or some
    return f"no block of {graph.name} is called {path}: {help.replace('`', '')}"


_NAMED = 6
"""Blocks that an error names."""


def _check_is_node(tree: Tree, path: str) -> None:
    """A block without a box is one node, or its layers stand apart from one another."""
    inside = [leaf for leaf in leaves(tree.root) if _has_layer_of(leaf, path)]
    if len(inside) > 1:
        raise DrawError(
            f"block {path} cannot be folded: its layers do not stand together in the picture, because they "
            f"run on several groups or because others come between them"
        )


def _has_layer_of(leaf: Leaf, path: str) -> bool:
    return any(f"{layer.scope}.".startswith(f"{path}.") for layer in leaf.layers)


def holds_shown(box: Box) -> bool:
    """True for a block with one in it that is to be shown."""
    return any(inner.shown == "all" for inner in boxes(box) if inner is not box)
