"""What of a line may stand under the same of its neighbours: steps of a chain, names of variants, tests."""

from __future__ import annotations

from collections.abc import Sequence

from netcompiler.format.breaking import breaks_before
from netcompiler.format.leaves import Leaf
from netcompiler.format.lines import Cell
from netcompiler.format.tree import Element, Group, first_leaf, width_of

_NO_CHAIN = {
    "LET",
    "DEFAULT",
    "GROUP",
    "INPUT",
    "OUTPUT",
    "USE",
    "BLOCK",
    "NET",
    "FOR",
    "ON",
    "COLUMNS",
}


def row_of(atoms: list[Element], start: int, column: int) -> list[Cell] | None:
    """The cells of the line that begins with an atom in a column; None when it is no row of a table.

    A row is a whole line of a chain, also one in the braces of a named step; a variant; a test with its body.
    """
    end = start + 1
    while end < len(atoms) and not breaks_before(atoms, end):
        end += 1
    line = atoms[start:end]
    if any(isinstance(atom, Group) and atom.broken for atom in line):
        return None
    first = first_leaf(line[0])
    if first.kind in ("NET", "IF"):
        return _variant(line, column) if first.kind == "NET" else _condition(line, column)
    if first.kind == "_ARROW":
        column += len("-> ")
        line = line[1:]
    if not line or first_leaf(line[0]).kind in _NO_CHAIN:
        return None
    return _braced(line, column) or _chain(line, column, ())


def _variant(line: Sequence[Element], column: int) -> list[Cell] | None:
    for at, element in enumerate(line):
        if at:
            column += first_leaf(element).space
        if isinstance(element, Leaf) and element.kind == "EQUAL":
            likeness = ("net", isinstance(line[at - 1], Group))  # whether it has parameters
            return [Cell(likeness, "=", column), Cell(likeness)]
        column += _size(element)
    return None


def _condition(line: Sequence[Element], column: int) -> list[Cell] | None:
    """``if test { … }``, without ``else``."""
    *test, body = line
    if not isinstance(body, Group) or any(isinstance(e, Leaf) and e.kind == "ELSE" for e in test):
        return None
    return [Cell(("if",), "{", column + width_of(test) + 1), Cell(("if",))]


def _braced(line: Sequence[Element], column: int) -> list[Cell] | None:
    """The chain in ``name: { … }`` and ``{ … }``."""
    *before, body = line
    if not (isinstance(body, Group) and body.is_body and body.items):
        return None
    if len(before) not in (0, 2) or any(isinstance(e, Group) for e in before):
        return None
    inside = body.items[0].elements
    if first_leaf(inside[0]).kind in _NO_CHAIN:
        return None
    head = sum(map(_size, before)) + (1 if before else 0) + len("{ ")
    return _chain(inside, column + head, ("braces", bool(before)))


def _chain(line: Sequence[Element], column: int, around: tuple[object, ...]) -> list[Cell]:
    cells: list[Cell] = []
    begin = 0
    for at, element in enumerate(line):
        if at:
            column += first_leaf(element).space
        if isinstance(element, Leaf) and _separates(element, line[begin:at]):
            cells.append(Cell((*around, *_likeness(line[begin:at])), element.text, column))
            begin = at + 1
        column += _size(element)
    cells.append(Cell((*around, *_likeness(line[begin:]))))
    return cells


def _separates(leaf: Leaf, cell: Sequence[Element]) -> bool:
    if leaf.kind == "STAR":
        return not any(isinstance(e, Leaf) and e.kind in ("IF", "FOR") for e in cell)
    return leaf.kind == "_ARROW"


def _likeness(cell: Sequence[Element]) -> tuple[object, ...]:
    """Whether a step has a name, and what it calls; for the number of repeats, that it is one."""
    labelled = len(cell) > 1 and isinstance(cell[1], Leaf) and cell[1].kind == "COLON"
    step = cell[2:] if labelled else cell
    if not step:
        return (labelled,)
    first = first_leaf(step[0])
    return (labelled, "number" if first.kind in ("NUMBER", "LPAR") else first.text)


def _size(element: Element) -> int:
    return len(element.text) if isinstance(element, Leaf) else element.width
