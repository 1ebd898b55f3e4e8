"""A trained net on a data set: what ``zoo evaluate`` counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoo import config, places, yamls
from zoo.data import DATASETS
from zoo.data.base import DataOptions, DataSet, Split
from zoo.errors import UserError
from zoo.evaluate import alone, evaluate
from zoo.loader import Loader
from zoo.metrics import Tally
from zoo.run_folder import RunFolder, is_run
from zoo.trained import About, Classifier
from zoo.transform import Centre

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from zoo.images.picture import Picture


@dataclass(frozen=True)
class Renumbered:
    """A split whose classes have the numbers that the net gives them."""

    split: Split
    labels: Sequence[int]

    def picture(self, index: int) -> "Picture":
        return self.split.picture(index)


def options_of(weights: "Path") -> dict[str, Any]:
    """The data that a run used, as plain values to start from; empty for a weights file that stands alone.

    Raises:
        UserError: the run's configuration cannot be read.
    """
    folder = RunFolder(weights.parent)
    if not is_run(folder):
        return {}
    try:
        return {"data": yamls.load(folder.config.read_text(encoding="utf-8"))["data"]}
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"{folder.config}: cannot be read: {error}") from error


def find_data(overrides: Sequence[str], weights: "Path", folder: "Path | None") -> DataOptions:
    """The options of the data that ``data=…`` and ``data.OPTION=…`` name, or else the run's own.

    Raises:
        UserError: none is named, an option is wrong, or the run's data is no longer where it was.
    """
    base = options_of(weights)
    if not base and not any(text.startswith(("data=", "data.")) for text in overrides):
        raise UserError(f"{weights}: lies in no run's folder, which would name the data: give data=…")
    found = config.request(overrides, base=base, folder=folder).configs()[0].data
    places.check(found, base.get("data", {}), weights.parent, "data.")
    return found


def open_data(overrides: Sequence[str], weights: "Path", folder: "Path | None") -> DataSet:
    """The data that ``find_data`` finds.

    Raises:
        UserError: none is named, or it cannot be read.
    """
    return DATASETS.build(find_data(overrides, weights, folder)).open()


def judge(
    classifier: Classifier,
    split: Split,
    batch_size: int,
    workers: int,
    seen: "Callable[[Tensor, Tensor], None]",
) -> Tally:
    """Loss and errors over a split by the centre crop, each image counted once.

    Raises:
        UserError: an image cannot be read.
    """
    trained = classifier.trained
    transform = Centre(trained.side, trained.about.centre)
    loader = Loader(split, transform, batch_size, 0, training=False, workers=workers)
    score = alone(classifier.module, classifier.loss, classifier.precision, classifier.to_input)
    return evaluate(score, loader, seen=lambda batch, logits: seen(logits, batch.labels))


def renumbered(split: Split, classes: Sequence[str], about: About) -> Split:
    """The split with the net's own numbers for its classes, by their names.

    Raises:
        UserError: the net does not know one of them.
    """
    numbers = {name: number for number, name in enumerate(about.classes)}
    for name in classes:
        if name not in numbers:
            raise UserError(
                f"The net does not know the class {name}: it was trained on {len(about.classes)}, the data "
                f"has {len(classes)}"
            )
    by_label = [numbers[name] for name in classes]
    return Renumbered(split, [by_label[label] for label in split.labels])
