"""A part of a hierarchy as a tree: each synset once, where it is nearest to the top.

Where it is met again, below another parent, there is a line that says so. What goes in a circle ends there.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from zoo.synsets.hierarchy import Hierarchy


@dataclass(frozen=True)
class Node:
    """One line of the outline; ``home`` is the parent it is shown under in full, if that is not here."""

    wnid: str
    depth: int
    bars: str
    """What is drawn before its name."""
    home: str | None = None
    hidden: int = 0
    """Synsets below it, where the outline ends with it."""


def outline(
    hierarchy: Hierarchy, top: str, depth: int, order: Callable[[str], object] | None = None
) -> Iterator[Node]:
    """The lines from ``top`` down to ``depth`` steps below it; ``order`` sorts what has the same parent."""
    homes = _homes(hierarchy, top, depth)

    def lines(wnid: str, steps: int, first: str, rest: str) -> Iterator[Node]:
        children = [child for child in hierarchy.children(wnid) if child != wnid]
        if order is not None:
            children.sort(key=order)  # type: ignore[arg-type]
        hidden = len(hierarchy.below(wnid)) - 1 if steps == depth and children else 0
        yield Node(wnid, steps, first, None, hidden)
        for child in children if steps < depth else ():
            last = child == children[-1]
            bar, space = (f"{rest}└─ ", f"{rest}   ") if last else (f"{rest}├─ ", f"{rest}│  ")
            if homes[child] == wnid:
                yield from lines(child, steps + 1, bar, space)
            else:
                yield Node(child, steps + 1, bar, homes[child] or child)

    return lines(top, 0, "", "")


def _homes(hierarchy: Hierarchy, top: str, depth: int) -> dict[str, str | None]:
    """The parent below which each synset is shown: the first one that is nearest to the top."""
    found: dict[str, str | None] = {top: None}
    waiting = deque([(top, 0)])
    while waiting:
        wnid, steps = waiting.popleft()
        for child in hierarchy.children(wnid) if steps < depth else ():
            if child not in found:
                found[child] = wnid
                waiting.append((child, steps + 1))
    return found
