"""A picture as DOT text, every place given: Graphviz only draws (``neato -n2``, its engine ``nop2``).

The text is still a graph: nodes, edges and clusters. Any other engine may lay it out anew.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from netcompiler.draw import fonts
from netcompiler.draw.dashes import dashes, dashes_of_polygon
from netcompiler.draw.picture import Arrow, Frame, Line, Node, Picture, Point, Shape, Text

_SHEET = 3.5
"""How far a sheet of a pile shows behind the one before it."""

_LONGEST_STRING = 12_000
"""Characters of a quoted string: Graphviz reads none of more than 16,384, but any number of them added up."""

_HEAD = 0.55
"""The size of most arrows' heads, of those that are `_HEAD_LENGTH` long."""

_HEAD_LENGTH = 10.0

_TABLE = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'

_SHAPES = {
    "box": 'shape=box, style="filled,rounded{dash}"',
    "circle": 'shape=circle, style="filled{dash}"',
    "point": 'shape=point, style="filled"',
}


def write(picture: Picture, scale: float = 1.0, *, cut_dashes: bool = False) -> str:
    """The DOT text of a picture.

    A renderer that rounds the widths of letters to whole units of its own spaces small text unevenly. Given a
    scale, everything is written so many times as large, with the order to shrink it again when it is drawn.
    The length of Graphviz's dashes does not grow with it: ``cut_dashes`` writes every dash as a curve.
    """
    return "\n".join(_Writer(picture, scale, cut_dashes).lines()) + "\n"


def quote(text: str) -> str:
    """A DOT string that shows as this text.

    Graphviz reads a backslash and a letter as a node's name and the like, and ``&#65;`` as a character.
    """
    clean = "".join(c for c in text if c.isprintable())
    return '"' + clean.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') + '"'


class _Writer:
    def __init__(self, picture: Picture, scale: float, cut_dashes: bool) -> None:
        self._picture = picture
        self._scale = scale
        self._cut_dashes = cut_dashes
        self._ids = {node.key: f"n{index}" for index, node in enumerate(picture.nodes)}

    def lines(self) -> Iterator[str]:
        picture = self._picture
        yield "// Every place is given: render with neato -n2."
        yield f"digraph {quote(picture.name)} {{"
        font = f'fontname="{fonts.FAMILY}"'
        yield (
            f'  graph [{self._box(0, 0, picture.width, picture.height)}, bgcolor="{picture.paper}", {font}, '
            f'pad="0", margin="0", outputorder="nodesfirst"{self._shrink()}{self._background()}];'
        )
        yield f'  node [{font}, fixedsize=true, margin="0", penwidth="{self._n(picture.outline)}", label=""];'
        yield f'  edge [{font}, arrowsize="{self._n(_HEAD)}"];'
        # An invisible page: what is drawn would be cropped to its nodes and clusters, not to its texts.
        page = self._place(picture.width / 2, picture.height / 2, picture.width, picture.height)
        yield f"  page [{page}, shape=box, style=invis];"
        children: dict[int | None, list[int]] = {}
        for index, frame in enumerate(picture.frames):
            children.setdefault(frame.parent, []).append(index)
        nodes: dict[int | None, list[Node]] = {}
        for node in picture.nodes:
            nodes.setdefault(node.frame, []).append(node)
        yield from self._level(None, children, nodes, "  ")
        for arrow in picture.arrows:
            yield self._arrow(arrow)
        for index, text in enumerate(picture.texts):
            yield self._text(index, text)
        yield "}"

    def _shrink(self) -> str:
        if self._scale == 1:
            return ""
        inches = self._picture.zoom / 72
        return f', size="{self._picture.width * inches:.4f},{self._picture.height * inches:.4f}"'

    def _background(self) -> str:
        """Shapes as drawing operations of the xdot format, which Graphviz puts behind the graph."""
        if not self._picture.shapes:
            return ""
        strings = [""]
        for operation in (part for shape in self._picture.shapes for part in self._shape(shape)):
            if len(strings[-1]) + len(operation) > _LONGEST_STRING:
                strings.append("")
            strings[-1] += f"{operation} "
        return ", _background=" + " + ".join(f'"{string}"' for string in strings)

    def _shape(self, shape: Shape) -> Iterator[str]:
        own_dashes = shape.dashed and self._cut_dashes
        yield _xdot("S", f"setlinewidth({self._n(shape.width if shape.line else 0.0)})")
        yield _xdot("S", "dashed" if shape.dashed and not own_dashes else "solid")
        yield _xdot("c", shape.line or shape.fill or self._picture.paper)
        if shape.fill is not None:
            yield _xdot("C", shape.fill)
            yield self._corners("P", shape.points)
        if shape.line is not None and own_dashes:
            for dash in dashes_of_polygon(shape.points, closed=shape.closed):
                yield self._corners("L", dash)
        elif shape.line is not None:
            yield self._corners("p" if shape.closed else "L", shape.points)

    def _corners(self, operation: str, points: Sequence[Point]) -> str:
        places = " ".join(f"{self._n(x)} {self._y(y)}" for x, y in points)
        return f"{operation} {len(points)} {places}"

    def _level(
        self,
        frame: int | None,
        children: dict[int | None, list[int]],
        nodes: dict[int | None, list[Node]],
        indent: str,
    ) -> Iterator[str]:
        for node in nodes.get(frame, ()):
            yield from self._node(node, indent)
        for child in children.get(frame, ()):
            yield from self._sheets(child, indent)
            yield f"{indent}subgraph cluster_{child} {{"
            yield f"{indent}  {self._frame(self._picture.frames[child])}"
            yield from self._level(child, children, nodes, indent + "  ")
            yield f"{indent}}}"

    def _sheets(self, index: int, indent: str) -> Iterator[str]:
        """The edges of the sheets behind a frame: clusters with nothing in them."""
        frame = self._picture.frames[index]
        outline = f'penwidth="{self._n(self._picture.outline)}"'
        for sheet in range(frame.sheets, 0, -1):
            d = _SHEET * sheet
            box = self._box(frame.left + d, frame.top + d, frame.right + d, frame.bottom + d)
            yield (
                f'{indent}subgraph cluster_{index}_{sheet} {{ graph [{box}, style="filled,rounded", '
                f'fillcolor="{frame.fill}", color="{frame.line}", {outline}, label=""]; }}'
            )

    def _frame(self, frame: Frame) -> str:
        box = self._box(frame.left, frame.top, frame.right, frame.bottom)
        return (
            f'graph [{box}, style="filled,rounded", fillcolor="{frame.fill}", color="{frame.line}", '
            f'penwidth="{self._n(self._picture.outline)}", label=""{_tooltip(frame.label)}];'
        )

    def _box(self, left: float, top: float, right: float, bottom: float) -> str:
        return f'bb="{self._n(left)},{self._y(bottom)},{self._n(right)},{self._y(top)}"'

    def _node(self, node: Node, indent: str) -> Iterator[str]:
        id = self._ids[node.key]
        look = _SHAPES[node.shape].format(dash=",dashed" if node.dashed else "")
        paint = f'{look}, fillcolor="{node.fill}", color="{node.line}"'
        for sheet in range(node.sheets, 0, -1):
            d = _SHEET * sheet
            place = self._place(node.x + d, node.y + d, node.width, node.height)
            yield f"{indent}{id}s{sheet} [{place}, {paint}];"
        place = self._place(node.x, node.y, node.width, node.height)
        label = f", label=<{self._html(node.lines)}>" if node.lines else ""
        yield f"{indent}{id} [{place}, {paint}{_tooltip(node.tooltip)}{label}];"

    def _place(self, x: float, y: float, width: float, height: float) -> str:
        return (
            f'pos="{self._n(x)},{self._y(y)}", width="{self._n(width / 72)}", height="{self._n(height / 72)}"'
        )

    def _arrow(self, arrow: Arrow) -> str:
        own_dashes = arrow.dashed and self._cut_dashes
        parts = dashes(arrow.curve) if own_dashes else [arrow.curve]
        splines = [" ".join(self._point(point) for point in part) for part in parts]
        if arrow.tip is not None:
            splines[-1] = f"e,{self._point(arrow.tip)} {splines[-1]}"
        attributes = [
            f'pos="{";".join(splines)}"',
            f'color="{arrow.color}"',
            f'penwidth="{self._n(arrow.width)}"',
        ]
        if arrow.tooltip:
            attributes.append(f"tooltip={quote(arrow.tooltip)}")
        if arrow.dashed and not own_dashes:
            attributes.append('style="dashed"')
        if arrow.tip is None:
            attributes.append('arrowhead="none"')
        elif (head := self._n(math.dist(arrow.tip, arrow.curve[-1]) / _HEAD_LENGTH)) != self._n(_HEAD):
            attributes.append(f'arrowsize="{head}"')
        return f"  {self._ids[arrow.source]} -> {self._ids[arrow.target]} [{', '.join(attributes)}];"

    def _text(self, index: int, text: Text) -> str:
        width = line_width(text.line)
        height = 1.25 * max(span.size for span in text.line)
        shift = {"start": width / 2, "middle": 0.0, "end": -width / 2}[text.anchor]
        place = self._place(text.x + shift, text.y, width + 2, height)
        label = self._html((text.line,))
        if text.anchor != "middle":
            # Letters drawn closer together than their widths add up to keep the text at its end all the same.
            side = "LEFT" if text.anchor == "start" else "RIGHT"
            cell = f'<TD ALIGN="{side}" WIDTH="{round(width * self._scale)}">{label}</TD>'
            label = f"{_TABLE}<TR>{cell}</TR></TABLE>"
        return f'  t{index} [{place}, shape=plain, style="", class="{text.anchor}", label=<{label}>];'

    def _point(self, point: Point) -> str:
        return f"{self._n(point[0])},{self._y(point[1])}"

    def _y(self, y: float) -> str:
        # Graphviz counts upwards from the bottom.
        return self._n(self._picture.height - y)

    def _html(self, lines: tuple[Line, ...]) -> str:
        """Lines as an HTML-like label."""
        texts = [
            "".join(self._span(span.text, span.size, span.color, span.bold) for span in line)
            for line in lines
        ]
        if len(texts) == 1:
            return texts[0]
        rows = "".join(f"<TR><TD>{text}</TD></TR>" for text in texts)
        return f"{_TABLE}{rows}</TABLE>"

    def _span(self, text: str, size: float, color: str, bold: bool) -> str:
        clean = escape("".join(c for c in text if c.isprintable()))
        # A leading or trailing space would be dropped.
        clean = clean.replace(" ", "&#160;") if clean != clean.strip() or "  " in clean else clean
        inner = f"<B>{clean}</B>" if bold else clean
        return f'<FONT POINT-SIZE="{self._n(size)}" COLOR="{color}">{inner}</FONT>'

    def _n(self, number: float) -> str:
        text = f"{number * self._scale:.3f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text


def _xdot(operation: str, text: str) -> str:
    return f"{operation} {len(text.encode())} -{text}"


def _tooltip(text: str) -> str:
    return f", tooltip={quote(text)}" if text else ""


def line_width(line: Line) -> float:
    """How wide a line of text is."""
    return sum(fonts.width(span.text, span.size, span.bold) for span in line)
