"""Parallel coordinates (Inselberg 1985): a line for each run, through its options to its error."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from zoo.report import compare
from zoo.report.chart import Scale, number
from zoo.report.facts import Facts

WIDTH, HEIGHT = 1000, 330
SIDE, TOP, BOTTOM = 70, 44, 24
NAME = 190
"""Axes that are nearer than this have names in two rows."""
MOST_AXES = 10
"""Options that have an axis; where runs differ in more, those with most values have."""
LETTER = 6.6
"""The mean width of a letter of the text, in pixels."""
MOST_VALUES = 8
"""An axis with more values than this has round ticks instead."""
WIDE = 20
"""Numbers whose largest is so many times the smallest stand on a logarithmic axis."""


@dataclass(frozen=True)
class Axis:
    """One option, or the error: a place for each run, and ticks."""

    name: str
    places: tuple[float, ...]
    ticks: tuple[tuple[float, str], ...]


def parallel(runs: Sequence[Facts], colours: Sequence[str]) -> Markup | None:
    """Runs that have an error, by the options in which they differ; None where that says nothing."""
    shown = [(place, run) for place, run in enumerate(runs) if run.config and run.error is not None]
    some = [run for _, run in shown]
    differing = compare.telling(compare.differing(some))
    if len(some) < 3 or not differing:
        return None
    keys = _most_telling(some, differing)
    names = compare.short(keys)
    axes = [
        _axis(name, [run.options.get(key) for run in some]) for name, key in zip(names, keys, strict=True)
    ]
    axes.append(_axis("top-1 error (%)", [100 * (run.error or 0.0) for run in some]))
    step = (WIDTH - 2 * SIDE) / (len(axes) - 1)
    about = f"{len(some)} runs by {', '.join(keys)} and top-1 error; the table has the same numbers"
    order = sorted(range(len(some)), key=lambda i: -(some[i].error or 0.0))
    parts = [
        Markup('<svg viewBox="0 0 {} {}" width="{}" role="img" aria-label="{}" class="parallel">').format(
            WIDTH, HEIGHT, WIDTH, about
        ),
        *(_line(shown[i][0], colours[shown[i][0]], [axis.places[i] for axis in axes], step) for i in order),
        *(_drawn(place, axis, step) for place, axis in enumerate(axes)),
        Markup("</svg>"),
    ]
    return Markup("\n").join(parts)


def _most_telling(runs: Sequence[Facts], keys: Sequence[str]) -> list[str]:
    """The options with most values among runs, as many as there is room for, in the order of ``keys``."""
    values = {key: len({repr(run.options.get(key)) for run in runs}) for key in keys}
    first = set(sorted(keys, key=lambda key: -values[key])[:MOST_AXES])
    return [key for key in keys if key in first]


def _cut(text: str, room: float) -> str:
    letters = max(3, int(room / LETTER))
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


def _axis(name: str, values: Sequence[Any]) -> Axis:
    plain = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(plain) == len(values):
        return _numeric(name, [float(value) for value in plain])
    words = sorted({compare.shown(value) for value in values})
    scale = Scale(-0.5, len(words) - 0.5, HEIGHT - BOTTOM, TOP)
    places = tuple(scale(words.index(compare.shown(value))) for value in values)
    return Axis(name, places, tuple((scale(place), word) for place, word in enumerate(words)))


def _numeric(name: str, values: Sequence[float]) -> Axis:
    low, high = min(values), max(values)
    log = low > 0 and high / low >= WIDE
    if low == high:
        low, high = low - 1, high + 1
    scale = Scale(low, high, HEIGHT - BOTTOM, TOP, log)
    own = sorted(set(values))
    ticks = own if len(own) <= MOST_VALUES and _apart(scale, own) else scale.ticks()
    return Axis(name, tuple(map(scale, values)), tuple((scale(tick), number(tick)) for tick in ticks))


def _apart(scale: Scale, values: Sequence[float]) -> bool:
    places = [scale(value) for value in values]
    return all(abs(after - before) >= 14 for before, after in pairwise(places))


def _line(run: int, colour: str, places: Sequence[float], step: float) -> Markup:
    points = " ".join(f"{SIDE + step * i:.1f},{place:.1f}" for i, place in enumerate(places))
    return Markup('<polyline class="line run {}" data-run="{}" points="{}"/>').format(colour, run, points)


def _drawn(place: int, axis: Axis, step: float) -> Markup:
    x = round(SIDE + step * place, 1)
    side = "start" if place else "end"  # before the first axis there are no lines in the way
    above = 34 if place % 2 and step < NAME else 20
    ticks = Markup("").join(
        Markup(
            '<line class="tick" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
            '<text class="halo {}" x="{}" y="{:.1f}">{}</text>'
        ).format(x - 4, x, y, y, side, x + (6 if place else -8), y + 4, _cut(text, step - 12))
        for y, text in axis.ticks
    )
    return Markup(
        '<g class="scale" data-x="{}"><line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>{}'
        '<text class="mid name" x="{}" y="{}">{}</text>'
        '<rect class="brush" x="{}" y="0" width="20" height="0" visibility="hidden"/>'
        '<rect class="catch" x="{}" y="{}" width="40" height="{}"/></g>'
    ).format(
        x,
        x,
        x,
        TOP,
        HEIGHT - BOTTOM,
        ticks,
        x,
        above,
        axis.name,
        x - 10,
        x - 20,
        TOP - 8,
        HEIGHT - BOTTOM - TOP + 16,
    )
