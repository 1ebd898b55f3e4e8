"""Curves as SVG that a page styles: over epochs, on a linear and on a logarithmic scale.

The page's style sheet gives the colours, by the classes ``r0`` … of runs, so that they suit a light ground, a
dark one, and paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, log10

from markupsafe import Markup

WIDTH, HEIGHT = 480, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 14, 12, 40
MOST_POINTS = 400
"""Of a line; of a longer run, evenly chosen epochs are drawn, the last among them."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A run's numbers by epoch. ``colour`` is a class, ``run`` the run's number on the page."""

    run: int
    colour: str
    kind: str
    """``train``, ``validation`` or ``rate``: another class."""
    points: Sequence[Point]
    mark: Point | None = None
    """A point to be seen: the best epoch."""


@dataclass(frozen=True)
class Scale:
    """Values → places in pixels, from ``low`` at ``start`` to ``high`` at ``end``."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        low, high, value = (log10(v) if self.log else v for v in (self.low, self.high, value))
        return self.start + (value - low) / (high - low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Round values from ``low`` to ``high``."""
        from matplotlib.ticker import LogLocator, MaxNLocator

        decades = log10(self.high / self.low) if self.log else 0.0
        if decades > 0.7:
            found = LogLocator(subs=(1,) if decades > 3 else (1, 2, 5), numticks=12).tick_values(
                self.low, self.high
            )
        else:
            found = MaxNLocator(nbins=5).tick_values(self.low, self.high)
        slack = 1e-9 * (self.high - self.low)
        return [float(tick) for tick in found if self.low - slack <= tick <= self.high + slack]


def chart(lines: Sequence[Line], title: str, unit: str, *, log: bool, about: str) -> Markup | None:
    """The lines in axes; None where there is nothing to draw on this scale. ``about`` is read out."""
    shown = [(line, _kept(line.points, log)) for line in lines]
    values = [y for _, points in shown for _, y in points]
    epochs = [x for _, points in shown for x, _ in points]
    if not values:
        return None
    across = Scale(*_ends(epochs), LEFT, WIDTH - RIGHT)
    up = Scale(*_bounds(values, log), HEIGHT - BOTTOM, TOP, log)
    parts = [
        Markup(
            '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}" '
            'data-left="{}" data-right="{}" data-from="{}" data-to="{}">'
        ).format(WIDTH, HEIGHT, about, LEFT, WIDTH - RIGHT, across.low, across.high),
        *_axes(across, up, f"{title} ({unit})" if unit else title),
        *(_line(line, points, across, up) for line, points in shown if points),
        *(_mark(line, across, up) for line, _ in shown if line.mark and (line.mark[1] > 0 or not log)),
        Markup('<line class="cursor" y1="{}" y2="{}" x1="0" x2="0" visibility="hidden"/></svg>').format(
            TOP, HEIGHT - BOTTOM
        ),
    ]
    return Markup("\n").join(parts)


def number(value: float) -> str:
    """A tick's value, without noise."""
    return f"{value:.{4 if abs(value) < 10_000 else 7}g}".replace("-", "−")


def _kept(points: Sequence[Point], log: bool) -> list[Point]:
    good = [(x, y) for x, y in points if isfinite(y) and (y > 0 or not log)]
    step = -(-len(good) // MOST_POINTS)
    return [point for i, point in enumerate(good) if i % max(1, step) == 0 or i == len(good) - 1]


def _ends(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    return (low - 0.5, high + 0.5) if low == high else (low, high)


def _bounds(values: Sequence[float], log: bool) -> tuple[float, float]:
    low, high = min(values), max(values)
    if log:
        return (low / 1.1, high * 1.1) if high / low > 1.05 else (low / 2, high * 2)
    low = 0.0 if 0 <= low < 0.5 * high or low == high else low
    room = 0.04 * (high - low)
    return (low - (room if low else 0.0), high + room) if high > low else (low - 1, low + 1)


def _axes(across: Scale, up: Scale, title: str) -> list[Markup]:
    from matplotlib.ticker import MaxNLocator

    parts: list[Markup] = []
    for tick in up.ticks():
        y = round(up(tick), 1)
        parts.append(
            Markup(
                '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
                '<text x="{}" y="{}" class="end">{}</text>'
            ).format(LEFT, WIDTH - RIGHT, y, y, LEFT - 7, y + 4, number(tick))
        )
    whole = MaxNLocator(nbins=6, integer=True, min_n_ticks=1).tick_values(across.low, across.high)
    for tick in (float(each) for each in whole):
        if across.low <= tick <= across.high:
            x = round(across(tick), 1)
            parts.append(
                Markup(
                    '<line class="tick" x1="{}" x2="{}" y1="{}" y2="{}"/>'
                    '<text x="{}" y="{}" class="mid">{}</text>'
                ).format(x, x, HEIGHT - BOTTOM, HEIGHT - BOTTOM + 4, x, HEIGHT - BOTTOM + 18, number(tick))
            )
    parts.append(
        Markup('<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
            LEFT, WIDTH - RIGHT, HEIGHT - BOTTOM, HEIGHT - BOTTOM
        )
    )
    parts.append(
        Markup('<text x="{}" y="{}" class="mid quiet">epoch</text>').format(
            (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6
        )
    )
    parts.append(
        Markup('<text transform="translate(12 {}) rotate(-90)" class="mid quiet">{}</text>').format(
            (TOP + HEIGHT - BOTTOM) / 2, title
        )
    )
    return parts


def _line(line: Line, points: Sequence[Point], across: Scale, up: Scale) -> Markup:
    placed = [(f"{across(x):.1f}", f"{up(y):.1f}") for x, y in points]
    classes = f"{line.kind} {line.colour}"
    if len(placed) < 3:  # a line needs points to be seen
        dots = Markup("").join(
            Markup('<circle class="dot {}" data-run="{}" cx="{}" cy="{}" r="3"/>').format(
                classes, line.run, x, y
            )
            for x, y in placed
        )
    else:
        dots = Markup("")
    path = " ".join(f"{x},{y}" for x, y in placed)
    return (
        Markup('<polyline class="line {}" data-run="{}" points="{}"/>').format(classes, line.run, path) + dots
    )


def _mark(line: Line, across: Scale, up: Scale) -> Markup:
    assert line.mark is not None
    x, y = line.mark
    return Markup('<circle class="best {}" data-run="{}" cx="{:.1f}" cy="{:.1f}" r="4"/>').format(
        line.colour, line.run, across(x), up(y)
    )
