"""A value that forks inside a box enters it once, at a point from which the branches start."""

from __future__ import annotations

from dataclasses import replace

from netcompiler.draw.tree import Box, Flow, Leaf, Tree, boxes, leaves


def add_junctions(tree: Tree) -> None:
    """Make an exchange that several layers read the point where its parts meet and fork, and put a junction
    at the head of every box that reads a value from outside in several places.
    """
    for leaf in leaves(tree.root):
        if leaf.kind == "transfer":
            leaf.role, leaf.title = "junction", ""
    for box in boxes(tree.root):
        if box is not tree.root:
            _add_junction(tree, box)


def _add_junction(tree: Tree, box: Box) -> None:
    inside = set(leaves(box))
    readers: dict[Leaf, list[Flow]] = {}
    for leaf in leaves(box):
        for flow in tree.flows.into(leaf):
            if flow.source not in inside:
                readers.setdefault(flow.source, []).append(flow)
    if not readers:
        return
    # The value that the box works on is the first it reads; others, such as a skip connection from far
    # above, go straight to where they are read.
    source, flows = next(iter(readers.items()))
    at = {leaf: index for index, child in enumerate(box.children) for leaf in leaves(child)}
    if len({at[flow.target] for flow in flows}) < 2:
        return
    first = flows[0]
    junction = Leaf("junction", [], "", "junction", first.shape, group=box.group)
    box.children.insert(0, junction)
    for flow in flows:
        tree.flows.remove(flow)
        tree.flows.add(replace(flow, source=junction, crosses=False))
    tree.flows.add(
        Flow(source, junction, 0, first.shape, crosses=any(f.crosses for f in flows), bytes=first.bytes)
    )
