"""One trained net or several on a data set, by a protocol: what ``zoo evaluate`` counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo import trained
from zoo.answers import Answers, Collector
from zoo.data.base import Split
from zoo.errors import UserError
from zoo.evaluate import evaluate
from zoo.loader import Loader
from zoo.metrics import Tally
from zoo.protocols import PROTOCOLS
from zoo.protocols.base import ProtocolOptions, Views
from zoo.scores import Judge, Panel
from zoo.shown import Show, stack

if TYPE_CHECKING:
    from pathlib import Path

    import torch
    from torch import Tensor

    from zoo.loader import Batch
    from zoo.trained import About, Classifier


@dataclass(frozen=True)
class Assembled:
    """Nets, ready to be asked together."""

    panel: Panel
    classifiers: tuple["Classifier", ...]
    ways: tuple[Views, ...]
    """The ways in which they are shown pictures; nets that are shown the same share one."""

    @property
    def about(self) -> "About":
        """Of the first net, which numbers the classes."""
        return self.classifiers[0].trained.about


@dataclass(frozen=True)
class Judged:
    """What came out."""

    tally: Tally
    answers: Answers


def assemble(
    weights: Sequence["Path"],
    protocol: ProtocolOptions,
    precision: str,
    batch_size: int,
    where: "torch.device",
) -> Assembled:
    """Read nets, in the form that a protocol takes them in.

    Raises:
        UserError: one cannot be read, has other classes than the first, or has no such form.
    """
    read = [trained.load(path, where) for path in weights]
    ways = [PROTOCOLS.build(protocol, each.side, each.about.centre) for each in read]
    shared = tuple(dict.fromkeys(ways))
    nets = [
        trained.fully_convolutional(net) if way.shows.dense else net
        for net, way in zip(read, ways, strict=True)
    ]
    classifiers = tuple(trained.classifier(net, precision) for net in nets)
    judges = [
        Judge(
            net, way.shows, shared.index(way), _order(net, classifiers[0]), batch_size * net.trained.side**2
        )
        for net, way in zip(classifiers, ways, strict=True)
    ]
    return Assembled(Panel(judges), classifiers, shared)


def ask(
    nets: Assembled,
    split: Split,
    batch_size: int,
    workers: int,
    seen: "Callable[[Batch, Tensor], None]" = lambda _batch, _logits: None,
) -> Judged:
    """Loss, errors and answers over a split, each image counted once.

    ``seen`` is given each of this process's batches with its logits.

    Raises:
        UserError: an image cannot be read.
    """
    loader = Loader(split, Show(nets.ways), batch_size, 0, training=False, workers=workers, stack=stack)
    collector = Collector(len(split.labels), len(nets.about.classes), loader.batch_size)

    def see(batch: "Batch", logits: "Tensor") -> None:
        collector.add(batch, logits)
        seen(batch, logits)

    tally = evaluate(nets.panel, loader, seen=see)
    return Judged(tally, collector.answers())


def _order(net: "Classifier", first: "Classifier") -> list[int] | None:
    """Where the first net's classes stand among a net's own."""
    own, wanted = net.trained.about, first.trained.about
    if own.classes == wanted.classes:
        order = None
    elif sorted(own.classes) == sorted(wanted.classes):
        numbers = {name: number for number, name in enumerate(own.classes)}
        order = [numbers[name] for name in wanted.classes]
    else:
        lacking = sorted(set(own.classes) ^ set(wanted.classes))
        raise UserError(
            f"{net.trained.path}: its classes are not those of {first.trained.path}: {lacking[0]} is in one "
            "of them alone; nets of an ensemble have the same classes"
        )
    if own.input[0] != wanted.input[0]:
        raise UserError(
            f"{net.trained.path}: it takes images of {own.input[0]} channels, and {first.trained.path} of "
            f"{wanted.input[0]}"
        )
    return order
