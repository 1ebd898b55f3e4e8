r"""A picture as TikZ code: a ``tikzpicture`` for ``\input`` into a LaTeX document.

It needs ``\usepackage{tikz}`` alone. Text is in the document's own font, at the sizes of the picture.
"""

from __future__ import annotations

from collections.abc import Iterator

from netcompiler.draw.picture import Arrow, Frame, Line, Node, Picture, Point, Shape, Text

_SHEET = 3.5
"""How far a sheet of a pile shows behind the one before it."""

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "−": r"$-$",
    "→": r"$\to$",
    "σ": r"$\sigma$",
    "…": r"\dots{}",
    "–": "--",
}


def write(picture: Picture) -> str:
    """The TikZ code of a picture; lengths are in big points (bp), 1/72 inch."""
    return "\n".join(_Writer(picture).lines()) + "\n"


def escape(text: str) -> str:
    """Text that LaTeX sets as it is."""
    return "".join(_SPECIAL.get(c, c) for c in text if c.isprintable())


class _Writer:
    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._colors: dict[str, str] = {}

    def lines(self) -> Iterator[str]:
        body = list(self._body())
        yield f"% {escape(self._picture.name)}: \\usepackage{{tikz}} in the preamble, then \\input this file."
        yield "\\begingroup"
        for color, name in self._colors.items():
            yield f"\\definecolor{{{name}}}{{HTML}}{{{color[1:].upper()}}}"
        zoom = f"{self._picture.zoom:.4g}"
        yield (
            f"\\begin{{tikzpicture}}[x={zoom}bp, y=-{zoom}bp, line cap=round, line join=round, "
            "inner sep=0pt, outer sep=0pt, net arrow/.style={-latex}]"
        )
        yield from body
        yield "\\end{tikzpicture}"
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
            yield self._arrow(arrow)
        for text in picture.texts:
            yield self._text(text)

    def _shape(self, shape: Shape) -> str:
        options = []
        if shape.fill is not None and shape.closed:
            options.append(f"fill={self._color(shape.fill)}")
        if shape.line is not None:
            options += [f"draw={self._color(shape.line)}", self._width(shape.width)]
        if shape.dashed:
            options.append("dashed")
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
            options += ", dashed"
        w, h = node.width / 2, node.height / 2
        for sheet in range(node.sheets, -1, -1):
            x, y = node.x + _SHEET * sheet, node.y + _SHEET * sheet
            if node.shape == "box":
                round_ = f"rounded corners={self._length(min(4, h / 2))}"
                corners = f"{self._at((x - w, y - h))} rectangle {self._at((x + w, y + h))}"
                yield f"\\path[{options}, {round_}] {corners};"
            else:
                yield f"\\path[{options}] {self._at((x, y))} circle[radius={self._length(w)}];"
        heights = [_height(line) for line in node.lines]
        top = node.y - sum(heights) / 2
        for line, height in zip(node.lines, heights, strict=True):
            yield self._label(line, (node.x, top + height / 2), "center")
            top += height

    def _arrow(self, arrow: Arrow) -> str:
        options = [f"draw={self._color(arrow.color)}", self._width(arrow.width)]
        options += ["dashed"] if arrow.dashed else []
        points = [self._at(point) for point in arrow.curve]
        path = points[0]
        for i in range(1, len(points), 3):
            path += f" .. controls {points[i]} and {points[i + 1]} .. {points[i + 2]}"
        if arrow.tip is not None:
            options.append("net arrow")
            path += f" -- {self._at(arrow.tip)}"
        return f"\\path[{', '.join(options)}] {path};"

    def _text(self, text: Text) -> str:
        anchor = {"start": "west", "middle": "center", "end": "east"}[text.anchor]
        return self._label(text.line, (text.x, text.y), anchor)

    def _label(self, line: Line, at: Point, anchor: str) -> str:
        spans = []
        for span in line:
            size = span.size * self._picture.zoom
            bold = "\\bfseries " if span.bold else ""
            font = f"\\fontsize{{{size:.2f}bp}}{{{1.2 * size:.2f}bp}}\\selectfont {bold}"
            spans.append(f"{{{font}\\textcolor{{{self._color(span.color)}}}{{{escape(span.text)}}}}}")
        return f"\\node[anchor={anchor}] at {self._at(at)} {{\\strut{''.join(spans)}}};"

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


def _height(line: Line) -> float:
    return 1.25 * max((span.size for span in line), default=0.0)
