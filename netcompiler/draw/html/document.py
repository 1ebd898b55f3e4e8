"""The page itself: the template with styles, fonts, script and data in it."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from netcompiler.draw import fonts, legend
from netcompiler.draw.choice import choose
from netcompiler.draw.condense import condense
from netcompiler.draw.errors import DrawError
from netcompiler.draw.html.data import data
from netcompiler.draw.options import Options
from netcompiler.draw.theme import DARK, PAPER, Paint, Theme
from netcompiler.draw.tree import boxes
from netcompiler.graph import Graph

_SCRIPTS = (
    "words",
    "model",
    "state",
    "scene",
    "measure",
    "cell",
    "series",
    "columns",
    "tangle",
    "branches",
    "ushape",
    "level",
    "crossings",
    "lanes",
    "layout",
    "curves",
    "route",
    "paint",
    "view",
    "trace",
    "card",
    "spec",
    "panel",
    "search",
    "legend",
    "keys",
    "main",
)
"""The parts of the page's script, in the order in which they run."""


def page(graph: Graph | None, options: Options, *, live: str = "", error: str = "") -> bytes:
    """A page that shows a net and needs nothing but itself.

    Args:
        graph: the net; None when there is none to show as yet.
        options: what is asked of the picture.
        live: a script that keeps the page fresh, see `netcompiler.draw.html`.
        error: what stands over the picture at first.

    Raises:
        DrawError: for an option that a page cannot follow.
    """
    if options.width is not None:
        raise DrawError("an interactive page is as wide as its window: leave the width out")
    style, script = _style(options.theme), _script()
    parts = {
        "policy": _policy(style, script, live),
        "title": html.escape(_title(graph, options)),
        "style": style,
        "script": script,
        "live": f"<script>{live}</script>" if live else "",
        "data": _json(None if graph is None else data(graph)),
        "options": _json({**_settings(options), **_chosen(graph, options), "error": error}),
    }
    # In one go: what is put in may look like a place to put something in.
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _file("page.html")).encode()


def _title(graph: Graph | None, options: Options) -> str:
    return options.title or (graph.name if graph is not None else "netcompiler")


def _settings(options: Options) -> dict[str, Any]:
    theme = _light(options.theme)
    sizes = ("size", "small", "heading")
    return {
        "depth": options.depth,
        "costs": options.costs,
        "title": options.title,
        "caption": options.caption,
        "legend": options.legend,
        "dark": options.theme is DARK or options.theme.name == DARK.name,
        "kinds": {entry.kind: entry.words for entry in legend.kinds(theme.kinds)},
        "lanes": len(theme.lanes),
        "blocks": len(theme.blocks),
        "sizes": {size: getattr(theme, size) for size in sizes},
    }


def _chosen(graph: Graph | None, options: Options) -> dict[str, list[str]]:
    """Paths of the blocks that are to be open with all that is in them, and of those to be folded."""
    shown: dict[str, list[str]] = {"all": [], "node": [], "": []}
    if graph is not None:
        tree = condense(graph)
        choose(tree, options.expand, options.fold)
        for box in boxes(tree.root):
            shown[box.shown].append(box.path)
    return {"expand": shown["all"], "fold": shown["node"]}


def _policy(style: str, *scripts: str) -> str:
    """What the browser may do for the page: run what is in it, and use the network only when it is live."""
    *_, live = scripts
    rules = {
        "default-src": "'none'",
        "style-src": _hash(style),
        "script-src": " ".join(_hash(script) for script in scripts if script),
        "font-src": "data:",
        "connect-src": "'self'" if live else "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _json(value: object) -> str:
    """JSON that may stand in a script element: nothing in it can end the element or begin a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _style(theme: Theme) -> str:
    light, dark = (" ".join(f"--{n}:{v};" for n, v in _variables(t)) for t in (_light(theme), DARK))
    return (
        f"{_faces()}\n:root{{color-scheme:light;{light}}}\n:root.dark{{color-scheme:dark;{dark}}}\n"
        f"@media print{{:root.dark{{color-scheme:light;{light}}}}}\n{_file('page.css')}\n"
        + "\n".join(
            f".{name}{{--fill:var(--{name}-fill);--line:var(--{name}-line)}}" for name, _ in _paints(theme)
        )
    )


def _light(theme: Theme) -> Theme:
    return PAPER if theme.name == DARK.name else theme


def _variables(theme: Theme) -> Iterator[tuple[str, str]]:
    """The theme's colours as CSS variables."""
    for name in ("paper", "ink", "quiet", "flow", "skip", "crossing", "repeat"):
        yield name, getattr(theme, name)
    for name in ("outline", "thin", "thick"):
        yield name, f"{getattr(theme, name)}px"
    for name, paint in _paints(theme):
        yield f"{name}-fill", paint.fill
        yield f"{name}-line", paint.line


def _paints(theme: Theme) -> Iterator[tuple[str, Paint]]:
    """What has a fill and a line, by its class."""
    yield from ((f"kind-{kind}", paint) for kind, paint in theme.kinds.items())
    yield from ((f"lane-{index}", paint) for index, paint in enumerate(theme.lanes))
    yield from ((f"block-{index}", paint) for index, paint in enumerate(theme.blocks))
    yield "repeated", theme.repeated


@cache
def _faces() -> str:
    """The CSS that embeds the font."""
    faces = []
    for bold in (False, True):
        face = base64.b64encode(fonts.path(bold, "woff2").read_bytes()).decode()
        faces.append(
            f"@font-face{{font-family:'{fonts.FAMILY}';font-weight:{700 if bold else 400};"
            f"src:url(data:font/woff2;base64,{face}) format('woff2')}}"
        )
    return "\n".join(faces)


@cache
def _script() -> str:
    """The page's script: its parts one after another, in a scope of their own and without comments."""
    lines = (line.strip() for name in _SCRIPTS for line in _file(f"script/{name}.js").splitlines())
    code = "\n".join(line for line in lines if line and not line.startswith(("//", "/**", "* ", "*/")))
    return f'(() => {{\n"use strict";\n{code}\n}})();\n'


@cache
def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
