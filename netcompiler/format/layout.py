"""A tree, written on lines.

What the text has on lines of its own stays there; beyond that, lines break only where they would be too long
(breaking.py).
"""

from __future__ import annotations

from netcompiler.format.breaking import STEP, WIDTH, Breaker, arrange, breaks_before, deeper
from netcompiler.format.leaves import Comment, Leaf
from netcompiler.format.lines import Line, Page
from netcompiler.format.rows import row_of
from netcompiler.format.tree import Element, Group, Item, first_leaf, flat, last_leaf


def write(root: Group, partings: list[bool]) -> list[Line]:
    """The lines of a whole text; ``partings`` says before which statements an empty line may be put."""
    page = Page()
    layout = _Layout(page)
    ends_tall = False
    for number, (item, may_part) in enumerate(zip(root.items, partings, strict=False)):
        begin = len(page.lines)
        layout.statement(item, 0, first=number == 0)
        last = item.elements[-1]  # of a definition with a body, the body
        tall = (
            item.first.kind in ("BLOCK", "NET") and isinstance(last, Group) and last.is_body and last.broken
        )
        if number and may_part and (tall or ends_tall):
            page.lines[begin].blank = True
        ends_tall = tall
    layout.above(root.close, 0, first=not root.items)
    page.finish()
    return page.lines


class _Layout:
    """Writes to a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def _statements(self, body: Group, indent: int) -> None:
        """Write the statements of a body, each on a line of its own."""
        for number, item in enumerate(body.items):
            self.statement(item, indent, first=number == 0)
        self.above(body.close, indent, first=not body.items)

    def statement(self, item: Item, indent: int, *, first: bool) -> None:
        """Write a statement, with the comments above it."""
        _lift(item, indent)
        self._begin(item.first, indent, first=first)
        self._elements(item.elements, indent, 0)

    def _begin(self, leaf: Leaf, indent: int, *, first: bool) -> None:
        """Begin a line for a statement or an item."""
        self.above(leaf, indent, first=first)
        if leaf.blank and (leaf.above or not first):
            self.page.skip()
        self.page.newline(indent)

    def above(self, leaf: Leaf, indent: int, *, first: bool) -> None:
        """Write the comments above a leaf; before the first of a body no line is left empty."""
        if first and leaf.above:
            leaf.above[0].blank = False
        self.page.above(leaf.above, indent)

    def _elements(self, elements: list[Element], indent: int, tail: int) -> None:
        """Write a statement or an item, whose last line goes on with ``tail`` characters."""
        begins = self.page.column == self.page.indent
        breaker = Breaker(elements, indent, tail)
        breaker.run(self.page.column)
        atoms = breaker.atoms
        for at, atom in enumerate(atoms):
            if at and breaks_before(atoms, at):
                line = indent + deeper(atoms, at)
                self.page.above(first_leaf(atom).above, line)
                self.page.newline(line)
                begins = True
            if begins and tail == 0:
                self.page.row(row_of(atoms, at, 0))
            begins = False
            self._atom(atom)

    def _atom(self, atom: Element) -> None:
        if isinstance(atom, Leaf):
            self.page.put(atom.text, atom.space)
        elif atom.broken:
            self._broken(atom)
        else:
            self.page.put(flat(atom), atom.open.space)
        beside = last_leaf(atom).beside
        if beside:
            self.page.comment(beside)

    def _broken(self, group: Group) -> None:
        """Write a group whose content stands on lines of its own."""
        outer = self.page.indent
        self._atom(group.open)
        if group.is_body:
            self._statements(group, outer + STEP)
        else:
            self._items(group, outer + STEP)
        self.page.newline(outer)
        self.page.put(group.close.text, space=False)

    def _items(self, group: Group, indent: int) -> None:
        """Write what commas separate, as many to a line as the text has, or as fit."""
        if not (group.given and group.takes_comma):
            arrange(group, indent)
        ended = True
        comma = group.takes_comma
        for number, item in enumerate(group.items):
            leaf = item.first
            wide = not ended and self.page.column + 1 + item.width + 1 > WIDTH
            if ended or wide or leaf.broken or leaf.above:
                self._begin(leaf, indent, first=number == 0)
            else:
                leaf.space = True
            self._elements(item.elements, indent, int(comma))
            ended = bool(last_leaf(item.elements[-1]).beside)
            if comma:
                ended = self._comma(item) or ended
        self.above(group.close, indent, first=not group.items)

    def _comma(self, item: Item) -> bool:
        """Write the comma behind an item; whether a comment ends the line."""
        self.page.put(",", space=False)
        beside = item.comma.beside if item.comma is not None else ""
        if beside:
            self.page.comment(beside)
        return bool(beside)


def _lift(item: Item, indent: int) -> None:
    """Put the comment beside a line that is too long above it, so that it still speaks of all of it."""
    last = last_leaf(item.elements[-1])
    tall = any(isinstance(element, Group) and element.tall for element in item.elements)
    broken = any(breaks_before(item.elements, at) for at in range(1, len(item.elements)))
    if last.beside and indent + item.width > WIDTH and not tall and not broken:
        item.first.above.append(Comment(last.beside, blank=item.first.blank and not item.first.above))
        item.first.blank = False
        last.beside = ""
