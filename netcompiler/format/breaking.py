"""Breaking what is too long for a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netcompiler.format.leaves import Leaf
from netcompiler.format.tree import Element, Group, Item, atoms, first_leaf, last_leaf

WIDTH = 110
"""The most characters of a line, its comment apart."""

STEP = 2
"""Blanks that a line is further in than the one that it belongs to."""

_LOOSEST = (("FOR",), ("IF", "ELSE"), ("OR",), ("AND",), ("PLUS", "MINUS"), ("STAR", "OPERATOR"))
"""What an expression in brackets is broken before: the first of these that is in it."""


def breaks_before(parts: list[Element], at: int) -> bool:
    """Whether a line begins with an atom, which is not the first."""
    leaf = first_leaf(parts[at])
    before = parts[at - 1]
    if leaf.above or last_leaf(before).beside:
        return True
    if leaf.kind == "ELSE" and isinstance(before, Group):
        return leaf.broken and not before.broken and first_leaf(parts[0]).kind == "IF"
    return leaf.broken


def deeper(parts: list[Element], at: int) -> int:
    """How much further in the line is that begins with an atom."""
    leaf = first_leaf(parts[at])
    if leaf.kind in ("ELSE", "SKIP") and isinstance(parts[at - 1], Group):
        return 0
    return STEP if leaf.kind == "_ARROW" or not leaf.broken else 0


@dataclass(slots=True)
class _Stretch:
    """The atoms from ``start`` to ``end`` on one line, and the columns before and after them.

    It ends where the line ends, or with the first atom that does not fit on it.
    """

    start: int
    end: int
    column: int
    after: int


class Breaker:
    """Breaks a statement or an item until its lines fit, or nothing is left to break.

    Attributes:
        atoms: its parts, each a word or a group that is either broken or flat.
    """

    def __init__(self, elements: list[Element], indent: int, tail: int) -> None:
        self.atoms = atoms(elements)
        self._indent = indent
        self._line = indent  # how far in the line is that is looked at
        self._tail = tail

    def run(self, column: int) -> None:
        """Break what begins in a column."""
        start = 0
        while start < len(self.atoms):
            if start and breaks_before(self.atoms, start):
                column = self._line = self._indent + deeper(self.atoms, start)
            stretch = self._stretch(start, column)
            if stretch.after > WIDTH and self._break(stretch):
                continue
            start = stretch.end
            column = self._line + 1 if _is_broken(self.atoms[start - 1]) else stretch.after

    def _stretch(self, start: int, column: int) -> _Stretch:
        after = column
        for at in range(start, len(self.atoms)):
            if at > start and breaks_before(self.atoms, at):
                return _Stretch(start, at, column, after)
            after += self._size(at, after)
            if after > WIDTH or _is_broken(self.atoms[at]):
                return _Stretch(start, at + 1, column, after)
        return _Stretch(start, len(self.atoms), column, after)

    def _size(self, at: int, column: int) -> int:
        atom = self.atoms[at]
        size = len(atom.text) if isinstance(atom, Leaf) else 1 if atom.broken else atom.width
        tail = self._tail if at == len(self.atoms) - 1 else 0
        return size + tail + (first_leaf(atom).space and column > self._line)

    # ---- one line that is too long

    def _break(self, stretch: _Stretch) -> bool:
        """Break a line somewhere; whether there was a place."""
        return (
            self._else(stretch)
            or self._body(stretch, stretch.end - 1)
            or self._arrow(stretch)
            or self._body(stretch, stretch.start)
            or self._brackets(stretch)
        )

    def _groups(self, stretch: _Stretch) -> Iterator[tuple[int, Group]]:
        for at in range(stretch.start, stretch.end):
            atom = self.atoms[at]
            if isinstance(atom, Group) and not atom.broken and atom.items:
                yield at, atom

    def _else(self, stretch: _Stretch) -> bool:
        for at in range(max(stretch.start, 1), stretch.end):
            leaf = self.atoms[at]
            if isinstance(leaf, Leaf) and leaf.kind == "ELSE" and not leaf.broken:
                leaf.broken = isinstance(self.atoms[at - 1], Group)
                if breaks_before(self.atoms, at):
                    return True
        return False

    def _body(self, stretch: _Stretch, start: int) -> bool:
        body = next((group for at, group in self._groups(stretch) if group.is_body and at >= start), None)
        if body is not None:
            body.broken = body.tall = True
        return body is not None

    def _arrow(self, stretch: _Stretch) -> bool:
        """Break before the last arrow; rather before one with a named step, not too far to the left."""
        column = stretch.column
        places: list[tuple[bool, int, Leaf]] = []
        for at in range(stretch.start, stretch.end):
            atom = self.atoms[at]
            if isinstance(atom, Leaf) and atom.kind == "_ARROW" and column > self._line:
                places.append((self._named(at + 1) and column > WIDTH // 2, at, atom))
            column += self._size(at, column)
        if not places:
            return False
        max(places)[2].broken = True
        return True

    def _named(self, at: int) -> bool:
        colon = self.atoms[at + 1] if at + 1 < len(self.atoms) else None
        return isinstance(colon, Leaf) and colon.kind == "COLON"

    def _brackets(self, stretch: _Stretch) -> bool:
        """Open the longest brackets: of a list or of arguments, or else of an expression."""
        groups = [(group.takes_comma, group.width, at) for at, group in self._groups(stretch)]
        if groups:
            self._open(max(groups)[2], stretch)
        return bool(groups)

    def _open(self, at: int, stretch: _Stretch) -> None:
        group = self.atoms[at]
        assert isinstance(group, Group)
        inner = _only_list(group)
        if inner is not None and self._fits_around(group, inner, at, stretch):
            inner.broken = inner.tall = group.tall = True
            self.atoms[at : at + 1] = atoms([group])
        else:
            group.broken = group.tall = True

    def _fits_around(self, group: Group, inner: Group, at: int, stretch: _Stretch) -> bool:
        """Whether everything but the list in a group fits on the lines where the list begins and ends."""
        before = stretch.column
        for index in range(stretch.start, at):
            before += self._size(index, before)
        after = self._line + 1
        for index in range(at + 1, len(self.atoms)):
            if after > WIDTH or breaks_before(self.atoms, index):
                break
            after += self._size(index, after)
        return max(before, after) + group.width - inner.width + 2 <= WIDTH


def _is_broken(atom: Element) -> bool:
    return isinstance(atom, Group) and atom.broken


def _is_list(item: Item) -> bool:
    """Whether an item is a list, and nothing else."""
    element = item.elements[0]
    return isinstance(element, Group) and len(item.elements) == 1 and element.open.kind == "LSQB"


def _only_list(group: Group) -> Group | None:
    """The list among the arguments, when there is one: its brackets then stand beside theirs."""
    lists = [item.elements[0] for item in group.items if _is_list(item)]
    if group.open.kind != "CALL" or len(lists) != 1:
        return None
    (found,) = lists
    return found if isinstance(found, Group) and len(found.items) > 1 else None


def arrange(group: Group, indent: int) -> None:
    """Choose the items, or the words, that begin lines in brackets that were opened here.

    All stand on one line where they fit; lists, and arguments that are more than words, have a line each.
    """
    if not group.takes_comma:
        _arrange_expression(group, indent)
        return
    width = sum(item.width + 2 for item in group.items) - 1
    each = any(map(_is_list, group.items)) or (
        indent + width > WIDTH and any(len(item.elements) > 2 for item in group.items)
    )
    for item in group.items:
        item.first.broken = each


def _arrange_expression(group: Group, indent: int) -> None:
    (item,) = group.items
    if indent + item.width <= WIDTH:
        return
    for kinds in _LOOSEST:
        found = [leaf for leaf in _operators(item) if leaf.kind in kinds]
        for leaf in found:
            leaf.broken = True
        if found:
            return


def _operators(item: Item) -> Iterator[Leaf]:
    """The words with an operand before them."""
    for before, leaf in zip(item.elements, item.elements[1:], strict=False):
        if isinstance(leaf, Leaf) and (isinstance(before, Group) or before.kind in _OPERANDS):
            yield leaf


_OPERANDS = {"NAME", "NUMBER", "STRING", "TRUE", "FALSE", "NONE", "IN"}
