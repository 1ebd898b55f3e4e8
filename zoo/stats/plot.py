"""Statistics as a picture: images per category, sizes, and the subtrees."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.files import written
from zoo.stats.facts import Facts
from zoo.stats.subtrees import Subtree
from zoo.stats.summary import Summary

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FORMATS = (".png", ".svg", ".pdf")
MAIN, SECOND, LINE = "#c2410c", "#8a8f98", "#555555"
WIDE, TALL, ROW = 7.2, 2.9, 0.2
"""In inches: the picture, its upper part, and a line of a subtree."""
ALL_BUT = 0.5
"""Sizes are shown up to this percentile from the top."""
FEW = 40
"""Up to so many categories have a bar each."""
NAMED = 20
"""Up to so many have their name below it."""
LONGEST = 18
"""A longer name is cut to so many characters."""


def draw(
    title: str,
    facts: Sequence[Facts],
    classes: Sequence[str],
    trees: Sequence[tuple[Subtree, Summary]],
    path: Path,
) -> None:
    """Draw the numbers of all splits, and the subtrees of the first, to ``path`` (png, svg or pdf)."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    style: Any = {
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": LINE,
        "axes.labelcolor": "#222222",
        "axes.titlesize": 9,
        "axes.titlelocation": "left",
        "svg.hashsalt": "zoo",
    }
    below = 0.8 + ROW * len(trees) if trees else 0.0
    with mpl.rc_context(style):
        figure = Figure(figsize=(WIDE, TALL + below))
        figure.set_layout_engine("constrained", w_pad=0.08, h_pad=0.08)
        ratios = [TALL, below] if trees else [TALL]
        parts: Any = figure.subfigures(len(ratios), 1, squeeze=False, height_ratios=ratios)[:, 0]
        left, right = parts[0].subplots(1, 2)
        _per_category(left, facts, classes)
        _sizes(right, facts)
        if trees:
            _subtrees(parts[1].subplots(), trees, facts[0].name)
        parts[0].suptitle(title, x=0.01, ha="left", fontsize=10)
        with written(path) as temporary:
            metadata = {"Date": None} if path.suffix == ".svg" else None
            figure.savefig(temporary, dpi=200, metadata=metadata)


def _per_category(axes: "Axes", facts: Sequence[Facts], classes: Sequence[str]) -> None:
    """How many categories have how many images; of few categories, how many each has, in order."""
    from matplotlib.ticker import MaxNLocator

    counts = {own.name: np.bincount(own.label, minlength=len(classes)) for own in facts}
    axes.set_title("images per category")
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    if len(classes) <= FEW:
        _bars(axes, counts, classes)
    else:
        _histogram(axes, *next(iter(counts.items())))


def _bars(axes: "Axes", counts: dict[str, np.ndarray], classes: Sequence[str]) -> None:
    order = np.argsort(-next(iter(counts.values())), kind="stable")
    base = np.zeros(len(order))
    for (name, own), colour in zip(counts.items(), (MAIN, SECOND), strict=False):
        axes.bar(np.arange(len(order)), own[order], 0.75, bottom=base, color=colour, label=name)
        base += own[order]
    axes.set_xlabel("category, most images first")
    axes.set_ylabel("images")
    names = [_cut(classes[place]) for place in order] if len(classes) <= NAMED else []
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=6.5)
    axes.tick_params(axis="x", length=0)
    axes.margins(y=0.22)
    axes.legend(frameon=False, fontsize=8, loc="upper right", ncols=2)


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _histogram(axes: "Axes", name: str, counts: np.ndarray) -> None:
    own = counts[counts > 0]
    axes.hist(own, bins=40, color=MAIN)
    mean = float(own.mean())
    axes.axvline(mean, color=LINE, linewidth=1, linestyle="--")
    late = mean > (own.min() + own.max()) / 2
    axes.annotate(
        f"mean {mean:,.1f}",
        (mean, 0.98),
        xycoords=("data", "axes fraction"),
        xytext=(-4 if late else 4, 0),
        textcoords="offset points",
        ha="right" if late else "left",
        va="top",
        color=LINE,
    )
    axes.margins(y=0.12)
    axes.set_xlabel(f"{name} images in a category")
    axes.set_ylabel("categories")


def _sizes(axes: "Axes", facts: Sequence[Facts]) -> None:
    """Where the sizes of images are, of all splits together; the darker, the more."""
    from matplotlib.colors import LinearSegmentedColormap, LogNorm
    from matplotlib.ticker import FuncFormatter, NullFormatter

    header = np.concatenate([own.header for own in facts])
    header = header[header["format"] > 0]
    axes.set_title("sizes as stored")
    axes.set_anchor("N")
    axes.set_xlabel("width (pixels)")
    axes.set_ylabel("height (pixels)")
    if not len(header):
        return
    width, height = header["width"].astype(float), header["height"].astype(float)
    most = float(np.percentile(np.concatenate([width, height]), 100 - ALL_BUT)) * 1.05
    shades = LinearSegmentedColormap.from_list("", ["#f6c9ae", MAIN, "#4a1505"])
    axes.set_facecolor("#f7f7f7")
    bins = int(min(60, max(20, most / 8)))
    *_, image = axes.hist2d(
        width, height, bins=bins, range=((0, most), (0, most)), cmap=shades, norm=LogNorm(vmin=1), cmin=1
    )
    axes.plot([0, most], [0, most], color=LINE, linewidth=0.5, linestyle=":")
    axes.plot([np.median(width)], [np.median(height)], "+", color="#1d4ed8", markersize=8, label="medians")
    axes.set_aspect("equal")
    axes.legend(frameon=False, fontsize=8, loc="upper left", handletextpad=0.2)
    bar = axes.figure.colorbar(image, ax=axes, shrink=0.8)
    bar.set_label("images", fontsize=8)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=8)
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    bar.ax.yaxis.set_minor_formatter(NullFormatter())


def _subtrees(axes: "Axes", trees: Sequence[tuple[Subtree, Summary]], split: str) -> None:
    """A bar for each: its images, and in words its categories and the mean of each."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    order = sorted(trees, key=lambda own: own[1].images)
    images = [summary.images for _, summary in order]
    axes.barh(range(len(order)), images, 0.72, color=MAIN)
    axes.set_yticks(range(len(order)), [tree.name for tree, _ in order])
    for i, (_, summary) in enumerate(order):
        of = "" if summary.each is None else f" ({summary.categories:,} × {summary.each.mean:,.0f})"
        text = f" {summary.images:,}{of}"
        axes.annotate(text, (summary.images, i), va="center", fontsize=7.5, color="#333333")
    axes.set_title(f"{split} images by subtree (categories × images per category, mean)")
    axes.set_xlim(0, max(images) * 1.25 or 1)
    axes.set_ylim(-0.6, len(order) - 0.4)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.tick_params(axis="y", length=0)
