"""What images are called: the names of their files, without folder and ending."""

from typing import Protocol, cast

from zoo.data.base import Split
from zoo.errors import UserError


class Stemmed(Protocol):
    """A split whose images have names."""

    def stem(self, index: int) -> str:
        """The name of an image's file, without folder and ending."""


def stem(split: Split, index: int) -> str:
    """An image's name.

    Raises:
        UserError: images of this data have none.
    """
    if not hasattr(split, "stem"):
        raise UserError(
            "this data's images have no names of files, by which they could be told; data=imagenet's have"
        )
    return cast("Stemmed", split).stem(index)


def stems(split: Split) -> list[str]:
    """The names of all images.

    Raises:
        UserError: images of this data have none.
    """
    return [stem(split, index) for index in range(len(split.labels))]
