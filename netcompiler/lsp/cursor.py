"""What is being written where the cursor stands: told from the text before it, however unfinished."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from netcompiler.lsp.reading import Reading

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
    | (?P<string>"(?:[^"\\\n]|\\.)*"?)
    | (?P<name>[A-Za-z_]\w*)
    | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    | (?P<line>\n)
    | (?P<mark>->|\.\.|\*\*|//|==|!=|<=|>=|[^\s])
    """,
    re.VERBOSE,
)


@dataclass(slots=True)
class Open:
    """A bracket that is open at the cursor.

    Attributes:
        mark: ``(``, ``[`` or ``{``.
        callee: the name before it; "" where there is none.
        commas: how many arguments are complete.
        named: names of arguments that are given by name.
        current: the name of the argument that is being written, where it is given by name.
    """

    mark: str
    callee: str
    commas: int = 0
    named: set[str] = field(default_factory=set)
    current: str | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """The cursor's surroundings.

    Attributes:
        offset: where it stands.
        word: the part of a name that stands before it.
        before: the tokens of its statement before that word, the last one last.
        string: what a string that it stands in has so far; None outside of strings.
        comment: True inside a comment.
        open: the brackets that are open, outermost first.
        definition: the name of the block or net that it stands in; "" outside.
    """

    offset: int
    word: str
    before: tuple[str, ...]
    string: str | None
    comment: bool
    open: tuple[Open, ...]
    definition: str

    @property
    def last(self) -> str:
        """The token before the word; "" at the beginning of a statement."""
        return self.before[-1] if self.before else ""

    @property
    def call(self) -> Open | None:
        """The innermost call whose arguments are being written."""
        for bracket in reversed(self.open):
            if bracket.mark == "(" and bracket.callee:
                return bracket
            if bracket.mark == "{":
                return None
        return None

    @property
    def in_call(self) -> bool:
        """True inside parentheses or square brackets."""
        return bool(self.open) and self.open[-1].mark != "{"

    @property
    def in_head(self) -> bool:
        """True among the parameters of a definition's own line."""
        return len(self.open) == 1 and self.open[0].mark == "(" and self.open[0].callee == self.definition

    @property
    def in_body(self) -> bool:
        """True where a statement of a body stands, not inside parentheses."""
        return bool(self.open) and self.open[-1].mark == "{"

    @property
    def on_top(self) -> bool:
        """True outside of all brackets."""
        return not self.open


def cursor_at(reading: Reading, offset: int) -> Cursor:
    """What is being written at a character."""
    part = reading.part_at(offset)
    text = reading.text[reading.start(part) : offset]
    scan = _Scan()
    for match in _TOKEN.finditer(text):
        scan.token(str(match.lastgroup), match.group(), ends=match.end() == len(text))
    return Cursor(
        offset,
        scan.word,
        tuple(scan.before),
        scan.string,
        scan.comment,
        tuple(scan.open),
        part.defines if part.defines is not None and scan.open else "",
    )


class _Scan:
    """What the tokens before a cursor say."""

    def __init__(self) -> None:
        self.word = ""
        self.string: str | None = None
        self.comment = False
        self.before: list[str] = []
        self.open: list[Open] = []
        self._outer: list[list[str]] = []

    def token(self, kind: str, text: str, *, ends: bool) -> None:
        """Take one token; ``ends`` says that the cursor stands straight behind it."""
        if kind == "comment":
            self.comment = ends
        elif kind == "line":
            if not self.open or self.open[-1].mark == "{":
                self._line()
        elif kind == "name" and ends:
            self.word = text
        elif kind == "string" and ends and (len(text) == 1 or not text.endswith('"')):
            self.string = text[1:]
        elif text in ("(", "[", "{"):
            self._enter(text)
        elif text in (")", "]", "}"):
            self._leave(text)
        else:
            self._other(text)

    def _line(self) -> None:
        if not self.before or self.before[-1] not in ("->", ",", "=", ":"):
            self.before = []

    def _enter(self, mark: str) -> None:
        callee = self.before[-1] if self.before else ""
        self.open.append(Open(mark, callee if callee[:1].isalpha() or callee[:1] == "_" else ""))
        self._outer.append([*self.before, mark])
        self.before = []

    def _leave(self, mark: str) -> None:
        if self.open:
            self.open.pop()
            self.before = [*self._outer.pop(), mark]
        else:
            self.before = [mark]

    def _other(self, text: str) -> None:
        bracket = self.open[-1] if self.open else None
        if bracket is not None and bracket.mark != "{":
            if text == ",":
                bracket.commas += 1
                bracket.current = None
            elif text == "=" and self.before:
                bracket.current = self.before[-1]
                bracket.named.add(self.before[-1])
        self.before.append(text)
