"""A comparison as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from netcompiler.comparison import facts
from netcompiler.comparison.comparison import Comparison
from netcompiler.comparison.lines import Line, differences

_COLORS = {"+": "32", "-": "31", "~": "33", "→": "36", "": "1"}
"""What a terminal calls the colour of each sign, and bold for headings."""

_INDENT = "  "


def write(
    comparison: Comparison,
    names: tuple[str, str] | None = None,
    *,
    width: int | None = None,
    color: bool = False,
) -> str:
    """The comparison as text.

    Args:
        comparison: what to write.
        names: what the nets are called in it, by default their own names.
        width: characters in a line: longer ones are broken between facts. None for never.
        color: True for a terminal's colours.
    """
    before, after = names or (comparison.before.name, comparison.after.name)
    if comparison.equal:
        sums = ", ".join(f"{value:,} {what}" for what, value, _ in _sums(comparison))
        return f"{before} and {after} are the same: {sums}\n"
    lines = [*_table(comparison, (before, after)), "", _counts(comparison), ""]
    for line in differences(comparison):
        text = "\n".join(_broken(line, width))
        lines.append(f"\x1b[{_COLORS[line.sign]}m{text}\x1b[0m" if color else text)
    return "\n".join(lines) + "\n"


def _sums(comparison: Comparison) -> list[tuple[str, int, int]]:
    before, after = comparison.totals
    return [
        ("layers", len(comparison.before.nx), len(comparison.after.nx)),
        ("parameters", before.parameters, after.parameters),
        ("MACs", before.macs, after.macs),
    ]


def _table(comparison: Comparison, names: tuple[str, str]) -> Iterator[str]:
    rows = [("", *names, "difference", "")]
    for what, before, after in _sums(comparison):
        change = facts.signed(after - before), facts.percent(before, after)
        rows.append((what, f"{before:,}", f"{after:,}", *change))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        cells = [first.ljust(widths[0]), *(c.rjust(w) for c, w in zip(rest, widths[1:], strict=True))]
        yield _INDENT.join(cells).rstrip()


def _counts(comparison: Comparison) -> str:
    numbers = {
        "added": len(comparison.added),
        "removed": len(comparison.removed),
        "changed": len(comparison.changed),
        "renamed": sum(not pair.changes for pair in comparison.renamed),
        "the same": sum(not (pair.changes or pair.renamed) for pair in comparison.pairs),
    }
    return "layers: " + ", ".join(f"{number:,} {what}" for what, number in numbers.items() if number)


def _broken(line: Line, width: int | None) -> Iterator[str]:
    """A line, in as many as it takes."""
    indent = _INDENT * line.depth
    current = indent + (f"{line.sign} " if line.sign else "") + line.subject + (":" if line.facts else "")
    for index, fact in enumerate(line.facts):
        piece = fact + (";" if index + 1 < len(line.facts) else "")
        if width is not None and len(f"{current} {piece}") > width:
            yield current
            current = indent + 2 * _INDENT + piece
        else:
            current += f" {piece}"
    yield current
