"""Between lexer and parser: line ends that matter, brackets that close, keywords used as names."""

from __future__ import annotations

from collections.abc import Iterator

from lark import Token

from netcompiler.diagnostics import Diagnostic, SpecError
from netcompiler.limits import Limits
from netcompiler.source import Source, Span

_OPENING = {"LPAR": "(", "LSQB": "[", "LBRACE": "{"}
_CLOSING = {"RPAR": ")", "RSQB": "]", "RBRACE": "}"}
_PARTNER = {")": "(", "]": "[", "}": "{"}

# A line end straight after one of these, or before one of those, separates nothing.
_GOES_ON_AFTER = {"LBRACE", "_ARROW", "COMMA", "EQUAL", "COLON", "_NEWLINE"}
_GOES_ON_BEFORE = {"RBRACE", "_ARROW", "ELSE", "SKIP", "_NEWLINE"}


def token_span(source: Source, token: Token) -> Span:
    """The place of a token."""
    start = token.start_pos or 0
    return Span(source, start, token.end_pos if token.end_pos is not None else start + len(token))


class TokenFilter:
    """Lark's ``postlex`` for one source.

    Raises SpecError where brackets do not match, are nested deeper than the limit, or a number has more
    digits than the limit.
    """

    always_accept = ("_NEWLINE",)

    source: Source
    limits: Limits
    open: list[Token]

    def begin(self, source: Source, limits: Limits) -> None:
        """Get ready for one source."""
        self.source = source
        self.limits = limits
        self.open = []

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """The tokens the parser sees."""
        previous = "_NEWLINE"
        for token, following in _with_next(stream):
            kind = token.type
            if kind == "_NEWLINE":
                if self.open and self.open[-1].type != "LBRACE":
                    continue
                if self._goes_on(previous, following):
                    continue
            elif kind in _OPENING:
                self._enter(token)
            elif kind in _CLOSING:
                self._leave(token)
            elif kind == "NUMBER" and len(token) > self.limits.digits:
                raise self._error(
                    "E217", f"number has {len(token):,} characters, the limit is {self.limits.digits}", token
                )
            elif self._is_name(token, following):
                token = Token.new_borrow_pos("NAME", str(token), token)
            previous = token.type
            yield token
        if self.open:
            raise self.unclosed(self.open[-1])

    def unclosed(self, token: Token) -> SpecError:
        """The error for a bracket that nothing closes."""
        return self._error("E105", f"`{token}` is never closed", token)

    def _goes_on(self, previous: str, following: Token | None) -> bool:
        if previous in _GOES_ON_AFTER or following is None:
            return True
        return following.type in _GOES_ON_BEFORE

    def _enter(self, token: Token) -> None:
        if len(self.open) >= self.limits.nesting:
            raise self._error("E107", f"brackets are nested more than {self.limits.nesting} deep", token)
        self.open.append(token)

    def _leave(self, token: Token) -> None:
        if not self.open:
            raise self._error("E105", f"`{token}` closes nothing", token)
        opened = self.open.pop()
        if str(opened) != _PARTNER[str(token)]:
            line, column = self.source.position(opened.start_pos or 0)
            raise SpecError(
                [
                    Diagnostic(
                        "E105",
                        f"`{token}` does not close the `{opened}` of line {line}, column {column}",
                        token_span(self.source, token),
                        help=f"close the `{opened}` before it",
                    )
                ]
            )

    def _is_name(self, token: Token, following: Token | None) -> bool:
        """A keyword before ``:`` or ``=`` is a label or an argument's name, so every name can be given."""
        return (
            token.type not in ("NAME", "STRING", "NUMBER")
            and token.isidentifier()
            and following is not None
            and following.type in ("COLON", "EQUAL")
        )

    def _error(self, code: str, message: str, token: Token) -> SpecError:
        return SpecError([Diagnostic(code, message, token_span(self.source, token))])


def _with_next(stream: Iterator[Token]) -> Iterator[tuple[Token, Token | None]]:
    current = next(stream, None)
    while current is not None:
        following = next(stream, None)
        yield current, following
        current = following
