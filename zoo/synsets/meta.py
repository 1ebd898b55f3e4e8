"""``meta.mat`` of ImageNet's development kit → a hierarchy.

It has the classes of the challenge and what is above them. ``zoo.data.imagenet.devkit`` reads the file.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.synsets.hierarchy import Hierarchy, made

if TYPE_CHECKING:
    from zoo.data.imagenet.devkit import Synset


def find(root: Path) -> Path | None:
    """The kit at or below a folder: its own folder, or its archive; None without one."""
    from zoo.data.imagenet import devkit

    own = any((root / name).is_file() for name in devkit.META)
    return root if own else devkit.find(root)


def read_kit(place: Path) -> Hierarchy:
    """The hierarchy in the folder or the archive of a kit.

    Raises:
        UserError: it is none, or damaged.
    """
    from zoo.data.imagenet import devkit

    kit = devkit.read(place)
    return _of(kit.synsets, kit.place)


def read(file: Path) -> Hierarchy:
    """The hierarchy in a ``meta.mat``.

    Raises:
        UserError: it is none, or damaged.
    """
    from zoo.data.imagenet import devkit

    return _of(devkit.synsets(file.read_bytes(), str(file)), file)


def _of(synsets: Iterable["Synset"], place: Path) -> Hierarchy:
    by_id = {synset.id: synset.wnid for synset in synsets}
    nodes = [(synset.wnid, synset.words, synset.gloss) for synset in synsets]
    edges = [(synset.wnid, by_id[child]) for synset in synsets for child in synset.children]
    return made(nodes, edges, str(place))
