"""The words of the picture: in nodes that stand for several, and between the nets what has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netcompiler.comparison import facts
from netcompiler.comparison.outline import Row
from netcompiler.comparison.parts import Part, layers
from netcompiler.cost import totals
from netcompiler.draw import words
from netcompiler.draw.tree import Box, Costs, Leaf
from netcompiler.graph import Layer


def short(what: str, before: int, after: int) -> str:
    """``parameters 36.9 K → 4.10 K``."""
    return f"{what} {words.count(before)} → {words.count(after)}"


def stretch(rows: Sequence[Row], shown: Sequence[Row]) -> Leaf:
    """A node for rows in which nothing has changed, or nothing but names and sizes.

    It is called after those of them that are shown.
    """
    pairs = [pair for row in rows for pair in row.pairs]
    inside = [pair.after for pair in pairs]
    changed = [pair for pair in pairs if pair.changes]
    says = list(facts.of_sizes(changed, short))
    name, old = _range([row.after for row in shown]), _range([row.before for row in shown])
    renamed = sum(pair.renamed for pair in pairs)
    if name != old:
        says.append(f"was {old}")
    elif renamed:
        says.append(f"{renamed:,} of them renamed")
    return Leaf(
        role="summary",
        layers=inside,
        title=f"{words.plural(len(inside), 'layer')}, {'other sizes' if changed else 'the same'}",
        kind="block",
        shape=inside[-1].output,
        name=name,
        after=tuple(says),
    )


def summary(parts: Sequence[Part]) -> Leaf:
    """A node for a block, or for several alike in a row."""
    first = parts[0]
    inside = [layer for part in parts for layer in layers(part)]
    name = _range(parts)
    title = first.definition or first.name
    parameters = totals(inside).parameters
    says = [words.plural(len(inside), "layer")]
    if parameters:
        says.append(f"{words.count(parameters)} parameters")
    return Leaf(
        role="summary",
        layers=inside,
        title=title,
        kind="block",
        shape=inside[-1].output,
        name=name if name != title else "",
        after=tuple(says),
        times=len(parts),
    )


def of_leaf(row: Row) -> tuple[str, ...]:
    """What has changed about a node: about each of its layers, then its output and what it costs."""
    before, after = row.before, row.after
    assert before is not None
    assert after is not None
    shown = tuple(part.item.title if isinstance(part.item, Leaf) else "" for part in (before, after))
    found = [f"− {facts.label(layer)}" for layer in row.removed]
    found += [f"+ {facts.label(layer)}" for layer in row.added]
    for pair in row.pairs:
        titles = (facts.label(pair.before), facts.label(pair.after))
        if facts.is_relabelled(pair) and titles != shown:
            found.append(" → ".join(titles))
        found += facts.of_changes(pair)
    outputs = before.layers[-1].output, after.layers[-1].output
    if outputs[0] != outputs[1]:
        found.append(f"output {words.shape(outputs[0])} → {words.shape(outputs[1])}")
    # Layers of one node may say the same: that they run on another group.
    return tuple(dict.fromkeys((*found, *facts.of_costs(before.layers, after.layers, short))))


def of_block(row: Row) -> tuple[str, ...]:
    """What has changed about a block that is one node: how many of its layers, its output, its MACs."""
    changed = sum(bool(pair.changes) for pair in row.pairs)
    numbers = {"+": len(row.added), "−": len(row.removed), "~": changed}
    signs = ", ".join(f"{sign}{number}" for sign, number in numbers.items() if number)
    assert row.before is not None
    assert row.after is not None
    before, after = list(layers(row.before)), list(layers(row.after))
    several = sum(numbers.values()) > 1
    found = [f"{signs} layer{'s' if several else ''}"] if signs else []
    if before[-1].output != after[-1].output:
        found.append(f"output {words.shape(before[-1].output)} → {words.shape(after[-1].output)}")
    macs = totals(before).macs, totals(after).macs
    return (*found, short("MACs", *macs)) if macs[0] != macs[1] else tuple(found)


def headline(before: Sequence[Layer], after: Sequence[Layer]) -> str:
    """What two nets add up to: ``layers 75 → 188 · parameters 11.7 M → 25.6 M (+118.6 %) · …``."""
    first, second = totals(before), totals(after)
    sums = [
        ("layers", len(before), len(after)),
        ("parameters", first.parameters, second.parameters),
        ("MACs", first.macs, second.macs),
    ]
    return " · ".join(_sum(*each) for each in sums)


def _sum(what: str, before: int, after: int) -> str:
    if before == after:
        return f"{words.count(after)} {what} in both"
    percent = 100 * (after - before) / before if before else 0.0
    digits = 0 if abs(percent) >= 10 else 1
    change = f" ({percent:+,.{digits}f}%)".replace("-", "−") if percent else ""
    return short(what, before, after) + change


def with_costs(leaf: Leaf | None) -> Leaf | None:
    """A node that shows what it costs."""
    if leaf is None or not leaf.layers:
        return leaf
    sums = totals(leaf.layers)
    return replace(leaf, costs=Costs(sums.parameters, sums.macs)) if sums.parameters or sums.macs else leaf


def numbered(box: Box | None, times: int) -> Box | None:
    """A block with the numbers of those that it stands for, where it has no name."""
    first = box.path.rpartition(".")[2] if box else ""
    if box is None or box.name or not first.isdecimal():
        return box
    return replace(box, number=f"{first}–{int(first) + times - 1}")


def _range(parts: Sequence[Part | None]) -> str:
    """What parts in a row are called: the first, and the last."""
    known = [part for part in parts if part is not None]
    return " … ".join(dict.fromkeys(_path(part) for part in (known[0], known[-1])))


def _path(part: Part) -> str:
    return part.path if part.is_scope else facts.name(part.layers[0])
