"""What a trained net takes pictures for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from zoo.errors import UserError
from zoo.images.decode import EXTENSIONS
from zoo.images.grey import Grey
from zoo.images.photo import read
from zoo.images.picture import BrokenImageError
from zoo.seeds import ForImage
from zoo.trained import Classifier
from zoo.transform import Centre


@dataclass(frozen=True)
class Guess:
    """A class, its number, and the probability that the net gives it, 0 to 1."""

    name: str
    number: int
    probability: float


@dataclass(frozen=True)
class Prediction:
    """The likeliest classes of a picture, likeliest first."""

    path: Path
    guesses: tuple[Guess, ...]
    image: Tensor
    """What the net saw: uint8 [channels, side, side]."""


@dataclass(frozen=True)
class Broken:
    """A picture that cannot be read, and why; ``why`` names the file."""

    path: Path
    why: str


def files(paths: Sequence[Path]) -> list[Path]:
    """The pictures that paths name: a folder stands for all in it and below it, in the order of their names.

    Raises:
        UserError: a folder has none.
    """
    found: list[Path] = []
    for path in paths:
        own = sorted(_pictures(path)) if path.is_dir() else [path]
        if not own:
            raise UserError(f"{path}: no pictures in this folder ({', '.join(sorted(EXTENSIONS))})")
        found += own
    return found


def predict(
    classifier: Classifier, paths: Sequence[Path], top: int, batch_size: int, workers: int
) -> Iterator[Prediction | Broken]:
    """The ``top`` likeliest classes of each picture, in the order of ``paths``.

    Raises:
        UserError: the net takes neither colours nor shades of grey.
    """
    about = classifier.trained.about
    if about.input[0] not in {1, 3}:
        raise UserError(
            f"{classifier.trained.path}: {about.model} takes images of {about.input[0]} channels; pictures "
            "have 3, or 1 for grey"
        )
    reader = _Reader(paths, Centre(classifier.trained.side, about.centre), grey=about.input[0] == 1)
    loader: DataLoader[Any] = DataLoader(
        reader, batch_size, num_workers=workers, collate_fn=list, generator=torch.Generator()
    )
    at = iter(paths)
    for batch in loader:
        images = [each for each in batch if isinstance(each, Tensor)]
        guesses = iter(_guesses(classifier, torch.stack(images), top) if images else ())
        for each in batch:
            path = next(at)
            yield Prediction(path, next(guesses), each) if isinstance(each, Tensor) else Broken(path, each)


class _Reader(Dataset["Tensor | str"]):
    """Reads one picture: what the net is to see of it, or why there is nothing to see."""

    def __init__(self, paths: Sequence[Path], centre: Centre, *, grey: bool) -> None:
        self.paths = paths
        self.centre = centre
        self.grey = grey

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> Tensor | str:
        try:
            photo = read(self.paths[index])
            return self.centre(Grey(photo) if self.grey else photo, ForImage(0, 0, index))
        except BrokenImageError as error:
            return str(error)


def _guesses(classifier: Classifier, images: Tensor, top: int) -> Iterator[tuple[Guess, ...]]:
    classes = classifier.trained.about.classes
    likeliest = classifier.probabilities(images).topk(min(top, len(classes)), dim=1)
    for values, numbers in zip(likeliest.values.tolist(), likeliest.indices.tolist(), strict=True):
        yield tuple(Guess(classes[i], i, value) for i, value in zip(numbers, values, strict=True))


def _pictures(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in EXTENSIONS and not hidden and path.is_file():
            yield path
