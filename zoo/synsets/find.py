"""Where the hierarchy of a data set is, and what it is read from."""

import functools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from zoo.errors import UserError
from zoo.synsets import meta, pairs, wordnet
from zoo.synsets.hierarchy import Hierarchy

WANTED = (
    "WordNet 3.0 (a folder with data.noun), the development kit of ImageNet (meta.mat), "
    "or wordnet.is_a.txt of its site"
)
HOW = "data.synsets=PATH says where it is; Debian's package wordnet-base has WordNet"


def of_data(options: Any, wnids: Sequence[str]) -> Hierarchy:
    """The hierarchy for the classes ``wnids`` of the data set with these options.

    That is what ``data.synsets`` names, which may lack some of them; or what lies in ``data.root``, if it has
    them all; or the machine's WordNet, if that has.

    Raises:
        UserError: there is none.
    """
    given = getattr(options, "synsets", None)
    if given is not None:
        return read(Path(given).expanduser())
    lacking = []
    for place in _beside(options):
        found = read(place)
        missing = _missing(found, wnids)
        if not missing:
            return found
        lacking.append(f"{found.place} lacks {_some(missing)}, which the data has")
    if lacking:
        raise UserError(f"{'; '.join(lacking)}; data.synsets=PATH names another hierarchy")
    raise UserError(f"no hierarchy of synsets is found: {WANTED}; {HOW}")


def read(place: Path) -> Hierarchy:
    """The hierarchy in a folder or a file; the same object for the same file, not to be changed.

    Raises:
        UserError: it is not there, is none, or cannot be read.
    """
    reader, file = _reader(place)
    about = file.stat()
    return _read(reader, file, about.st_mtime_ns, about.st_size)


def _reader(place: Path) -> tuple[Callable[[Path], Hierarchy], Path]:
    """What reads it, and the file that it is read from."""
    if not place.exists():
        raise UserError(f"data.synsets={place}: no such file or folder; it is to be {WANTED}")
    if place.is_file():
        if place.name == wordnet.DATA:
            return _wordnet, place
        if place.suffix == ".mat":
            return meta.read, place
        return (meta.read_kit if {".tar", ".gz", ".tgz"} & {*place.suffixes} else pairs.read), place
    if (place / wordnet.DATA).is_file():
        return _wordnet, place / wordnet.DATA
    if (place / pairs.NAME).is_file():
        return pairs.read, place / pairs.NAME
    kit = meta.find(place)
    if kit is None:
        raise UserError(f"data.synsets={place}: there is no hierarchy in it: {WANTED}")
    return meta.read_kit, kit


@functools.lru_cache(4)
def _read(reader: Callable[[Path], Hierarchy], file: Path, _changed: int, _size: int) -> Hierarchy:
    import networkx as nx

    found = reader(file)
    nx.freeze(found.graph)
    return found


def _wordnet(file: Path) -> Hierarchy:
    return wordnet.read(file.parent)


def _beside(options: Any) -> Iterator[Path]:
    """Places to look at, the data's own first."""
    root = getattr(options, "root", None)
    folder = Path(root).expanduser() if root else None
    if folder is not None and folder.is_dir():
        if (folder / pairs.NAME).is_file():
            yield folder / pairs.NAME
        kit = meta.find(folder)
        if kit is not None:
            yield kit
    own = wordnet.find()
    if own is not None:
        yield own


def _missing(hierarchy: Hierarchy, wnids: Sequence[str]) -> list[str]:
    return [wnid for wnid in wnids if wnid not in hierarchy]


def _some(wnids: Sequence[str]) -> str:
    return ", ".join(wnids[:3]) + (f" and {len(wnids) - 3} more" if len(wnids) > 3 else "")
