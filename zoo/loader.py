"""Batches, in an order and with an augmentation that depend on the seed, the epoch and the image alone.

Neither the number of workers nor where a run was interrupted changes what an epoch holds: each image's
augmentation has a generator of its own, and going on in the middle of an epoch skips keys, not data.
"""

import signal
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from zoo.data.base import BrokenImageError, Split
from zoo.errors import UserError

Key = tuple[int, int]
"""An epoch and the index of an image."""


class Batch(NamedTuple):
    """``images`` is uint8 [batch, channels, height, width]; ``labels`` is int64 [batch]."""

    images: Tensor
    labels: Tensor


class Loader:
    """Batches of one split, epoch by epoch.

    Training batches are shuffled and augmented, and the last incomplete one is left out (the next epoch has
    another): one odd image alone would break a batch norm. Validation gives every image once, in order.
    """

    def __init__(
        self, split: Split, batch_size: int, seed: int, *, training: bool, workers: int, pin: bool = False
    ) -> None:
        self.images = len(split.labels)
        self.batch_size = min(batch_size, self.images)
        self.seed = seed
        self.training = training
        self._keys = _Keys()
        # A generator of its own: without one, starting an epoch would draw from torch's global numbers.
        self._loader: DataLoader[Any] = DataLoader(
            _Reader(split, seed, training),
            batch_sampler=self._keys,
            num_workers=workers,
            collate_fn=_collate,
            pin_memory=pin,
            persistent_workers=workers > 0,
            worker_init_fn=_start_worker,
            generator=torch.Generator().manual_seed(seed),
        )

    def __len__(self) -> int:
        """Batches in an epoch."""
        whole, rest = divmod(self.images, self.batch_size)
        return whole if self.training else whole + (rest > 0)

    def epoch(self, epoch: int, skip: int = 0) -> Iterator[Batch]:
        """The batches of one epoch, less the first ``skip``.

        Raises:
            UserError: an image cannot be read; names its file.
        """
        self._keys.batches = self._plan(epoch)[skip:]
        for batch in self._loader:
            if isinstance(batch, BrokenImageError):
                raise UserError(str(batch))
            yield batch

    def _plan(self, epoch: int) -> list[list[Key]]:
        order = range(self.images)
        if self.training:
            order = np.random.default_rng((self.seed, epoch)).permutation(self.images).tolist()
        keys = [(epoch, index) for index in order]
        return [keys[i * self.batch_size : (i + 1) * self.batch_size] for i in range(len(self))]


class _Keys:
    """What the data loader asks for next.

    It does not refer back to its loader: collected as a circle, the workers would never be told to end.
    """

    def __init__(self) -> None:
        self.batches: list[list[Key]] = []

    def __iter__(self) -> Iterator[list[Key]]:
        return iter(self.batches)

    def __len__(self) -> int:
        return len(self.batches)


class _Reader(Dataset["tuple[Tensor, int] | BrokenImageError"]):
    """Reads one image. A broken one is returned: raised in a worker, it would lose its shape on the way."""

    def __init__(self, split: Split, seed: int, training: bool) -> None:
        self.split = split
        self.seed = seed
        self.training = training

    def __getitem__(self, key: Key) -> tuple[Tensor, int] | BrokenImageError:
        epoch, index = key
        rng = np.random.default_rng((self.seed, epoch, index)) if self.training else None
        try:
            return self.split.read(index, rng), self.split.labels[index]
        except BrokenImageError as error:
            return error


def _collate(items: list[tuple[Tensor, int] | BrokenImageError]) -> Batch | BrokenImageError:
    for item in items:
        if isinstance(item, BrokenImageError):
            return item
    read = [item for item in items if not isinstance(item, BrokenImageError)]
    return Batch(torch.stack([image for image, _ in read]), torch.tensor([label for _, label in read]))


def _start_worker(_worker: int) -> None:
    # Ctrl-C reaches every process of the terminal. The run ends its workers itself, once its state is saved.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
