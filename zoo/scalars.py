"""What an epoch's numbers are called on TensorBoard, MLflow and Weights & Biases."""

from zoo.history import Row


def scalars(row: Row) -> dict[str, float]:
    """Name → value. What belongs in one chart shares the part before the slash."""
    return {
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
