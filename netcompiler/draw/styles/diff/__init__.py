"""Two nets side by side, row by row, with what differs marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netcompiler.comparison.compare import compare
from netcompiler.comparison.comparison import Comparison
from netcompiler.draw import legend
from netcompiler.draw.errors import DrawError
from netcompiler.draw.layout.columns import split
from netcompiler.draw.options import Options
from netcompiler.draw.page import LEGIBLE, SMALLEST, dress, fit, margin_of, shrinking
from netcompiler.draw.picture import Picture
from netcompiler.draw.styles import Style
from netcompiler.draw.styles.diff import layout, notes
from netcompiler.draw.styles.diff.entries import rows
from netcompiler.draw.styles.diff.paint import Painter
from netcompiler.draw.styles.diff.plan import Plan, plan
from netcompiler.draw.styles.diff.texts import Texts
from netcompiler.draw.styles.diff.ways import ways
from netcompiler.graph import Graph

_DEEPEST = 24
"""Levels of blocks that are shown, at most."""

_MANY_ROWS, _MOST_ROWS = 150, 2_000
"""Rows from which on fewer levels of blocks are shown, unless a depth is asked for; and rows at most."""

_SECTIONS = 8
"""Sections side by side, at most."""

_WORTH = 1.1
"""How much larger a picture must become on its page for one more section."""

_LINES = (46, 26, 16)
"""Characters in a line of small print, about: fewer on a narrow page."""

_AROUND = 90.0
"""About how much the title and the legend add to a picture's height."""


def draw(graphs: Sequence[Graph], options: Options) -> Picture:
    """The picture of two nets."""
    before, after = graphs
    shown, body = _shown(compare(before, after), _names(before, after), options)
    facts = notes.headline(list(before.layers()), list(after.layers()))
    title = " → ".join(dict.fromkeys((before.name, after.name)))
    return dress(body, list(_legend(shown, options)), options, title=title, facts=facts)


def _names(before: Graph, after: Graph) -> tuple[str, str]:
    if before.name != after.name:
        return before.name, after.name
    return f"{before.name}, before", f"{after.name}, after"


def _shown(comparison: Comparison, names: tuple[str, str], options: Options) -> tuple[Plan, Picture]:
    """The most detailed picture that is legible and no higher than a page. Where every one is higher, the
    lowest of those that are legible.
    """
    found: list[tuple[Plan, Picture]] = []
    for shown in _plans(comparison, options):
        body = _body(shown, names, options)
        if options.width is None or _score(body, options) >= 1:
            return shown, body
        found.append((shown, body))

    def worth(one: tuple[Plan, Picture]) -> tuple[bool, float]:
        body = one[1]
        legible = _is_legible(body, options)
        return legible, -body.height if legible else -body.width

    return max(found, key=worth)


def _plans(comparison: Comparison, options: Options) -> Iterator[Plan]:
    """From the most levels of blocks to the fewest, those left out that are too many to be taken in.

    Just one when a depth is asked for.
    """
    depth = _DEEPEST if options.depth is None else min(options.depth, _DEEPEST)
    while True:
        found = plan(comparison, depth, costs=options.costs)
        number = sum(1 for _ in rows(found.entries))
        last = depth == 0 or options.depth is not None
        if number > _MOST_ROWS and last:
            raise DrawError(
                f"a picture of these differences would have {number:,} rows, and {_MOST_ROWS:,} is the most; "
                f"put what belongs together into blocks and show fewer levels of them"
            )
        if number <= _MANY_ROWS or last:
            yield found
        if last:
            return
        depth = min(depth, found.levels) - 1 if found.levels else 0


def _body(shown: Plan, names: tuple[str, str], options: Options) -> Picture:
    """The picture that is largest on its page: in sections side by side, and with short lines of small print
    on a narrow one.
    """
    best: Picture | None = None
    for most in _LINES if options.width is not None else _LINES[:1]:
        for picture in _in_sections(shown, names, Texts(options.theme, most), options.room):
            if best is None or _score(picture, options) > _score(best, options) * _WORTH:
                best = picture
        if best is not None and _score(best, options) >= 1:
            break
    assert best is not None
    return best


def _in_sections(shown: Plan, names: tuple[str, str], texts: Texts, room: float) -> Iterator[Picture]:
    """The picture in one section, in two, and so on, as long as that makes a difference."""
    found = layout.measured(shown, names, texts, room)
    pieces = layout.pieces(found, shown.entries)
    height = sum(piece.height + piece.gap for piece in pieces)
    known: set[tuple[tuple[int, int], ...]] = set()
    for number in range(1, _SECTIONS + 1):
        ranges = tuple(split(pieces, height / number * 1.02))
        if ranges not in known:
            known.add(ranges)
            sections = [shown.entries[start:end] for start, end in ranges]
            layout.placed(found, sections, texts)
            yield Painter(found, sections, names, texts).picture(" and ".join(names))


def _score(picture: Picture, options: Options) -> float:
    """How large it is on its page: 1 for as large as it was made, or as can be read with ease."""
    width, height = picture.width + 2 * margin_of(options), picture.height + _AROUND
    if options.width is None:
        return fit(width, height)
    # What is not legible is worse than what is too high.
    return min(shrinking(width, height, options) / LEGIBLE, 1.0) / (
        1 if _is_legible(picture, options) else 10
    )


def _is_legible(picture: Picture, options: Options) -> bool:
    return options.room / (picture.width + 2 * margin_of(options)) >= SMALLEST / options.theme.small


def _legend(shown: Plan, options: Options) -> Iterator[legend.Entry]:
    """What the colours and signs mean."""
    theme = options.theme
    signs = {row.sign for row in rows(shown.entries)}
    words = {
        "−": ("− removed", theme.removed),
        "+": ("+ added", theme.added),
        "~": ("~ changed", theme.changed),
        "=": ("the same", theme.kind("input")),
    }
    for sign, (text, paint) in words.items():
        if sign in signs:
            yield legend.Entry(text, paint=paint)
    found = [way for side, tree in enumerate(shown.trees) for way in ways(shown.entries, tree, side)]
    if any(way.flow.skip and not way.detour and not way.flow.crosses for way in found):
        yield legend.Entry("skip connection", color=theme.skip)
    if any(way.detour and not way.flow.crosses for way in found):
        yield legend.Entry("skip connection with layers", color=theme.skip, dashed=True)
    if any(way.flow.crosses for way in found):
        yield legend.Entry("between groups", color=theme.crossing, dashed=True)


STYLE = Style(
    "two nets side by side, with what differs marked",
    draw,
    several=True,
    pair=True,
    knows=frozenset({"depth", "costs"}),
)
