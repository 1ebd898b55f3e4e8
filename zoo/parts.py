"""A config → the parts of a run, and their state, for checkpoints."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from zoo import device, parallel, processes, recompute, stochastic_depth, sync_norm
from zoo.augment.base import AugmentOptions
from zoo.checkpoint import Saved
from zoo.data.base import DataSet
from zoo.ema import Ema
from zoo.errors import UserError
from zoo.input import ToInput
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
    parallel.begin_alike(module)
    sharded = options.parallel == "fsdp" and processes.world() > 1
    if not sharded:  # FSDP takes tensors as they are declared
        module.to(memory_format=layout)  # type: ignore[call-overload]
    if options.sync_batchnorm and processes.world() > 1:
        module = sync_norm.convert(module, where)
    ema = Ema(module, options.ema, options.ema_every) if options.ema else None
    size = model.shape[-1]
    augment = training(config.augment, suits, size, data.centre, data.mean)
    common: dict[str, Any] = {"workers": options.workers, "pin": where.type == "cuda"}
    train = Loader(data.train, augment, options.batch_size, config.seed, training=True, **common)
    val = Loader(
        data.val, Centre(size, data.centre), options.batch_size, config.seed, training=False, **common
    )
    length = Length(options.steps or options.epochs * len(train), len(train))
    _change_blocks(module, model, options)
    shared = parallel.share(options.parallel, module, ema.module if ema else None, where)
    return Parts(
        module=module,
        forward=torch.compile(shared.run) if options.compile else shared.run,
        device=where,
        loss=Loss(LOSSES.build(config.loss), model.output, model.auxiliary, config.loss.aux_weight),
        optimizer=OPTIMIZERS.build(config.optimizer, parameter_groups(module, config.optimizer)),
        lr=config.optimizer.rate(options.batch_size),
        schedule=SCHEDULES.build(config.schedule, length),
        precision=PRECISIONS.build(config.precision, where.type),
        ema=ema,
        mixer=_mixer(augment, len(data.classes)),
        train=train,
        val=val,
        to_input=ToInput(data.mean, data.std, where, layout),
        length=length,
        seed=config.seed,
        hold=shared.hold,
        after_step=parallel.statistics(module),
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
        f"{config.precision.name} on {device.describe(built.device)}{_shared_by(config)}"
    )


def state(built: Parts) -> dict[str, Any]:
    """All that a run needs to go on beside its weights and its position; tensors are the living ones.

    All processes are asked together.
    """
    return {
        "optimizer": parallel.whole(built.optimizer.state_dict()),
        "schedule": built.schedule.state(),
        "precision": built.precision.state(),
        "ema": parallel.whole(built.ema.module.state_dict()) if built.ema is not None else {},
    }


def load(built: Parts, saved: Saved, place: Path) -> None:
    """Put the parts into a saved state; ``place`` is the run's folder, for messages.

    Raises:
        UserError: it is that of another net.
    """
    try:
        _load_weights(built.module, saved.weights)
        built.optimizer.load_state_dict(parallel.parted_state(saved.state["optimizer"], built.optimizer))
        if built.ema is not None:
            # An average that begins now begins with the weights that there are.
            _load_weights(built.ema.module, saved.state["ema"] or saved.weights)
    except (RuntimeError, ValueError) as error:
        raise UserError(f"{place}: the net is not the one that this run began with: {error}") from error
    built.schedule.load(saved.state["schedule"])
    built.precision.load(saved.state["precision"])


def _load_weights(module: nn.Module, weights: dict[str, Tensor]) -> None:
    module.load_state_dict(parallel.parted(weights, module.state_dict()))


def _shared_by(config: Config) -> str:
    if processes.world() == 1:
        return ""
    norms = ", batch norms over all of them" if config.trainer.sync_batchnorm else ""
    return f", {processes.world()} processes ({config.trainer.parallel}){norms}"


def _change_blocks(module: nn.Module, model: Model, options: TrainerOptions) -> None:
    """For training; made after its copies, for this changes the module's blocks."""
    if options.stochastic_depth:
        stochastic_depth.add(module, model.net, options.stochastic_depth)
    if options.recompute and options.compile:
        raise UserError("trainer.recompute=true and trainer.compile=true do not go together; give one")
    if options.recompute:
        recompute.by_block(module)


def _mixer(augment: Training, classes: int) -> Mixer | None:
    own = augment.options
    return Mixer(own.mixup, own.cutmix, classes) if own.mixup or own.cutmix else None
