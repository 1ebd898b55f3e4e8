"""Predictions as one picture, in the way of AlexNet's figure 4: images with bars below them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.files import written
from zoo.predict import Prediction

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 48
"""Pictures on one sheet."""
COLUMNS = 6
WIDTH, IMAGE, BAR = 1.9, 1.9, 0.24
"""Of a cell, in inches: its width, the height of its image, and that of one bar."""
FIRST, OTHERS = "#e98c63", "#f6ddd0"
LONGEST = 26
"""A longer class or file name is cut to so many characters."""


def draw(predictions: Sequence[Prediction], path: Path) -> None:
    """Draw up to ``MOST`` predictions; the suffix says the format: png, svg, pdf."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    shown = predictions[:MOST]
    across = min(COLUMNS, len(shown))
    down = -(-len(shown) // across)
    bars = BAR * len(shown[0].guesses)
    style: Any = {"font.size": 8, "text.color": "#222222", "svg.hashsalt": "zoo", "svg.fonttype": "path"}
    with mpl.rc_context(style):
        size = (WIDTH * across, (IMAGE + bars + 0.35) * down)
        figure = Figure(figsize=size, layout="constrained")
        cells = figure.subplots(2 * down, across, squeeze=False, height_ratios=[IMAGE, bars] * down)
        for axes in cells.flat:
            axes.axis("off")
        for number, prediction in enumerate(shown):
            row, column = divmod(number, across)
            _image(cells[2 * row, column], prediction)
            _bars(cells[2 * row + 1, column], prediction)
        with written(path) as temporary:
            figure.savefig(temporary, dpi=200, metadata={"Date": None} if path.suffix == ".svg" else None)


def _image(axes: "Axes", prediction: Prediction) -> None:
    pixels = prediction.image.permute(1, 2, 0).numpy()
    grey: Any = {"cmap": "gray", "vmin": 0, "vmax": 255} if pixels.shape[2] == 1 else {}
    axes.imshow(pixels, interpolation="nearest", **grey)
    axes.set_title(_cut(prediction.path.name), fontsize=7, color="#555555", pad=3)


def _bars(axes: "Axes", prediction: Prediction) -> None:
    places = range(len(prediction.guesses))
    values = [guess.probability for guess in prediction.guesses]
    axes.barh(places, values, height=0.86, color=[FIRST if place == 0 else OTHERS for place in places])
    axes.set_xlim(0, 1)
    axes.set_ylim(len(values) - 0.5, -0.5)
    for place, guess in zip(places, prediction.guesses, strict=True):
        axes.text(0.02, place, _cut(guess.name), va="center", fontsize=7)
        axes.text(0.98, place, f"{guess.probability:.0%}", va="center", ha="right", fontsize=7)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
