"""Every option of a training run: its type, its default, its meaning.

The options of a data set, an optimizer, a schedule … stand beside what they configure; the groups below tie
them in. A new group is a registry, a field of ``Config`` and a line of ``configs/config.yaml``.
"""

from dataclasses import dataclass, field
from typing import Any

from zoo.augment import AUGMENTS
from zoo.augment.base import AugmentOptions
from zoo.data import DATASETS
from zoo.data.base import DataOptions
from zoo.launchers import LAUNCHERS, LauncherOptions
from zoo.loggers import LOGGERS
from zoo.loggers.base import LoggerOptions
from zoo.losses import LOSSES, LossOptions
from zoo.optimizers import OPTIMIZERS, OptimizerOptions
from zoo.options import Rule, option
from zoo.precisions import PRECISIONS, PrecisionOptions
from zoo.registry import Registry
from zoo.schedules import SCHEDULES, ScheduleOptions
from zoo.sweepers import SWEEPERS, SweeperOptions

GROUPS: dict[str, Registry[Any]] = {
    registry.group: registry
    for registry in (
        DATASETS,
        AUGMENTS,
        OPTIMIZERS,
        SCHEDULES,
        LOSSES,
        PRECISIONS,
        LOGGERS,
        LAUNCHERS,
        SWEEPERS,
    )
}


def chosen(registry: Registry[Any], meaning: str) -> dict[str, Any]:
    """Metadata of a field that holds the options of one of a registry's entries."""
    return {"registry": registry, "rule": Rule(meaning)}


@dataclass(frozen=True)
class ModelOptions:
    """Which net: ``model=NAME`` for a shipped one, ``model.spec=FILE`` for your own."""

    name: str = option("resnet20", "a net of the shipped specs")
    spec: str | None = option(None, "a spec file of your own, instead of a shipped net", path=True)
    net: str | None = option(None, "which net of model.spec; null where the file has one")
    weights: str | None = option(
        None,
        "weights to begin with: a run's folder (its best ones), or a file of zoo train, torchvision, timm or "
        "another program; a last layer for other classes is newly initialised",
        path=True,
    )
    strict: bool = option(True, "every other tensor of model.weights must fit; false takes those that do")
    mapping: str = option(
        "auto", "how names in model.weights differ, as for zoo weights import: a file, or a mapping's name"
    )
    freeze: tuple[str, ...] = option(
        (), "layers whose weights stay as they are, by name, * for any: [conv1,bn1,layer1*]"
    )
    params: dict[str, Any] = field(
        default_factory=dict,
        metadata={"rule": Rule("parameters of the net: model.params.NAME=VALUE; classes is set by the data")},
    )


@dataclass(frozen=True)
class TrainerOptions:
    """How long, how much at a time, on what, and what is kept."""

    epochs: int = option(20, "times through the training images", low=1)
    steps: int | None = option(
        None, "steps in all, instead of epochs; the last epoch may be cut short", low=1
    )
    batch_size: int = option(64, "images a step, of all processes together", low=1)
    accumulate: int = option(
        1, "parts that each step's images are computed in; more parts take less memory", low=1
    )
    clip: float | None = option(None, "greatest norm of all gradients together; null is no limit", above=0)
    ema: float = option(
        0.0, "decay of the moving average of the weights, which is then validated; 0 is off", low=0, high=1
    )
    ema_every: int = option(1, "steps between two updates of the moving average", low=1)
    stochastic_depth: float = option(
        0.0,
        "how often the last residual branch is left out in training, the others less; 0 is off",
        low=0,
        high=0.99,
    )
    recompute: bool = option(
        False, "compute blocks again in the backward pass: less memory, a third more work"
    )
    compile: bool = option(False, "run the net through torch.compile")
    channels_last: bool | None = option(
        None, "keep images as [height, width, channels] in memory; null does where that is faster"
    )
    device: str = option(
        "auto", "where to train; auto takes a GPU if there is one", choices=("auto", "cpu", "cuda")
    )
    processes: int | None = option(
        None, "start as many processes on this machine for each run; null leaves it to torchrun", low=1
    )
    parallel: str = option(
        "ddp",
        "what several processes share: ddp has the whole net in each, fsdp a part of every tensor",
        choices=("ddp", "fsdp"),
    )
    placement: str = option(
        "one",
        "which placement groups a process runs: one process has all of them; with groups each group has a "
        "process of its own, with pipeline too, as a stage of trainer.accumulate micro-batches",
        choices=("one", "groups", "pipeline"),
    )
    pipeline: str = option(
        "1f1b", "the order in which a pipeline takes its micro-batches", choices=("1f1b", "gpipe")
    )
    devices: dict[str, str] = field(
        default_factory=dict,
        metadata={
            "rule": Rule(
                "devices of the placement groups in one process: {top:cuda:0,bottom:cuda:1}; those left out "
                "are on trainer.device"
            )
        },
    )
    streams: bool = option(
        False, "a CUDA stream for each placement group in one process, so that groups on one GPU overlap"
    )
    sync_batchnorm: bool = option(
        False, "batch norms use the statistics of all processes' images, not of each one's own"
    )
    wait: float = option(10.0, "minutes that processes wait for one another before the run ends", above=0)
    threads: int | None = option(None, "CPU threads of PyTorch; null leaves its choice", low=1)
    workers: int = option(
        0, "processes that read images, beside each training process; 0 reads them there", low=0, high=256
    )
    deterministic: bool = option(True, "on a GPU, only algorithms that give the same result each time")
    broken: int = option(
        10, "training images that cannot be read and are passed over before the run ends", low=0
    )
    save_steps: int | None = option(None, "steps between checkpoints within an epoch; null is none", low=1)
    save_minutes: float | None = option(
        10.0, "minutes between checkpoints within an epoch; null is none", above=0
    )
    save_async: bool = option(True, "write checkpoints while training goes on")
    progress: str = option(
        "auto",
        "a live bar, plain lines, or a live line for notebooks; auto looks at where it writes",
        choices=("auto", "bar", "lines", "notebook", "none"),
    )


@dataclass(frozen=True)
class Config:
    """The whole configuration of ``zoo train``."""

    model: ModelOptions
    data: DataOptions = field(metadata=chosen(DATASETS, "the images"))
    augment: AugmentOptions = field(metadata=chosen(AUGMENTS, "what is done to training images"))
    optimizer: OptimizerOptions = field(metadata=chosen(OPTIMIZERS, "how the weights move"))
    schedule: ScheduleOptions = field(metadata=chosen(SCHEDULES, "the learning rate over the run"))
    loss: LossOptions = field(metadata=chosen(LOSSES, "what is minimised"))
    precision: PrecisionOptions = field(metadata=chosen(PRECISIONS, "the number format"))
    logger: LoggerOptions = field(metadata=chosen(LOGGERS, "where numbers go, beside CSV and TensorBoard"))
    launcher: LauncherOptions = field(metadata=chosen(LAUNCHERS, "what runs the jobs of a sweep"))
    sweeper: SweeperOptions = field(metadata=chosen(SWEEPERS, "which runs a sweep makes"))
    trainer: TrainerOptions = field(default_factory=TrainerOptions)
    recipe: str | None = option(None, "a whole experiment: choices and options from a published source")
    seed: int = option(
        0, "seed of everything random: the same seed gives the same losses", low=0, high=2**32 - 1
    )
    runs: str = option("runs", "folder that run folders lie in")
    name: str | None = option(None, "name of the run folder; null makes one from model, data and overrides")
    resume: bool = option(False, "go on with the run in its folder")
    overwrite: bool = option(False, "replace the run in its folder")
    origin: str | None = option(None, "the folder of the run that this one repeats; --from sets it")
