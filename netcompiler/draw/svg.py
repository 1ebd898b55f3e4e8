"""What is done to Graphviz's SVG: the font goes into it, so that a browser shows it like all other formats."""

from __future__ import annotations

import base64
import re
from functools import cache

from netcompiler.draw import fonts


def finish(svg: bytes, scale: float) -> bytes:
    """An SVG that needs nothing but itself, of a picture that was written ``scale`` times as large."""
    text = svg.decode()
    # Graphviz's version and a reference to a DTD: neither belongs to the picture.
    text = re.sub(r"<!DOCTYPE[^>]*>\s*|<!--.*?-->\s*", "", text, flags=re.DOTALL)
    stack = ",".join([f"'{fonts.FAMILY}'", *(f"'{f}'" if " " in f else f for f in fonts.FALLBACKS)])
    text = text.replace(f' font-family="{fonts.FAMILY}"', "")
    text = text.replace('stroke-dasharray="5,2"', f'stroke-dasharray="{4.5 * scale:g},{3 * scale:g}"')
    text = text.replace(' xml:space="preserve"', "")
    style = f"<style>{_faces()}text{{font-family:{stack};white-space:pre}}</style>"
    head = text.index(">", text.index("<svg")) + 1
    return (text[:head] + "\n" + style + text[head:]).encode()


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
