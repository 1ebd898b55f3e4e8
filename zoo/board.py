"""TensorBoard events: the same numbers as ``metrics.csv``."""

from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

from zoo.history import Row
from zoo.scalars import scalars


class Board:
    """Writes scalars by epoch; events of epochs after ``epoch`` (a resumed run's lost ones) are hidden."""

    def __init__(self, folder: Path, epoch: int) -> None:
        self._writer = SummaryWriter(str(folder), purge_step=epoch + 1 if epoch else None)

    def add(self, row: Row) -> None:
        """Write an epoch, and flush it."""
        for tag, value in scalars(row).items():
            self._writer.add_scalar(tag, value, row.epoch)
        self._writer.flush()

    def close(self) -> None:
        """Close the file."""
        self._writer.close()
