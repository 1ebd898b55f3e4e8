"""How fast a net runs and trains here, and in how much memory."""

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from statistics import median, quantiles
from typing import cast

import torch

from zoo import device, fast, loop, memory, model, parts
from zoo.checkpoint import Position
from zoo.data import DATASETS
from zoo.data.fake import FakeOptions
from zoo.errors import UserError
from zoo.loader import Batch
from zoo.precisions import PRECISIONS, PrecisionOptions
from zoo.schema import Config

WARM_UP, LEAST = 2, 5
"""Runs that are not counted, and runs that are at the least."""
NO_MEMORY = "out of memory"


@dataclass(frozen=True)
class Speed:
    """Of one kind of work: the median of the seconds for a batch, and how far apart their middle half lies,
    as a share of it; images a second; the most memory that the process had used by then, in MiB.
    """

    seconds: float
    spread: float
    images_per_second: float
    memory: float
    repeats: int


@dataclass(frozen=True)
class Row:
    """What came out for one precision and batch; a text says why there is no number."""

    precision: str
    batch: int
    forward: Speed | str
    training: Speed | str


def measure(
    config: Config, precisions: Sequence[str], batches: Sequence[int], seconds: float
) -> Iterator[Row]:
    """A row for each precision and batch size; each work is repeated for ``seconds``.

    Each row has a process of its own, whose memory is that row's alone.

    Raises:
        UserError: an option does not fit the net.
    """
    for precision in precisions:
        for batch in batches:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
                try:
                    speeds = process.submit(_both, _with(config, precision, batch), seconds).result()
                except BrokenProcessPool:  # killed, as the system does where memory ends
                    speeds = (NO_MEMORY, NO_MEMORY)
            yield Row(precision, batch, *speeds)


def with_noise(config: Config) -> Config:
    """The config with images of noise as the net's spec declares them.

    Raises:
        UserError: the net does not classify images.
    """
    net = model.declared(config.model)
    classes = next(output for output in net.net.outputs if output.name == net.output).shape[0]
    shape: dict[str, int] = {"channels": net.shape[0], "size": net.shape[1], "classes": classes}
    return dataclasses.replace(config, data=FakeOptions(name="fake", val_count=1, **shape))


def fitted(config: Config) -> model.Model:
    """The net for the config's data.

    Raises:
        UserError: they do not fit.
    """
    return model.fit(config.model, DATASETS.build(config.data))


def _with(config: Config, precision: str, batch: int) -> Config:
    data = config.data
    if isinstance(data, FakeOptions):
        data = dataclasses.replace(data, count=max(data.count, batch))
    options = cast(PrecisionOptions, PRECISIONS.entries[precision].options(name=precision))
    trainer = dataclasses.replace(config.trainer, batch_size=batch)
    return dataclasses.replace(config, data=data, precision=options, trainer=trainer)


def _both(config: Config, seconds: float) -> tuple[Speed | str, Speed | str]:
    """Forward, then training step, in this process."""
    where = device.set_up(config)
    source = DATASETS.build(config.data)
    net = model.fit(config.model, source)
    where = net.home(where, config.trainer.devices)
    config, _ = fast.settle(config, net.net, where)
    built = parts.build(config, net, source.open(), source.augment, where)
    batch = next(iter(built.train.epoch(0)))
    if len(batch.images) < config.trainer.batch_size:
        raise UserError(f"batch={config.trainer.batch_size}: the data has only {len(batch.images)} images")
    forward = _tried(lambda: _forward(built, batch), built, seconds, len(batch.images))
    if where.type == "cuda":
        torch.cuda.reset_peak_memory_stats()
    built.module.train()
    position = Position()
    return forward, _tried(lambda: loop.step(built, batch, position), built, seconds, len(batch.images))


def _forward(built: loop.Parts, batch: Batch) -> None:
    built.module.eval()
    with torch.inference_mode(), built.precision.context():
        built.forward(built.to_input(batch.images))


def _tried(work: Callable[[], object], built: loop.Parts, seconds: float, images: int) -> Speed | str:
    try:
        return _speed(work, built.device, seconds, images)
    except RuntimeError as error:
        if isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error):
            return NO_MEMORY
        raise
    except ValueError as error:
        if "more than 1 value" in str(error):  # a batch norm of single numbers
            return "takes more images"
        raise


def _speed(work: Callable[[], object], where: torch.device, seconds: float, images: int) -> Speed:
    for _ in range(WARM_UP):
        _timed(work, where)
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < LEAST or time.perf_counter() < end:
        times.append(_timed(work, where))
    middle = median(times)
    first, _, last = quantiles(times, n=4)
    return Speed(middle, (last - first) / middle, images / middle, memory.peak(), len(times))


def _timed(work: Callable[[], object], where: torch.device) -> float:
    began = time.perf_counter()
    work()
    if where.type == "cuda":
        torch.cuda.synchronize(where)
    return time.perf_counter() - began
