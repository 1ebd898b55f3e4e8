"""Long runs of equal lines as loops."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

SHORTEST = 3
"""Equal neighbours from which on a loop is written."""

_CALL = re.compile(r'(\s*)(\w+) = getattr\(self, "(\d+)"\)\(\2\)')


def fold_items(items: Sequence[str]) -> list[str]:
    """Arguments of an nn.Sequential, with equal neighbours in a loop: ``*(Block(64) for _ in range(5))``."""
    folded: list[str] = []
    for start, end in _runs(items):
        long = end - start >= SHORTEST
        folded += [f"*({items[start]} for _ in range({end - start}))"] if long else items[start:end]
    return folded


def fold_children(children: Sequence[tuple[str, str, str]]) -> list[str]:
    """Statements that make children, given each one's name, value and statement.

    Neighbours that are called by consecutive positions and are made alike stand in a loop.
    """
    keys = [
        (int(name) - i, value) if name.isdigit() else (i, name) for i, (name, value, _) in enumerate(children)
    ]
    lines: list[str] = []
    for start, end in _runs(keys):
        if end - start < SHORTEST:
            lines += [statement for _, _, statement in children[start:end]]
            continue
        name, value, _ = children[start]
        lines += [_loop(int(name), end - start), f"    self.add_module(str(i), {value})"]
    return lines


def fold_calls(lines: Sequence[str]) -> list[str]:
    """The lines of a method; calls of consecutive positions, one after the other, stand in a loop."""
    keys: list[tuple[object, ...]] = []
    for i, line in enumerate(lines):
        call = _CALL.fullmatch(line)
        keys.append((i,) if call is None else (call[1], call[2], int(call[3]) - i))
    folded: list[str] = []
    for start, end in _runs(keys):
        call = _CALL.fullmatch(lines[start])
        if call is None or end - start < SHORTEST:
            folded += lines[start:end]
            continue
        pad, variable = call[1], call[2]
        folded += [
            pad + _loop(int(call[3]), end - start),
            f"{pad}    {variable} = getattr(self, str(i))({variable})",
        ]
    return folded


def _loop(first: int, count: int) -> str:
    return f"for i in range({first}, {first + count}):"


def _runs(items: Sequence[object]) -> Iterator[tuple[int, int]]:
    """Bounds of the longest runs of equal neighbours."""
    start = 0
    while start < len(items):
        end = start + 1
        while end < len(items) and items[end] == items[start]:
            end += 1
        yield start, end
        start = end
