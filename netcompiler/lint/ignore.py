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
from itertools import islice
from typing import TYPE_CHECKING

from netcompiler.diagnostics import CODES, Diagnostic, suggest
from netcompiler.diagnostics.codes import add_code
from netcompiler.limits import Limits
from netcompiler.lint.rule import RULES
from netcompiler.source import Source, Span

if TYPE_CHECKING:
    from netcompiler.parse.tokens import Token

CODE = "W100"

add_code(CODE, "comment that ignores nothing")

_MARK = re.compile(r"#+\s*netc\b\s*:")
_COMMENT = re.compile(r"#+\s*netc\s*:\s*(?P<word>[\w-]*)\s*(?:\[(?P<codes>[^\]]*)\])?")
_CODE = re.compile(r"[^\s,]+")
_WRITTEN = "it is written `# netc: ignore[W101]`, or `# netc: ignore-file[W101]` for the whole file"


@dataclass(eq=False, slots=True)
class _Ignored:
    """One code in one comment.

    Attributes:
        span: its place in the comment.
        start, end: the characters that it holds for.
        whole: True when it holds for the whole file.
        used: whether a warning was left out for it.
    """

    code: str
    span: Span
    start: int
    end: int
    whole: bool
    used: bool = False

    def covers(self, span: Span) -> bool:
        """Whether it holds for a place of its source."""
        return self.start <= span.start < self.end or self.start < span.end <= self.end


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
            ignored = [one for source in texts for one in self._read(source, limits, wrong)]
            for one in ignored:
                for source in texts if one.whole else (one.span.source,):
                    self.there.setdefault((id(source), one.code), []).append(one)
            if files and texts is files[0]:
                self.first, self.wrong = ignored, wrong

    def _read(self, source: Source, limits: Limits, wrong: list[Diagnostic]) -> list[_Ignored]:
        ignored: list[_Ignored] = []
        if _MARK.search(source.text):
            from netcompiler.parse.tokens import scan

            scanned = scan(source, limits)
            starts = [token.start for token in scanned.tokens]
            for comment in scanned.comments:
                if _MARK.match(comment.text):
                    ignored += _parsed(comment, source, scanned.tokens, starts, wrong)
        return ignored

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
    return any(
        span.source is ignored.span.source
        and (ignored.whole or (ignored.start < span.end and span.start < ignored.end))
        for span in elaborated
    )


def _parsed(
    comment: Token, source: Source, tokens: Sequence[Token], starts: Sequence[int], wrong: list[Diagnostic]
) -> Iterator[_Ignored]:
    """What a comment ignores; what is wrong with it is added to ``wrong``."""
    match = _COMMENT.match(comment.text)
    whole = Span(source, comment.start, comment.end)
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
    start, end = _extent(comment, source, tokens, starts)
    for code in _CODE.finditer(comment.text, match.start("codes"), match.end("codes")):
        span = Span(source, comment.start + code.start(), comment.start + code.end())
        if not code.group().startswith("W") or code.group() not in CODES:
            wrong.append(_unknown(code.group(), span))
        else:
            yield _Ignored(code.group(), span, start, end, word == "ignore-file")


def _unknown(code: str, span: Span) -> Diagnostic:
    if code in CODES:
        message = f"{code} is an error, and only warnings can be ignored"
        return Diagnostic(CODE, message, span, help="mend what it is about")
    shown = code if len(code) <= 40 else code[:39] + "…"
    help = suggest(code, [known for known in CODES if known.startswith("W")])
    return Diagnostic(CODE, f"there is no warning `{shown}`", span, help=help)


def _extent(
    comment: Token, source: Source, tokens: Sequence[Token], starts: Sequence[int]
) -> tuple[int, int]:
    """The characters that a comment holds for: its line, or the statement below it."""
    text = source.text
    line = text.rfind("\n", 0, comment.start) + 1
    if text[line : comment.start].strip():
        return line, comment.start
    index = bisect_left(starts, comment.end)
    while index < len(tokens) and tokens[index].kind == "_NEWLINE":
        index += 1
    first = index
    depth = 0
    while index < len(tokens):
        kind = tokens[index].kind
        if kind in ("LPAR", "LSQB", "LBRACE"):
            depth += 1
        elif kind in ("RPAR", "RSQB", "RBRACE"):
            depth -= 1
        if depth < 0 or (depth == 0 and kind == "_NEWLINE"):
            break
        index += 1
    if index == first:
        return comment.end, comment.end
    return tokens[first].start, tokens[index - 1].end
