"""The training loop."""

import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from zoo import memory, processes, seeds
from zoo.checkpoint import Position
from zoo.ema import Ema
from zoo.errors import UserError
from zoo.evaluate import alone, evaluate
from zoo.gradients import Gradients, Step
from zoo.history import Row
from zoo.loader import Batch, Loader, Waiting
from zoo.losses import Loss
from zoo.metrics import Tally
from zoo.mix import Mixer
from zoo.parallel import own_part
from zoo.precisions import Precision
from zoo.progress import Reporter
from zoo.replicas import Replicas
from zoo.schedules import Length, Schedule


@dataclass
class Parts:
    """What a run is made of; ``to_input`` turns a uint8 batch into what the net takes, on its device."""

    module: nn.Module
    forward: Callable[[Tensor], Any]
    """The module as it is run in training: compiled, or with those of other processes."""
    gradients: Gradients
    device: torch.device
    loss: Loss
    optimizer: Optimizer
    lr: float
    schedule: Schedule
    precision: Precision
    ema: Ema | None
    mixer: Mixer | None
    train: Loader
    val: Loader
    to_input: Callable[[Tensor], Tensor]
    length: Length
    seed: int
    replicas: Replicas = field(default_factory=Replicas)
    after_step: Callable[[], None] = lambda: None
    """Makes what the processes keep beside the weights the same."""
    clip: Callable[[], object] | None = None
    """Scales gradients down where their norm, over all of the net, is too large."""
    judging: Callable[[], AbstractContextManager[nn.Module]] | None = None
    """Within, what evaluation calls, where that is not ``judged``."""
    broken: int = 0
    classes: int = 0
    """Of the data."""
    frozen: tuple[nn.Module, ...] = ()
    """Layers that are in eval mode in training too."""

    @property
    def judged(self) -> nn.Module:
        """The module whose error counts."""
        return self.module if self.ema is None else self.ema.module


class Keeper(Protocol):
    """Where a run is kept, and who says that it should stop."""

    def stopped(self) -> bool:
        """Whether a signal came."""

    def due(self, position: Position) -> bool:
        """Whether it is time to save the run; the main process decides."""

    def save(self, position: Position) -> None:
        """Save the run; called by all processes."""

    def epoch(self, row: Row, position: Position, best: bool) -> None:
        """An epoch is done; ``best`` says whether it is the best so far. Save the run."""


class DivergedError(UserError):
    """The loss or a weight is no longer a finite number."""


class TooManyBrokenError(UserError):
    """More training images cannot be read than are allowed."""


def run(parts: Parts, position: Position, reporter: Reporter, keeper: Keeper) -> None:
    """Train from ``position`` to the end, keeping ``position`` up to date.

    Raises:
        DivergedError: the loss or a weight became nan or infinite; that epoch was not handed to ``keeper``.
        StoppedError: a signal came; the step under way was finished first.
        UserError: images cannot be read.
    """
    reporter.begin(parts.length, position.step, parts.classes)
    while position.step < parts.length.steps or position.batch:
        began, waiting = time.monotonic(), Waiting()
        tally, rate = _train_epoch(parts, position, reporter, keeper, waiting)
        with nullcontext(parts.judged) if parts.judging is None else parts.judging() as judged:
            score = alone(judged, parts.loss, parts.precision, parts.to_input)
            validation = evaluate(score, parts.val, stopped=keeper.stopped)
        check_finite(parts.judged, validation.loss, position)
        used = parts.lr * parts.schedule(position.step - 1)  # a run that goes on here has made no step yet
        parts.schedule.epoch_done(validation.top1_error)
        row = Row(
            epoch=position.epoch + 1,
            step=position.step,
            lr=used,
            train_loss=tally.loss,
            train_top1_error=tally.top1_error,
            train_top5_error=tally.top5_error,
            val_loss=validation.loss,
            val_top1_error=validation.top1_error,
            val_top5_error=validation.top5_error,
            images_per_second=round(rate, 1),
            seconds=round(time.monotonic() - began, 3),
            waiting=round(waiting.share, 4),
            memory=round(memory.peak(), 1),
        )
        position.epoch, position.batch, position.tally = position.epoch + 1, 0, []
        best = not position.best or [row.val_top1_error, row.val_loss] < position.best[:2]
        if best:
            position.best = [row.val_top1_error, row.val_loss, row.epoch]
        keeper.epoch(row, position, best)
        reporter.epoch(row, best)


def _train_epoch(
    parts: Parts, position: Position, reporter: Reporter, keeper: Keeper, waiting: Waiting
) -> tuple[Tally, float]:
    """Train what is left of the epoch; the counts of all of it, and images a second."""
    parts.module.train()
    for layer in parts.frozen:
        layer.eval()
    tally = Tally(position.tally) if position.tally else Tally()
    before, began = tally.images, time.monotonic()
    left = parts.length.steps - position.step
    end = min(len(parts.train), position.batch + left)
    for batch in parts.train.epoch(position.epoch, position.batch, end, waiting, stopped=keeper.stopped):
        _note_broken(batch, position, reporter, parts.broken)
        own = step(parts, batch, position)
        position.batch += 1
        position.step += 1
        loss, due, *counts = processes.all_sum([own.loss, keeper.due(position), *own.counts.state()])
        tally = tally.plus(counts)
        position.tally = tally.state()
        if not math.isfinite(loss):
            processes.agree(_diverged(f"loss became {loss}", position))
        reporter.step(position.epoch + 1, position.step, loss, tally, waiting.share)
        if due:
            keeper.save(position)
    return tally, (tally.images - before) / max(1e-9, time.monotonic() - began)


def step(parts: Parts, batch: Batch, position: Position) -> Step:
    """One step."""
    rng = seeds.for_step(parts.seed, position.step, parts.replicas.own, parts.replicas.place)
    for group in parts.optimizer.param_groups:
        group["lr"] = parts.lr * parts.schedule(position.step)
    images = parts.to_input(batch.images)
    labels = batch.labels.to(images.device, non_blocking=True)
    targets = labels
    if parts.mixer is not None:
        images, targets = parts.mixer(images, labels, rng)
    parts.optimizer.zero_grad()
    own = parts.gradients(images, labels, targets)
    parts.precision.step(parts.optimizer, parts.clip)
    parts.after_step()
    if parts.ema is not None:
        parts.ema.update(parts.module, position.step + 1)
    return own


def _note_broken(batch: Batch, position: Position, reporter: Reporter, limit: int) -> None:
    """Name each broken image once, and stop when there are too many."""
    for text in batch.broken:
        if text in position.broken:
            continue
        position.broken.append(text)
        if len(position.broken) > limit:
            others = f" It is number {len(position.broken)};" if limit else ""
            processes.agree(TooManyBrokenError(f"{text}.{others} trainer.broken={limit} are passed over."))
        reporter.say(f"{text}; another stands in for it ({len(position.broken)} of {limit} allowed)")


def check_finite(module: nn.Module, loss: float, position: Position) -> None:
    """What is saved must be good: a step can break the weights after a loss that was still finite.

    Raises:
        DivergedError: the loss or a weight is nan or infinite.
    """
    error = None
    if not math.isfinite(loss):
        error = _diverged(f"validation loss became {loss}", position)
    for name, tensor in module.state_dict().items():
        if error is None and not torch.isfinite(own_part(tensor)).all():
            error = _diverged(f"weight {name} is no longer finite", position)
    processes.agree(error)


def _diverged(what: str, position: Position) -> DivergedError:
    return DivergedError(f"The {what} in epoch {position.epoch + 1}, step {position.step}.")
