"""A run's weights on its own validation images: who is taken for whom, and how sure of it the net is."""

import heapq
from dataclasses import dataclass
from math import sqrt

from torch import Tensor

from zoo import device, judge, trained
from zoo.by_class import ByClass
from zoo.data.base import DataSet, Split
from zoo.images.picture import BrokenImageError
from zoo.metrics import Tally
from zoo.report.facts import Facts
from zoo.seeds import ForImage
from zoo.settings import RunOptions
from zoo.trained import Trained
from zoo.transform import Centre


@dataclass(frozen=True)
class Mistake:
    """A picture that the net takes for another class. Probabilities are 0 to 1."""

    index: int
    """Its number among the validation images."""
    name: str
    """Of its file; empty where it has none."""
    label: str
    guess: str
    probability: float
    """That the net gives its guess."""
    of_label: float
    """That the net gives the class that it is."""
    image: Tensor
    """What the net saw: uint8 [channels, side, side]."""


@dataclass(frozen=True)
class Judged:
    """What came out."""

    trained: Trained
    tally: Tally
    by_class: ByClass
    mistakes: tuple[Mistake, ...]
    """The surest first."""
    sureness: float
    """Mean probability of the first guess; with a net that knows what it knows, the share of right ones."""

    @property
    def interval(self) -> tuple[float, float]:
        """Where the error of further such images lies, 19 times of 20."""
        return wilson(self.tally.top1_error, self.tally.images)


class Sureness:
    """Collects what ``evaluate`` has seen: the ``most`` surest mistakes, and the mean probability."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.seen = 0
        self.sum = 0.0
        self.found: list[tuple[float, int, int, int, float]] = []
        """A heap of (probability, −number of the image, class, guess, probability of the class)."""

    def add(self, logits: Tensor, labels: Tensor) -> None:
        """One batch, [batch, classes] and int64 [batch]; batches come in the order of the images."""
        chances = logits.float().softmax(dim=1).cpu()
        own = labels.cpu()
        first = chances.max(dim=1)
        self.sum += float(first.values.double().sum())
        for i in (first.indices != own).nonzero().flatten().tolist():
            label, guess = int(own[i]), int(first.indices[i])
            entry = (float(first.values[i]), -(self.seen + i), label, guess, float(chances[i, label]))
            heapq.heappush(self.found, entry)
            if len(self.found) > self.most:
                heapq.heappop(self.found)
        self.seen += len(own)


class Judge:
    """Evaluates runs; data that several were trained on is opened once."""

    def __init__(self, options: RunOptions, most: int) -> None:
        self.options = options
        self.most = most
        self.opened: dict[str, DataSet] = {}

    def __call__(self, run: Facts) -> Judged:
        """A run's best weights by the centre crop, with its ``most`` surest mistakes.

        Raises:
            UserError: its data or its weights cannot be read.
        """
        assert run.weights is not None
        where = device.ready(self.options.device, self.options.threads, "device")
        data = self._data(run)
        classifier = trained.classifier(trained.load(run.weights, where), self.options.precision)
        about = classifier.trained.about
        split = judge.renumbered(data.val, data.classes, about)
        by_class, sureness = ByClass(about.classes), Sureness(self.most)

        def see(logits: Tensor, labels: Tensor) -> None:
            by_class.add(logits, labels)
            sureness.add(logits, labels)

        tally = judge.judge(classifier, split, self.options.batch_size, self.options.workers, see)
        centre = Centre(classifier.trained.side, about.centre)
        entries = sorted(sureness.found, reverse=True)
        found = (_mistake(split, centre, about.classes, entry) for entry in entries)
        kept = tuple(mistake for mistake in found if mistake is not None)
        return Judged(classifier.trained, tally, by_class, kept, sureness.sum / max(1, sureness.seen))

    def _data(self, run: Facts) -> DataSet:
        assert run.weights is not None
        key = repr(run.config.get("data"))
        if key not in self.opened:
            self.opened[key] = judge.open_data((), run.weights, None)
        return self.opened[key]


def wilson(share: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share of ``count`` independent images (Wilson 1927)."""
    z = 1.959964
    if not count:
        return 0.0, 1.0
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)


def _mistake(
    split: Split, centre: Centre, classes: tuple[str, ...], entry: tuple[float, int, int, int, float]
) -> Mistake | None:
    probability, index, label, guess, of_label = entry
    try:
        picture = split.picture(-index)
        image = centre(picture, ForImage(0, 0, -index))
    except BrokenImageError:  # it was not a moment ago
        return None
    name = str(getattr(picture, "name", ""))
    return Mistake(-index, name, classes[label], classes[guess], probability, of_label, image)


def channels(image: Tensor) -> Tensor:
    """An image as pictures have it, uint8 [height, width, 1 or 3]; of other channels, the first."""
    moved = image.permute(1, 2, 0)
    return moved if moved.shape[2] in {1, 3} else moved[..., :1]
