"""Neighbouring lines that say the same of different layers: rows of a table, columns for what is alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from netcompiler.format.breaking import WIDTH
from netcompiler.format.lines import Cell, Line

COMMENTS = 49
"""The column, counted from 0, of a comment after short code."""

_FAR = 80
"""Code that is longer keeps its comment to itself, and does not push away those of its neighbours."""


def align(lines: list[Line]) -> None:
    """Set the arrows, repeats and equals signs of neighbours under one another."""
    for rows in _neighbours(lines, lambda line: line.row is not None):
        _columns(rows, 0)


def _neighbours(
    lines: Iterable[Line], wanted: Callable[[Line], bool], *, by_indent: bool = False
) -> Iterator[list[Line]]:
    """Runs of lines that are wanted, without an empty line between them; ``by_indent``, equally far in."""
    run: list[Line] = []
    for line in lines:
        further = by_indent and bool(run) and run[-1].indent != line.indent
        if run and (line.blank or further or not wanted(line)):
            yield run
            run = []
        if wanted(line):
            run.append(line)
    if run:
        yield run


def _columns(rows: list[Line], level: int) -> None:
    """Align a column of rows that are alike before it, and the columns after it."""
    stack = [(rows, level)]
    while stack:
        rows, level = stack.pop()
        for table in _tables(rows, level):
            with_separator = [line for line in table if _cell(line, level).separator]
            if len(with_separator) > 1:
                _align(with_separator, level)
                stack.append((with_separator, level + 1))


def _tables(rows: list[Line], level: int) -> Iterator[list[Line]]:
    """Runs of rows with the same kind of cell; one that ends with it goes with either separator."""
    for _, run in groupby(rows, key=lambda line: _cell(line, level).likeness):
        table: list[Line] = []
        separator = ""
        for line in run:
            here = _cell(line, level).separator
            if here and separator and here != separator:
                yield table
                table, separator = [], ""
            separator = separator or here
            table.append(line)
        yield table


def _cell(line: Line, level: int) -> Cell:
    assert line.row is not None
    return line.row[level]


def _align(rows: list[Line], level: int) -> None:
    """Set the separators after one cell under one another, unless a line gets too long by it."""
    columns = [line.indent + _cell(line, level).column for line in rows]
    furthest = max(columns)
    pads = [furthest - column for column in columns]
    if any(line.indent + len(line.text) + pad > WIDTH for line, pad in zip(rows, pads, strict=True)):
        return
    for line, pad in zip(rows, pads, strict=True):
        column = _cell(line, level).column
        line.text = f"{line.text[:column]}{' ' * pad}{line.text[column:]}"
        assert line.row is not None
        for cell in line.row[level:]:
            cell.column += pad


def comments(lines: list[Line]) -> None:
    """Set the comments of neighbours under one another; those after short code all stand in one column."""
    for run in _neighbours(lines, lambda line: bool(line.text and line.comment), by_indent=True):
        lengths = [line.indent + len(line.text) for line in run]
        column = max([COMMENTS, *(length + 2 for length in lengths if length <= _FAR)])
        for line, length in zip(run, lengths, strict=True):
            line.text += " " * (column - length if length <= _FAR else 2)
