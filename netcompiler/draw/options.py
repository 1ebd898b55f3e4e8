"""What a user may ask of a picture."""

from __future__ import annotations

from dataclasses import dataclass

from netcompiler.draw.theme import PAPER, Theme


@dataclass(frozen=True)
class Options:
    """What a user may ask of a picture. Each style says which of depth, expand, fold and costs it knows.

    Attributes:
        theme: colours and sizes.
        depth: how many levels of blocks are shown; None leaves it to the style.
        expand: paths of blocks that are shown with all that is in them, whatever ``depth`` says.
        fold: paths of blocks that are shown as one node.
        costs: True to show parameters and MACs of each node or block.
        title: the title; None for the net's name, "" for none.
        caption: text below the picture.
        legend: False to leave the legend out.
        width: how wide the page is in the end, in centimetres; None leaves it to the style.
    """

    theme: Theme = PAPER
    depth: int | None = None
    expand: tuple[str, ...] = ()
    fold: tuple[str, ...] = ()
    costs: bool = False
    title: str | None = None
    caption: str = ""
    legend: bool = True
    width: float | None = None

    def __post_init__(self) -> None:
        self._check_types()
        if self.depth is not None and self.depth < 0:
            raise ValueError(f"depth must be 0 or more, not {self.depth}")
        if self.width is not None and not 0 < self.width < float("inf"):
            raise ValueError(f"width must be a positive number of centimetres, not {self.width}")

    def _check_types(self) -> None:
        for name in ("expand", "fold"):
            if any(not isinstance(path, str) for path in getattr(self, name)):
                raise TypeError(f"{name} takes paths of blocks, as {name}=['layer3.0']")
        for name, kind, what in (
            ("width", (int, float), "a number of centimetres"),
            ("depth", int, "a whole number"),
            ("title", str, "text"),
            ("caption", str, "text"),
        ):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
                raise TypeError(f"{name} takes {what}, not {value!r}")

    @property
    def room(self) -> float:
        """The width of the page in points; infinite when none is asked for."""
        return float("inf") if self.width is None else self.width * POINTS_PER_CM

    @property
    def tall(self) -> float:
        """How high a picture may be on a page of this width, in points; infinite when no width is asked for.

        That is the text of an upright page, and for more than its width a slide below its title.
        """
        if self.width is None:
            return float("inf")
        return _TALL if self.width <= _UPRIGHT else self.room * _SLIDE


POINTS_PER_CM = 72 / 2.54

_TALL = 24 * POINTS_PER_CM
_UPRIGHT = 21
"""Up to so many centimetres a page is an upright one."""

_SLIDE = 0.6
"""A wider one's height, in its width."""

STYLE_OPTIONS = ("depth", "expand", "fold", "costs")
"""Options that only some styles know."""
