"""A spec's own text with its net cut into groups: blocks, comments and names stay as they were written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from netcompiler import syntax
from netcompiler.elaborate.trace import Run, Trace
from netcompiler.operations.arguments import literal_text
from netcompiler.source import Span

_INDENT = "  "
_WIDTH = 100


class CutInsideError(Exception):
    """A cut lies inside a piece of text that cannot be divided. Its text says which."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some lines of a body.

    Attributes:
        lines: the text, without indentation of the whole.
        group: the group that all layers made by it are on; None where it makes none, or says itself which.
        start: ``from x -> `` before it, where a value of another group comes in.
        lead: comments and blank lines before it.
        own: True when it places its layers itself, or must not stand in braces: ``let``, ``input`` …
    """

    lines: tuple[str, ...]
    group: str | None
    start: str = ""
    lead: tuple[str, ...] = ()
    own: bool = False


class Rewriter:
    """Writes the bodies of one net anew.

    Args:
        trace: what made which layers.
        places: for each layer, in order, its group; None for inputs.
        sources: for each layer id its group; inputs are left out.
        shapes: texts of shapes that replace those of ``input`` lines, by name.
    """

    def __init__(
        self,
        trace: Trace,
        places: Sequence[str | None],
        sources: Mapping[str, str],
        shapes: Mapping[str, str],
    ) -> None:
        self.trace = trace
        self.places = places
        self.sources = sources
        self.shapes = shapes

    def body(self, body: syntax.Body, groups: Sequence[str], note: str) -> str:
        """A net's body, its groups declared. Raises `CutInsideError` where a cut cannot be written."""
        inner = self._body(body, Run(0, len(self.places)))
        head = f"group {', '.join(groups)}" + (f"  # {note}" if note else "")
        return "{\n" + "".join(f"{_INDENT}{line}\n" if line else "\n" for line in (head, *inner)) + "}"

    # ---- bodies and statements -----------------------------------------------------------------

    def _body(self, body: syntax.Body, within: Run) -> list[str]:
        """The lines between a body's braces."""
        pieces: list[_Piece] = []
        end = body.span.start + 1
        for statement in body.statements:
            lead = tuple(_comments(body.span.source.text[end : statement.span.start]))
            found = list(self._statement(statement, within))
            pieces += [
                _Piece(p.lines, p.group, p.start, lead if not i else (), p.own) for i, p in enumerate(found)
            ]
            end = statement.span.end + len(_trailing(statement.span))
        tail = _comments(body.span.source.text[end : body.span.end - 1])
        return [*_arranged(pieces), *tail]

    def _statement(self, statement: syntax.Statement, within: Run) -> Iterator[_Piece]:
        text = _text(statement.span)
        trailing = _trailing(statement.span).rstrip()
        if isinstance(statement, syntax.InputDeclaration) and statement.name.name in self.shapes:
            text = (f"input {statement.name.name} {self.shapes[statement.name.name]}",)
        if not isinstance(statement, syntax.Chain):
            yield _Piece(_with(text, trailing), None, own=True)
            return
        groups = self._groups(self._run_of(statement.links, within))
        start, first = self._start(statement, within)
        if len(groups) <= 1:
            whole = _text(_tail(statement, first)) if start else text
            yield _Piece(_with(whole, trailing), next(iter(groups), None), start)
            return
        pieces = list(self._links(statement.links[first:], within))
        for index, piece in enumerate(pieces):
            lines = _with(piece.lines, trailing) if index == len(pieces) - 1 else piece.lines
            yield _Piece(lines, piece.group, start if not index else piece.start, (), piece.own)

    def _start(self, chain: syntax.Chain, within: Run) -> tuple[str, int]:
        """``from x -> `` that has to stand before an ``on``, and the number of links that it takes."""
        link = chain.links[0]
        if not isinstance(link, syntax.From) or len(chain.links) == 1:
            return "", 0
        run = self._run_of(chain.links[1:2], within)
        source = self.trace.value(link.reference, within.start, within.stop)
        group = self.sources.get(source or "")
        if group is None or self._groups(run) <= {group}:
            return "", 0
        return f"{link.span.text.strip()} -> ", 1

    def _links(self, links: Sequence[syntax.Step | syntax.From], within: Run) -> Iterator[_Piece]:
        """The links of a chain: those of one group one after another are a piece."""
        held: list[str] = []
        group: str | None = None
        for link in links:
            if isinstance(link, syntax.From):
                raise CutInsideError(f"`{_short(link.span)}` on line {link.span.line}")
            run = self._run_of([link], within)
            groups = self._groups(run)
            if len(groups) > 1:
                if held:
                    yield _Piece((" -> ".join(held),), group)
                    held, group = [], None
                yield from self._divided(link, run)
                continue
            here = next(iter(groups), group)
            if held and here != group and group is not None:
                yield _Piece((" -> ".join(held),), group)
                held = []
            held.append(" ".join(line.strip() for line in _text(link.span)))
            group = here
        if held:
            yield _Piece((" -> ".join(held),), group)

    # ---- steps ---------------------------------------------------------------------------------

    def _divided(self, step: syntax.Step, run: Run) -> Iterator[_Piece]:
        """A step whose layers are on several groups."""
        action = step.action
        if step.repeat is not None:
            pieces: Iterable[_Piece] = self._copies(step, run)
        elif isinstance(action, syntax.Bracket):
            yield _own(_braced("" if step.label is None else _label(step), self._body(action.body, run)))
            return
        elif isinstance(action, syntax.For):
            pieces = self._items(action, run)
        elif isinstance(action, syntax.If):
            pieces = [_own(self._branches(action, run))]
        else:
            raise CutInsideError(f"`{_short(action.span)}` on line {action.span.line}")
        if step.label is not None:
            yield _own(_braced(_label(step), _arranged(list(pieces))))
        else:
            yield from pieces

    def _copies(self, step: syntax.Step, run: Run) -> Iterator[_Piece]:
        """``step * n``, divided between copies."""
        action = step.action
        opens = not isinstance(action, syntax.Call) or action.branches is not None
        runs = _inside(self.trace.copies.get(id(step), ()), run)
        for group, copies in self._alike(runs):
            if group is None:
                raise CutInsideError(f"a copy of `{_short(action.span)}` on line {action.span.line}")
            count = f" * {len(copies)}" if len(copies) > 1 or opens else ""
            lines = _text(action.span)
            yield _Piece((*lines[:-1], lines[-1] + count), group)

    def _items(self, action: syntax.For, run: Run) -> Iterator[_Piece]:
        """``for``, divided between items; an item that a cut lies in has a loop of its own."""
        head = action.span.source.text[action.span.start : action.iterable.span.start]
        for group, runs in self._alike(_inside(self.trace.items.get(id(action), ()), run)):
            line = f"{head}{_items_text([r.item for r in runs], action)} "
            if group is None:
                for one in runs:
                    line = f"{head}{_items_text([one.item], action)} "
                    yield _own(_braced(line, self._body(action.body, one)))
                continue
            lines = _text(action.body.span)
            yield _Piece((line + lines[0], *lines[1:]), group)

    def _branches(self, action: syntax.If, run: Run) -> tuple[str, ...]:
        """``if … { … } else { … }``: only the branch that ran made layers."""
        text = action.span.source.text
        lines = [""]
        position = action.span.start
        branch: syntax.If | syntax.Body | None = action
        while branch is not None:
            body = branch.then if isinstance(branch, syntax.If) else branch
            head = text[position : body.span.start]
            more = self._body(body, run) if self._ran(body, run) else None
            shown = _text(body.span) if more is None else _braced("", more)
            lines = [*lines[:-1], lines[-1] + " ".join(head.split()) + " " + shown[0], *shown[1:]]
            position = body.span.end
            branch = branch.otherwise if isinstance(branch, syntax.If) else None
            lines[-1] += " " if branch is not None else ""
        return tuple(lines)

    def _ran(self, body: syntax.Body, run: Run) -> bool:
        links = [x for s in body.statements if isinstance(s, syntax.Chain) for x in s.links]
        return any(_inside(self.trace.steps.get(id(link), ()), run) for link in links)

    # ---- which layers ---------------------------------------------------------------------------

    def _run_of(self, links: Iterable[syntax.Step | syntax.From], within: Run) -> Run:
        """The layers that some links made together, within a run of what is around them."""
        runs = [r for link in links for r in _inside(self.trace.steps.get(id(link), ()), within)]
        if not runs:
            return Run(within.start, within.start)
        return Run(min(r.start for r in runs), max(r.stop for r in runs))

    def _groups(self, run: Run) -> set[str]:
        return {group for group in self.places[run.start : run.stop] if group is not None}

    def _alike(self, runs: Sequence[Run]) -> Iterator[tuple[str | None, list[Run]]]:
        """Runs one after another on the same group; None for those that are on several."""
        held: list[Run] = []
        group: str | None = None
        for run in runs:
            groups = self._groups(run)
            here = None if len(groups) > 1 else next(iter(groups), group)
            if held and here != group:
                yield group, held
                held = []
            held.append(run)
            group = here
        if held:
            yield group, held


# ---- text ------------------------------------------------------------------------------------------


def _arranged(pieces: Sequence[_Piece]) -> list[str]:
    """Pieces as lines: those of one group one after another stand in one ``on``."""
    lines: list[str] = []
    held: list[_Piece] = []

    def close() -> None:
        if held:
            lines.extend(_on(held))
            held.clear()

    for piece in pieces:
        if piece.own or piece.group is None:
            # What makes no layers, as `expect`, may stand in an `on` or outside.
            if piece.own or not held:
                close()
                lines += [*piece.lead, *piece.lines]
            else:
                held.append(piece)
            continue
        if held and (piece.group != held[0].group or piece.start):
            close()
        held.append(piece)
    close()
    return lines


def _on(pieces: Sequence[_Piece]) -> list[str]:
    """``on group { … }``"""
    first = pieces[0]
    head = f"{first.start}on {first.group} {{"
    inner = [line for i, p in enumerate(pieces) for line in (*(p.lead if i else ()), *p.lines)]
    one = f"{head} {inner[0].strip()} }}"
    if len(inner) == 1 and "#" not in inner[0] and len(one) <= _WIDTH:
        return [*first.lead, one]
    return [*first.lead, head, *(_INDENT + line if line else "" for line in inner), "}"]


def _own(lines: Iterable[str]) -> _Piece:
    return _Piece(tuple(lines), None, own=True)


def _braced(head: str, lines: Sequence[str]) -> tuple[str, ...]:
    return (head + "{", *(_INDENT + line if line else "" for line in lines), "}")


def _label(step: syntax.Step) -> str:
    return step.span.source.text[step.span.start : step.action.span.start]


def _items_text(items: Sequence[object], action: syntax.For) -> str:
    """Items of a ``for`` as text: a range where they are numbers in a row, otherwise a list."""
    numbers = [item for item in items if isinstance(item, int) and not isinstance(item, bool)]
    if len(numbers) == len(items) and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        return f"{numbers[0]}..{numbers[-1] + 1}"
    if all(_is_data(item) for item in items):
        return "[" + ", ".join(map(literal_text, items)) + "]"
    raise CutInsideError(f"`{_short(action.span)}` on line {action.span.line}")


def _is_data(item: object) -> bool:
    if isinstance(item, tuple):
        return all(map(_is_data, item))
    return item is None or isinstance(item, (bool, int, float, str))


def _inside(runs: Iterable[Run], within: Run) -> list[Run]:
    return [run for run in runs if within.start <= run.start and run.stop <= within.stop]


def _tail(chain: syntax.Chain, first: int) -> Span:
    return Span(chain.span.source, chain.links[first].span.start, chain.span.end)


def _text(span: Span) -> tuple[str, ...]:
    """The lines of a piece of text, without the indentation of its first line."""
    line_start = span.source.text.rfind("\n", 0, span.start) + 1
    line = span.source.text[line_start : span.start]
    indent = len(line) - len(line.lstrip())
    first, *rest = span.text.splitlines()
    cut: Callable[[str], str] = lambda text: text[min(indent, len(text) - len(text.lstrip())) :]
    return (first, *(cut(line.rstrip()) for line in rest))


def _trailing(span: Span) -> str:
    """The comment that stands after a piece of text on its line, with the spaces before it; often empty."""
    text = span.source.text
    end = text.find("\n", span.end)
    rest = text[span.end : end if end != -1 else len(text)]
    return rest if rest.lstrip().startswith("#") else ""


def _with(lines: tuple[str, ...], trailing: str) -> tuple[str, ...]:
    return (*lines[:-1], lines[-1] + trailing)


def _comments(between: str) -> Iterator[str]:
    """Comments and blank lines between two statements; what else is there are line ends."""
    lines = between.split("\n")[1:-1]
    for index, line in enumerate(lines):
        if line.strip().startswith("#") or (not line.strip() and index < len(lines)):
            yield line.strip()


def _short(span: Span) -> str:
    text = " ".join(span.text.split())
    return text if len(text) <= 60 else text[:59] + "…"
