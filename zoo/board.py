"""TensorBoard events: the same numbers as ``metrics.csv``."""

from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

from zoo.history import Row


class Board:
    """Writes scalars by epoch; events of epochs after ``epoch`` (a resumed run's lost ones) are hidden."""

    def __init__(self, folder: Path, epoch: int) -> None:
        self._writer = SummaryWriter(str(folder), purge_step=epoch + 1 if epoch else None)

    def add(self, row: Row) -> None:
        """Write an epoch, and flush it."""
        scalars = {
            "loss/train": row.train_loss,
            "loss/validation": row.val_loss,
            "top-1 error/train": row.train_top1_error,
            "top-1 error/validation": row.val_top1_error,
            "top-5 error/train": row.train_top5_error,
            "top-5 error/validation": row.val_top5_error,
            "learning rate": row.lr,
            "images a second": row.images_per_second,
            "waiting for images": row.waiting,
            "memory in MiB": row.memory,
        }
        for tag, value in scalars.items():
            self._writer.add_scalar(tag, value, row.epoch)
        self._writer.flush()

    def close(self) -> None:
        """Close the file."""
        self._writer.close()
