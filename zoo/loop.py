"""The training loop."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from zoo.checkpoint import Position
from zoo.errors import UserError
from zoo.evaluate import evaluate
from zoo.history import Row
from zoo.interrupt import Stop
from zoo.loader import Batch, Loader
from zoo.loss import Loss
from zoo.metrics import Tally
from zoo.precisions import Precision
from zoo.progress import Reporter
from zoo.schedules import Schedule


@dataclass
class Parts:
    """What a run is made of; ``to_input`` turns a uint8 batch into what the net takes, on its device."""

    module: nn.Module
    loss: Loss
    optimizer: Optimizer
    lr: float
    schedule: Schedule
    precision: Precision
    train: Loader
    val: Loader
    to_input: Callable[[Tensor], Tensor]
    epochs: int


class DivergedError(UserError):
    """The loss or a weight is no longer a finite number."""


class StoppedError(Exception):
    """A signal came; the position says how far the run got."""


def run(
    parts: Parts,
    position: Position,
    reporter: Reporter,
    stop: Stop,
    done: Callable[[Row, Position, bool], None],
) -> None:
    """Train from ``position`` to the end, keeping ``position`` up to date.

    ``done`` is called after each epoch with its row, the position, and whether it is the best so far; that is
    where the run is saved.

    Raises:
        DivergedError: the loss or a weight became nan or infinite; that epoch was not handed to ``done``.
        StoppedError: a signal came; the step under way was finished first.
        UserError: an image cannot be read.
    """
    reporter.begin(parts.epochs, len(parts.train), position.step)
    while position.epoch < parts.epochs:
        began = time.monotonic()
        tally, rate = _train_epoch(parts, position, reporter, stop)
        validation = evaluate(
            parts.module,
            parts.val,
            parts.loss,
            parts.precision,
            parts.to_input,
            stopped=lambda: stop.signal is not None,
        )
        if validation is None:
            raise StoppedError
        _check_finite(parts.module, validation.loss, position)
        row = Row(
            position.epoch + 1,
            position.step,
            parts.optimizer.param_groups[0]["lr"],
            tally.loss,
            tally.top1_error,
            tally.top5_error,
            validation.loss,
            validation.top1_error,
            validation.top5_error,
            round(rate, 1),
            round(time.monotonic() - began, 3),
        )
        position.epoch, position.batch, position.tally = position.epoch + 1, 0, {}
        best = not position.best or [row.val_top1_error, row.val_loss] < position.best[:2]
        if best:
            position.best = [row.val_top1_error, row.val_loss, row.epoch]
        done(row, position, best)
        reporter.epoch(row, best)


def _train_epoch(parts: Parts, position: Position, reporter: Reporter, stop: Stop) -> tuple[Tally, float]:
    """Train what is left of the epoch; its counts, and images a second."""
    parts.module.train()
    tally = Tally(**position.tally)
    before, began = tally.images, time.monotonic()
    for batch in parts.train.epoch(position.epoch, skip=position.batch):
        for group in parts.optimizer.param_groups:
            group["lr"] = parts.lr * parts.schedule(position.epoch + position.batch / len(parts.train))
        loss = _step(parts, batch, tally)
        position.batch += 1
        position.step += 1
        position.tally = tally.state()
        if not math.isfinite(loss):
            raise _diverged(f"loss became {loss}", position)
        reporter.step(position.epoch + 1, position.step, loss, tally)
        if stop.signal is not None:
            raise StoppedError
    return tally, (tally.images - before) / max(1e-9, time.monotonic() - began)


def _step(parts: Parts, batch: Batch, tally: Tally) -> float:
    """One step; the loss that was minimised."""
    images = parts.to_input(batch.images)
    labels = batch.labels.to(images.device, non_blocking=True)
    with parts.precision():
        result = parts.module(images)
        total, own = parts.loss(result, labels)
    parts.optimizer.zero_grad()
    total.backward()  # type: ignore[no-untyped-call]
    parts.optimizer.step()
    tally.add(parts.loss.logits(result), labels, float(own.detach()))
    return float(total.detach())


def _check_finite(module: nn.Module, loss: float, position: Position) -> None:
    """What is saved must be good: a step can break the weights after a loss that was still finite."""
    if not math.isfinite(loss):
        raise _diverged(f"validation loss became {loss}", position)
    for name, tensor in module.state_dict().items():
        if not torch.isfinite(tensor).all():
            raise _diverged(f"weight {name} is no longer finite", position)


def _diverged(what: str, position: Position) -> DivergedError:
    return DivergedError(f"The {what} in epoch {position.epoch + 1}, step {position.step}.")
