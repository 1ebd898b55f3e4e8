"""One thing that is wrong, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from netcompiler.diagnostics.excerpt import Mark, excerpts
from netcompiler.diagnostics.lines import BLUE, BOLD, PLAIN, RED, YELLOW, Line, printable
from netcompiler.source import Span


@dataclass(frozen=True, slots=True)
class Label:
    """Another place that matters, and what is to be said about it in a few words."""

    span: Span
    text: str


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
        label: what to say beside the underlined place.
        labels: other places that matter, in any order; they may lie in other files.
    """

    code: str
    message: str
    span: Span | None = None
    notes: tuple[str, ...] = ()
    help: str | None = None
    where: str = ""
    label: str = ""
    labels: tuple[Label, ...] = ()

    @property
    def severity(self) -> Literal["error", "warning"]:
        """``error`` or ``warning``."""
        return "error" if self.code.startswith("E") else "warning"

    def render(self, *, color: bool = False) -> str:
        """The diagnostic as text: place, code, sentence, the underlined lines, notes, help.

        With ``color``, the escape codes of a terminal are in it.
        """
        style = RED if self.severity == "error" else YELLOW
        place = str(self.span) if self.span is not None else self.where
        head = Line().add(f"{place}: ", BOLD).add(f"{self.severity}[{self.code}]", style)
        lines = [head.add(f": {self.message}", BOLD)]
        pad = " "
        if self.span is not None:
            others = [Mark(label.span, label.text, primary=False) for label in self.labels]
            pad, shown = excerpts([Mark(self.span, self.label, primary=True), *others], style)
            lines += shown
        for note in self.notes:
            lines.append(Line().add(f"{pad} = ", BLUE).add(note, PLAIN))
        if self.help is not None:
            lines.append(Line().add(f"{pad} = ", BLUE).add("help: ", BOLD).add(self.help, PLAIN))
        return "\n".join(line.text(color=color) for line in lines)

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
            record |= _place(self.span)
        record["label"] = self.label
        record["labels"] = [{**_place(label.span), "text": label.text} for label in self.labels]
        return record

    def to_github(self) -> str:
        """The diagnostic as a workflow command that annotates a pull request on GitHub."""
        lines = [f"{self.message}: {self.label}" if self.label else self.message]
        lines += [f"{label.span}: {label.text}" for label in self.labels]
        lines += [*self.notes, *([f"help: {self.help}"] if self.help else [])]
        name = self.where if self.span is None else self.span.source.name
        properties = f"file={_escape_property(name)}"
        if self.span is not None:
            place = _place(self.span)
            properties += f",line={place['line']},col={place['column']}"
            properties += f",endLine={place['end_line']},endColumn={place['end_column']}"
        text = "\n".join(map(printable, lines))
        return f"::{self.severity} {properties},title={self.code}::{_escape_data(text)}"


def _place(span: Span) -> dict[str, object]:
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    return {
        "file": span.source.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    }


def _escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(printable(text)).replace(":", "%3A").replace(",", "%2C")
