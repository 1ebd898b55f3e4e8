"""Ways to draw a net. Each is a module here with a `Style` called ``STYLE``; nothing else lists them."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Names in signatures alone: `netc --help` lists the styles and need not wait for networkx.
    from netcompiler.draw.options import Options
    from netcompiler.draw.picture import Picture
    from netcompiler.graph import Graph

    Writer = Callable[[Sequence[Graph], Options], str]


@dataclass(frozen=True)
class Style:
    """A way to draw a net.

    Attributes:
        summary: what it shows, in half a line, for ``--help``.
        draw: makes the picture of one net or several. Raises DrawError when it would not fit.
        refuses: why a net cannot be shown so ("it has no stages"), or None when it can; called first.
        several: True when it shows several nets in one picture.
        pair: True when it shows two nets, no more and no fewer.
        knows: which of depth, expand, fold and costs it takes.
        texts: formats of its own, by name, each with what makes its text: a table as ``md``.
    """

    summary: str
    draw: Callable[[Sequence[Graph], Options], Picture]
    refuses: Callable[[Graph], str | None] = lambda _: None
    several: bool = False
    pair: bool = False
    knows: frozenset[str] = frozenset()
    texts: Mapping[str, Writer] = field(default_factory=dict)


DEFAULT = "graph"


def names() -> list[str]:
    """All styles, the default first; none is imported for it."""
    found = sorted(
        module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")
    )
    return [DEFAULT, *(name for name in found if name != DEFAULT)]


def style(name: str) -> Style:
    """The style of this name. Raises ValueError, with the names there are, for any other."""
    if name not in names():
        raise ValueError(f"unknown style {name!r}; known are {', '.join(names())}")
    found: Style = import_module(f"{__name__}.{name}").STYLE
    return found


def that_fit(graph: Graph) -> list[str]:
    """The styles that can show a net by itself."""
    known = {name: style(name) for name in names()}
    return [name for name, one in known.items() if not one.pair and one.refuses(graph) is None]
