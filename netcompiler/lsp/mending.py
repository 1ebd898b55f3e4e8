"""Quick fixes: what a diagnostic's own help says, done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from netcompiler.diagnostics import Diagnostic
from netcompiler.lsp.checking import Findings
from netcompiler.lsp.positions import Stretch
from netcompiler.lsp.reading import Reading

_HELPS = tuple(
    re.compile(pattern)
    for pattern in (
        r"did you mean `(?P<new>[^`…]+)`\?",
        r"it is called `(?P<new>\w+)` here",
        r"(?:the rank follows from the input: )?write `(?P<new>[^`…]+)`",
    )
)
_QUOTED = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Mend:
    """A change that mends a diagnostic.

    Attributes:
        title: what the editor calls it.
        at: the place to change.
        text: what stands there then.
        found: the diagnostic.
        sure: True when it is what the diagnostic's help says.
    """

    title: str
    at: Stretch
    text: str
    found: Diagnostic
    sure: bool


def mends(reading: Reading, findings: Findings, within: Stretch) -> Iterator[Mend]:
    """What can be done about the diagnostics of a stretch."""
    for found in findings.diagnostics:
        if found.span is None or not reading.has(found.span.source):
            continue
        place = reading.stretch(found.span)
        if place.start > within.end or place.end < within.start:
            continue
        mend = replacement(reading, found, place)
        if mend is not None:
            yield mend
        if found.severity == "warning":
            yield _ignored(reading, found, place)


def replacement(reading: Reading, found: Diagnostic, place: Stretch) -> Mend | None:
    """The word that is to stand in place of the one that is wrong; None where the help has none."""
    help = found.help or ""
    match = next((m for m in (pattern.fullmatch(help) for pattern in _HELPS) if m is not None), None)
    if match is None:
        return None
    text = reading.text[place.start : place.end]
    words = [word for word in _QUOTED.findall(found.message) if _once(word, text)]
    if not words and "\n" not in text and re.fullmatch(r"\S+", text):
        words = [text]
    if not words:
        return None
    start = place.start + _find(words[-1], text)
    new = match["new"]
    return Mend(f"Replace with `{new}`", Stretch(start, start + len(words[-1])), new, found, sure=True)


def _ignored(reading: Reading, found: Diagnostic, place: Stretch) -> Mend:
    """A comment at the line's end that says that the warning is known."""
    line = reading.lines.stretch(reading.lines.number(place.start))
    text = reading.text[line.start : line.end]
    mark = f"netc: ignore[{found.code}]"
    new = f"  {mark}" if "#" in text else f"  # {mark}"
    if "#" in text:
        # One comment a line: the mark goes where it begins.
        at = line.start + text.index("#")
        return Mend(f"Ignore {found.code} here", Stretch(at, at), f"# {mark} ", found, sure=False)
    return Mend(f"Ignore {found.code} here", Stretch(line.end, line.end), new, found, sure=False)


def _once(word: str, text: str) -> bool:
    return len(re.findall(_bounded(word), text)) == 1


def _find(word: str, text: str) -> int:
    match = re.search(_bounded(word), text)
    return 0 if match is None else match.start()


def _bounded(word: str) -> str:
    """A pattern for a word that is no part of a longer one."""
    left = r"(?<!\w)" if word[0].isalnum() or word[0] == "_" else ""
    right = r"(?!\w)" if word[-1].isalnum() or word[-1] == "_" else ""
    return left + re.escape(word) + right
