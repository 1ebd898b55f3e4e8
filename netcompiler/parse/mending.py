"""Brackets that do not match: which one is wrong, by what follows and how lines are indented, and a guess at
what was meant, so that the rest of the text can be read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from netcompiler.diagnostics import Diagnostic, Label
from netcompiler.limits import Limits, how_to_raise
from netcompiler.parse import kinds as k
from netcompiler.parse.columns import Columns
from netcompiler.source import Source, Span

_TEXTS = {k.LPAR: "(", k.LSQB: "[", k.LBRACE: "{", k.RPAR: ")", k.RSQB: "]", k.RBRACE: "}"}

# A line that ends in one of these goes on in the next one.
_UNFINISHED = frozenset((k.ARROW, k.COMMA, k.EQUAL, *k.OPENING, *range(k.DOT, k.ERROR)))
# A parenthesis that is not closed within so many tokens of its line is looked for no longer.
_FAR = 400
_DEFINES = frozenset((k.NUMBER_OF["NET"], k.NUMBER_OF["BLOCK"]))


def _too_deep(source: Source, limits: Limits, tokens: Columns, at: int) -> Diagnostic:
    span = Span(source, tokens.starts[at], tokens.ends[at])
    message = f"brackets are nested more than {limits.nesting} deep"
    return Diagnostic("E107", message, span, help=how_to_raise("nesting"))


class _Open(NamedTuple):
    at: int
    kind: int
    indent: int


@dataclass
class Mending:
    """One walk over tokens whose brackets do not match."""

    source: Source
    limits: Limits
    tokens: Columns
    open: list[_Open] = field(default_factory=list)
    closed_before: dict[int, list[int]] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    found: list[Diagnostic] = field(default_factory=list)
    deep: Diagnostic | None = None
    suspects: list[tuple[_Open, int]] = field(default_factory=list)
    indents: dict[int, int] = field(default_factory=dict)
    missing: int = 0  # how many more braces are opened than closed, those that are mended left out

    def run(self) -> None:
        """Find out what is wrong."""
        kinds = self.tokens.kinds
        self.missing = kinds.count(k.LBRACE) - kinds.count(k.RBRACE)
        for at, kind in enumerate(kinds):
            if kind in _DEFINES and self.open and self._defines(at):
                self._close_all(at, "the next definition begins here")
            elif kind in k.OPENING:
                if len(self.open) >= self.limits.nesting:
                    self.deep = _too_deep(self.source, self.limits, self.tokens, at)
                    return
                self.open.append(_Open(at, kind, self._indent(at)))
            elif kind in k.OPENED_BY:
                self._close(at, kind)
        self._close_all(len(kinds) - 1, "")

    def mended(self) -> Columns:
        """The tokens without those that close nothing, and with those that were missing."""
        tokens = self.tokens
        result = Columns([], [], [], [])
        for at, (kind, text, start, end) in enumerate(
            zip(tokens.kinds, tokens.texts, tokens.starts, tokens.ends, strict=True)
        ):
            for closing in self.closed_before.get(at, ()):
                place = tokens.ends[at - 1]
                result.append(closing, "", place, place)
            if at not in self.deleted:
                result.append(kind, text, start, end)
        return result

    def _close(self, at: int, kind: int) -> None:
        """A closing bracket."""
        opens = k.OPENED_BY[kind]
        while self.open and self._is_unclosed(at, kind):
            self._report_unclosed(self.open[-1], at)
            self._insert(self.open.pop(), at)
        if not self.open or self._is_stray(at, kind):
            self._report("E105", f"`{_TEXTS[kind]}` closes nothing", at)
            self.missing += opens == k.LBRACE
            self.deleted.add(at)
            return
        top = self.open.pop()
        if top.kind == opens == k.LBRACE and self._begins_line(at) and self._indent(at) < top.indent:
            self.suspects.append((top, at))
        if top.kind != opens:
            self._report_mismatch(top, at)
            self.missing += (opens == k.LBRACE) - (top.kind == k.LBRACE)
            self.deleted.add(at)
            self.closed_before.setdefault(at, []).append(k.CLOSING[top.kind])

    def _is_stray(self, at: int, kind: int) -> bool:
        """Whether a closing bracket is one too many; ``open`` is not empty."""
        opens = k.OPENED_BY[kind]
        top = self.open[-1]
        if top.kind != opens:
            if self._closed_next(at, top.kind):
                return True
            # What is one brace too many or too few may as well be the wrong kind of bracket.
            return (opens == k.LBRACE and self.missing >= 0) or (top.kind == k.LBRACE and self.missing <= 0)
        if opens != k.LBRACE or self.missing >= 0:
            return False
        return self.tokens.kinds[at - 1] in _UNFINISHED or self._is_further_in(at)

    def _closed_next(self, at: int, kind: int) -> bool:
        """Whether the next bracket of the line closes one of this kind."""
        for following in self.tokens.kinds[at + 1 : at + _FAR]:
            if following == k.NEWLINE or following >= k.LPAR:
                return following == k.CLOSING[kind]
        return False

    def _is_unclosed(self, at: int, kind: int) -> bool:
        """Whether the token at ``at`` closes not the innermost bracket but one further out."""
        opens = k.OPENED_BY[kind]
        top = self.open[-1]
        if top.kind != opens:
            # With a brace too many this may as well be the wrong kind of bracket.
            outer = any(o.kind == opens for o in self.open) and not self._closed_next(at, top.kind)
            return outer and (opens != k.LBRACE or self.missing >= 0)
        if kind != k.RBRACE or self.missing <= 0 or not self._begins_line(at):
            return False
        indent = self._indent(at)
        return indent < top.indent and any(o.indent == indent for o in self.open)

    def _is_further_in(self, at: int) -> bool:
        """Whether the line of a brace begins further in than that of the bracket it would close."""
        opened = self.open[-1]
        return self._line(opened.at) < self._line(at) and self._indent(at) > opened.indent

    def _close_all(self, at: int, label: str) -> None:
        """Everything that is open is closed before the token at ``at``."""
        for opened in reversed(self.open):
            if opened.kind == k.LBRACE and self.suspects and self.suspects[-1][0].at > opened.at:
                suspect, closing = self.suspects.pop()
                self._report_unclosed(suspect, closing)
            else:
                self._report_unclosed(opened, at, label)
            self._insert(opened, at)
        self.open.clear()

    def _insert(self, opened: _Open, at: int) -> None:
        """Close a bracket: a parenthesis where its line ends, if that is before ``at``; a brace at ``at``."""
        place = self._line_end(opened, at)
        self.missing -= opened.kind == k.LBRACE
        self.closed_before.setdefault(place, []).append(k.CLOSING[opened.kind])

    def _line_end(self, opened: _Open, at: int) -> int:
        kinds = self.tokens.kinds
        if opened.kind != k.LBRACE:
            depth = 0
            for place in range(opened.at + 1, min(at, opened.at + _FAR)):
                depth += (kinds[place] in k.OPENING) - (kinds[place] in k.OPENED_BY)
                if depth <= 0 and kinds[place] == k.NEWLINE and self._ends_at(opened, place):
                    return place
        return at - 1 if kinds[at - 1] == k.NEWLINE else at

    def _ends_at(self, opened: _Open, place: int) -> bool:
        """Whether what a parenthesis holds ends at a line end: nothing goes on there, or the next line is no
        further in than its own.
        """
        if self.tokens.kinds[place - 1] not in _UNFINISHED:
            return True
        return place + 1 < len(self.tokens.kinds) and self._indent(place + 1) <= opened.indent

    def _defines(self, at: int) -> bool:
        """Whether a definition begins here that is in nothing else, to judge by its indentation."""
        kinds = self.tokens.kinds
        if not self._begins_line(at) or self._indent(at) > self.open[0].indent:
            return False
        return kinds[at + 1] == k.NAME and kinds[at + 2] in (k.LPAR, k.LBRACE, k.EQUAL)

    def _begins_line(self, at: int) -> bool:
        return at == 0 or self.tokens.kinds[at - 1] == k.NEWLINE

    def _indent(self, at: int) -> int:
        """How far in the line of a token begins."""
        line = self._line(at)
        if line not in self.indents:
            text = self.source.text
            begin = end = self.tokens.starts[at] - self.source.position(self.tokens.starts[at])[1] + 1
            while text[end : end + 1] in (" ", "\t"):
                end += 1
            self.indents[line] = end - begin
        return self.indents[line]

    def _line(self, at: int) -> int:
        return self.source.position(self.tokens.starts[at])[0]

    # ---- messages

    def _report(self, code: str, message: str, at: int, help: str | None = None, *labels: Label) -> None:
        span = self._span(at)
        told = self.found and self.found[-1].span is not None and self.found[-1].span.line == span.line
        # What is wrong with the next bracket of a line mostly follows from the one before it.
        if not told and len(self.found) < self.limits.diagnostics:
            self.found.append(Diagnostic(code, message, span, help=help, labels=labels))

    def _report_unclosed(self, opened: _Open, at: int, label: str = "") -> None:
        bracket = _TEXTS[opened.kind]
        kinds = self.tokens.kinds
        place = self._line_end(opened, at)
        if opened.kind != k.LBRACE:
            help = self._where_to_close(opened, place)
            while kinds[place] == k.NEWLINE:
                place += 1
            line = self._span(place).line
            same = line == self._span(opened.at).line
            if same and kinds[at] in k.OPENED_BY:
                self._report_mismatch(opened, at)
            elif same or (place == at and kinds[at] == k.END):
                self._report("E105", f"`{bracket}` is never closed", opened.at, help)
            else:
                self._report("E105", f"`{bracket}` is not closed before line {line}", opened.at, help)
            return
        labels = []
        if label:
            labels.append(Label(self._span(at), label))
        elif kinds[at] in k.OPENED_BY:
            outer = next(
                (o for o in reversed(self.open) if o.kind == k.LBRACE and o.indent == self._indent(at)), None
            )
            if outer is not None:
                line = self._span(outer.at).line
                labels.append(
                    Label(self._span(at), f"this closes the `{{` of line {line}, by its indentation")
                )
        self._report("E105", f"`{bracket}` is never closed", opened.at, None, *labels)

    def _where_to_close(self, opened: _Open, place: int) -> str:
        last = place - 1
        while self.tokens.kinds[last] == k.NEWLINE:
            last -= 1
        text = self.tokens.texts[last]
        shown = text if len(text) <= 40 else text[:39] + "…"
        return f"write `{_TEXTS[k.CLOSING[opened.kind]]}` after `{shown}`"

    def _report_mismatch(self, opened: _Open, at: int) -> None:
        span = self._span(opened.at)
        text, closing = _TEXTS[opened.kind], _TEXTS[k.CLOSING[opened.kind]]
        wrong = _TEXTS[self.tokens.kinds[at]]
        self._report(
            "E105",
            f"`{wrong}` does not close the `{text}` of line {span.line}, column {span.column}",
            at,
            f"close the `{text}` before it, with `{closing}`",
            Label(span, "opened here"),
        )

    def _span(self, at: int) -> Span:
        return Span(self.source, self.tokens.starts[at], self.tokens.ends[at])
