"""Leaves, put together to brackets, items and statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from netcompiler.format.leaves import Leaf

_OPENING = {"LBRACE", "LPAR", "LSQB", "CALL", "INDEX"}
_CLOSING = {"RBRACE", "RPAR", "RSQB"}


@dataclass(slots=True)
class Item:
    """What stands between two commas, and the comma behind it."""

    elements: list[Element] = field(default_factory=list)
    comma: Leaf | None = None
    width: int = 0

    @property
    def first(self) -> Leaf:
        return first_leaf(self.elements[0])


@dataclass(slots=True)
class Group:
    """Brackets and what is in them.

    Attributes:
        open: the opening bracket.
        items: what commas separate; of braces, the statements.
        close: the closing bracket.
        broken: whether its content stands on lines of its own.
        given: whether it was so in the text already: then its lines are those of the text.
        tall: whether it, or something in it, stands on several lines.
        width: the characters of it all on one line.
    """

    open: Leaf
    items: list[Item] = field(default_factory=list)
    close: Leaf = field(default_factory=lambda: Leaf("", ""))
    broken: bool = False
    given: bool = False
    tall: bool = False
    width: int = 0

    @property
    def is_body(self) -> bool:
        """Whether it is ``{ … }``."""
        return self.open.kind == "LBRACE"

    @property
    def takes_comma(self) -> bool:
        """Whether a comma may stand before its end: arguments, parameters and plain lists."""
        if self.open.kind == "CALL":
            return True
        return self.open.kind == "LSQB" and not self.is_rule

    @property
    def is_rule(self) -> bool:
        """Whether it is ``[value for name in list]``."""
        return any(isinstance(e, Leaf) and e.kind == "FOR" for item in self.items for e in item.elements)


Element = Leaf | Group


def first_leaf(element: Element) -> Leaf:
    """The leaf that it begins with."""
    return element if isinstance(element, Leaf) else element.open


def last_leaf(element: Element) -> Leaf:
    """The leaf that it ends with."""
    return element if isinstance(element, Leaf) else element.close


def width_of(elements: Sequence[Element]) -> int:
    """The characters of elements on one line."""
    total = 0
    for element in elements:
        size = len(element.text) if isinstance(element, Leaf) else element.width
        total += size + first_leaf(element).space
    return total - first_leaf(elements[0]).space if elements else 0


def atoms(elements: Sequence[Element]) -> list[Element]:
    """Elements, with the parts of brackets that stand on several lines only because of something in them."""
    found: list[Element] = []
    stack = list(reversed(elements))
    while stack:
        element = stack.pop()
        if isinstance(element, Leaf) or element.broken or not element.tall:
            found.append(element)
            continue
        parts: list[Element] = [element.open]
        for item in element.items:
            parts += item.elements
            if item.comma is not None and item is not element.items[-1]:
                parts.append(item.comma)
        stack += reversed([*parts, element.close])
    return found


def flat(group: Group) -> str:
    """A group on one line."""
    words = [group.open.text]
    for number, item in enumerate(group.items):
        words.append(", " if number else " " if group.is_body else "")
        for at, element in enumerate(item.elements):
            space = " " if at and first_leaf(element).space else ""
            words.append(space + (element.text if isinstance(element, Leaf) else flat(element)))
    return "".join(words) + (" " if group.is_body else "") + group.close.text


def build(found: list[Leaf]) -> Group:
    """The tree of a whole text: its statements, as if they stood in braces that the end closes."""
    root = Group(Leaf("LBRACE", ""), broken=True, given=True)
    stack = [root]
    for leaf in found:
        group = stack[-1]
        if leaf.kind in _CLOSING or leaf.kind == "$END":
            group.close = leaf
            _measure(group)
            stack.pop()
            continue
        if not group.items or (leaf.starts and group.is_body) or group.items[-1].comma is not None:
            group.items.append(Item())
        elif not _may_begin_line(leaf, group.items[-1].elements[-1]):
            leaf.broken = False
        if leaf.kind == "COMMA" and not group.is_body:
            group.items[-1].comma = leaf
        elif leaf.kind in _OPENING:
            inner = Group(leaf)
            group.items[-1].elements.append(inner)
            stack.append(inner)
        else:
            group.items[-1].elements.append(leaf)
    return root


def _may_begin_line(leaf: Leaf, before: Element) -> bool:
    """Whether a word within an item begins a line where it did in the text."""
    return leaf.kind == "_ARROW" or (leaf.kind == "ELSE" and isinstance(before, Group) and before.is_body)


def _measure(group: Group) -> None:
    """Find the width of a group that is whole, and whether it cannot stand on one line."""
    for item in group.items:
        item.width = width_of(item.elements)
    group.width = 2 + sum(item.width + 2 for item in group.items) - (2 if group.items else 0)
    if group.is_body:
        group.width += 2 if group.items else 1
    following = group.items[0].first if group.items else group.close
    group.given = (bool(group.items) and _breaks(following)) or _has_comments(group)
    holds_tall = any(e.tall for item in group.items for e in item.elements if isinstance(e, Group))
    group.broken = group.broken or group.given or (group.is_body and (len(group.items) > 1 or holds_tall))
    group.tall = group.broken or holds_tall


def _breaks(leaf: Leaf) -> bool:
    return leaf.broken or bool(leaf.above)


def _has_comments(group: Group) -> bool:
    """Whether a comment stands directly in it."""
    if group.open.beside or group.close.above:
        return True
    for item in group.items:
        if item.comma is not None and item.comma.commented:
            return True
        if any(first_leaf(e).above or last_leaf(e).beside for e in item.elements):
            return True
    return False
