"""Shortcuts that only fit a value to the sum it goes to become lines: dashed ones, as in papers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netcompiler.draw.tree import Box, Flow, Item, Leaf, Tree, leaves

_LONGEST = 3
"""Nodes on a shortcut that is drawn as a line, at most."""


@dataclass(frozen=True, eq=False)
class Projection:
    """A shortcut with layers of its own.

    Attributes:
        flow: the line that stands for it.
        words: what its layers do, without their sizes.
        learned: True when they have weights.
    """

    flow: Flow
    words: str
    learned: bool


def take_out(tree: Tree) -> list[Projection]:
    """Take the nodes on such shortcuts out of a tree and put a flow in their place."""
    homes = tree.homes()
    found = []
    for merge in [leaf for leaf in leaves(tree.root) if _adds(leaf)]:
        into = tree.flows.into(merge)
        if all(flow.skip for flow in into):
            continue
        for last in into:
            chain = list(_chain(last, tree)) if last.skip else []
            if not chain:
                continue
            first = tree.flows.into(chain[-1])[0]
            flow = Flow(first.source, merge, last.argument, last.shape, skip=True)
            for leaf in chain:
                _remove(leaf, homes, tree)
            tree.flows.add(flow)
            learned = any(layer.weights for leaf in chain for layer in leaf.layers)
            found.append(Projection(flow, _words(chain[::-1]), learned))
    return found


def _adds(leaf: Leaf) -> bool:
    return leaf.role == "merge" and leaf.layers[0].operation.name == "add"


def _chain(last: Flow, tree: Tree) -> Iterator[Leaf]:
    """The nodes on a shortcut, from its end, when they are few and nothing else reads or is read by them."""
    found: list[Leaf] = []
    leaf = last.source
    while len(tree.flows.out_of(leaf)) == 1:
        into = tree.flows.into(leaf)
        if leaf.role != "layer" or len(into) != 1 or len(found) == _LONGEST:
            return
        found.append(leaf)
        leaf = into[0].source
    yield from found


def _remove(leaf: Leaf, homes: dict[Item, Box], tree: Tree) -> None:
    """Take out a node with its flows, and the blocks that are empty then."""
    for flow in [*tree.flows.into(leaf), *tree.flows.out_of(leaf)]:
        tree.flows.remove(flow)
    item: Item = leaf
    while item in homes:
        home = homes[item]
        home.children.remove(item)
        if home.children:
            return
        item = home


def _words(chain: list[Leaf]) -> str:
    texts = [text for leaf in chain for text in (*leaf.before, leaf.title, *leaf.after)]
    return ", ".join(text.partition(",")[0] for text in texts)
