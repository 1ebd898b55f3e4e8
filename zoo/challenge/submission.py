"""Files of guesses as ILSVRC took them: a line an image, in the alphabetical order of the files' names.

For classification a line has up to five classes, by their ids in the challenge, the surest first. For
localisation each class is followed by a box: ``id xmin ymin xmax ymax``. What comes after the fifth guess is
ignored. So says the ``readme.txt`` of the development kit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from zoo.boxes.overlap import Pixels
from zoo.errors import UserError
from zoo.files import written

MOST = 5
"""Guesses of an image that count."""
TASKS = ("auto", "classification", "localisation")
LONGEST = 1 << 16
"""A line is no longer than this, in characters."""


@dataclass(frozen=True)
class Guess:
    """A class by its id in the challenge, and where in the picture it is, if that was guessed too."""

    id: int
    box: Pixels | None = None


def read(path: Path, task: str = "auto") -> list[list[Guess]]:
    """The guesses of each line, five at most.

    ``task`` says what lines have; auto takes a file for localisation when a line has more than five numbers.

    Raises:
        UserError: the file cannot be read, or a line is malformed; names the line.
    """
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not a submission: it is no plain text") from error
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    while lines and not lines[-1].strip():
        lines.pop()
    rows = [_numbers(line, f"{path}, line {number}") for number, line in enumerate(lines, 1)]
    located = task == "localisation" or (task == "auto" and any(len(row) > MOST for row in rows))
    guesses = _located if located else _named
    return [guesses(row, f"{path}, line {number}") for number, row in enumerate(rows, 1)]


def write(path: Path, rows: Iterable[Sequence[Guess]]) -> None:
    """Write a submission, whole or not at all."""
    with written(path) as temporary, temporary.open("w", encoding="ascii") as file:
        for row in rows:
            file.write(" ".join(map(_text, row)) + "\n")


def _text(guess: Guess) -> str:
    return " ".join(f"{number:g}" for number in (guess.id, *(guess.box or ())))


def _numbers(line: str, where: str) -> list[float]:
    if len(line) > LONGEST:
        raise UserError(f"{where}: longer than {LONGEST:,} characters")
    words = line.replace(",", " ").split()  # the kit's reader takes both
    if not words:
        raise UserError(f"{where}: empty; a line for each image is expected, with guesses in it")
    return [_number(word, where) for word in words]


def _number(word: str, where: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = float("nan")
    if not abs(value) < LONGEST:
        raise UserError(f"{where}: {word[:40]!r} is no number of a class or of a pixel")
    return value


def _named(row: Sequence[float], where: str) -> list[Guess]:
    return [Guess(_id(value, where)) for value in row[:MOST]]


def _located(row: Sequence[float], where: str) -> list[Guess]:
    if len(row) % 5:
        raise UserError(
            f"{where}: {len(row)} numbers; for localisation each guess has five: id xmin ymin xmax ymax"
        )
    found = []
    for start in range(0, min(len(row), 5 * MOST), 5):
        id, left, top, right, bottom = row[start : start + 5]
        if right < left or bottom < top:
            raise UserError(
                f"{where}: guess {start // 5 + 1} has a box that ends before it begins: "
                f"{left:g} {top:g} {right:g} {bottom:g}"
            )
        found.append(Guess(_id(id, where), (left, top, right, bottom)))
    return found


def _id(value: float, where: str) -> int:
    if value != int(value) or value < 1:
        raise UserError(f"{where}: {value:g} is no class: ids are whole numbers from 1 on")
    return int(value)
