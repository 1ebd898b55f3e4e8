"""A config → the parts of a run, and their state, for checkpoints."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

import netcompiler
from zoo import device, frozen, parallel, placement, processes, recompute, stochastic_depth, sync_norm
from zoo.augment.base import AugmentOptions
from zoo.checkpoint import Saved
from zoo.data.base import DataSet
from zoo.ema import Ema
from zoo.errors import UserError
from zoo.gradients import Piped, Whole, judged
from zoo.input import ToInput
from zoo.loader import Loader
from zoo.loop import Parts
from zoo.losses import LOSSES, Loss
from zoo.mix import Mixer
from zoo.model import Model
from zoo.optimizers import OPTIMIZERS, parameter_groups
from zoo.precisions import PRECISIONS, Precision
from zoo.replicas import Replicas
from zoo.schedules import SCHEDULES, Length
from zoo.schema import Config, TrainerOptions
from zoo.transform import Centre, Training, training


def build(config: Config, model: Model, data: DataSet, suits: AugmentOptions, where: torch.device) -> Parts:
    """The parts of a run, of which this process's are on one device; ``suits`` is what suits the data.

    All processes of a run call this together.

    Raises:
        UserError: options that contradict each other, the data or the net.
    """
    options = config.trainer
    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    replicas = placement.arrange(config, model.net, where)
    size = model.shape[-1]
    augment = training(config.augment, suits, size, data.centre, data.mean)
    common: dict[str, Any] = {"workers": options.workers, "pin": where.type == "cuda", "among": replicas}
    train = Loader(data.train, augment, options.batch_size, config.seed, training=True, **common)
    val = Loader(
        data.val, Centre(size, data.centre), options.batch_size, config.seed, training=False, **common
    )
    length = Length(options.steps or options.epochs * len(train), len(train))
    loss = Loss(LOSSES.build(config.loss), model.output, model.auxiliary, config.loss.aux_weight)
    precision = PRECISIONS.build(config.precision, where.type)
    running = _Running(config, model, where, replicas, loss, precision, layout, train.batch_size)
    net = running.piped() if options.placement == "pipeline" else running.whole()
    optimizer = OPTIMIZERS.build(config.optimizer, parameter_groups(net.module, config.optimizer))
    return Parts(
        **vars(net),
        device=where,
        loss=loss,
        optimizer=optimizer,
        lr=config.optimizer.rate(options.batch_size),
        schedule=SCHEDULES.build(config.schedule, length),
        precision=precision,
        mixer=_mixer(augment, len(data.classes)),
        train=train,
        val=val,
        to_input=ToInput(data.mean, data.std, where, layout),
        length=length,
        seed=config.seed,
        replicas=replicas,
        after_step=parallel.statistics(net.module, replicas),
        broken=options.broken,
        classes=len(data.classes),
    )


def headline(config: Config, model: Model, data: DataSet, built: Parts) -> str:
    """The run in one line."""
    parameters = model.net.parameters
    shape = "×".join(str(side) for side in model.shape)
    return (
        f"{model.name}: {parameters:,} parameters, input {shape}, {len(data.classes)} classes; "
        f"{data.name}: {built.train.images:,} training and {built.val.images:,} validation images; "
        f"{config.precision.name} on {device.describe(built.device)}{_shared_by(config, built.replicas)}"
    )


def weights(module: nn.Module, built: Parts) -> dict[str, Any]:
    """The whole net's state dict under the spec's names, for the main process; all are asked together.

    ``module`` is the one that is trained, or its moving average.
    """
    return parallel.whole(module.state_dict(), built.replicas)


def state(built: Parts) -> dict[str, Any]:
    """All that a run needs to go on beside its weights and its position; tensors are the living ones.

    All processes are asked together; the main one gets what all of them have.
    """
    return {
        "optimizer": parallel.optimizer_state(built.module, built.optimizer, built.replicas),
        "schedule": built.schedule.state(),
        "precision": built.precision.state(),
        "ema": weights(built.ema.module, built) if built.ema is not None else {},
    }


def names(built: Parts) -> list[str]:
    """What this process has of the net: names of its state dict."""
    return list(built.module.state_dict())


def begin_with(built: Parts, tensors: Mapping[str, Tensor]) -> None:
    """Put whole tensors, by the spec's names, in the place of this process's first ones; others stay."""
    for module in (built.module, *([] if built.ema is None else [built.ema.module])):
        own = module.state_dict()
        mine = {name: tensor for name, tensor in tensors.items() if name in own}
        module.load_state_dict(parallel.parted(mine, own), strict=False)


def load(built: Parts, saved: Saved, place: Path) -> None:
    """Put the parts into a saved state, this process's; ``place`` is the run's folder, for messages.

    Raises:
        UserError: it is that of another net.
    """
    try:
        _load_weights(built.module, saved.weights)
        parallel.load_optimizer(built.module, built.optimizer, saved.state["optimizer"], str(place))
        if built.ema is not None:
            # An average that begins now begins with the weights that there are.
            _load_weights(built.ema.module, saved.state["ema"] or saved.weights)
    except (RuntimeError, ValueError) as error:
        raise UserError(f"{place}: the net is not the one that this run began with: {error}") from error
    built.schedule.load(saved.state["schedule"])
    built.precision.load(saved.state["precision"])


def _load_weights(module: nn.Module, weights: Mapping[str, Tensor]) -> None:
    module.load_state_dict(parallel.parted(weights, module.state_dict()))


@dataclass(frozen=True)
class _Net:
    """The parts of a run that depend on who runs which of the net's groups; see ``Parts``."""

    module: nn.Module
    forward: Any
    gradients: Any
    ema: Ema | None
    clip: Any
    frozen: tuple[nn.Module, ...]
    judging: Any = None


@dataclass(frozen=True)
class _Running:
    """What is needed to make them."""

    config: Config
    model: Model
    where: torch.device
    replicas: Replicas
    loss: Loss
    precision: Precision
    layout: torch.memory_format
    batch_size: int

    def whole(self) -> _Net:
        """All of the net, or one placement group that talks to the others."""
        options, replicas, where = self.config.trainer, self.replicas, self.where
        module = self._module()
        parallel.begin_alike(module, replicas)
        if not (options.parallel == "fsdp" and replicas.count > 1):  # FSDP takes tensors as they are declared
            module.to(memory_format=self.layout)  # type: ignore[call-overload]
        if options.sync_batchnorm and replicas.count > 1:
            module = sync_norm.convert(module, where, replicas.group)
        still = frozen.freeze(module, self.config.model.freeze)
        ema = self._ema(module)
        _change_blocks(module, self.model, options)
        shared = parallel.share(options.parallel, module, ema.module if ema else None, where, replicas)
        forward = torch.compile(shared.run) if options.compile else shared.run
        gradients = Whole(
            forward, self.loss, self.precision, replicas, self.batch_size, options.accumulate, shared.hold
        )
        clip = netcompiler.clip_grad_norm_ if replicas.mesh is not None else _clip
        clipped = options.clip and partial(clip, module, options.clip)
        return _Net(module, forward, gradients, ema, clipped, still)

    def piped(self) -> _Net:
        """A stage of a pipeline.

        Raises:
            UserError: the batch cannot be cut into micro-batches.
        """
        options, replicas = self.config.trainer, self.replicas
        parts = replicas.count * options.accumulate
        if self.batch_size % parts:
            raise UserError(
                f"trainer.batch_size={self.batch_size}: a batch is cut into {replicas.count} × "
                f"{options.accumulate} micro-batches of equal size (replicas × trainer.accumulate), as "
                f"{max(1, self.batch_size // parts) * parts} images can be"
            )
        gradients = Piped(self.loss, self.precision, replicas, options.accumulate)
        pipeline = self.model.net.pipeline(
            replicas.mesh,
            microbatches=options.accumulate,
            schedule=options.pipeline,
            loss=gradients.microbatch,
            device=self.where,
        )
        gradients.pipeline = pipeline
        parallel.any_strides()
        pipeline.module.to(memory_format=self.layout)  # type: ignore[call-overload]
        still = frozen.freeze(pipeline.module, self.config.model.freeze)
        ema = self._ema(pipeline.module)
        clip = options.clip and partial(pipeline.clip_grad_norm_, options.clip)
        judging = partial(judged, pipeline, ema)
        return _Net(pipeline.module, pipeline.evaluate, gradients, ema, clip, still, judging)

    def _module(self) -> nn.Module:
        if self.replicas.mesh is not None:
            return self.model.net.module(mesh=self.replicas.mesh)
        options = self.config.trainer
        return self.model.module(self.where, options.devices, streams=options.streams)

    def _ema(self, module: nn.Module) -> Ema | None:
        options = self.config.trainer
        return Ema(module, options.ema, options.ema_every) if options.ema else None


def _clip(module: nn.Module, norm: float) -> Tensor:
    return torch.nn.utils.clip_grad_norm_(module.parameters(), norm)


def _shared_by(config: Config, replicas: Replicas) -> str:
    if processes.world() == 1:
        return ""
    norms = ", batch norms over all of them" if config.trainer.sync_batchnorm else ""
    if replicas.mesh is not None:
        cut = f"{replicas.count} × {replicas.mesh.size(1)} processes ({config.trainer.placement}"
        return f", {cut}, {config.trainer.parallel}){norms}" if replicas.count > 1 else f", {cut})"
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
