"""What an evaluation found, as plain values and as lines of text."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from zoo import device
from zoo.answers import Answers
from zoo.calibration import BINS, calibration
from zoo.errors import UserError
from zoo.intervals import wilson
from zoo.metrics import TOP
from zoo.panel import Assembled, Judged

if TYPE_CHECKING:
    from zoo.synsets.hierarchy import Hierarchy

SPLITS = {"val": "validation", "train": "training"}


@dataclass(frozen=True)
class Findings:
    """An evaluation: of which nets, how they were shown which data, and what came out."""

    nets: Assembled
    judged: Judged
    protocol: str
    data: str
    split: str
    hierarchy: "Hierarchy | None"
    wnids: Sequence[str] | None
    """Of the nets' classes, where these are synsets."""

    def values(self) -> dict[str, Any]:
        """For JSON. Errors are shares, 0 to 1; intervals are 95 % (Wilson)."""
        tally, shows = self.judged.tally, self.nets.ways[0].shows
        first = self.nets.classifiers[0].trained
        images, _, top1, top5 = (int(value) for value in tally.state())
        paths = [str(net.trained.path) for net in self.nets.classifiers]
        return {
            "checkpoint": str(first.path),
            **({"ensemble": paths} if len(paths) > 1 else {}),
            "model": first.about.model,
            "data": self.data,
            "split": self.split,
            "protocol": self.protocol,
            "views": shows.words,
            "averaged": shows.averaged or None,
            "precision": self.nets.classifiers[0].precision_name,
            "images": images,
            "top1_wrong": top1,
            "top1_error": tally.top1_error,
            "top1_interval": wilson(top1, images),
            "top5_wrong": top5,
            "top5_error": tally.top5_error,
            "top5_interval": wilson(top5, images),
            "loss": tally.loss,
            "calibration": self._calibration(),
            "mistakes": self._mistakes(),
        }

    def lines(self) -> Iterator[str]:
        """For people."""
        tally, about = self.judged.tally, self.nets.about
        for net in self.nets.classifiers:
            own = net.trained
            epoch = f", epoch {own.about.epoch}" if own.about.epoch else ""
            yield f"{own.about.model} ({own.path}{epoch})"
        if len(self.nets.classifiers) > 1:
            yield f"{len(self.nets.classifiers)} nets together, probabilities averaged"
        images, _, top1, top5 = (int(value) for value in tally.state())
        first = self.nets.classifiers[0]
        yield (
            f"{self.data}, {SPLITS[self.split]}: {images:,} images, {self.nets.ways[0].shows.words}, "
            f"{about.input[-2]}×{about.input[-1]}; {first.precision_name} on "
            f"{device.describe(first.trained.device)}"
        )
        if self.nets.ways[0].shows.averaged:
            yield f"averaged: {self.nets.ways[0].shows.averaged}"
        both = (("top-1", top1, tally.top1_error), ("top-5", top5, tally.top5_error))
        for name, wrong, error in both if len(about.classes) > TOP else both[:1]:
            low, high = wilson(wrong, images)
            yield (
                f"{name} error  {error:7.2%}  ({wrong:,} of {images:,}; 95 % interval by Wilson "
                f"{100 * low:.2f}–{100 * high:.2f} %)"
            )
        yield f"loss         {tally.loss:7.4f}"
        found = self._calibration()
        yield f"calibration  {found['ece']:7.2%}  (expected error of the confidence, {BINS} bins)"
        mistakes = self._mistakes()
        if mistakes is not None and mistakes["severity"] is not None:
            yield (
                f"mistakes     {mistakes['severity']:7.2f}  (mean height of the lowest common ancestor; the "
                f"root is at {mistakes['greatest']})"
            )

    def _calibration(self) -> dict[str, Any]:
        answers = self.judged.answers
        found = calibration(answers.confidence, answers.right)
        return {"ece": found.ece, "bins": [asdict(each) for each in found.bins]}

    def _mistakes(self) -> dict[str, Any] | None:
        if self.hierarchy is None or self.wnids is None:
            return None
        return tree_distance(self.hierarchy, self.wnids, self.judged.answers)


def tree_distance(hierarchy: "Hierarchy", wnids: Sequence[str], answers: Answers) -> dict[str, Any]:
    """How far in the tree first guesses are from the truth, as ``zoo.synsets.distance`` says."""
    from zoo.synsets.distance import Distances, MistakeCounter

    distances = Distances(hierarchy, wnids)
    counter = MistakeCounter(distances, answers.guesses.shape[1])
    counter.add(answers.labels, answers.guesses)
    found = counter.result()
    wrong = sum(found.counts[1:])
    return {
        "hierarchy": hierarchy.place,
        "greatest": distances.greatest,
        "severity": found.severity if wrong else None,
        "mean_at": list(found.at),
        "images_at": list(found.counts),
    }


def hierarchy_of(options: Any, wnids: Sequence[str] | None) -> "tuple[Hierarchy | None, str | None]":
    """The hierarchy above the nets' classes; without one, why there is none, where they are synsets."""
    from zoo.synsets import find

    if wnids is None:
        return None, None
    try:
        found = find.of_data(options, wnids)
        missing = next((wnid for wnid in wnids if wnid not in found), None)
        if missing is not None:
            return None, f"{found.place} has no {missing}, which the net knows"
    except UserError as error:
        return None, str(error)
    return found, None
