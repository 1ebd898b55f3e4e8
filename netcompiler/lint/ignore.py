"""``# netc: ignore[W101]``: warnings that a spec's author has seen and wants all the same.

At the end of a line it holds for what begins or ends on that line; on a line of its own for the whole
statement or definition below it. ``# netc: ignore-file[W101]`` holds for the whole file. What follows the
bracket is the reason.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from netcompiler.diagnostics import CODES, Diagnostic, suggest
from netcompiler.diagnostics.codes import add_code
from netcompiler.limits import Limits
from netcompiler.lint.rule import RULES
from netcompiler.source import Source, Span

if TYPE_CHECKING:
    from netcompiler.parse.tokens import Scanned, Token

CODE = "W100"

add_code(CODE, "comment that ignores nothing")

_MARK = re.compile(r"(?<!#)#++[ \t]*+netc(?:[ \t]*+:|[ \t]++(?=ignore(?:-file)?+[ \t]*+\[))")
"""What a comment for netc begins with, be it behind other words; without the colon it is a slip."""
_COMMENT = re.compile(r"#++[ \t]*+netc[ \t]*+:[ \t]*+(?P<word>[\w-]*+)[ \t]*+(?:\[(?P<codes>[^\]]*+)\])?")
_CODE = re.compile(r"[^\s,]+")
_WRITTEN = "it is written `# netc: ignore[W101]`, or `# netc: ignore-file[W101]` for the whole file"


@dataclass(eq=False, slots=True)
class _Ignored:
    """One code in one comment.

    Attributes:
        span: its place in the comment.
        held: the characters that it holds for.
        whole: True when it holds for the whole file.
        used: whether a warning was left out for it.
    """

    code: str
    span: Span
    held: Span
    whole: bool
    used: bool = False

    def covers(self, span: Span) -> bool:
        """Whether it holds for a place of its source."""
        start, end = self.held.start, self.held.end
        return start <= span.start < end or start < span.end <= end


def heed(
    found: Iterable[Diagnostic],
    files: Sequence[Sequence[Source]],
    elaborated: Iterable[Span],
    limits: Limits,
) -> list[Diagnostic]:
    """What is left of ``found`` without the warnings that the files' comments ignore.

    Without errors, comments of the first file that ignore nothing are warned of.

    Args:
        found: what was found.
        files: each file's texts: one, or the pieces that it is kept in. The checked file comes first.
        elaborated: the definitions that nets have run. Comments elsewhere may be for nets that were not
            checked.
        limits: the limits that the files were read with.
    """
    found = list(found)
    comments = _Comments(files, found, limits)
    left = [d for d in found if d.severity == "error" or not comments.ignores(d)]
    if any(d.severity == "error" for d in found):
        return left
    told = list(islice(comments.useless(list(elaborated)), limits.diagnostics))
    order = {id(source): n for n, source in enumerate(s for texts in files for s in texts)}
    return sorted([*left, *told], key=lambda d: _order(d, order)) if told else left


def _order(diagnostic: Diagnostic, order: dict[int, int]) -> tuple[int, int]:
    span = diagnostic.span
    return (-1, 0) if span is None else (order.get(id(span.source), len(order)), span.start)


class _Statements:
    """The statements of a text, and its comments."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._known: dict[int, Span | None] = {}

    @cached_property
    def _scanned(self) -> Scanned:
        from netcompiler.parse.tokens import scan  # few files have comments to be heeded

        return scan(self._source, self._limits)

    @cached_property
    def _starts(self) -> list[int]:
        return [token.start for token in self._scanned.tokens]

    @property
    def comments(self) -> list[Token]:
        """The comments, in order."""
        return self._scanned.comments

    def after(self, offset: int) -> Span | None:
        """The first statement after an offset; None when the braces around it end before one begins."""
        tokens = self._scanned.tokens
        first = bisect_left(self._starts, offset)
        while first < len(tokens) and tokens[first].kind == "_NEWLINE":
            first += 1
        # Many comments may stand above one statement.
        if first not in self._known:
            self._known[first] = self._statement(tokens, first)
        return self._known[first]

    def _statement(self, tokens: Sequence[Token], first: int) -> Span | None:
        """The statement that begins with a token."""
        depth = 0
        last = first
        while last < len(tokens):
            kind = tokens[last].kind
            if kind in ("LPAR", "LSQB", "LBRACE"):
                depth += 1
            elif kind in ("RPAR", "RSQB", "RBRACE"):
                depth -= 1
            if depth < 0 or (depth == 0 and kind == "_NEWLINE"):
                break
            last += 1
        return None if last == first else Span(self._source, tokens[first].start, tokens[last - 1].end)


class _Comments:
    """All comments that ignore something, by the text that they stand in."""

    def __init__(
        self, files: Sequence[Sequence[Source]], found: Sequence[Diagnostic], limits: Limits
    ) -> None:
        self.there: dict[tuple[int, str], list[_Ignored]] = {}  # by text and code
        self.first: list[_Ignored] = []
        self.wrong: list[Diagnostic] = []
        known = {id(source) for texts in files for source in texts}
        others = {id(d.span.source): d.span.source for d in found if d.span is not None}
        for texts in (*files, *([source] for key, source in others.items() if key not in known)):
            wrong: list[Diagnostic] = []
            ignored: list[_Ignored] = []
            for number, source in enumerate(texts):
                ignored += self._read(source, texts[number + 1 :], limits, wrong)
            for one in ignored:
                for source in texts if one.whole else (one.held.source,):
                    self.there.setdefault((id(source), one.code), []).append(one)
            if files and texts is files[0]:
                self.first, self.wrong = ignored, wrong

    @staticmethod
    def _read(
        source: Source, after: Sequence[Source], limits: Limits, wrong: list[Diagnostic]
    ) -> Iterator[_Ignored]:
        """What a text's comments ignore; ``after`` are the pieces of the same file that follow it."""
        if not _MARK.search(source.text):
            return
        here = _Statements(source, limits)
        below = _Statements(after[0], limits) if after else None
        for comment in here.comments:
            mark = _MARK.search(comment.text)
            if mark is not None:
                held = _own_line(comment, source) or here.after(comment.end)
                if held is None and below is not None:
                    held = below.after(0)
                nothing = Span(source, comment.end, comment.end)
                yield from _parsed(comment, mark.start(), source, held or nothing, wrong)

    def ignores(self, diagnostic: Diagnostic) -> bool:
        """Whether a comment holds for a warning; all that do are used then."""
        span = diagnostic.span
        if span is None:
            return False
        there = self.there.get((id(span.source), diagnostic.code), ())
        fitting = [one for one in there if one.whole or one.covers(span)]
        for one in fitting:
            one.used = True
        return bool(fitting)

    def useless(self, elaborated: Sequence[Span]) -> Iterator[Diagnostic]:
        """Warnings of comments that are wrong, and of those that ignore nothing."""
        if any(one.whole and one.code == CODE for one in self.first):
            return
        yield from self.wrong
        for one in self.first:
            if one.used or not _seen(one, elaborated):
                continue
            where = "in this file" if one.whole else "here"
            message = f"there is no {one.code} {where}, so the comment ignores nothing"
            yield Diagnostic(CODE, message, one.span, help="take it out")


def _seen(ignored: _Ignored, elaborated: Sequence[Span]) -> bool:
    """Whether a warning would have been found: those of layers only where a net has run."""
    rule = RULES.get(ignored.code)
    if ignored.code in (CODE, "W102") or (rule is not None and not rule.of_layer):
        return True
    held = ignored.held
    return any(
        ignored.whole or (span.source is held.source and held.start < span.end and span.start < held.end)
        for span in elaborated
    )


def _parsed(
    comment: Token, begin: int, source: Source, held: Span, wrong: list[Diagnostic]
) -> Iterator[_Ignored]:
    """What a comment ignores from ``begin`` on; what is wrong with it is added to ``wrong``."""
    match = _COMMENT.match(comment.text, begin)
    whole = Span(source, comment.start + begin, comment.end)
    word = "" if match is None else match["word"]
    if match is None or word not in ("ignore", "ignore-file"):
        message = f"`netc: {word}` is no comment that netc knows" if word else "this says nothing to netc"
        wrong.append(Diagnostic(CODE, message, whole, help=_WRITTEN))
        return
    if not (match["codes"] or "").strip():
        wrong.append(
            Diagnostic(CODE, f"`{word}` does not say which warnings to ignore", whole, help=_WRITTEN)
        )
        return
    for code in _CODE.finditer(comment.text, match.start("codes"), match.end("codes")):
        span = Span(source, comment.start + code.start(), comment.start + code.end())
        if not code.group().startswith("W") or code.group() not in CODES:
            wrong.append(_unknown(code.group(), span))
        else:
            yield _Ignored(code.group(), span, held, word == "ignore-file")


def _unknown(code: str, span: Span) -> Diagnostic:
    if code in CODES:
        message = f"{code} is an error, and only warnings can be ignored"
        return Diagnostic(CODE, message, span, help="mend what it is about")
    shown = code if len(code) <= 40 else code[:39] + "…"
    help = suggest(code, [known for known in CODES if known.startswith("W")])
    help = help or "`netc explain` lists them all"
    return Diagnostic(CODE, f"there is no warning `{shown}`", span, help=help)


def _own_line(comment: Token, source: Source) -> Span | None:
    """The line that a comment stands at the end of; None when nothing stands before it."""
    line = source.text.rfind("\n", 0, comment.start) + 1
    if not source.text[line : comment.start].strip():
        return None
    return Span(source, line, comment.start)
