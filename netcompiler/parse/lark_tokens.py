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
_GOES_ON_AFTER = {"LBRACE", "_ARROW", "COMMA", "EQUAL", "COLON", "ELSE", "SKIP", "_NEWLINE"}
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
    last: Token | None
    _outdented: Token | None

    def begin(self, source: Source, limits: Limits) -> None:
        """Get ready for one source."""
        self.source = source
        self.limits = limits
        self.open = []
        self.last = None
        self._outdented = None

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """The tokens the parser sees."""
        previous = "_NEWLINE"
        for token, following, third in _with_next(stream):
            kind = token.type
            if kind == "_NEWLINE":
                if self.open and self.open[-1].type != "LBRACE":
                    continue
                if self._goes_on(previous, following, third):
                    continue
            elif kind in _OPENING:
                self._enter(token)
            elif kind in _CLOSING:
                self._leave(token)
            elif kind == "NUMBER" and len(token) > self.limits.digits:
                raise self._error(
                    "E217", f"number has {len(token):,} characters, the limit is {self.limits.digits}", token
                )
            self.last = token
            previous = "NAME" if self._is_name(token, following) else kind
            yield token if previous == kind else Token.new_borrow_pos("NAME", str(token), token)
        if self.open:
            token = self.unclosed()
            raise self._error("E105", f"`{token}` is never closed", token)

    def unclosed(self) -> Token:
        """The bracket that is most likely the one that was not closed."""
        return self._outdented or self.open[-1]

    def _goes_on(self, previous: str, following: Token | None, third: Token | None) -> bool:
        if previous in _GOES_ON_AFTER or following is None:
            return True
        is_label = third is not None and third.type == "COLON"
        return following.type in _GOES_ON_BEFORE and not is_label

    def _enter(self, token: Token) -> None:
        if len(self.open) >= self.limits.nesting:
            raise self._error("E107", f"brackets are nested more than {self.limits.nesting} deep", token)
        self.open.append(token)

    def _leave(self, token: Token) -> None:
        if not self.open:
            raise self._error("E105", f"`{token}` closes nothing", token)
        opened = self.open.pop()
        if self._outdented is None and self._indent(token) < self._indent(opened):
            # A closing brace further out than the line of its opening one belongs to another.
            self._outdented = opened
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

    def _indent(self, token: Token) -> int:
        """How far in the token's line begins."""
        start = token.start_pos or 0
        text = self.source.text
        begin = end = start - self.source.position(start)[1] + 1
        while text[end] in " \t":
            end += 1
        return end - begin

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


def _with_next(stream: Iterator[Token]) -> Iterator[tuple[Token, Token | None, Token | None]]:
    """Each token and the two after it."""
    window = [next(stream, None) for _ in range(3)]
    while (token := window.pop(0)) is not None:
        yield token, window[0], window[1]
        window.append(next(stream, None))
