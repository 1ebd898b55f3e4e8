"""Everything that can be wrong with a spec: codes, places and how they are printed."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from netcompiler.source import Span

CODES: dict[str, str] = {
    "E101": "file cannot be read",
    "E102": "file is not UTF-8 text",
    "E103": "file is too large",
    "E104": "syntax error",
    "E105": "bracket is not closed",
    "E106": "character or literal that the language does not have",
    "E107": "nested too deeply",
    "E108": "file named in `use` cannot be used",
    "E201": "unknown name",
    "E202": "unknown argument",
    "E203": "missing argument",
    "E204": "merged values have different shapes",
    "E205": "argument has a wrong type or value",
    "E206": "name is given twice",
    "E207": "recursion",
    "E208": "operator does not fit its operands",
    "E209": "index or division is impossible",
    "E210": "operation does not accept a value of this shape",
    "E211": "kernel is larger than its input",
    "E212": "`expect` does not hold",
    "E213": "`reuse` does not fit",
    "E214": "no value to work on",
    "E215": "statement stands where it has no meaning",
    "E216": "net has parameters without a value",
    "E217": "limit exceeded",
    "E218": "value of a wrong kind",
    "E219": "name that a PyTorch module cannot have",
    "E301": "layer is never used",
    "E302": "input is never read",
    "E303": "layer stands in no placement group",
    "E304": "undeclared communication between placement groups",
    "E305": "value is spread over several groups",
    "E306": "net has no output",
    "E307": "placement group is empty",
    "E308": "net cannot be cut into these groups",
    "E309": "no cut fits into the memory",
    "W401": "block is never used",
    "W402": "code can never run",
}
"""Codes and what they stand for: E1xx text and syntax, E2xx meaning, E3xx the whole graph, W4xx warnings."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong, where, and what to do.

    Attributes:
        code: a key of `CODES`; the first letter is the severity.
        message: one sentence in the field's words.
        span: the place to underline; None when no text can be shown (a file that cannot be read).
        notes: facts at hand, one a line (shapes, the chain of calls).
        help: what to do about it, where there is something to say.
        where: shown instead of the place when there is no span.
    """

    code: str
    message: str
    span: Span | None = None
    notes: tuple[str, ...] = ()
    help: str | None = None
    where: str = ""

    @property
    def severity(self) -> Literal["error", "warning"]:
        """``error`` or ``warning``."""
        return "error" if self.code.startswith("E") else "warning"

    def render(self) -> str:
        """The diagnostic as text: place, code, sentence, the underlined line, notes, help."""
        place = str(self.span) if self.span is not None else self.where
        lines = [f"{place}: {self.severity}[{self.code}]: {self.message}"]
        pad = " "
        if self.span is not None:
            line, column = self.span.source.position(self.span.start)
            text = self.span.source.line(line)
            number = str(line)
            pad = " " * len(number)
            width = max(1, min(self.span.end - self.span.start, len(text) - column + 1))
            shown, start = _window(text, column - 1)
            # Tabs are kept in the padding so that the carets stand under the text in any terminal.
            before = "".join("\t" if c == "\t" else " " * _columns(c) for c in shown[:start])
            carets = "^" * max(1, sum(map(_columns, shown[start : start + width])))
            lines += [f"{pad} |", f"{number} | {shown}", f"{pad} | {before}{carets}"]
        for note in self.notes:
            lines.append(f"{pad} = {note}")
        if self.help is not None:
            lines.append(f"{pad} = help: {self.help}")
        return "\n".join(map(_printable, lines))

    def to_json(self) -> dict[str, object]:
        """The diagnostic as plain data; lines and columns count from 1, ``end_*`` are exclusive."""
        record: dict[str, object] = {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "notes": list(self.notes),
            "help": self.help,
            "file": self.where,
        }
        if self.span is not None:
            line, column = self.span.source.position(self.span.start)
            end_line, end_column = self.span.source.position(self.span.end)
            record |= {
                "file": self.span.source.name,
                "line": line,
                "column": column,
                "end_line": end_line,
                "end_column": end_column,
            }
        return record

    def to_github(self) -> str:
        """The diagnostic as a workflow command that annotates a pull request on GitHub."""
        text = "\n".join([self.message, *self.notes, *([f"help: {self.help}"] if self.help else [])])
        record = self.to_json()
        properties = f"file={_escape_property(str(record['file']))}"
        if self.span is not None:
            properties += f",line={record['line']},col={record['column']}"
        return f"::{self.severity} {properties},title={self.code}::{_escape_data(text)}"


class SpecError(Exception):
    """A spec that cannot be used. Its text is the rendered diagnostics, all of them.

    Attributes:
        diagnostics: what is wrong, in the order of the text.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        super().__init__("\n\n".join(d.render() for d in self.diagnostics))


class Reporter:
    """Collects diagnostics; one place and code is reported once, however often a block is called.

    Attributes:
        has_errors: True once an error was reported.
    """

    def __init__(self, limit: int) -> None:
        self._found: dict[tuple[object, ...], Diagnostic] = {}
        self._limit = limit
        self.has_errors = False
        self._warnings = 0

    def report(self, diagnostic: Diagnostic) -> None:
        """Keep a diagnostic, unless this place has one of the same code already."""
        key = _place(diagnostic.code, diagnostic.span, diagnostic.where + diagnostic.message)
        if key in self._found:
            return
        if diagnostic.severity == "warning":
            # However many there are, they leave room for the errors.
            if self._warnings >= self._limit:
                return
            self._warnings += 1
        elif self.full:
            return
        else:
            self.has_errors = True
        self._found[key] = diagnostic

    def has(self, code: str, span: Span) -> bool:
        """True when this place has a diagnostic of this code: another one would say nothing new."""
        return _place(code, span, "") in self._found

    @property
    def full(self) -> bool:
        """True when no further error is kept."""
        return len(self._found) - self._warnings >= self._limit

    def __iter__(self) -> Iterator[Diagnostic]:
        """All that was reported, file by file in the order of the text."""
        order: dict[str, int] = {}
        for diagnostic in self._found.values():
            if diagnostic.span is not None:
                order.setdefault(diagnostic.span.source.name, len(order))

        def key(diagnostic: Diagnostic) -> tuple[int, int]:
            span = diagnostic.span
            return (-1, 0) if span is None else (order[span.source.name], span.start)

        return iter(sorted(self._found.values(), key=key))

    @property
    def errors(self) -> list[Diagnostic]:
        """The errors alone, warnings left out."""
        return [d for d in self if d.severity == "error"]


_CONTROLS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def _place(code: str, span: Span | None, text: str) -> tuple[object, ...]:
    return (code, text) if span is None else (code, id(span.source), span.start, span.end)


def suggest(word: str, known: Iterable[str]) -> str | None:
    """A ``did you mean`` sentence for the known word closest to ``word``, or None."""
    lowered = word.lower()
    # Words of quite another length are never close; leaving them out keeps a hostile spec's names cheap.
    words = sorted({w for w in known if abs(len(w) - len(word)) <= max(2, len(word) // 2)})[:2000]
    same = [w for w in words if w.lower() == lowered]
    close = same or difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else None


def shape_text(shape: tuple[int, ...] | None) -> str:
    """A shape as specs write it: ``[256, 56, 56]``."""
    return "an unknown shape" if shape is None else "[" + ", ".join(map(str, shape)) + "]"


def _printable(line: str) -> str:
    """The line without characters that would steer a terminal or turn its text around."""
    if line.isascii() and line.isprintable():
        return line
    return "".join(c if c == "\t" or unicodedata.category(c) not in _CONTROLS else "\ufffd" for c in line)


def _columns(character: str) -> int:
    """How many columns of a terminal a character takes."""
    if character.isascii():
        return 1
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _window(text: str, start: int, columns: int = 160) -> tuple[str, int]:
    """Cut a very long line to the part around the place; gives the part and the place's new start."""
    if len(text) <= columns:
        return text, start
    left = max(0, start - columns // 4)
    cut = text[left : left + columns]
    return cut, start - left


def _escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
