"""Blocks that are called by their position show it where neighbours have the same title."""

from __future__ import annotations

from collections import Counter

from netcompiler.draw.tree import Box, Tree, boxes


def add_numbers(tree: Tree) -> None:
    """Number the blocks of a tree that is folded: ``0``, or ``1–5`` for one that stands for several."""
    for around in boxes(tree.root):
        unnamed = [child for child in around.children if isinstance(child, Box) and _is_numbered(child)]
        titles = Counter(box.definition for box in unnamed)
        for box in unnamed:
            if titles[box.definition] > 1:
                box.number = _numbers(box)


def _is_numbered(box: Box) -> bool:
    return not box.name and bool(box.definition) and _last(box).isdecimal()


def _numbers(box: Box) -> str:
    first = _last(box)
    ends = [_last(copy) for copy in box.copies if isinstance(copy, Box)]
    return f"{first}–{ends[-1]}" if ends else first


def _last(box: Box) -> str:
    """The last name of a box's path."""
    return box.path.rpartition(".")[2]
