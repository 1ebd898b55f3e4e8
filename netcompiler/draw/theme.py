"""Colours and sizes of pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Paint:
    """The fill and the line of a shape."""

    fill: str
    line: str


_KINDS = MappingProxyType(
    {
        "conv": Paint("#dbeafb", "#2f6fb3"),
        "pool": Paint("#fbe2d8", "#c2542d"),
        "linear": Paint("#e9def5", "#7d4bab"),
        "attention": Paint("#fbdcea", "#b53a78"),
        "embedding": Paint("#d5f0f0", "#1f8080"),
        "norm": Paint("#e8ecf3", "#66758f"),
        "activation": Paint("#fff3cc", "#a97a00"),
        "dropout": Paint("#eeeeee", "#808080"),
        "shape": Paint("#eceff1", "#6b7780"),
        "merge": Paint("#dcf3e6", "#14804f"),
        "transfer": Paint("#fde0df", "#c9302c"),
        "input": Paint("#f3f4f6", "#6b7280"),
        "output": Paint("#f3f4f6", "#6b7280"),
        "block": Paint("#ffffff", "#4b5563"),
    }
)

_LANES = (
    Paint("#fff7ec", "#e0b070"),
    Paint("#eef5fe", "#8fb4e0"),
    Paint("#effaf1", "#8cc79b"),
    Paint("#f8f1fb", "#bf9ad2"),
    Paint("#fdf1f3", "#dfa0ad"),
    Paint("#eefafa", "#86c5c5"),
)


@dataclass(frozen=True)
class Theme:
    """How a picture looks. Sizes are in points; colours are ``#rrggbb``.

    Attributes:
        name: what ``--theme`` calls it.
        kinds: node colours by kind of operation.
        lanes: colours of placement groups, in turn.
        blocks: colours of blocks by level of nesting, in turn.
        repeated: the colours of a block that stands for several.
        paper: the background.
        ink: text.
        quiet: small print.
        flow: the line of a value's way.
        skip: the line of a skip connection.
        crossing: the line of a value between placement groups.
        repeat: the ×n.
        size: main text.
        small: small print.
        heading: titles of blocks.
        title: the picture's title.
    """

    name: str
    kinds: Mapping[str, Paint] = field(default_factory=lambda: _KINDS)
    lanes: tuple[Paint, ...] = _LANES
    blocks: tuple[Paint, ...] = (Paint("#fafbfc", "#b4bcc8"), Paint("#ffffff", "#c9cfd8"))
    repeated: Paint = Paint("#fffaeb", "#e3a21a")
    paper: str = "#ffffff"
    ink: str = "#1f2430"
    quiet: str = "#5b6472"
    flow: str = "#475062"
    skip: str = "#0b8457"
    crossing: str = "#cf2a27"
    repeat: str = "#b45309"
    size: float = 9.5
    small: float = 7.5
    heading: float = 10.0
    title: float = 15.0

    def kind(self, kind: str) -> Paint:
        """The colours of a kind; a kind without colours of its own looks like `shape`."""
        return self.kinds.get(kind, self.kinds["shape"])

    def lane(self, index: int) -> Paint:
        """The colours of the placement group of this number."""
        return self.lanes[index % len(self.lanes)]


PAPER = Theme("paper")
"""Dark ink on white paper, for print."""

SLIDE = Theme("slide", size=12.0, small=10.0, heading=13.0, title=20.0)
"""Larger, for a wall."""

DARK = Theme("dark", paper="#14171c", ink="#f0f2f5", quiet="#a9b2c0")
"""Bright ink on a dark screen."""

THEMES: Mapping[str, Theme] = MappingProxyType({theme.name: theme for theme in (PAPER, SLIDE, DARK)})
"""Themes by name, the default first."""
