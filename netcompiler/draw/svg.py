"""The last touch to an SVG: the font goes into it, so that a browser shows what other formats show.

An SVG may become part of a page, with others beside it: of a notebook, say. It has no style rule but its
fonts, no id and no class, so that none restyles another; what all its text shares is said at its root.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from functools import cache, partial
from html import unescape

from netcompiler.draw import fonts

_TEXT = re.compile(
    r'<text text-anchor="start" x="(?P<x>[-\d.]+)"(?P<rest>[^>]*? font-size="(?P<size>[\d.]+)"[^>]*)>'
    r"(?P<content>[^<]*)</text>"
)

_NUMBERED = re.compile(r'(<g id="(?:clust|node|edge)[^>]*>\n)<title>.*</title>\n')
"""Names that mean nothing to a reader, with what stands before them: a browser would show them on hover."""

_MARKED = re.compile(r'<g id="[^"]*"(?: class="[^"]*")?')


def finish(svg: bytes, scale: float) -> bytes:
    """An SVG that needs nothing but itself, of a picture that was written ``scale`` times as large."""
    text = svg.decode()
    # Graphviz's version and a reference to a DTD: neither belongs to the picture.
    text = re.sub(r"<!DOCTYPE[^>]*>\s*|<!--.*?-->\s*", "", text, flags=re.DOTALL)
    stack = ",".join([f"'{fonts.FAMILY}'", *(f"'{f}'" if " " in f else f for f in fonts.FALLBACKS)])
    text = text.replace(f' font-family="{fonts.FAMILY}"', "")
    text = text.replace('stroke-dasharray="5,2"', f'stroke-dasharray="{4.5 * scale:g},{3 * scale:g}"')
    text = text.replace(' xml:space="preserve"', "")  # blanks that count are no-break spaces
    text = "\n".join(_anchored(text.split("\n")))
    text = _MARKED.sub("<g", _NUMBERED.sub(r"\1", text))
    root = text.index("<svg") + len("<svg")
    head = text.index(">", root) + 1
    font = f' font-family="{stack}"'
    return f"{text[:root]}{font}{text[root:head]}\n<style>{_faces()}</style>{text[head:]}".encode()


def _anchored(lines: Iterable[str]) -> Iterator[str]:
    """Hold each text by its middle, or by the end it stands at, and not all by their left ends.

    It makes no difference in the font embedded. In a program that takes another font, text that is wider or
    narrower then stays in the middle of its node.
    """
    anchor = "middle"
    for line in lines:
        if line.startswith('<g id="node'):
            anchor = next((side for side in ("start", "end") if f' {side}">' in line), "middle")
        yield _TEXT.sub(partial(_hold, anchor), line)


def _hold(anchor: str, found: re.Match[str]) -> str:
    x, rest, size, content = found["x"], found["rest"], float(found["size"]), unescape(found["content"])
    width = fonts.width(content, size, 'font-weight="bold"' in rest)
    shift = {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    return f'<text text-anchor="{anchor}" x="{float(x) + shift:.2f}"{rest}>{found["content"]}</text>'


@cache
def _faces() -> str:
    """The CSS that embeds the font."""
    faces = []
    for bold in (False, True):
        data = base64.b64encode(fonts.path(bold, "woff2").read_bytes()).decode()
        faces.append(
            f"@font-face{{font-family:'{fonts.FAMILY}';font-weight:{700 if bold else 400};"
            f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
        )
    return "".join(faces)
