"""Where everything stands: two columns of rows, each row at one height in both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from netcompiler.draw.dot import line_width
from netcompiler.draw.layout import measure
from netcompiler.draw.layout.columns import Piece
from netcompiler.draw.layout.spaces import Spaces
from netcompiler.draw.picture import Line
from netcompiler.draw.styles.diff.entries import Entry, rows
from netcompiler.draw.styles.diff.plan import Plan
from netcompiler.draw.styles.diff.texts import Texts
from netcompiler.draw.styles.diff.ways import Arc, Way, arcs, homes, ways

_SPACES = Spaces(step=15.0, short=9.0, arc=10.0, gutter=30.0, turn=12.0, padding=10.0)

_NARROWEST = 76.0
"""How wide nodes are at least."""

_SIGN = 14.0
"""Beside a node, for its sign."""

INSET = 8.0
"""Between a frame and its title, and between that and the way past it."""

PILE = 6.0
"""How much room the sheets of a pile take."""

_WIDEST_NOTE = 150.0
_NARROWEST_NOTE = 60.0


@dataclass
class Layout:
    """Where everything stands within its section, heights from the section's top on.

    Attributes:
        spaces: the distances.
        width: how wide nodes are.
        inner: from the middle of a column to the notes between the columns.
        note: the room for these.
        title: how far the name of a net reaches to either side.
        around: the blocks around each row and block.
        notes: the lines of the notes of each row.
        ways: all ways of either net.
        tops: the upper edge of each row and block.
        heights: their heights.
        arcs: the ways of either net past other rows.
        outer: for either net, by level of nesting, from the middle of its column to the edge of a block.
        edges: for either net, from the middle of its column to the edge of all.
    """

    spaces: Spaces
    width: float
    inner: float
    note: float
    title: float
    around: dict[Entry, tuple[Entry, ...]]
    notes: dict[Entry, list[Line]]
    ways: tuple[list[Way], ...]
    tops: dict[Entry, float] = field(default_factory=dict)
    heights: dict[Entry, float] = field(default_factory=dict)
    arcs: tuple[list[Arc], ...] = ()
    outer: tuple[list[float], ...] = ()
    edges: tuple[float, ...] = ()

    @property
    def apart(self) -> float:
        """From the middle of one column to that of the other."""
        return 2 * self.inner + self.note

    def middle(self, entry: Entry) -> float:
        """The height at which the middle of a row is."""
        return self.tops[entry] + self.heights[entry] / 2

    def bottom(self, entry: Entry) -> float:
        """The lower edge of a row or block."""
        return self.tops[entry] + self.heights[entry]


def measured(shown: Plan, names: tuple[str, str], texts: Texts, room: float) -> Layout:
    """How large everything is, and how high it stands as long as there is one section.

    Args:
        shown: what is drawn.
        names: what the nets are called.
        texts: what stands in rows.
        room: how wide a section should be at most.
    """
    entries = shown.entries
    width = max(_node_width(entries, texts), _NARROWEST * texts.theme.space)
    pile = PILE if any(node and node.times > 1 for row in rows(entries) for node in row.nodes[:1]) else 0.0
    inner = max([width / 2 + _SIGN * texts.theme.space + pile, *_captions(entries, texts)])
    asked = max((texts.note_width(row) for row in rows(entries)), default=0.0)
    least = min(asked, _NARROWEST_NOTE * texts.theme.space)
    note = max(min(asked, _WIDEST_NOTE * texts.theme.space, room - 4 * inner), least)
    wide = max((_wide(row, texts) for row in rows(entries)), default=0.0)
    title = min(max(line_width(texts.name(name)) for name in names) + 2 * INSET, room / 2)
    found = Layout(
        _SPACES.scaled(texts.theme.space),
        width,
        inner,
        max(note + 2 * INSET, wide - 2 * inner - width, title - 2 * inner),
        title / 2,
        homes(entries),
        {row: texts.notes(row, note) for row in rows(entries)},
        tuple(ways(entries, tree, side) for side, tree in enumerate(shown.trees)),
    )
    _stack(found, entries, 0.0, texts)
    return found


def pieces(found: Layout, entries: Sequence[Entry]) -> list[Piece]:
    """The rows and blocks of the picture as what is cut into sections: where no arc leads past."""
    held: set[int] = set()
    at = {entry: index for index, entry in enumerate(entries)}
    for way in (way for some in found.ways for way in some if not way.direct):
        ends = [at[(*found.around[row], row)[0]] for row in (way.source, way.target)]
        held.update(range(ends[0] + 1, ends[1] + 1))
    result = []
    for index, entry in enumerate(entries):
        gap = found.tops[entry] - found.bottom(entries[index - 1]) if index else 0.0
        result.append(Piece(found.heights[entry], gap, index > 0 and index not in held))
    return result


def placed(found: Layout, sections: Sequence[Sequence[Entry]], texts: Texts) -> None:
    """Say how high everything stands in its section, and how far arcs and blocks reach to the sides."""
    for section in sections:
        _stack(found, section, 0.0, texts)
    y = {row: found.middle(row) for section in sections for row in rows(section)}
    found.arcs = tuple(arcs(some, found.around, y) for some in found.ways)
    blocks = [entry for entry in found.around if entry.is_block]
    sides = [_reach(found, blocks, side, texts) for side in (0, 1)]
    found.outer = tuple(outer for outer, _ in sides)
    found.edges = tuple(max(edge, found.title) for _, edge in sides)


def _node_width(entries: Sequence[Entry], texts: Texts) -> float:
    """Nodes are equally wide, so that rows and both nets can be compared at a glance."""
    return max(
        (
            texts.size(node, row.sign)[0]
            for row in rows(entries)
            for node in row.nodes
            if node is not None and not row.wide and not measure.is_small(node)
        ),
        default=0.0,
    )


def _wide(row: Entry, texts: Texts) -> float:
    """How wide a node across both nets must be."""
    return texts.size(row.nodes[0], row.sign)[0] if row.wide and row.nodes[0] else 0.0


def _captions(entries: Sequence[Entry], texts: Texts) -> Iterator[float]:
    """How far what stands beside signs reaches."""
    for row in rows(entries):
        for node in row.nodes:
            caption = measure.caption(node, texts.theme) if node is not None else ()
            if node is not None and caption:
                yield measure.size(node, texts.theme)[0] / 2 + line_width(caption) + 2 * INSET


def header(entry: Entry, texts: Texts) -> float:
    """The height of a block's heading."""
    first, second, _ = measure.rows(texts.theme)
    two = any(texts.heading(box)[1] for box in entry.boxes)
    return (second if two else first) + texts.theme.small + 2 * texts.theme.space


def _stack(found: Layout, entries: Sequence[Entry], y: float, texts: Texts) -> float:
    """Put rows one below the other, from a height on; gives where they end."""
    previous: Entry | None = None
    for entry in entries:
        if previous is not None:
            y += found.spaces.short if _is_small(entry) or _is_small(previous) else found.spaces.step
            y += PILE * texts.theme.space if _is_pile(previous) else 0.0
        found.tops[entry] = y
        if entry.is_block:
            end = _stack(found, entry.children, y + header(entry, texts), texts) + found.spaces.padding
            end += PILE * texts.theme.space if _is_pile(entry.children[-1]) else 0.0
        else:
            end = y + _height(found, entry, texts)
        found.heights[entry] = end - y
        y = end
        previous = entry
    return y


def _is_pile(entry: Entry) -> bool:
    """True for what has sheets behind it, which show to its right and below it."""
    return entry.times > 1 or any(node is not None and node.times > 1 for node in entry.nodes)


def _is_small(entry: Entry) -> bool:
    """True for signs and points, which arrows may come close to."""
    nodes = [node for node in entry.nodes if node is not None]
    return not entry.is_block and all(measure.is_small(node) for node in nodes)


def _height(found: Layout, row: Entry, texts: Texts) -> float:
    nodes = [texts.size(node, row.sign)[1] for node in row.nodes if node is not None]
    return max(*nodes, len(found.notes[row]) * texts.note_height(), 0.0)


def _reach(found: Layout, blocks: Sequence[Entry], side: int, texts: Texts) -> tuple[list[float], float]:
    """How far blocks reach to the side, by level of nesting; and how far everything does."""
    levels = 1 + max((len(found.around[block]) for block in blocks), default=-1)
    outer = [0.0] * levels
    for level in reversed(range(levels)):
        within = outer[level + 1] if level + 1 < levels else 0.0
        for block in blocks:
            if len(found.around[block]) == level:
                reach = _held(found, block, block.children, side, within) + found.spaces.padding
                outer[level] = max(outer[level], reach, _title(block, side, texts))
    entries = [entry for entry, around in found.around.items() if not around]
    return outer, _held(found, None, entries, side, outer[0] if outer else 0.0)


def _held(found: Layout, home: Entry | None, entries: Sequence[Entry], side: int, blocks: float) -> float:
    """How far the rows in a block, the blocks in it, and the arcs past them reach to the side."""
    reach = max(found.width / 2, blocks if any(entry.is_block for entry in entries) else 0.0)
    reach += PILE if side == 1 and any(_is_pile(entry) for entry in entries) else 0.0
    lanes = max((arc.lane for arc in found.arcs[side] if arc.home is home), default=0)
    return reach + lanes * found.spaces.arc


def arc_x(found: Layout, arc: Arc, side: int) -> float:
    """How far to the side of the middle of its column an arc runs."""
    level = 0 if arc.home is None else 1 + len(found.around[arc.home])
    inside = arc.home.children if arc.home else [e for e, around in found.around.items() if not around]
    blocks = level < len(found.outer[side]) and any(entry.is_block for entry in inside)
    reach = max(found.width / 2, found.outer[side][level] if blocks else 0.0)
    reach += PILE if side == 1 and any(_is_pile(entry) for entry in inside) else 0.0
    return reach + arc.lane * found.spaces.arc


def _title(block: Entry, side: int, texts: Texts) -> float:
    """How far a block must reach for its title to stand beside the way into it."""
    title = max(line_width(line) for line in texts.heading(block.boxes[side]))
    badge = line_width(texts.badge(block)) + INSET if side == 1 and block.times > 1 else 0.0
    shown = title if side == 0 or texts.titles_differ(block) else 0.0
    return shown + badge + 2 * INSET
