"""The words of a text, each with the comments that stand with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from netcompiler.limits import Limits
from netcompiler.parse.kinds import END, KINDS, LBRACE, NEWLINE, NUMBER
from netcompiler.parse.tokens import scan
from netcompiler.source import Source


@dataclass(slots=True)
class Comment:
    """A comment on a line of its own; ``blank`` when an empty line stands before it."""

    text: str
    blank: bool = False


@dataclass(slots=True)
class Leaf:
    """One word, number, string or symbol.

    Attributes:
        kind: its name in the grammar.
        text: its characters.
        starts: whether a statement begins with it.
        broken: whether it is the first of its line.
        blank: whether an empty line stands before it, below the comments above it.
        above: comments on lines of their own before it.
        beside: the comment after it on its line, or nothing.
        space: whether a blank stands before it, where it does not begin a line.
    """

    kind: str
    text: str
    starts: bool = False
    broken: bool = False
    blank: bool = False
    above: list[Comment] = field(default_factory=list)
    beside: str = ""
    space: bool = True

    @property
    def commented(self) -> bool:
        """Whether a comment stands before or beside it."""
        return bool(self.above or self.beside)


def leaves(source: Source, limits: Limits) -> list[Leaf]:
    """The leaves of a text that is known to be right; the last stands for its end and is empty."""
    scanned = scan(source, limits)
    text = source.text
    columns = scanned.columns
    comments = iter([*scanned.comments, None])
    comment = next(comments)
    found: list[Leaf] = []
    above: list[Comment] = []
    end = 0  # of what was taken last
    starts = True
    for number, word, start, after in zip(
        columns.kinds, columns.texts, columns.starts, columns.ends, strict=True
    ):
        while comment is not None and comment.start < start:
            breaks = text.count("\n", end, comment.start)
            if breaks == 0 and found and not above:
                found[-1].beside = _tidy(comment.text)
            else:
                above.append(Comment(_tidy(comment.text), breaks > 1))
            end = comment.end
            comment = next(comments)
        if number == NEWLINE:
            starts = True
            continue
        # Most words follow others at once, or after one blank.
        near = start == end or (start == end + 1 and text[end] == " ")
        breaks = 0 if near else text.count("\n", end, start)
        found.append(
            Leaf(
                KINDS[number], word, starts or number == END, breaks > 0, breaks > 1 and number != END, above
            )
        )
        above = []
        end = after
        starts = number == LBRACE
        if number == NUMBER:
            found[-1].text = word.lower()
    _settle(found)
    return found


def _tidy(comment: str) -> str:
    """A blank between the ``#`` and a word, none at the end."""
    words = comment[1:].expandtabs(1).rstrip()
    return f"# {words}" if words[:1].isalnum() else f"#{words}"


def _settle(found: list[Leaf]) -> None:
    """Move comments past the symbols that their lines cannot end or begin with any more."""
    for before, leaf, after in zip(found, found[1:], found[2:], strict=False):
        if leaf.kind == "_ARROW":
            _before_arrow(before, leaf, after)
        elif leaf.kind == "COMMA" or (leaf.kind == "LBRACE" and not leaf.starts):
            _behind(before, leaf, after)


def _behind(before: Leaf, leaf: Leaf, after: Leaf) -> None:
    """What stands before ``leaf`` goes behind it."""
    if not (before.beside or leaf.above):
        return
    own = [Comment(leaf.beside)] if leaf.beside else []
    after.above[:0] = [*leaf.above, *own]
    leaf.beside, before.beside, leaf.above = before.beside, "", []


def _before_arrow(before: Leaf, arrow: Leaf, after: Leaf) -> None:
    """Arrows begin lines and never end them."""
    if arrow.beside and not before.beside and not arrow.above:
        before.beside, arrow.beside = arrow.beside, ""
    elif arrow.beside:
        arrow.above.append(Comment(arrow.beside))
        arrow.beside = ""
    arrow.above += after.above
    after.above = []
    arrow.broken = arrow.broken or after.broken
