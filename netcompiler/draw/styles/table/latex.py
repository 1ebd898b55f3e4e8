r"""The table as a LaTeX ``tabular`` with booktabs' rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netcompiler.draw.latex import escape
from netcompiler.draw.options import Options
from netcompiler.draw.styles.table.cells import Item
from netcompiler.draw.styles.table.layout import Area, areas, first_net
from netcompiler.draw.styles.table.model import Table

_FENCES = {"brackets": (r"\left[", r"\right]"), "bars": (r"\left|", r"\right|")}


def write(table: Table, options: Options) -> str:
    """The table; with a title or a caption, as a floating ``table``."""
    notes = table.notes if options.legend else ()
    head = [r"% \usepackage{booktabs} in the preamble, then \input this file."]
    tabular = list(_tabular(table))
    if not options.title and not options.caption:
        return "\n".join([*head, *(f"% {note}" for note in notes), *tabular]) + "\n"
    caption = " ".join(escape(text) for text in (_sentence(options.title), options.caption, *notes) if text)
    lines = [r"\begin{table}", r"\centering", f"\\caption{{{caption}}}", *tabular, r"\end{table}"]
    return "\n".join([*head, *lines]) + "\n"


def _sentence(title: str | None) -> str:
    return f"{title}." if title and title[-1].isalnum() else title or ""


def _tabular(table: Table) -> Iterator[str]:
    first = first_net(table)
    lines: dict[int, list[Area]] = {}
    every = areas(table)
    for area in every:
        # What takes two lines stands in the second, beside the blocks.
        lines.setdefault(area.bottom, []).append(area)
    yield f"\\begin{{tabular}}{{{'l' * (first - 1)}{'c' * (len(table.nets) + 1)}}}"
    yield r"\toprule"
    for number, inside in sorted(lines.items()):
        yield _line(sorted(inside, key=lambda area: area.left)) + r" \\"
        if number == max(lines):
            yield r"\bottomrule"
        elif through := _through(every, number):
            yield " ".join(f"\\cmidrule(lr){{{left + 1}-{right + 1}}}" for left, right in through)
        elif not _is_total(inside, first):
            yield r"\midrule"
    yield r"\end{tabular}"


def _through(every: Sequence[Area], number: int) -> list[tuple[int, int]]:
    """The columns of cells that end at a line through which others go on to the next; otherwise none."""
    if not any(area.top <= number < area.bottom for area in every):
        return []
    return [(area.left, area.right) for area in every if area.bottom == number and area.items]


def _is_total(inside: Sequence[Area], first: int) -> bool:
    return any(area.left == 0 and area.right == first - 1 > 0 for area in inside)


def _line(inside: Sequence[Area]) -> str:
    cells: list[str] = []
    column = 0
    for area in inside:
        cells += [""] * (area.left - column)
        text = _stack([_item(item) for item in area.items]) if not area.inline else _inline(area.items)
        span = area.right - area.left + 1
        side = "c" if area.left else "l"
        cells.append(f"\\multicolumn{{{span}}}{{{side}}}{{{text}}}" if span > 1 else text)
        column = area.right + 1
    return " & ".join(cells)


def _item(item: Item) -> str:
    text = _stack([escape(line) for line in item.lines])
    times = f"\\times {item.times}" if item.times > 1 else ""
    if item.fence:
        left, right = _FENCES[item.fence]
        return f"${left}\\,{_stack([escape(line) for line in item.lines], always=True)}\\,{right}{times}$"
    return f"{text} ${times}$" if times else text


def _inline(items: Sequence[Item]) -> str:
    return ", ".join(_item(item) for item in items)


def _stack(lines: Sequence[str], *, always: bool = False) -> str:
    """Lines one below the other."""
    if len(lines) == 1 and not always:
        return lines[0]
    return r"\begin{tabular}{@{}c@{}}" + r"\\".join(lines) + r"\end{tabular}" if lines else ""
