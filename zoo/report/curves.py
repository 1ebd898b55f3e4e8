"""The charts of a page: what is drawn over the epochs of its runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from zoo.history import Row
from zoo.report.chart import Line, chart
from zoo.report.facts import Facts

COLOURS = 8
"""Runs up to so many have a colour each; of more, the colour tells the order by error."""


@dataclass(frozen=True)
class Curve:
    """One chart, on both scales."""

    key: str
    title: str
    linear: Markup
    log: Markup | None
    begins_log: bool


@dataclass(frozen=True)
class _What:
    key: str
    title: str
    unit: str
    columns: tuple[tuple[str, str], ...]
    """Columns of ``metrics.csv``, and what a line of each is."""
    times: float = 1.0


WHAT = (
    _What("loss", "loss", "", (("train_loss", "train"), ("val_loss", "validation"))),
    _What(
        "top1", "top-1 error", "%", (("train_top1_error", "train"), ("val_top1_error", "validation")), 100.0
    ),
    _What(
        "top5", "top-5 error", "%", (("train_top5_error", "train"), ("val_top5_error", "validation")), 100.0
    ),
    _What("lr", "learning rate", "", (("lr", "rate"),)),
)


def colours(runs: Sequence[Facts]) -> list[str]:
    """A class for each run: its own colour, or, of many, one by the order of their errors: q0 is the best."""
    if len(runs) <= COLOURS:
        return [f"r{number}" for number in range(len(runs))]
    order = sorted(range(len(runs)), key=lambda number: (runs[number].error is None, runs[number].error))
    ranks = {number: rank for rank, number in enumerate(order)}
    return [f"q{COLOURS * ranks[number] // len(runs)}" for number in range(len(runs))]


def curves(runs: Sequence[Facts]) -> list[Curve]:
    """The charts that have something to show; the best run is drawn last, over the others."""
    paint = colours(runs)
    order = sorted(
        (number for number, run in enumerate(runs) if run.rows),
        key=lambda number: -(runs[number].error or 0.0),
    )
    found = (_curve(what, [(number, paint[number], runs[number]) for number in order]) for what in WHAT)
    return [curve for curve in found if curve is not None]


def numbers(runs: Sequence[Facts]) -> list[dict[str, Any]]:
    """What the page's script tells at the pointer: for each run the epochs, and the numbers of each chart."""
    return [
        {
            "label": run.label,
            "epochs": [row.epoch for row in run.rows],
            **{
                what.key: {
                    kind: [_round(getattr(row, column) * what.times) for row in run.rows]
                    for column, kind in what.columns
                }
                for what in WHAT
            },
        }
        for run in runs
    ]


def _curve(what: _What, runs: Sequence[tuple[int, str, Facts]]) -> Curve | None:
    lines = [
        line
        for place, (number, colour, run) in enumerate(runs, 1)
        for line in _lines(what, number, colour, run, mark=len(runs) <= COLOURS or place == len(runs))
    ]
    if not any(y for line in lines for _, y in line.points):  # the top-5 error of five classes
        return None
    about = _about(what, runs)
    linear = chart(lines, what.title, what.unit, log=False, about=about)
    log = chart(lines, what.title, what.unit, log=True, about=f"{about}; logarithmic scale")
    if linear is None:
        return None
    # Losses fall through decades, and the last one is the one that matters.
    return Curve(what.key, what.title, linear, log, begins_log=what.key == "loss" and log is not None)


def _lines(what: _What, number: int, colour: str, run: Facts, *, mark: bool) -> list[Line]:
    def value(row: Row, column: str) -> float:
        return float(getattr(row, column)) * what.times

    best = run.best if what.key == "top1" and mark else None
    return [
        Line(
            number,
            colour,
            kind,
            [(row.epoch, value(row, column)) for row in run.rows],
            (best.epoch, value(best, column)) if best is not None and kind == "validation" else None,
        )
        for column, kind in what.columns
    ]


def _about(what: _What, runs: Sequence[tuple[int, str, Facts]]) -> str:
    """What a chart shows, for those who do not see it; of many runs, the best ones."""
    column = what.columns[-1][0]
    unit = " %" if what.unit else ""
    told = []
    for _, _, run in runs[::-1][:COLOURS]:
        first, last = (what.times * getattr(row, column) for row in (run.rows[0], run.rows[-1]))
        told.append(f"{run.label}: from {first:.4g}{unit} to {last:.4g}{unit} in epoch {run.rows[-1].epoch}")
    return f"{what.title} by epoch; {'; '.join(told)}"


def _round(value: float) -> float:
    return float(f"{value:.5g}")
