"""The shape that each line gives, at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from netcompiler import syntax
from netcompiler.lsp.checking import Findings
from netcompiler.lsp.facts import (
    facts_of,
    facts_text,
    long_sums_text,
    shapes_of,
    shapes_text,
    sums_of,
    sums_text,
)
from netcompiler.lsp.names import Index, Kind, StepAt
from netcompiler.lsp.reading import Reading


@dataclass(frozen=True, slots=True)
class Hint:
    """What is shown at the end of a line (from 0), and what gives more on it as Markdown."""

    line: int
    text: str
    more: Callable[[], str]


def hints(reading: Reading, index: Index, findings: Findings, first: int, last: int) -> Iterator[Hint]:
    """The shapes that lines ``first`` to ``last`` give, where they are known."""
    yield from _net_hints(reading, index, findings, first, last)
    for line, at in sorted(_last_steps(reading, index).items()):
        if first <= line <= last:
            shapes = shapes_of(findings, at.step)
            if shapes:
                yield Hint(line, shapes_text(shapes), partial(_more, findings, at.step))


def _more(findings: Findings, step: syntax.Step) -> str:
    facts = facts_of(findings, step)
    return "" if facts is None else facts_text(facts)


def _net_hints(reading: Reading, index: Index, findings: Findings, first: int, last: int) -> Iterator[Hint]:
    """What nets cost, on the lines that they begin on."""
    for symbols in index.symbols.values():
        symbol = symbols[0]
        line = reading.lines.number(symbol.at.start)
        if symbol.kind is Kind.NET and first <= line <= last:
            sums = sums_of(findings, symbol.name)
            if sums is not None:
                yield Hint(line, sums_text(sums), partial(long_sums_text, sums))


def _last_steps(reading: Reading, index: Index) -> dict[int, StepAt]:
    """For each line the step whose value it ends with: of several that end there, the outermost."""
    found: dict[int, StepAt] = {}
    for at in index.steps:
        line = reading.lines.number(max(at.at.end - 1, 0))
        other = found.get(line)
        if other is None or (at.at.end, -at.at.start) > (other.at.end, -other.at.start):
            found[line] = at
    return found


class Remembered:
    """Hints of texts that were checked, for lines that stay while others are being written."""

    def __init__(self) -> None:
        self._lines: dict[str, tuple[list[str], dict[int, Hint]]] = {}

    def note(self, reading: Reading, found: list[Hint]) -> None:
        """Keep hints of a text without syntax errors, beside those of its other lines."""
        texts = [reading.lines.line(number) for number in range(len(reading.lines))]
        new = {hint.line: hint for hint in found}
        old, hints = self._lines.get(reading.uri, ([], {}))
        self._lines[reading.uri] = texts, hints | new if old == texts else new

    def forget(self, uri: str) -> None:
        """Forget a file that was closed."""
        self._lines.pop(uri, None)

    def fill(self, reading: Reading, known: dict[int, Hint], broken: set[int]) -> list[Hint]:
        """Hints, with those of ``broken`` lines as they were when the text was last whole.

        Only lines before the first change and after the last one keep what they had.
        """
        if not broken or reading.uri not in self._lines:
            return list(known.values())
        old, hints = self._lines[reading.uri]
        new = [reading.lines.line(number) for number in range(len(reading.lines))]
        head = _common(old, new)
        tail = _common(old[head:][::-1], new[head:][::-1])
        shift = len(new) - len(old)
        for line in broken:
            before = line if line < head else line - shift if line >= len(new) - tail else None
            if before is not None and before in hints and line not in known:
                hint = hints[before]
                known[line] = Hint(line, hint.text, hint.more)
        return [known[line] for line in sorted(known)]


def _common(left: list[str], right: list[str]) -> int:
    """How many lines two texts begin with alike."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count
