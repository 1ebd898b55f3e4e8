"""Colours and sizes of pictures.

The hues are those of Okabe and Ito's palette (Color Universal Design, 2008), which people with any kind of
colour vision tell apart. Each is made lighter for fills and darker for lines, or the other way round on a
dark background, so that text on it can be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Paint:
    """The fill and the line of a shape."""

    fill: str
    line: str


@dataclass(frozen=True, kw_only=True)
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
        added: what only the second of two nets has.
        removed: what only the first has.
        changed: what is not the same in both.
        size: main text.
        small: small print.
        heading: titles of blocks.
        title: the picture's title.
        outline: how wide the outlines of nodes and blocks are.
        thin: how wide the line of a value's way is.
        thick: how wide the lines of skip connections and of crossings are.
        space: how far apart things stand, as a multiple of the distances for print.
        narrow: True to break small print into several lines where that makes nodes narrower.
    """

    name: str
    kinds: Mapping[str, Paint]
    lanes: tuple[Paint, ...]
    blocks: tuple[Paint, ...]
    repeated: Paint
    paper: str
    ink: str
    quiet: str
    flow: str
    skip: str
    crossing: str
    repeat: str
    added: Paint
    removed: Paint
    changed: Paint
    size: float = 9.5
    small: float = 7.5
    heading: float = 10.0
    title: float = 15.0
    outline: float = 0.9
    thin: float = 1.0
    thick: float = 1.2
    space: float = 1.0
    narrow: bool = False

    def compact(self) -> Theme:
        """The same with main text about as small as small print, and less room between things."""
        return replace(
            self,
            size=1.1 * self.small,
            heading=1.15 * self.small,
            title=1.6 * self.small,
            space=0.75 * self.space,
            narrow=True,
        )

    def kind(self, kind: str) -> Paint:
        """The colours of a kind; a kind without colours of its own looks like `shape`."""
        return self.kinds.get(kind, self.kinds["shape"])

    def lane(self, index: int) -> Paint:
        """The colours of the placement group of this number."""
        return self.lanes[index % len(self.lanes)]


PAPER = Theme(
    name="paper",
    # Fills from light to dark, so that a copy in black and white still tells them apart.
    kinds=MappingProxyType(
        {
            "norm": Paint("#f5f5f6", "#565d68"),
            "activation": Paint("#fbefa5", "#605c00"),
            "conv": Paint("#d6e4f8", "#005e94"),
            "merge": Paint("#a4e8ca", "#006447"),
            "pool": Paint("#f6ca8f", "#765000"),
            "embedding": Paint("#9ad3fa", "#005678"),
            "linear": Paint("#ebbad3", "#813462"),
            "attention": Paint("#ecb191", "#823600"),
            "transfer": Paint("#b4b5ba", "#7f2a00"),
            "dropout": Paint("#eeeeee", "#5c5c5c"),
            "shape": Paint("#e7eaee", "#566069"),
            "input": Paint("#f7f7f8", "#5b6472"),
            "output": Paint("#f7f7f8", "#5b6472"),
            "block": Paint("#ffffff", "#3d4550"),
        }
    ),
    lanes=(
        Paint("#fbf7f2", "#b07e29"),
        Paint("#f6f8fb", "#5a8fc5"),
        Paint("#eefbf5", "#3d9c78"),
        Paint("#fbf7f9", "#b9779b"),
        Paint("#fcf9ec", "#746e18"),
        Paint("#f5f6f7", "#5d646f"),
    ),
    blocks=(Paint("#fafbfc", "#858e9b"), Paint("#ffffff", "#8a93a0")),
    repeated=Paint("#fffaeb", "#b07400"),
    paper="#ffffff",
    ink="#1b1f27",
    quiet="#3f4753",
    flow="#3d4656",
    skip="#007a58",
    crossing="#a54700",
    repeat="#7a5000",
    added=Paint("#cfe3f8", "#00558a"),
    removed=Paint("#f3c3aa", "#823600"),
    changed=Paint("#fbf1b8", "#605c00"),
)
"""Dark ink on white paper, for print."""

SLIDE = Theme(
    name="slide",
    kinds=MappingProxyType(
        {
            "norm": Paint("#eceef1", "#49515e"),
            "activation": Paint("#f9eb70", "#565200"),
            "conv": Paint("#adcffa", "#005181"),
            "merge": Paint("#7bd8b2", "#00543b"),
            "pool": Paint("#fdba4c", "#6a4700"),
            "embedding": Paint("#6ac5fb", "#004c6b"),
            "linear": Paint("#efa6cd", "#762a58"),
            "attention": Paint("#ef9d6d", "#702f00"),
            "transfer": Paint("#b4b5ba", "#7f2a00"),
            "dropout": Paint("#e6e6e6", "#4f4f4f"),
            "shape": Paint("#dfe3e8", "#49535c"),
            "input": Paint("#f3f4f6", "#49515e"),
            "output": Paint("#f3f4f6", "#49515e"),
            "block": Paint("#ffffff", "#2b3340"),
        }
    ),
    lanes=(
        Paint("#fcf2e7", "#a06f13"),
        Paint("#eff4fc", "#3c81bb"),
        Paint("#e0fbee", "#238c69"),
        Paint("#fcf1f6", "#ad658d"),
        Paint("#fcf6d9", "#5f5a0c"),
        Paint("#eff1f3", "#4a515c"),
    ),
    blocks=(Paint("#f6f8fa", "#6b7482"), Paint("#ffffff", "#747d8b")),
    repeated=Paint("#fff4d4", "#a06a00"),
    paper="#ffffff",
    ink="#0d1016",
    quiet="#333b46",
    flow="#2b3340",
    skip="#007a58",
    crossing="#b04c00",
    repeat="#7a5000",
    added=Paint("#adcffa", "#005181"),
    removed=Paint("#efa47a", "#702f00"),
    changed=Paint("#f9ed8a", "#565200"),
    size=13.0,
    small=11.0,
    heading=14.0,
    title=22.0,
    outline=1.5,
    thin=1.6,
    thick=2.0,
    space=1.25,
)
"""Larger text, stronger colours and thicker lines, for a wall."""

DARK = Theme(
    name="dark",
    kinds=MappingProxyType(
        {
            "norm": Paint("#262b33", "#9aa5b5"),
            "activation": Paint("#514c1d", "#f3e745"),
            "conv": Paint("#113e60", "#6eb6fc"),
            "merge": Paint("#1b503c", "#56d3a5"),
            "pool": Paint("#543b11", "#fdb326"),
            "embedding": Paint("#005375", "#a1d8ff"),
            "linear": Paint("#612b4a", "#f49ecd"),
            "attention": Paint("#6d3511", "#ff9a5c"),
            "transfer": Paint("#43464d", "#ff9f63"),
            "dropout": Paint("#2b2d31", "#a6a9ae"),
            "shape": Paint("#2a3138", "#a0abb5"),
            "input": Paint("#22262d", "#98a3b3"),
            "output": Paint("#22262d", "#98a3b3"),
            "block": Paint("#1c2129", "#b9c2cf"),
        }
    ),
    lanes=(
        Paint("#231c11", "#a77f45"),
        Paint("#141f2b", "#6689b1"),
        Paint("#12211a", "#539278"),
        Paint("#291822", "#a97892"),
        Paint("#212012", "#c9bf5c"),
        Paint("#1e2126", "#b4bbc6"),
    ),
    blocks=(Paint("#191d23", "#6b7686"), Paint("#14171c", "#657080")),
    repeated=Paint("#231f14", "#c08c22"),
    paper="#14171c",
    ink="#f2f4f7",
    quiet="#b9c2cf",
    flow="#a9b4c4",
    skip="#38ba8d",
    crossing="#fb7d2a",
    repeat="#f0b84a",
    added=Paint("#113e60", "#6eb6fc"),
    removed=Paint("#6d3511", "#ff9a5c"),
    changed=Paint("#514c1d", "#f3e745"),
)
"""Bright ink on a dark screen."""

THEMES: Mapping[str, Theme] = MappingProxyType({theme.name: theme for theme in (PAPER, SLIDE, DARK)})
"""Themes by name, the default first."""
