"""Images in folders: by wnid, at any depth, or all in one."""

import os
from collections.abc import Iterator
from pathlib import Path

from zoo.data.imagenet.part import Part
from zoo.errors import UserError
from zoo.images.decode import EXTENSIONS
from zoo.images.encoded import Files
from zoo.synsets.hierarchy import WNID

ENDINGS = tuple({ending for name in EXTENSIONS for ending in (name, name.upper(), name.capitalize())})
"""Of images' names; looking for these is faster than making each name small."""


def wnid_of(name: str) -> str | None:
    """The wnid that a folder's or a file's name is, or begins with, as in ``n02085620-Chihuahua``."""
    found = WNID.match(name)
    return found.group() if found else None


def has_classes(folder: Path) -> bool:
    """Whether there are folders by wnid in it."""
    return folder.is_dir() and any(
        entry.is_dir() and wnid_of(entry.name) is not None for entry in _entries(folder)
    )


def has_images(folder: Path) -> bool:
    """Whether there are images in it, not in folders of it."""
    return folder.is_dir() and any(entry.name.endswith(ENDINGS) for entry in _entries(folder))


def by_wnid(root: Path) -> Part:
    """The images in the folders by wnid below ``root``.

    An image belongs to the innermost folder by wnid that it is in, so that folders can follow the tree of
    synsets. Classes without an image are none.

    Raises:
        UserError: there are no images.
    """
    import numpy as np

    found = sorted(_folders(str(root), None), key=lambda folder: (folder[0], folder[1]))
    found = [folder for folder in found if folder[2]]
    if not found:
        raise UserError(f"{root}: no images in its folders by wnid ({', '.join(sorted(EXTENSIONS))})")
    wnids = tuple(sorted({wnid for wnid, _, _ in found}))
    number = {wnid: i for i, wnid in enumerate(wnids)}
    counts = [len(names) for _, _, names in found]
    images = Files(
        [path for _, path, _ in found],
        np.repeat(np.arange(len(found), dtype=np.int32), counts),
        np.array([name for _, _, names in found for name in names], np.bytes_),
    )
    return Part(images, wnids, np.repeat(np.array([number[wnid] for wnid, _, _ in found], np.int32), counts))


def flat(folder: Path) -> Files:
    """The images in a folder, in the order of their names.

    Raises:
        UserError: there are none.
    """
    import numpy as np

    names = sorted(os.fsencode(entry.name) for entry in _entries(folder) if _is_image(entry.name))
    if not names:
        raise UserError(f"{folder}: no images in it ({', '.join(sorted(EXTENSIONS))})")
    return Files([str(folder)], np.zeros(len(names), np.int32), np.array(names, np.bytes_))


def _folders(path: str, wnid: str | None) -> Iterator[tuple[str, str, list[bytes]]]:
    """The wnid, the path and the names of images of each folder in and below ``path``."""
    names: list[bytes] = []
    below: list[os.DirEntry[str]] = []
    with os.scandir(path) as entries:
        for entry in entries:
            if _is_image(entry.name):
                names.append(os.fsencode(entry.name))
            elif not entry.name.startswith(".") and entry.is_dir():
                below.append(entry)
    if wnid is not None:
        yield wnid, path, sorted(names)
    for entry in below:
        yield from _folders(entry.path, wnid_of(entry.name) or wnid)


def _is_image(name: str) -> bool:
    return name.endswith(ENDINGS) and name[0] != "."


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        yield from entries
