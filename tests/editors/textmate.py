"""A small engine for TextMate grammars: as much of one as this project's grammar uses.

At each place of a line the pattern that begins first counts, of several the one that is listed first. Real
engines use Oniguruma; the patterns keep to what it has in common with Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Piece:
    """A piece of text with its scopes, the outermost first."""

    text: str
    scopes: tuple[str, ...]


class Engine:
    def __init__(self, grammar: Mapping[str, Any]) -> None:
        self.grammar = grammar

    def line(self, text: str) -> Iterator[Piece]:
        """The pieces of one line; in this grammar nothing goes on on the next one."""
        yield from self._within(text, 0, self.grammar["patterns"], None, ())

    def _within(
        self, text: str, at: int, patterns: list[Any], end: str | None, scopes: tuple[str, ...]
    ) -> Iterator[Piece]:
        self.at = at
        while self.at < len(text):
            closing = re.compile(end).search(text, self.at) if end is not None else None
            rule, match = self._first(text, patterns)
            if closing is not None and (match is None or closing.start() <= match.start()):
                yield from _piece(text[self.at : closing.end()], scopes)
                self.at = closing.end()
                return
            if rule is None or match is None:
                yield from _piece(text[self.at :], scopes)
                self.at = len(text)
                return
            yield from _piece(text[self.at : match.start()], scopes)
            inner = (*scopes, rule["name"]) if "name" in rule else scopes
            captures = rule.get("captures") or rule.get("beginCaptures") or {}
            yield from _captured(match, captures, inner)
            self.at = match.end()
            assert match.end() > match.start() or "begin" not in rule
            if "begin" in rule:
                yield from self._within(text, self.at, rule.get("patterns", []), rule["end"], inner)

    def _first(self, text: str, patterns: list[Any]) -> tuple[Any, re.Match[str] | None]:
        best: tuple[Any, re.Match[str] | None] = (None, None)
        for rule in self._flat(patterns):
            match = re.compile(rule.get("match") or rule["begin"]).search(text, self.at)
            if match is not None and (best[1] is None or match.start() < best[1].start()):
                best = rule, match
        return best

    def _flat(self, patterns: list[Any]) -> Iterator[Any]:
        for rule in patterns:
            if "include" in rule:
                yield from self._flat(self.grammar["repository"][rule["include"][1:]]["patterns"])
            else:
                yield rule


def _piece(text: str, scopes: tuple[str, ...]) -> Iterator[Piece]:
    if text:
        yield Piece(text, scopes)


def _captured(match: re.Match[str], captures: Mapping[str, Any], scopes: tuple[str, ...]) -> Iterator[Piece]:
    at = match.start()
    for number in range(1, (match.re.groups or 0) + 1):
        if str(number) in captures and match.start(number) >= at:
            yield from _piece(match.string[at : match.start(number)], scopes)
            yield from _piece(match.group(number), (*scopes, captures[str(number)]["name"]))
            at = match.end(number)
    yield from _piece(match.string[at : match.end()], scopes)
