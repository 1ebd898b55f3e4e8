"""Where a million images are: in files of folders, or at places in tar files; a few bytes for each.

A ``Path`` for each would be hundreds of megabytes, in every process that reads images.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from zoo import opener

if TYPE_CHECKING:
    import numpy as np


class Images(Protocol):
    """Encoded images, by index."""

    def __len__(self) -> int: ...

    def name(self, index: int) -> str:
        """Where it is, for messages."""

    def stem(self, index: int) -> str:
        """Its file's name without folder and ending."""

    def length(self, index: int) -> int:
        """The length of its file, in bytes.

        Raises:
            OSError: it cannot be looked at.
        """

    def read(self, index: int) -> bytes:
        """Its file.

        Raises:
            OSError: it cannot be read.
        """

    def head(self, index: int, size: int) -> bytes:
        """The first bytes of its file, at most so many.

        Raises:
            OSError: it cannot be read.
        """


@dataclass(frozen=True)
class Files:
    """Images in files: the folders, and of each image its folder's number (int32) and its name (bytes)."""

    folders: Sequence[str]
    folder: "np.ndarray"
    file: "np.ndarray"

    def __len__(self) -> int:
        return len(self.file)

    def name(self, index: int) -> str:
        return f"{self.folders[self.folder[index]]}/{os.fsdecode(self.file[index])}"

    def stem(self, index: int) -> str:
        return os.path.splitext(os.fsdecode(self.file[index]))[0]  # noqa: PTH122 - as bytes it comes

    def length(self, index: int) -> int:
        return os.stat(self.name(index)).st_size  # noqa: PTH116 - a third of Path's time

    def read(self, index: int) -> bytes:
        with open(self.name(index), "rb", buffering=0) as file:  # noqa: PTH123 - a third of Path's time
            return file.read()

    def head(self, index: int, size: int) -> bytes:
        with open(self.name(index), "rb", buffering=0) as file:  # noqa: PTH123
            return file.read(size)

    def taken(self, chosen: "np.ndarray") -> "Files":
        """Those with these indices."""
        folders, folder = _used(self.folders, self.folder[chosen])
        return Files(folders, folder, self.file[chosen])


@dataclass(frozen=True)
class Packed:
    """Images at places in tar files: which (int32), from where, how long (int64), and its name (bytes)."""

    tars: Sequence[str]
    tar: "np.ndarray"
    start: "np.ndarray"
    size: "np.ndarray"
    file: "np.ndarray"

    def __len__(self) -> int:
        return len(self.file)

    def name(self, index: int) -> str:
        return f"{self.tars[self.tar[index]]}:{os.fsdecode(self.file[index])}"

    def stem(self, index: int) -> str:
        return os.path.splitext(os.path.basename(os.fsdecode(self.file[index])))[0]  # noqa: PTH119, PTH122

    def length(self, index: int) -> int:
        return int(self.size[index])

    def read(self, index: int) -> bytes:
        return opener.read(self.tars[self.tar[index]], int(self.start[index]), int(self.size[index]))

    def head(self, index: int, size: int) -> bytes:
        length = min(size, int(self.size[index]))
        return opener.read(self.tars[self.tar[index]], int(self.start[index]), length)

    def taken(self, chosen: "np.ndarray") -> "Packed":
        """Those with these indices."""
        tars, tar = _used(self.tars, self.tar[chosen])
        return Packed(tars, tar, self.start[chosen], self.size[chosen], self.file[chosen])


def _used(places: Sequence[str], which: "np.ndarray") -> tuple[list[str], "np.ndarray"]:
    """Those places that are in use, and their new numbers: a part that is sent to a process is small."""
    import numpy as np

    used, number = np.unique(which, return_inverse=True)
    return [places[i] for i in used.tolist()], number.reshape(which.shape).astype(np.int32)
