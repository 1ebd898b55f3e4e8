"""Every option of a training run: its type, its default, its meaning.

The options of a data set, an optimizer, a schedule or a precision stand beside what they configure; the
groups below tie them in.
"""

from dataclasses import dataclass, field
from typing import Any

from zoo.data import DATASETS
from zoo.data.base import DataOptions
from zoo.optimizers import OPTIMIZERS, OptimizerOptions
from zoo.options import Rule, option
from zoo.precisions import PRECISIONS, PrecisionOptions
from zoo.registry import Registry
from zoo.schedules import SCHEDULES, ScheduleOptions

GROUPS: dict[str, Registry[Any]] = {
    registry.group: registry for registry in (DATASETS, OPTIMIZERS, SCHEDULES, PRECISIONS)
}


def chosen(registry: Registry[Any], meaning: str) -> dict[str, Any]:
    """Metadata of a field that holds the options of one of a registry's entries."""
    return {"registry": registry, "rule": Rule(meaning)}


@dataclass(frozen=True)
class ModelOptions:
    """Which net: ``model=NAME`` for a shipped one, ``model.spec=FILE`` for your own."""

    name: str = option("resnet20", "a net of the shipped specs")
    spec: str | None = option(None, "a spec file of your own, instead of a shipped net")
    net: str | None = option(None, "which net of model.spec; null where the file has one")
    params: dict[str, Any] = field(
        default_factory=dict,
        metadata={"rule": Rule("parameters of the net: model.params.NAME=VALUE; classes is set by the data")},
    )


@dataclass(frozen=True)
class TrainerOptions:
    """How long, how much at a time, and on what."""

    epochs: int = option(20, "times through the training images", low=1)
    batch_size: int = option(64, "images a step", low=1)
    device: str = option(
        "auto", "where to train; auto takes a GPU if there is one", choices=("auto", "cpu", "cuda")
    )
    threads: int | None = option(None, "CPU threads of PyTorch; null leaves its choice", low=1)
    workers: int = option(
        0, "processes that read images; 0 reads them in the training process", low=0, high=256
    )
    channels_last: bool = option(False, "keep images as [height, width, channels] in memory; often faster")
    aux_weight: float = option(
        0.3, "weight in the loss of each output that the net gives in training only", low=0
    )
    deterministic: bool = option(True, "on a GPU, only algorithms that give the same result each time")
    progress: str = option(
        "auto",
        "a live bar or plain lines; auto looks at the terminal",
        choices=("auto", "bar", "lines", "none"),
    )


@dataclass(frozen=True)
class Config:
    """The whole configuration of ``zoo train``."""

    model: ModelOptions
    data: DataOptions = field(metadata=chosen(DATASETS, "the images"))
    optimizer: OptimizerOptions = field(metadata=chosen(OPTIMIZERS, "how the weights move"))
    schedule: ScheduleOptions = field(metadata=chosen(SCHEDULES, "the learning rate over the run"))
    precision: PrecisionOptions = field(metadata=chosen(PRECISIONS, "the number format"))
    trainer: TrainerOptions = field(default_factory=TrainerOptions)
    seed: int = option(
        0, "seed of everything random: the same seed gives the same losses", low=0, high=2**32 - 1
    )
    runs: str = option("runs", "folder that run folders lie in")
    name: str | None = option(None, "name of the run folder; null makes one from model, data and overrides")
    resume: bool = option(False, "go on with the run in its folder")
    overwrite: bool = option(False, "replace the run in its folder")
