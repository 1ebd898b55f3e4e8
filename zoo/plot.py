"""The learning curves of a run, as one picture fit to print."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.files import written
from zoo.history import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TRAIN, VALIDATION = "#8a8f98", "#c2410c"


def draw(rows: Sequence[Row], title: str, paths: Sequence[Path]) -> None:
    """Draw loss and top-1 error by epoch to each path (the suffix says the format: png, svg, pdf)."""
    import matplotlib as mpl
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, NullFormatter

    style: Any = {
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": "#555555",
        "axes.labelcolor": "#222222",
        "svg.hashsalt": "zoo",  # the same run gives the same file
    }
    with mpl.rc_context(style):
        figure = Figure(figsize=(7.2, 2.9), layout="constrained")
        left, right = figure.subplots(1, 2)
        epochs = [row.epoch for row in rows]
        _panel(left, epochs, [row.train_loss for row in rows], [row.val_loss for row in rows], "loss")
        if any(row.train_loss > 0 or row.val_loss > 0 for row in rows):
            left.set_yscale("log")  # it falls through decades, and the last one is the one that matters
        errors = [100 * row.val_top1_error for row in rows]
        _panel(right, epochs, [100 * row.train_top1_error for row in rows], errors, "top-1 error (%)")
        left.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        left.yaxis.set_minor_formatter(NullFormatter())
        right.set_ylim(bottom=0)
        best = min(range(len(rows)), key=lambda i: (rows[i].val_top1_error, rows[i].val_loss))
        _mark(right, epochs[best], errors[best], late=best > len(rows) / 2)
        figure.suptitle(title, x=0.01, ha="left", fontsize=10)
        left.legend(frameon=False, loc="upper right")
        for path in paths:
            with written(path) as temporary:
                metadata = {"Date": None} if path.suffix == ".svg" else None
                figure.savefig(temporary, dpi=200, metadata=metadata)


def _panel(axes: "Axes", epochs: list[int], train: list[float], validation: list[float], label: str) -> None:
    from matplotlib.ticker import MaxNLocator

    marker = "o" if len(epochs) < 4 else ""  # a line needs two points to be seen
    axes.plot(epochs, train, color=TRAIN, linewidth=1.4, marker=marker, markersize=3, label="training")
    axes.plot(
        epochs, validation, color=VALIDATION, linewidth=1.8, marker=marker, markersize=3, label="validation"
    )
    axes.set_xlabel("epoch")
    axes.set_ylabel(label)
    axes.set_xlim(min(epochs) - 0.5 * (len(epochs) == 1), max(epochs) + 0.5 * (len(epochs) == 1))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(axis="y", color="#e5e5e5", linewidth=0.7)
    axes.set_axisbelow(True)


def _mark(axes: "Axes", epoch: int, error: float, late: bool) -> None:
    axes.plot([epoch], [error], "o", color=VALIDATION, markersize=4.5, clip_on=False, zorder=5)
    axes.annotate(
        f"best {error:.2f}%",
        (epoch, error),
        xytext=(-6 if late else 6, 14),
        textcoords="offset points",
        ha="right" if late else "left",
        color=VALIDATION,
        arrowprops={"arrowstyle": "-", "color": VALIDATION, "linewidth": 0.7, "shrinkB": 2},
    )
