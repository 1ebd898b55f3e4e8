"""``metrics.csv``: a row an epoch, on the disk as soon as the epoch ends."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from zoo.errors import UserError
from zoo.files import write_text


@dataclass(frozen=True)
class Row:
    """One epoch. Errors are shares of images, 0 to 1; ``epoch`` counts from 1; rates are a second.

    ``waiting`` is the share of the time spent waiting for images, ``memory`` the most used so far, in MiB.
    """

    epoch: int
    step: int
    lr: float
    train_loss: float
    train_top1_error: float
    train_top5_error: float
    val_loss: float
    val_top1_error: float
    val_top5_error: float
    images_per_second: float
    seconds: float
    waiting: float
    memory: float


COLUMNS = {field.name: field.type for field in fields(Row)}


class History:
    """The rows of a run, in memory and in its file."""

    def __init__(self, path: Path, up_to_epoch: int = 0) -> None:
        """Keep the rows of the first ``up_to_epoch`` epochs, and drop those of epochs that will run again.

        Raises:
            UserError: the file is not what a run wrote.
        """
        self.path = path
        self.rows: list[Row] = [row for row in read(path) if row.epoch <= up_to_epoch] if up_to_epoch else []
        write_text(path, _text([list(COLUMNS), *(_cells(row) for row in self.rows)]))

    def add(self, row: Row) -> None:
        """Append a row, and wait until it is on the disk.

        Raises:
            OSError: it cannot be written. The rows stay in memory, and the next one writes them all.
        """
        self.rows.append(row)
        write_text(self.path, _text([list(COLUMNS), *(_cells(row) for row in self.rows)]))


def read(path: Path) -> list[Row]:
    """The rows of a ``metrics.csv``.

    Raises:
        UserError: the file is missing, or not what a run wrote.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [_row(cells) for cells in csv.DictReader(file)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: not a run's metrics: {error}") from error


def _row(cells: dict[str, str]) -> Row:
    numbers = {name: (int if kind is int else float)(cells[name]) for name, kind in COLUMNS.items()}
    return Row(**numbers)  # type: ignore[arg-type]


def _cells(row: Row) -> list[object]:
    return list(asdict(row).values())


def _text(rows: Sequence[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
