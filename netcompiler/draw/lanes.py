"""A net with placement groups: one lane for each."""

from __future__ import annotations

from netcompiler.draw.tree import Box, Item, Leaf, Tree


def add_lanes(tree: Tree) -> None:
    """Put everything that runs on a placement group into a box for that group, in place.

    Inputs and outputs stay outside: an input goes to whoever reads it, an output comes from one layer.
    """
    groups = tree.graph.groups
    lanes = {
        group: Box(group, "", [], (), path=group, group=group, lane=index)
        for index, group in enumerate(groups)
    }
    outside: list[Item] = []
    for item in tree.root.children:
        lane = lanes.get(item.group or "")
        if lane is None or (isinstance(item, Leaf) and item.role in {"input", "output"}):
            outside.append(item)
        else:
            lane.children.append(item)
    tree.root.children = [*(lane for lane in lanes.values() if lane.children), *outside]
