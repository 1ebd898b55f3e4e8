"""What stands in a row from the input to the output of a net, and what leaves that row."""

from __future__ import annotations

from collections.abc import Sequence

from netcompiler.draw.styles.columns.sections import Section
from netcompiler.draw.tree import Flow, Item, Leaf, Tree, leaves


def main_row(tree: Tree) -> tuple[list[Item], list[Item]]:
    """The items that lead to the net's output, and the others: those for further outputs.

    The output is the last one that is not for training alone.
    """
    outputs = [leaf for leaf in leaves(tree.root) if leaf.role == "output"]
    lasting = [leaf for leaf in outputs if not leaf.training_only] or outputs
    pending = lasting[-1:]
    found = set(pending)
    while pending:
        for flow in tree.flows.into(pending.pop()):
            if flow.source not in found:
                found.add(flow.source)
                pending.append(flow.source)
    main = [item for item in tree.root.children if not found.isdisjoint(leaves(item))]
    chosen = set(main)
    beside = [item for item in tree.root.children if item not in chosen]
    return main, beside


def put_beside(found: Sequence[Section], beside: Sequence[Item], tree: Tree) -> None:
    """Give each item that leaves the row to the section that it leaves."""
    home = {leaf: section for section in found for item in section.items for leaf in leaves(item)}
    for item in beside:
        inside = list(leaves(item))
        section = next(
            (home[f.source] for leaf in inside for f in tree.flows.into(leaf) if f.source in home), found[-1]
        )
        section.beside.append(item)
        home |= dict.fromkeys(inside, section)


def out_of_row(found: Sequence[Section], tree: Tree) -> Flow | None:
    """A value that goes from one section to another that is not the next, or goes there together with others;
    None when all sections stand in a row.
    """
    at = {leaf: n for n, section in enumerate(found) for item in section.items for leaf in leaves(item)}
    giving: dict[int, Leaf] = {}
    for flow in tree.flows:
        if flow.source not in at or flow.target not in at or at[flow.source] == at[flow.target]:
            continue
        source = at[flow.source]
        if at[flow.target] != source + 1 or giving.setdefault(source, flow.source) is not flow.source:
            return flow
    return None
