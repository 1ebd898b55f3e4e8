r"""A picture as TikZ code: a ``tikzpicture`` for ``\input`` into a LaTeX document.

It needs ``\usepackage{tikz}`` alone. Text is in the document's own sans serif, each piece at exactly its size
in the picture, whatever sizes the font comes in. The usual faces are narrower than that of the other formats;
in one that is wider a text is made narrower, so that it never leaves its node.
"""

from __future__ import annotations

from collections.abc import Iterator

from netcompiler.draw import fonts
from netcompiler.draw.latex import escape
from netcompiler.draw.layout.measure import LEADING
from netcompiler.draw.picture import Arrow, Frame, Line, Node, Picture, Point, Shape, Text

_SHEET = 3.5
"""How far a sheet of a pile shows behind the one before it."""

_BASELINE = 0.36
"""How far below its middle a line of text has its baseline, in its size: capitals and digits are centred."""

_HEAD = 0.36
"""Half the width of an arrow's head, in its length."""

_DASH, _SPACE = 4.2, 2.8

_MORE = 1.2
"""How much wider than in other formats a text may be, in bp: some faces have wider digits."""

_SIZE = 10
"""The size in bp at which text is set before it is scaled."""

_MACROS = rf"""\sffamily\fontsize{{{_SIZE}bp}}{{12bp}}\selectfont
% #1: scale, #2: largest width, #3: colour, #4: text
\def\nettext#1#2#3#4{{\setbox0\hbox{{\scalebox{{#1}}{{\color{{#3}}#4}}}}%
  \ifdim\wd0>#2\resizebox{{#2}}{{\height}}{{\box0}}\else\box0\fi}}%"""


def write(picture: Picture) -> str:
    """The TikZ code of a picture; lengths are in big points (bp), 1/72 inch."""
    return "\n".join(_Writer(picture).lines()) + "\n"


class _Writer:
    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._colors: dict[str, str] = {}

    def lines(self) -> Iterator[str]:
        body = list(self._body())
        yield f"% {escape(self._picture.name)}: \\usepackage{{tikz}} in the preamble, then \\input this file."
        # An end of line would be a space in front of the picture.
        yield "\\begingroup%"
        for color, name in self._colors.items():
            yield f"\\definecolor{{{name}}}{{HTML}}{{{color[1:].upper()}}}%"
        yield _MACROS
        zoom = f"{self._picture.zoom:.4g}"
        yield (
            f"\\begin{{tikzpicture}}[x={zoom}bp, y=-{zoom}bp, line cap=round, line join=round, "
            f"inner sep=0pt, outer sep=0pt, net dashed/.style={{line cap=butt, "
            f"dash pattern=on {self._length(_DASH)} off {self._length(_SPACE)}}}]"
        )
        yield from body
        yield "\\end{tikzpicture}%"
        yield "\\endgroup"

    def _body(self) -> Iterator[str]:
        picture = self._picture
        page = f"(0,0) rectangle {self._at((picture.width, picture.height))}"
        yield f"\\path[use as bounding box] {page};"
        if picture.paper != "#ffffff":
            yield f"\\fill[{self._color(picture.paper)}] {page};"
        for shape in picture.shapes:
            yield self._shape(shape)
        for frame in picture.frames:
            yield from self._frame(frame)
        for node in picture.nodes:
            yield from self._node(node)
        for arrow in picture.arrows:
            yield from self._arrow(arrow)
        for text in picture.texts:
            yield from self._text(text)

    def _shape(self, shape: Shape) -> str:
        options = []
        if shape.fill is not None and shape.closed:
            options.append(f"fill={self._color(shape.fill)}")
        if shape.line is not None:
            options += [f"draw={self._color(shape.line)}", self._width(shape.width)]
        if shape.dashed:
            options.append("net dashed")
        path = " -- ".join(map(self._at, shape.points)) + (" -- cycle" if shape.closed else "")
        return f"\\path[{', '.join(options)}] {path};"

    def _frame(self, frame: Frame) -> Iterator[str]:
        options = f"fill={self._color(frame.fill)}, draw={self._color(frame.line)}, {self._outline()}"
        for sheet in range(frame.sheets, -1, -1):
            d = _SHEET * sheet
            corners = self._at((frame.left + d, frame.top + d)), self._at((frame.right + d, frame.bottom + d))
            yield f"\\path[{options}, rounded corners={self._length(5)}] {corners[0]} rectangle {corners[1]};"

    def _node(self, node: Node) -> Iterator[str]:
        options = f"fill={self._color(node.fill)}, draw={self._color(node.line)}, {self._outline()}"
        if node.dashed:
            options += ", net dashed"
        w, h = node.width / 2, node.height / 2
        for sheet in range(node.sheets, -1, -1):
            x, y = node.x + _SHEET * sheet, node.y + _SHEET * sheet
            if node.shape == "box":
                round_ = f"rounded corners={self._length(min(4, h / 2))}"
                corners = f"{self._at((x - w, y - h))} rectangle {self._at((x + w, y + h))}"
                yield f"\\path[{options}, {round_}] {corners};"
            else:
                yield f"\\path[{options}] {self._at((x, y))} circle[radius={self._length(w)}];"
        heights = [LEADING * max((span.size for span in line), default=0.0) for line in node.lines]
        top = node.y - sum(heights) / 2
        for line, height in zip(node.lines, heights, strict=True):
            yield from self._label(line, (node.x, top + height / 2), "base")
            top += height

    def _arrow(self, arrow: Arrow) -> Iterator[str]:
        color = self._color(arrow.color)
        options = [f"draw={color}", self._width(arrow.width), *(["net dashed"] if arrow.dashed else [])]
        points = [self._at(point) for point in arrow.curve]
        path = points[0]
        for i in range(1, len(points), 3):
            path += f" .. controls {points[i]} and {points[i + 1]} .. {points[i + 2]}"
        yield f"\\path[{', '.join(options)}] {path};"
        if arrow.tip is not None:
            (x, y), (end_x, end_y) = arrow.curve[-1], arrow.tip
            dx, dy = (end_y - y) * _HEAD, (x - end_x) * _HEAD
            corners = (x + dx, y + dy), arrow.tip, (x - dx, y - dy)
            yield f"\\fill[{color}] {' -- '.join(map(self._at, corners))} -- cycle;"

    def _text(self, text: Text) -> Iterator[str]:
        anchor = {"start": "base west", "middle": "base", "end": "base east"}[text.anchor]
        yield from self._label(text.line, (text.x, text.y), anchor)

    def _label(self, line: Line, at: Point, anchor: str) -> Iterator[str]:
        spans = [span for span in line if span.text]
        if not spans:
            return
        pieces = []
        for span in spans:
            size = span.size * self._picture.zoom
            width = fonts.width(span.text, size, span.bold)
            text = escape(span.text)
            # A space at either end of a box would be dropped.
            text = text.replace(" ", "~") if text != text.strip() or "  " in text else text
            text = f"\\bfseries\\boldmath {text}" if span.bold else text
            color = self._color(span.color)
            pieces.append(f"\\nettext{{{size / _SIZE:.4g}}}{{{width + _MORE:.2f}bp}}{{{color}}}{{{text}}}")
        below = at[0], at[1] + _BASELINE * max(span.size for span in spans)
        yield f"\\node[anchor={anchor}] at {self._at(below)} {{{''.join(pieces)}}};"

    def _color(self, color: str) -> str:
        return self._colors.setdefault(color, f"net{color[1:].upper()}")

    def _outline(self) -> str:
        return self._width(self._picture.outline)

    def _width(self, width: float) -> str:
        return f"line width={self._length(width)}"

    def _length(self, length: float) -> str:
        return f"{length * self._picture.zoom:.3g}bp"

    def _at(self, point: Point) -> str:
        return f"({point[0]:.2f},{point[1]:.2f})"
