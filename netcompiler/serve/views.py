"""What a browser gets: the page, and what it needs to show a net anew."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from functools import cache
from html import escape
from importlib.resources import files
from typing import Protocol
from urllib.parse import urlencode

from netcompiler.diagnostics import SpecError
from netcompiler.draw.colors import luminance
from netcompiler.draw.drawing import Drawing
from netcompiler.draw.errors import DrawError
from netcompiler.draw.html import data, page
from netcompiler.draw.options import Options
from netcompiler.draw.theme import Theme
from netcompiler.serve.reading import Reading

MISTAKES = (SpecError, DrawError, MemoryError, RecursionError)
"""What may be wrong with a net, or be too much for this machine."""


def told(error: BaseException) -> str:
    """An error as the terminal shows it."""
    if isinstance(error, SpecError):
        return str(error)
    if isinstance(error, DrawError):
        return f"netc: {error}"
    return f"netc: the net is too large for this machine ({type(error).__name__})"


class View(Protocol):
    """A way to show nets in a browser."""

    def page(self, reading: Reading, net: str) -> bytes:
        """The whole page."""
        ...

    def data(self, reading: Reading, net: str) -> object:
        """What the page needs to show a net anew. Raises one of `MISTAKES`."""
        ...


def record(view: View, reading: Reading, net: str) -> bytes:
    """All that a page which is open needs to show a net anew, as JSON."""
    name = reading.chosen(net)
    found: dict[str, object] = {"version": reading.version, "nets": reading.nets, "net": name, "error": ""}
    try:
        found["data"] = view.data(reading, name)
    except MISTAKES as error:
        found["error"] = told(error)
    return json.dumps(found, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Interactive:
    """The page on which blocks are folded and unfolded."""

    options: Options

    def page(self, reading: Reading, net: str) -> bytes:
        name = reading.chosen(net)
        live = _live(reading, name, reading.version)
        try:
            return page(reading.graph(name), self.options, live=live)
        except MISTAKES as error:
            # Blocks that are to be open or folded can be told only where there is a net.
            options = replace(self.options, expand=(), fold=(), width=None)
            return page(None, options, live=live, error=told(error))

    def data(self, reading: Reading, net: str) -> object:
        return data(reading.graph(net))


@dataclass(frozen=True)
class Still:
    """A page with the picture of any style."""

    style: str
    options: Options
    _drawn: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def page(self, reading: Reading, net: str) -> bytes:
        name = reading.chosen(net)
        style, script = _style(self.options.theme), f"{_file('still.js')}\n{_live(reading, name, '')}"
        rules = {
            "default-src": "'none'",
            "img-src": "'self' data:",
            "style-src": _hash(style),
            "script-src": _hash(script),
            "connect-src": "'self'",
            "base-uri": "'none'",
            "form-action": "'none'",
        }
        parts = {
            "policy": "; ".join(f"{rule} {value}" for rule, value in rules.items()),
            "title": escape(name or "netcompiler"),
            "style": style,
            "script": script,
        }
        return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _file("still.html")).encode()

    def data(self, reading: Reading, net: str) -> object:
        # Drawn before it is asked for: what is wrong with it is told in its place.
        self.picture(reading, net)
        return {"net": net, "picture": "/picture.svg?" + urlencode({"net": net, "version": reading.version})}

    def picture(self, reading: Reading, net: str) -> bytes:
        """The picture, as SVG. Raises one of `MISTAKES`."""
        key = (reading.version, net)
        svg = self._drawn.get(key)
        if svg is None:
            svg = Drawing((reading.graph(net),), self.style, self.options).render("svg")
            self._drawn.clear()
            self._drawn[key] = svg
        return svg


def _live(reading: Reading, net: str, version: str) -> str:
    """The script that keeps a page fresh which shows this version of a net; "" for none as yet."""
    start = {"version": version, "net": net, "nets": reading.nets}
    # Nothing in it can end the script.
    text = json.dumps(start).replace("<", "\\u003c")
    return f"const start = {text};\n{_file('live.js')}"


def _style(theme: Theme) -> str:
    """The colours of a theme as CSS variables, and the rules that use them."""
    colors = {"paper": theme.paper, "ink": theme.ink, "wrong": theme.crossing}
    variables = "".join(f"--{name}:{color};" for name, color in colors.items())
    # The browser's own parts, the menu among them.
    scheme = "dark" if luminance(theme.paper) < luminance(theme.ink) else "light"
    return f":root{{{variables}color-scheme:{scheme}}}\n{_file('still.css')}"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
