"""A comparison as lines: one for each difference, in the order of the nets, and what repeats itself once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from netcompiler.comparison import facts
from netcompiler.comparison.comparison import Comparison
from netcompiler.comparison.outline import Row, outline
from netcompiler.comparison.parts import Part, layers, tree
from netcompiler.comparison.repeats import Run, runs

_FEW = 4
"""Layers of a scope without a name that are named one by one."""


@dataclass(frozen=True, slots=True)
class Line:
    """A difference, or a heading above several.

    Attributes:
        depth: how far it is set in.
        sign: ``+``, ``-``, ``~``, ``→`` for other names alone; "" for a heading.
        subject: the layers that it is about.
        facts: what it says about them.
    """

    depth: int
    sign: str
    subject: str
    facts: tuple[str, ...] = ()


def differences(comparison: Comparison) -> list[Line]:
    """Every difference, grouped by scope."""
    root = outline(comparison, tree(comparison.before), tree(comparison.after))
    lines = list(_Writer().scope(root, 0))
    return lines + [Line(0, *facts.of_output(change)) for change in comparison.outputs]


@dataclass(frozen=True, slots=True)
class _Block:
    """What is written about one row, or about several in a row at once.

    Attributes:
        rows: the rows.
        lines: what is written; nothing about what is the same.
        key: equal for blocks in which the same is written, names left out.
    """

    rows: Sequence[Row]
    lines: Sequence[Line]
    key: Hashable


class _Writer:
    """Writes rows as lines. A row's kind says what is written about it, and which rows share a line:

    - ``=``: nothing has changed, or it is written about elsewhere;
    - ``+`` and ``-``: only one of the nets has it;
    - ``→``: only its name has changed;
    - ``sizes``: only sizes and costs have changed;
    - ``~``: a layer that has changed;
    - ``open``: a scope with any of these in it.
    """

    def __init__(self) -> None:
        self._kinds: dict[Row, str] = {}

    def scope(self, row: Row, depth: int) -> Iterator[Line]:
        """The lines about what stands in a scope."""
        blocks = [
            block
            for kind, group in groupby(self._stretches(row), key=lambda pair: pair[0])
            for block in self._blocks(kind, [child for _, child in group], depth)
        ]
        for run in runs([block.key for block in blocks]):
            yield from _once(blocks[run.start : run.end], run, depth)

    def _stretches(self, scope: Row) -> Iterator[tuple[str, Row]]:
        """The rows of a scope with their kinds. What is the same does not part rows of other sizes."""
        same: list[tuple[str, Row]] = []
        last = ""
        for row in scope.children:
            kind = self._kind(row, scope)
            if kind == "=":
                same.append((kind, row))
                continue
            if not last == kind == "sizes":
                yield from same
            same.clear()
            yield kind, row
            last = kind
        yield from same

    def _kind(self, row: Row, scope: Row) -> str:
        if row not in self._kinds:
            self._kinds[row] = self._find_kind(row, scope)
        return self._kinds[row]

    def _find_kind(self, row: Row, scope: Row) -> str:
        if row.after is None:
            return "=" if row.elsewhere else "-"
        if row.before is None:
            return "+"
        renamed = _is_renamed(row, scope)
        inside = {self._kind(child, row) for child in row.children}
        if row.same and inside <= {"="}:
            return "→" if renamed else "="
        if row.resized and not (renamed and row.part.named) and inside <= {"=", "sizes"}:
            return "sizes"
        return "open" if row.part.is_scope and row.children else "~"

    def _blocks(self, kind: str, rows: Sequence[Row], depth: int) -> Iterator[_Block]:
        """Rows of one kind, which stand side by side."""
        if kind == "=":
            yield from (_Block([row], [], kind) for row in rows)
        elif kind in {"+", "-"}:
            yield from _one_sided(rows, kind, depth)
        elif kind == "→":
            for _, group in groupby(rows, _stays_with):
                some = list(group)
                named = tuple(row for row in some if row.part.named)
                yield _Block(some, [_moved(some, depth)], (kind, len(some), named))
        elif kind == "sizes":
            lines = [_resized(rows, depth)]
            yield _Block(rows, lines, _key(lines, rows[0]))
        elif kind == "~":
            for row in rows:
                lines = list(_changed(row, depth))
                yield _Block([row], lines, _key(lines, row))
        else:
            for row in rows:
                heading = Line(depth, "", _range([row]), _called(row))
                lines = [heading, *self.scope(row, depth + 1)]
                yield _Block([row], lines, _key(lines, row))


def _once(blocks: Sequence[_Block], run: Run, depth: int) -> Iterator[Line]:
    """The lines of blocks that may repeat themselves."""
    part = [line for block in blocks[: run.length] for line in block.lines]
    rows = [row for block in blocks for row in block.rows]
    if run.times > 1 and run.length == 1 and part:
        each = " (each)" if part[0].sign else ", each"
        yield replace(part[0], subject=_range(rows) + each)
        yield from part[1:]
    elif len(part) * (run.times - 1) > 2:
        yield Line(depth, "", f"{_range(rows)}, {run.times:,} times")
        yield from (replace(line, depth=line.depth + 1) for line in part)
    else:
        yield from (line for block in blocks for line in block.lines)


def _key(lines: Sequence[Line], row: Row) -> Hashable:
    """Equal for what is the same but for the names of the layers that it is about."""
    paths = [part.path + "." for part in (row.before, row.after) if part is not None]

    def without(text: str) -> str:
        for path in paths:
            text = text.replace(path, "")
        return text

    return tuple(
        (line.depth, line.sign, without(line.subject) if index else "", *map(without, line.facts))
        for index, line in enumerate(lines)
    )


def _is_renamed(row: Row, scope: Row) -> bool:
    """True when a row's name has changed, that of the scope around it left out."""
    if row.elsewhere:
        return any(pair.renamed for pair in row.pairs)
    names = []
    for part, around in ((row.before, scope.before), (row.after, scope.after)):
        assert part is not None
        assert around is not None
        names.append(part.path.removeprefix(f"{around.path}.") if around.path else part.path)
    return names[0] != names[1]


def _range(rows: Sequence[Row]) -> str:
    """What rows are called: the first, and the last; before, and now."""
    sides: list[Callable[[Row], Part | None]] = [lambda row: row.before, lambda row: row.after]
    names = []
    for side in sides:
        parts = [part for part in map(side, rows) if part is not None]
        if parts:
            names.append(" … ".join(dict.fromkeys(_path(part) for part in (parts[0], parts[-1]))))
    return " → ".join(dict.fromkeys(names))


def _path(part: Part) -> str:
    return part.path if part.is_scope else facts.name(part.layers[0])


def _called(row: Row) -> tuple[str, ...]:
    """Which block a scope calls, when it is another one now."""
    names = [part.definition for part in (row.before, row.after) if part is not None]
    return (" → ".join(names),) if len(set(names)) > 1 and all(names) else ()


def _changed(row: Row, depth: int) -> Iterator[Line]:
    """A layer that has changed."""
    for pair in row.pairs:
        names = dict.fromkeys((facts.name(pair.before), facts.name(pair.after)))
        yield Line(depth, "~", " → ".join(names), tuple(facts.of_pair(pair)))


def _resized(rows: Sequence[Row], depth: int) -> Line:
    """Layers of which only sizes and costs have changed."""
    pairs = [pair for row in rows for pair in row.pairs if pair.changes]
    if len(pairs) == 1:
        return Line(depth, "~", _range(rows), tuple(facts.of_pair(pairs[0])))
    about = f"{facts.count(len(pairs), 'layer')} of other sizes"
    return Line(depth, "~", _range(rows), (about, *facts.of_sizes(pairs)))


def _stays_with(row: Row) -> Hashable:
    """Equal for rows with other names that one line can tell of: all of the same scopes, none of them a scope
    that has a name of its own.
    """
    parts = [part for part in (row.before, row.after) if part is not None]
    if any(part.is_scope and part.named for part in parts):
        return row
    return tuple(part.path.rpartition(".")[0] for part in parts)


def _moved(rows: Sequence[Row], depth: int) -> Line:
    """Layers that have other names now, and nothing else."""
    before, _, after = _range(rows).partition(" → ")
    layers = sum(len(row.pairs) for row in rows)
    number = (facts.count(layers, "layer"),) if layers > 1 else ()
    return Line(depth, "→", before, (f"now {after}", *number))


def _one_sided(rows: Sequence[Row], sign: str, depth: int) -> Iterator[_Block]:
    """Rows of one net alone. Those that repeat themselves are one line."""
    for run in runs([_content(row.part, shapes=False) for row in rows]):
        some = rows[run.start : run.end]
        inside = [layer for row in some for layer in layers(row.part)]
        if len(inside) == 1:
            words = list(facts.of_layer(inside[0]))
        else:
            words = list(_what([row.part for row in some[: run.length]], run.times, len(inside)))
            if len({_content(row.part, shapes=True) for row in some}) > run.length:
                words.append("sizes differ")
            words += [f"output {facts.shape(inside[-1].output)}", *facts.costs(inside)]
        lines = [Line(depth, sign, _range(some), tuple(words))]
        yield _Block(some, lines, _key(lines, some[0]))


def _what(parts: Sequence[Part], times: int, number: int) -> Iterator[str]:
    """``17 × bottleneck, 187 layers``; ``3 × (3×3 conv, 256 · ReLU)``; for a single one, its block."""
    names = [_name(part) for part in parts]
    count = facts.count(number, "layer")
    if times == 1:
        yield f"{names[0]}, {count}" if names[0] else count
    elif len(names) == 1:
        yield f"{times} × {names[0] or 'a block'}" + (f", {count}" if parts[0].is_scope else "")
    else:
        yield f"{times} × ({' · '.join(name or 'a block' for name in names)})"


def _name(part: Part) -> str:
    """The block that a scope calls, or what a layer does; the layers of a small scope that calls none."""
    inside = list(layers(part))
    if len(inside) == 1:
        return facts.label(inside[0])
    if part.definition or len(inside) > _FEW:
        return part.definition
    return f"({' · '.join(map(facts.label, inside))})"


def _content(part: Part, *, shapes: bool) -> Hashable:
    """Equal for parts that are alike, names left out."""
    return part.definition, tuple(
        (x.operation.name, repr(x.args), (x.inputs, x.output) if shapes else len(x.output), x.group)
        for x in layers(part)
    )
