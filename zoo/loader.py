"""Batches, in an order and with an augmentation that depend on the seed, the epoch and the image alone.

Neither the number of workers nor where a run was interrupted changes what an epoch holds: each image's
augmentation has a generator of its own, and going on in the middle of an epoch skips keys, not data.
"""

import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from zoo import processes, replicas, seeds
from zoo.data.base import Split
from zoo.errors import StoppedError, UserError
from zoo.images.picture import BrokenImageError
from zoo.replicas import Replicas
from zoo.transform import Transform

Key = tuple[int, int]
"""An epoch and the index of an image."""

MOST_TRIES = 100
"""Images drawn in place of one that is broken, before the data as a whole counts as broken."""


class Batch(NamedTuple):
    """``labels`` is int64 [batch]."""

    images: Any
    """uint8 [batch, channels, height, width], or what the loader's ``stack`` makes of what it reads."""
    labels: Tensor
    broken: list[str]
    """What was wrong with images of any process that could not be read; others stand in for them."""
    number: int | None
    """Its place among the epoch's batches; None for one that only keeps step with other processes."""


class WorkerError(UserError):
    """A process that reads images died."""


@dataclass
class Waiting:
    """Seconds spent waiting for batches, and in all, since it was made."""

    seconds: float = 0.0
    began: float = field(default_factory=time.monotonic)

    @property
    def share(self) -> float:
        """0 to 1."""
        return min(1.0, self.seconds / max(1e-9, time.monotonic() - self.began))


class Loader:
    """Batches of one split, epoch by epoch; each replica of the net gets its share of them.

    Training batches are shuffled, and the last incomplete one is left out (the next epoch has another): one
    odd image alone would break a batch norm. ``batch_size`` counts the images of all replicas; each gets its
    part of every batch, some of them one image more where it does not divide. Validation gives every image
    once, in batches that each go to one of the replicas. All processes of a replica get the same.

    All processes take their batches in step, so that each has as many as the others, and an error of one is
    an error of all before any of them computes.
    """

    def __init__(
        self,
        split: Split,
        transform: Transform,
        batch_size: int,
        seed: int,
        *,
        training: bool,
        workers: int,
        pin: bool = False,
        stack: Callable[[list[Any]], Any] | None = None,
        among: Replicas | None = None,
    ) -> None:
        """``stack`` makes a batch of what ``transform`` gives for its images; without it they are tensors.

        ``among`` says which replica of the net this process is of; without it every process is one.
        """
        self.replicas = among or replicas.of_processes()
        self.images = len(split.labels)
        self.batch_size = min(batch_size, self.images)
        if training and self.batch_size < self.replicas.count:
            raise UserError(
                f"trainer.batch_size={self.batch_size}: fewer than the {self.replicas.count} processes that "
                "all take a part of every batch; take a larger batch or fewer processes"
            )
        self.seed = seed
        self.training = training
        self._keys = _Keys()
        # A generator of its own: without one, starting an epoch would draw from torch's global numbers.
        self._loader: DataLoader[Any] = DataLoader(
            _Reader(split, transform, seed, training),
            batch_sampler=self._keys,
            num_workers=workers,
            collate_fn=partial(_collate, stack or stacked),
            pin_memory=pin,
            persistent_workers=workers > 0,
            worker_init_fn=_start_worker,
            generator=torch.Generator().manual_seed(seed),
        )

    def __len__(self) -> int:
        """Batches in an epoch, over all processes."""
        whole, rest = divmod(self.images, self.batch_size)
        return whole if self.training else whole + (rest > 0)

    def epoch(
        self,
        epoch: int,
        skip: int = 0,
        end: int | None = None,
        waiting: Waiting | None = None,
        *,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Iterator[Batch]:
        """This replica's part of an epoch's batches, from ``skip`` up to ``end``.

        ``waiting`` is told how long each batch was waited for; ``stopped`` is asked before each is given.

        Raises:
            StoppedError: ``stopped``, here or in another process.
            WorkerError: a process that reads images died.
            UserError: in validation, an image cannot be read; names its file.
        """
        waiting = waiting or Waiting()
        plan = self._plan(epoch)[skip:end]
        self._keys.batches = [keys for _, keys in plan]
        batches = self._read(waiting)
        for number, _ in plan:
            batch, error = None, None
            try:
                batch = next(batches)
            except UserError as problem:
                error = problem
            failed, stop, broken = processes.all_sum(
                [error is not None, stopped(), len(batch.broken) if batch else 0]
            )
            if stop:  # what asks to stop may have ended a process that reads, too
                raise StoppedError
            if failed:
                processes.raise_first(error)
            assert batch is not None
            if broken:
                texts = [text for each in processes.gathered(batch.broken) for text in each]
                batch = batch._replace(broken=texts)
            yield batch._replace(number=number)

    def _read(self, waiting: Waiting) -> Iterator[Batch]:
        try:
            batches = iter(self._loader)
            _no_errors_between()
            while True:
                asked = time.monotonic()
                batch = next(batches, None)
                waiting.seconds += time.monotonic() - asked
                if batch is None:
                    return
                if isinstance(batch, BrokenImageError):
                    raise UserError(str(batch))
                yield batch
        except (RuntimeError, ConnectionError, EOFError) as error:
            raise _worker_died(error) or error from error

    def _plan(self, epoch: int) -> list[tuple[int | None, list[Key]]]:
        """The images of each of this replica's batches, and the batch's number in the epoch."""
        if self.training:
            order = seeds.for_order(self.seed, epoch).permutation(self.images).tolist()
            batches = self._batches(epoch, order)
            return [(number, list(self.replicas.share(batch))) for number, batch in enumerate(batches)]
        own = list(self.replicas.share(list(enumerate(self._batches(epoch, range(self.images))))))
        idle = [(None, [(epoch, 0)])] * (-(-len(self) // self.replicas.count) - len(own))
        return [*own, *idle]

    def _batches(self, epoch: int, order: "range | list[int]") -> list[list[Key]]:
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


Read = tuple[Any, int, list[str]]
"""An image, its class, and what was wrong with those that it stands in for."""


class _Reader(Dataset["Read | BrokenImageError"]):
    """Reads one image. A broken one is returned: raised in a worker, it would lose its shape on the way."""

    def __init__(self, split: Split, transform: Transform, seed: int, training: bool) -> None:
        self.split = split
        self.transform = transform
        self.seed = seed
        self.training = training

    def __getitem__(self, key: Key) -> Read | BrokenImageError:
        epoch, index = key
        draw = seeds.ForImage(self.seed, epoch, index)
        broken: list[str] = []
        for _ in range(MOST_TRIES if self.training else 1):
            try:
                image = self.transform(self.split.picture(index), draw)
            except BrokenImageError as error:
                broken.append(str(error))
                # Another takes its place, so that every batch has its full size; which one, the key decides.
                index = int(draw().integers(len(self.split.labels)))
            else:
                return image, self.split.labels[index], broken
        return BrokenImageError(broken[0])


def _collate(
    stack: Callable[[list[Any]], Any], items: list[Read | BrokenImageError]
) -> Batch | BrokenImageError:
    for item in items:
        if isinstance(item, BrokenImageError):
            return item
    read = [item for item in items if not isinstance(item, BrokenImageError)]
    images = stack([image for image, _, _ in read])
    labels = torch.tensor([label for _, label, _ in read])
    return Batch(images, labels, [text for _, _, broken in read for text in broken], None)


def stacked(images: list[Tensor]) -> Tensor:
    """As one tensor whose memory has the layout of its parts: pixel by pixel for colours."""
    if len(images[0]) == 1:
        return torch.stack(images)
    return torch.stack([image.permute(1, 2, 0) for image in images]).permute(0, 3, 1, 2)


def _start_worker(_worker: int) -> None:
    # Ctrl-C reaches every process of the terminal. The run ends its workers itself, once its state is saved.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    torch.set_num_threads(1)


def _no_errors_between() -> None:
    """Hear of a worker that died when its batch is waited for.

    torch raises it as soon as the system tells, which may be in the middle of a step or of a checkpoint.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def _worker_died(error: Exception) -> WorkerError | None:
    """What torch says of a worker that was killed or ended, in our words; None for any other error."""
    found = re.search(r"DataLoader worker \(pid\(?s?\)? ([\d, ]+)\) ", str(error))
    # One that dies while it hands over a batch is noticed as a connection that ends.
    if found is None and isinstance(error, RuntimeError):
        return None
    which = f" (pid {found[1]})" if found else ""
    return WorkerError(
        f"A process that reads images{which} ended unexpectedly. Where memory ran out, fewer trainer.workers "
        "help; trainer.workers=0 reads in the training process and shows what is wrong with an image."
    )
