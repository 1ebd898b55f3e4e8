"""What stands in one net's column: boxes, residual blocks and repeats, before they have places."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from netcompiler.draw import words
from netcompiler.draw.notes import summed
from netcompiler.draw.parts import Fork, Knot, Part, Step, steps
from netcompiler.draw.repeats import repeats
from netcompiler.draw.scopes import has_weights, last_name
from netcompiler.draw.shortcuts import Shortcut, shortcut
from netcompiler.draw.stages import Block, Stages, is_shown

_FEWEST = 3
"""Single layers in a row from which on folding makes a column shorter; of blocks, two are enough."""


@dataclass(frozen=True, eq=False)
class Box:
    """A box.

    Attributes:
        steps: the steps it stands for.
        title: its text.
        small: more of it, in small print.
        kind: the family of operations that gives its colour.
    """

    steps: tuple[Step, ...]
    title: str
    small: str
    kind: str


@dataclass(frozen=True, eq=False)
class Residual:
    """Items with a way past them.

    Attributes:
        inside: the items.
        ways: the layers on each way past them: none for the identity.
        merge: where they meet.
        joint: the box of the merge; None for a sum, which is a point.
    """

    inside: tuple[Item, ...]
    ways: tuple[tuple[Step, ...], ...]
    merge: Step
    joint: Box | None


@dataclass(frozen=True, eq=False)
class Repeat:
    """Items that come several times in a row.

    Attributes:
        inside: those of the first time.
        times: how often.
        copies: those of the other times.
    """

    inside: tuple[Item, ...]
    times: int
    copies: tuple[Item, ...]


Item = Box | Residual | Repeat


def items(net: Stages, blocks: Sequence[Block], *, fold: bool) -> list[Item]:
    """The items of a stage.

    Args:
        net: the net.
        blocks: the stage's.
        fold: True to show what repeats once.
    """
    found = [tuple(_items(net, block)) for block in blocks]
    shown = [one for one in found if one]
    if not fold:
        return [item for one in shown for item in one]
    return list(_folded(shown))


def boxes(every: Iterable[Item]) -> Iterator[Box]:
    """All boxes that are shown."""
    for item in every:
        if isinstance(item, Box):
            yield item
            continue
        yield from boxes(item.inside)
        if isinstance(item, Residual) and item.joint is not None:
            yield item.joint


def residuals(every: Iterable[Item]) -> Iterator[Residual]:
    """All blocks with a way past them that are shown."""
    for item in every:
        if isinstance(item, Residual):
            yield item
        if not isinstance(item, Box):
            yield from residuals(item.inside)


def levels(every: Iterable[Item]) -> int:
    """How many ways past layers run side by side at most."""
    found = 0
    for item in every:
        if not isinstance(item, Box):
            found = max(found, levels(item.inside) + (len(item.ways) if isinstance(item, Residual) else 0))
    return found


def _items(net: Stages, block: Block) -> Iterator[Item]:
    for part in block.parts:
        yield from _of(net, part)


def _of(net: Stages, part: Part) -> Iterator[Item]:
    if isinstance(part, Step):
        if is_shown(part):
            yield Box((part,), _title(part), "", part.leaf.kind)
        return
    way = shortcut(part)
    if way is None or way.gates:
        yield _whole(net, part, way)
        return
    inside = tuple(item for inner in way.body for item in _of(net, inner))
    joint = None
    if way.operation != "add":
        joint = Box((way.merge,), _title(way.merge), "", way.merge.leaf.kind)
    yield Residual(inside, tuple(map(tuple, way.others)), way.merge, joint)


def _title(step: Step) -> str:
    """A layer's label; of columns on several placement groups, with the sum of their widths."""
    title, groups = step.leaf.title, len(step.leaves)
    if groups == 1 or step.leaf.kind not in {"conv", "linear"}:
        return title
    head, joint, width = title.rpartition(" ") if step.leaf.kind == "linear" else title.partition(", ")
    width, comma, rest = width.partition(", ")
    return head + joint + summed(width, groups) + comma + rest


def _whole(net: Stages, part: Fork | Knot, way: Shortcut | None) -> Box:
    """A box for what does not show as a column: branches side by side, a gate."""
    inside = tuple(steps(part))
    path = net.scopes.path((part,))
    name = last_name(path) or (net.graph.scopes[path].definition if path else None)
    weighty = [step for step in inside if has_weights(step)]
    if way is not None:
        return Box(inside, name or "gate", " · ".join(step.leaf.title for step in weighty), "block")
    branches = f"{len(part.branches)} branches" if isinstance(part, Fork) else ""
    layers = words.plural(len(weighty), "weight layer")
    if not name:
        return Box(inside, branches or "block", layers, "block")
    return Box(inside, name, ", ".join(fact for fact in (branches, layers) if fact), "block")


def _folded(found: Sequence[tuple[Item, ...]]) -> Iterator[Item]:
    """Items of blocks; blocks that are alike and follow one another are one."""
    for at, length, times in repeats([tuple(map(_signature, one)) for one in found]):
        first = [item for one in found[at : at + length] for item in one]
        rest = [item for one in found[at + length : at + length * times] for item in one]
        single = len(first) == 1 and isinstance(first[0], Box)
        if times < (_FEWEST if single else 2):
            yield from [*first, *rest]
        else:
            yield Repeat(tuple(first), times, tuple(rest))


def _signature(item: Item) -> Hashable:
    """Equal for items that look and do the same."""
    if isinstance(item, Box):
        return tuple(_of_step(step) for step in item.steps)
    inside = tuple(map(_signature, item.inside))
    if isinstance(item, Repeat):
        return inside, item.times
    return inside, tuple(tuple(map(_of_step, way)) for way in item.ways), _of_step(item.merge)


def _of_step(step: Step) -> Hashable:
    leaf = step.leaf
    # Shapes may grow from block to block, as in a DenseNet.
    return leaf.title, leaf.before, leaf.after, len(step.leaves)
