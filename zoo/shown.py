"""A batch of pictures → the views that nets are shown of them, those of one size together."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from zoo.loader import stacked
from zoo.protocols.base import Views

if TYPE_CHECKING:
    from zoo.images.picture import Picture
    from zoo.transform import Draw

Item = tuple[list[list[Tensor]], tuple[int, int]]
"""A picture's views in each of several ways, and its height and width."""


class Alike(NamedTuple):
    """Views of a batch that have one size."""

    images: Tensor
    """uint8 [views, channels, height, width]."""
    owners: Tensor
    """int64 [views]: which picture of the batch each is of."""
    numbers: Tensor
    """int64 [views]: which of its picture's views each is."""


class Shown(NamedTuple):
    """A batch of pictures."""

    ways: list[list[Alike]]
    """The views of all pictures, in each of the ways."""
    sizes: Tensor
    """int64 [batch, 2]: the pictures' own heights and widths in pixels."""


@dataclass(frozen=True)
class Show:
    """Shows a picture in several ways: a transform for ``Loader``."""

    ways: tuple[Views, ...]

    def __call__(self, picture: "Picture", draw: "Draw") -> Item:
        """The views; nothing in them is random.

        Raises:
            BrokenImageError: the picture cannot be read.
        """
        return [way.views(picture) for way in self.ways], (picture.height, picture.width)


def stack(items: list[Item]) -> Shown:
    """A batch of what ``Show`` gives, for ``Loader``."""
    ways = [_alike([views[way] for views, _ in items]) for way in range(len(items[0][0]))]
    return Shown(ways, torch.tensor([size for _, size in items]))


def _alike(pictures: list[list[Tensor]]) -> list[Alike]:
    """The views of a batch of pictures, by size, in the order in which the sizes come up."""
    by_size: dict[torch.Size, list[tuple[Tensor, int, int]]] = {}
    for owner, views in enumerate(pictures):
        for number, view in enumerate(views):
            by_size.setdefault(view.shape, []).append((view, owner, number))
    return [
        Alike(
            stacked([view for view, _, _ in found]),
            torch.tensor([owner for _, owner, _ in found]),
            torch.tensor([number for _, _, number in found]),
        )
        for found in by_size.values()
    ]
