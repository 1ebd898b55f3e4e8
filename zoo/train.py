"""One training run: a checked config → a run folder with weights, metrics and pictures."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from zoo import checkpoint, device, history, loop, plot, run_folder, seeds
from zoo.board import Board
from zoo.checkpoint import Position
from zoo.data import DATASETS
from zoo.data.base import DataSet
from zoo.errors import Interrupted, UserError
from zoo.files import write_text
from zoo.history import History, Row
from zoo.interrupt import Stop
from zoo.loader import Loader
from zoo.loss import Loss
from zoo.model import Model, fit
from zoo.optimizers import OPTIMIZERS
from zoo.precisions import PRECISIONS
from zoo.progress import Reporter, duration, reporter
from zoo.run_folder import RunFolder
from zoo.schedules import SCHEDULES
from zoo.schema import Config


@dataclass(frozen=True)
class Result:
    """How a run ended: its folder, and its best epoch with the errors there (shares of images, 0 to 1)."""

    folder: RunFolder
    best_epoch: int
    top1_error: float
    loss: float
    last: Row
    """The last epoch, whose errors no choice among epochs has flattered."""


def train(config: Config, overrides: Sequence[str] = (), shown: Reporter | None = None) -> Result:
    """Train as ``config`` says; ``overrides`` are what the run is named after.

    Raises:
        UserError: data, spec, folder or loss are not what they should be.
        Interrupted: Ctrl-C or SIGTERM; the run is saved and can go on.
    """
    shown = shown or reporter(config.trainer.progress)
    folder = run_folder.find(config, overrides)
    where = _set_up(config)
    source = DATASETS.build(config.data)
    model = fit(config.model, source)
    data = source.open(model.shape[-1])
    parts = _parts(config, model, data, where)
    about = {
        "model": model.name,
        "params": dict(config.model.params),
        "input": list(model.shape),
        "output": model.output,
        "classes": list(data.classes),
        "mean": list(data.mean),
        "std": list(data.std),
        "data": data.name,
    }
    if model.note:
        shown.say(model.note)
    shown.say(_headline(config, model, data, parts, where))
    position = _begin(config, folder, model, parts, shown)
    _run(parts, position, folder, about, shown)
    return _finish(folder, position, model, data, shown)


def _set_up(config: Config) -> torch.device:
    where = device.pick(config.trainer.device)
    if config.trainer.threads is not None:
        torch.set_num_threads(config.trainer.threads)
    if where.type == "cuda" and config.trainer.deterministic:
        seeds.be_deterministic()
    seeds.seed_everything(config.seed)
    return where


def _parts(config: Config, model: Model, data: DataSet, where: torch.device) -> loop.Parts:
    options = config.trainer
    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    module = model.module(where)
    pin = where.type == "cuda"
    module.to(memory_format=layout)  # type: ignore[call-overload]
    return loop.Parts(
        module,
        Loss(model.output, model.auxiliary, options.aux_weight),
        OPTIMIZERS.build(config.optimizer, module.parameters()),
        config.optimizer.lr,
        SCHEDULES.build(config.schedule, options.epochs),
        PRECISIONS.build(config.precision, where.type),
        Loader(data.train, options.batch_size, config.seed, training=True, workers=options.workers, pin=pin),
        Loader(data.val, options.batch_size, config.seed, training=False, workers=options.workers, pin=pin),
        _to_input(data, where, layout),
        options.epochs,
    )


def _to_input(data: DataSet, where: torch.device, layout: torch.memory_format) -> Callable[[Tensor], Tensor]:
    mean = torch.tensor(data.mean, device=where).view(-1, 1, 1)
    std = torch.tensor(data.std, device=where).view(-1, 1, 1)

    def to_input(images: Tensor) -> Tensor:
        # Bytes travel to the device, a quarter of what floats are.
        scaled = images.to(where, non_blocking=True).float().div_(255).sub_(mean).div_(std)
        return scaled.contiguous(memory_format=layout)

    return to_input


def _headline(config: Config, model: Model, data: DataSet, parts: loop.Parts, where: torch.device) -> str:
    parameters = sum(p.numel() for p in parts.module.parameters())
    shape = "×".join(str(side) for side in model.shape)
    return (
        f"{model.name}: {parameters:,} parameters, input {shape}, {len(data.classes)} classes; "
        f"{data.name}: {parts.train.images:,} training and {parts.val.images:,} validation images; "
        f"{config.precision.name} on {device.describe(where)}"
    )


def _begin(config: Config, folder: RunFolder, model: Model, parts: loop.Parts, shown: Reporter) -> Position:
    """Where the run starts: at the beginning, or with ``resume`` where its checkpoint is."""
    if not config.resume or not checkpoint.exists(folder.path):
        run_folder.start(folder, config)
        _describe(folder, model, shown)
        shown.say(f"run folder: {folder.path}")
        return Position()
    changed = run_folder.changes(folder, config)
    saved = checkpoint.load_last(folder.path)
    if saved.damaged:
        shown.say(f"{folder.path}: {saved.damaged}; going on from the checkpoint before it")
        checkpoint.drop_last(folder.path)
    try:
        parts.module.load_state_dict(saved.weights)
        parts.optimizer.load_state_dict(saved.state["optimizer"])
    except (RuntimeError, ValueError) as error:
        raise UserError(f"{folder.path}: the net is not the one that this run began with: {error}") from error
    seeds.restore(saved.state["rng"])
    write_text(folder.config, run_folder.text(config))
    at = saved.position
    if at.epoch >= config.trainer.epochs:
        done = "the one epoch is" if at.epoch == 1 else f"all {at.epoch} epochs are"
        shown.say(f"{folder.path}: {done} done; a greater trainer.epochs=… goes on")
    else:
        shown.say(f"run folder: {folder.path}; going on after epoch {at.epoch}, step {at.step}")
    for change in changed:
        shown.say(f"  changed since: {change}")
    return at


def _describe(folder: RunFolder, model: Model, shown: Reporter) -> None:
    shutil.copyfile(model.file, folder.spec)
    write_text(folder.source, model.net.source())
    try:
        model.draw(folder.diagram)
    except UserError as error:  # no reason not to train
        shown.say(str(error))


def _run(
    parts: loop.Parts, position: Position, folder: RunFolder, about: dict[str, Any], shown: Reporter
) -> None:
    metrics = History(folder.metrics, position.epoch)
    board = Board(folder.events, position.epoch)

    def save(position: Position) -> None:
        state = {"optimizer": parts.optimizer.state_dict(), "rng": seeds.capture()}
        note = {**about, "epoch": position.epoch, "step": position.step}
        checkpoint.save_last(folder.path, parts.module.state_dict(), state, position, note)

    def done(row: Row, position: Position, best: bool) -> None:
        metrics.add(row)
        board.add(row)
        if best:
            note = {**about, "epoch": row.epoch, "top1_error": row.val_top1_error, "loss": row.val_loss}
            checkpoint.save_best(folder.path, parts.module.state_dict(), note)
        save(position)

    with Stop() as stop:
        try:
            loop.run(parts, position, shown, stop, done)
        except loop.StoppedError as error:
            shown.end()
            save(position)
            raise Interrupted(
                f"Stopped in epoch {position.epoch + 1} after step {position.step}; everything is saved in "
                f"{folder.path}, and the same command with resume=true goes on.",
                stop.signal or 0,
            ) from error
        except loop.DivergedError as error:
            raise UserError(f"{error} {_advice(folder, position)}") from error
        finally:
            shown.end()
            board.close()


def _advice(folder: RunFolder, position: Position) -> str:
    kept = (
        f"{folder.path} keeps the weights after epoch {position.epoch} (last.safetensors) and the best ones."
        if position.epoch
        else "It was the first epoch, so there are no weights to keep."
    )
    return (
        f"The run is stopped. {kept} What usually helps: a lower learning rate (optimizer.lr), a warm-up "
        "(schedule.warmup=2), precision=fp32 if it was not, and a look at the data."
    )


def _finish(folder: RunFolder, position: Position, model: Model, data: DataSet, shown: Reporter) -> Result:
    rows = history.read(folder.metrics)
    plot.draw(rows, f"{model.name} on {data.name}", folder.curves)
    error, loss, epoch = position.best
    shown.say(
        f"best: {error:.2%} top-1 error in epoch {epoch:.0f} of {rows[-1].epoch}, "
        f"{duration(sum(row.seconds for row in rows))} in all"
    )
    shown.say(f"in {folder.path}: best.safetensors, metrics.csv, curves.png, model.svg, tensorboard")
    return Result(folder, int(epoch), error, loss, rows[-1])
