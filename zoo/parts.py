"""A config → the parts of a run, and their state, for checkpoints."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from zoo import device, processes, recompute, stochastic_depth
from zoo.augment.base import AugmentOptions
from zoo.checkpoint import Saved
from zoo.data.base import DataSet
from zoo.ema import Ema
from zoo.errors import UserError
from zoo.loader import Loader
from zoo.loop import Parts
from zoo.losses import LOSSES, Loss
from zoo.mix import Mixer
from zoo.model import Model
from zoo.optimizers import OPTIMIZERS, parameter_groups
from zoo.precisions import PRECISIONS
from zoo.schedules import SCHEDULES, Length
from zoo.schema import Config, TrainerOptions
from zoo.transform import Centre, Training, training


def build(config: Config, model: Model, data: DataSet, suits: AugmentOptions, where: torch.device) -> Parts:
    """The parts of a run on one device; ``suits`` is the augmentation that suits the data.

    Raises:
        UserError: options that contradict each other, the data or the net.
    """
    options = config.trainer
    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    module = model.module(where)
    module.to(memory_format=layout)  # type: ignore[call-overload]
    ema = Ema(module, options.ema, options.ema_every) if options.ema else None
    size = model.shape[-1]
    augment = training(config.augment, suits, size, data.centre, data.mean)
    common: dict[str, Any] = {"workers": options.workers, "pin": where.type == "cuda"}
    train = Loader(data.train, augment, options.batch_size, config.seed, training=True, **common)
    val = Loader(
        data.val, Centre(size, data.centre), options.batch_size, config.seed, training=False, **common
    )
    length = Length(options.steps or options.epochs * len(train), len(train))
    return Parts(
        module=module,
        forward=_forward(module, model, options, where),
        device=where,
        loss=Loss(LOSSES.build(config.loss), model.output, model.auxiliary, config.loss.aux_weight),
        optimizer=OPTIMIZERS.build(config.optimizer, parameter_groups(module, config.optimizer)),
        lr=config.optimizer.lr,
        schedule=SCHEDULES.build(config.schedule, length),
        precision=PRECISIONS.build(config.precision, where.type),
        ema=ema,
        mixer=_mixer(augment, len(data.classes)),
        train=train,
        val=val,
        to_input=_to_input(data, where, layout),
        length=length,
        seed=config.seed,
        accumulate=options.accumulate,
        clip=options.clip,
        broken=options.broken,
    )


def headline(config: Config, model: Model, data: DataSet, built: Parts) -> str:
    """The run in one line."""
    parameters = sum(p.numel() for p in built.module.parameters())
    shape = "×".join(str(side) for side in model.shape)
    return (
        f"{model.name}: {parameters:,} parameters, input {shape}, {len(data.classes)} classes; "
        f"{data.name}: {built.train.images:,} training and {built.val.images:,} validation images; "
        f"{config.precision.name} on {device.describe(built.device)}"
    )


def state(built: Parts) -> dict[str, Any]:
    """All that a run needs to go on beside its weights and its position; tensors are the living ones."""
    return {
        "optimizer": built.optimizer.state_dict(),
        "schedule": built.schedule.state(),
        "precision": built.precision.state(),
        "ema": built.ema.module.state_dict() if built.ema is not None else {},
    }


def load(built: Parts, saved: Saved, place: Path) -> None:
    """Put the parts into a saved state; ``place`` is the run's folder, for messages.

    Raises:
        UserError: it is that of another net.
    """
    try:
        built.module.load_state_dict(saved.weights)
        built.optimizer.load_state_dict(saved.state["optimizer"])
        if built.ema is not None:
            # An average that begins now begins with the weights that there are.
            built.ema.module.load_state_dict(saved.state["ema"] or saved.weights)
    except (RuntimeError, ValueError) as error:
        raise UserError(f"{place}: the net is not the one that this run began with: {error}") from error
    built.schedule.load(saved.state["schedule"])
    built.precision.load(saved.state["precision"])


def _forward(
    module: nn.Module, model: Model, options: TrainerOptions, where: torch.device
) -> Callable[[Tensor], Any]:
    """The module as it is run in training; made after its copies, for this changes its blocks."""
    if options.stochastic_depth:
        stochastic_depth.add(module, model.net, options.stochastic_depth)
    if options.recompute and options.compile:
        raise UserError("trainer.recompute=true and trainer.compile=true do not go together; give one")
    if options.recompute:
        recompute.by_block(module)
    run = processes.together(module, where)
    return torch.compile(run) if options.compile else run


def _mixer(augment: Training, classes: int) -> Mixer | None:
    own = augment.options
    return Mixer(own.mixup, own.cutmix, classes) if own.mixup or own.cutmix else None


def _to_input(data: DataSet, where: torch.device, layout: torch.memory_format) -> Callable[[Tensor], Tensor]:
    mean = torch.tensor(data.mean, device=where).view(-1, 1, 1)
    std = torch.tensor(data.std, device=where).view(-1, 1, 1)

    def to_input(images: Tensor) -> Tensor:
        # Bytes travel to the device, a quarter of what floats are.
        scaled = images.to(where, non_blocking=True).float().div_(255).sub_(mean).div_(std)
        return scaled.contiguous(memory_format=layout)

    return to_input
