"""A token that cannot stand where it stands, with what is around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from netcompiler.parse import kinds as k
from netcompiler.parse.driver import Run
from netcompiler.source import Span

_ENOUGH = 5
"""So many tokens that fit say that a change was right, or the rest of the statement if that is shorter."""


@dataclass(frozen=True, eq=False)
class Trouble:
    """Where a parse stopped.

    Attributes:
        run: the parse; all before ``at`` is taken.
        at: the token that cannot stand here.
        opened: the brackets that are open there, outermost first.
    """

    run: Run
    at: int
    opened: tuple[int, ...]

    @property
    def kind(self) -> int:
        """The kind of the token."""
        return self.run.tokens.kinds[self.at]

    @property
    def text(self) -> str:
        """Its text."""
        return self.run.tokens.texts[self.at]

    def kind_at(self, away: int) -> int:
        """The kind of the token so many places further on; END where there is none."""
        place = self.at + away
        return self.run.tokens.kinds[place] if 0 <= place < len(self.run.tokens.kinds) else k.END

    def text_at(self, away: int) -> str:
        """Its text; empty where there is none."""
        place = self.at + away
        return self.run.tokens.texts[place] if 0 <= place < len(self.run.tokens.texts) else ""

    def span(self, away: int = 0, to: int | None = None) -> Span:
        """The place of a token, or of all from one to another, by how far they are away."""
        tokens = self.run.tokens
        last = away if to is None else to
        return Span(self.run.source, tokens.starts[self.at + away], tokens.ends[self.at + last])

    def touches(self, away: int) -> bool:
        """Whether that token and the one before it have nothing between them."""
        tokens = self.run.tokens
        place = self.at + away
        return 0 < place < len(tokens.kinds) and tokens.starts[place] == tokens.ends[place - 1]

    @property
    def begins_line(self) -> bool:
        """Whether nothing stands before the token in its line."""
        span = self.span()
        return not span.source.line(span.line)[: span.column - 1].strip()

    @cached_property
    def expected(self) -> frozenset[int]:
        """The kinds of tokens that could stand here."""
        row = self.run.driver.tables.actions[self.run.stack[-1]]
        return frozenset(kind for kind in row if self.run.accepts(kind))

    @property
    def value_expected(self) -> bool:
        """Whether an expression could begin here."""
        return {k.NUMBER, k.NAME, k.LSQB} <= self.expected

    @property
    def step_expected(self) -> bool:
        """Whether a step could begin here."""
        return {k.NAME, k.LBRACE, k.NUMBER_OF["RESIDUAL"]} <= self.expected

    @property
    def step_ended(self) -> bool:
        """Whether a statement could end before the token."""
        return k.ARROW in self.expected

    @property
    def inside(self) -> int:
        """The kind of the innermost bracket that is open; END for none."""
        return self.run.tokens.kinds[self.opened[-1]] if self.opened else k.END

    def would_help(self, instead: list[int], taken: int) -> bool:
        """Whether, with other tokens in the place of ``taken`` ones, what follows fits."""
        kinds = self.run.tokens.kinds
        rest: list[int] = []
        depth = 0
        for kind in kinds[self.at + taken : self.at + taken + _ENOUGH]:
            rest.append(kind)
            depth += (kind in k.OPENING) - (kind in k.OPENED_BY)
            if kind == k.END or (depth <= 0 and kind in (k.NEWLINE, k.RBRACE)):
                break
        wanted = [*instead, *rest]
        enough = min(len(wanted), len(instead) + _ENOUGH)
        return self.run.after(wanted[:enough]) == enough
