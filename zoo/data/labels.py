"""The classes of samples that each say their own, as a number or as a word."""

from collections.abc import Sequence
from pathlib import Path

from zoo.errors import UserError
from zoo.suggest import hint

MOST_CLASSES = 1_000_000


def classes(train: Sequence[str], val: Sequence[str], file: str | None = None) -> tuple[str, ...]:
    """The classes: from 0 to the largest number, named if ``file`` has their names; or the words, sorted.

    Raises:
        UserError: there are too few names, or validation has a word that training lacks.
    """
    given = {*train, *val}
    if not all(text.isdecimal() for text in given):
        if file is not None:
            raise UserError(f"data.names={file}: the samples name their classes themselves")
        unknown = sorted(set(val) - set(train))
        if unknown:
            raise UserError(
                f"the samples for validation have a class {unknown[0]}, and those for training have not; "
                f"{hint(unknown[0], set(train))}"
            )
        return tuple(sorted(given))
    count = 1 + max(map(int, given))
    if count > MOST_CLASSES:
        raise UserError(f"the samples have a class {count - 1}; numbers from 0 on are expected")
    if file is None:
        return tuple(str(label) for label in range(count))
    return _names(file, count)


def numbers(texts: Sequence[str], names: Sequence[str]) -> list[int]:
    """The class of each sample, by its number."""
    if all(text.isdecimal() for text in set(texts)):
        return [int(text) for text in texts]
    known = {name: label for label, name in enumerate(names)}
    return [known[text] for text in texts]


def _names(file: str, count: int) -> tuple[str, ...]:
    path = Path(file).expanduser()
    if not path.is_file():
        raise UserError(f"data.names={file}: no such file")
    names = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    if len(names) < count:
        raise UserError(f"data.names={file}: {len(names)} names, and the samples have classes to {count - 1}")
    return tuple(names)
