"""Placement groups as lanes: what each computes between crossings, what crosses, and totals for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netcompiler.cost import transfers
from netcompiler.draw import words
from netcompiler.draw.dot import line_width
from netcompiler.draw.errors import DrawError
from netcompiler.draw.layout import measure
from netcompiler.draw.legend import Entry
from netcompiler.draw.options import Options
from netcompiler.draw.page import SMALLEST, dress, facts, fit, margin_of
from netcompiler.draw.picture import Picture, Text
from netcompiler.draw.styles import Style
from netcompiler.draw.styles.traffic.chain import Chain, is_chain
from netcompiler.draw.styles.traffic.paint import Painter
from netcompiler.draw.styles.traffic.places import Direction, Places
from netcompiler.draw.styles.traffic.stretches import Traffic, traffic
from netcompiler.draw.styles.traffic.table import note, table
from netcompiler.draw.styles.traffic.texts import name, node_size, size_line, texts
from netcompiler.graph import Graph

_ABOVE = 18.0
"""Between the lanes and the table, for text of 9.5 points."""

_MOST = 1_000
"""Stretches, at most: a picture of more helps nobody."""

_AROUND = 90.0
"""About the height of title, note and legend."""


def draw(graphs: Sequence[Graph], options: Options) -> Picture:
    """The picture of a net's placement groups."""
    (graph,) = graphs
    theme = options.theme
    found = traffic(graph)
    if len(found.stretches) > _MOST:
        raise DrawError(
            f"the layers of this net's groups make {len(found.stretches):,} stretches between crossings, and "
            f"{_MOST:,} is the most that can be shown"
        )
    room = options.room * theme.small / SMALLEST - 2 * margin_of(options)
    sums = table(graph, theme, room)
    lanes = max(_ways(found, options), key=lambda way: (way.width <= room, _fit(way, sums.height, options)))
    body = Picture(graph.name, max(lanes.width, sums.width), 0.0, theme.paper)
    body.put(lanes, (body.width - lanes.width) / 2, 0.0)
    left, y = (body.width - sums.width) / 2, lanes.height + _ABOVE * theme.space
    body.put(sums, left, y)
    y += sums.height + theme.size
    for line in note(sums.width, theme):
        body.texts.append(Text(line, left, y))
        y += 1.4 * theme.small
    body.height = y - theme.small
    crossing = sum(transfer.bytes for transfer in transfers(graph))
    entry = Entry("between groups: bytes a sample", color=theme.crossing, dashed=True)
    about = f"{facts(graph)} · {words.size(crossing)} between groups"
    return dress(body, [entry] if crossing else [], options, title=graph.name, facts=about)


def _ways(found: Traffic, options: Options) -> Iterator[Picture]:
    """The lanes of a net in every way that they can stand."""
    theme = options.theme
    lines = texts(found, theme, costs=options.costs)
    if is_chain(found):
        yield from Chain(found, lines, theme).ways()
        return
    sizes = {stretch: node_size(inside, theme) for stretch, inside in lines.items()}
    sent = [found.sent(stretch, far=far) for stretch in found.stretches for far in (True, False)]
    label = max(line_width(size_line(one, theme)) for one in sent), theme.small * measure.LEADING
    for rightwards in (True, False):
        places = Places(found, sizes, label, theme, Direction(rightwards))
        if not rightwards:
            # Values come in beside a lane's name.
            clear = 16 * theme.space
            names = {group: line_width(name(group, theme, beside=True)) for group in found.groups}
            places.widen({group: 2 * (width + clear) for group, width in names.items()})
        yield Painter(found, lines, places, theme).paint()


def _fit(lanes: Picture, below: float, options: Options) -> float:
    """How large the picture can be: on the width asked for, or on a page of the usual size."""
    margins = 2 * margin_of(options)
    width, height = lanes.width + margins, lanes.height + below + margins + _AROUND * options.theme.space
    if options.width is None:
        return fit(width, height)
    return min(1.0, options.room / width, options.tall / height)


def _refuses(graph: Graph) -> str | None:
    return None if graph.groups else "it has no placement groups, so that nothing crosses between any"


STYLE = Style(
    "placement groups as lanes, with what crosses between them and totals for each",
    draw,
    refuses=_refuses,
    knows=frozenset({"costs"}),
)
