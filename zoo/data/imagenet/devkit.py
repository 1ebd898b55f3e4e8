"""The development kit of ILSVRC: its synsets, the classes of the validation images, and the blacklist.

``ILSVRC2012_devkit_t12/data`` holds ``meta.mat`` with 1,860 synsets: the 1,000 classes (ids 1 to 1000) and
the inner nodes of their tree (ids from 1001 on), ``ILSVRC2012_validation_ground_truth.txt`` with the id of
each validation image in the order of the files' names, and, in kits from 2014 on,
``ILSVRC…_validation_blacklist.txt`` with the numbers of those images that localisation leaves out. The ids
have nothing to do with the order of the wnids, by which folders, and most checkpoints, number the classes.
The kit's ``readme.txt`` describes the fields.
"""

import io
import re
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.errors import UserError

FOLDERS = ("ILSVRC2012_devkit_t12", "devkit", "ILSVRC/devkit", ".")
"""Where a kit lies below a data set's root, when it is unpacked."""
ARCHIVE = "ILSVRC2012_devkit_t12.tar.gz"
META = ("meta.mat", "meta_clsloc.mat")
GROUND_TRUTH, BLACKLIST = "*validation_ground_truth.txt", "*validation_blacklist.txt"
ID = re.compile(r"ILSVRC\d{4}(_[A-Z]+)?_ID")
"""The field with a synset's id has the year in its name."""
LARGEST = 1 << 26
"""A file of the kit is no longer than this, in bytes."""


@dataclass(frozen=True)
class Synset:
    """One synset of ``meta.mat``; ``words`` are its synonyms, ``children`` are ids."""

    id: int
    wnid: str
    words: tuple[str, ...]
    gloss: str
    children: tuple[int, ...]
    height: int
    """The longest way down to a leaf of the full WordNet hierarchy."""
    images: int
    """For training, in this challenge; 0 of an inner node."""


@dataclass(frozen=True)
class Devkit:
    """A kit; ``place`` is its folder or archive, for messages."""

    place: Path
    synsets: tuple[Synset, ...]
    ground_truth: tuple[int, ...]
    """The id of each validation image, in the order of the files' names; empty where the kit has none."""
    blacklist: frozenset[int]
    """Numbers of validation images, from 1, in the order of the files' names."""

    @property
    def leaves(self) -> tuple[Synset, ...]:
        """The challenge's classes, by id."""
        return tuple(synset for synset in self.synsets if not synset.children)

    def val_wnids(self) -> list[str]:
        """The wnid of each validation image, in the order of the files' names.

        Raises:
            UserError: the ground truth has an id that no class has.
        """
        wnids = {synset.id: synset.wnid for synset in self.leaves}
        unknown = next((id for id in self.ground_truth if id not in wnids), None)
        if unknown is not None:
            raise UserError(f"{self.place}: the ground truth has a class {unknown}, and meta.mat has none")
        return [wnids[id] for id in self.ground_truth]


def find(root: Path) -> Path | None:
    """The kit's ``data`` folder below a data set's root, or its archive; None without one."""
    for name in FOLDERS:
        folder = root / name / "data"
        if any((folder / meta).is_file() for meta in META):
            return folder
    return root / ARCHIVE if (root / ARCHIVE).is_file() else None


def read(place: Path) -> Devkit:
    """The kit in a ``data`` folder or in its archive, as ``find`` gives it.

    Raises:
        UserError: it cannot be read, or is no such kit.
    """
    files = _unpacked(place) if place.is_file() else _Folder(place)
    meta = files.find(META)
    if meta is None:
        raise UserError(f"{place}: no meta.mat in it; {ARCHIVE} is the official development kit")
    truth, black = files.find((GROUND_TRUTH,)), files.find((BLACKLIST,))
    return Devkit(
        place,
        synsets(meta[1], meta[0]),
        () if truth is None else numbers(truth[1], truth[0]),
        frozenset() if black is None else frozenset(numbers(black[1], black[0])),
    )


def synsets(content: bytes, name: str) -> tuple[Synset, ...]:
    """The synsets of a ``meta.mat``; ``name`` is for messages.

    Raises:
        UserError: it is no such file.
    """
    import zlib

    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        rows = loadmat(io.BytesIO(content))["synsets"].reshape(-1)
        id = next(field for field in rows.dtype.names or () if ID.fullmatch(field))
        found = [_synset(row, id) for row in rows]
    except (
        MatReadError, NotImplementedError, ValueError, KeyError, IndexError, TypeError, AttributeError,
        StopIteration, OSError, zlib.error,
    ) as error:  # fmt: skip
        raise UserError(f"{name}: not the meta.mat of a development kit, or damaged: {error}") from error
    known = {synset.id for synset in found}
    lost = next((child for synset in found for child in synset.children if child not in known), None)
    if lost is not None or len(known) < len(found):
        what = f"a child {lost} is not among them" if lost is not None else "two have the same id"
        raise UserError(f"{name}: its synsets do not fit together: {what}")
    return tuple(sorted(found, key=lambda synset: synset.id))


def numbers(content: bytes, name: str) -> tuple[int, ...]:
    """Whole numbers, one a line.

    Raises:
        UserError: a line is none.
    """
    lines = content.decode("ascii", "replace").split()
    wrong = next((i for i, line in enumerate(lines) if not line.isdecimal()), None)
    if wrong is not None:
        raise UserError(f"{name}, line {wrong + 1}: a number is expected, and not {lines[wrong][:40]!r}")
    return tuple(map(int, lines))


def _synset(row: Any, id: str) -> Synset:
    """From 2014 on the fields are fewer, and some have other names."""
    fields = row.dtype.names

    def number(field: str) -> int:
        return int(row[field].item()) if field in fields else 0

    def text(*names: str) -> str:
        value = row[next(name for name in names if name in fields)]
        return str(value.item()) if value.size else ""

    return Synset(
        id=number(id),
        wnid=text("WNID"),
        words=tuple(word.strip() for word in text("words", "name").split(",")),
        gloss=text("gloss", "description"),
        children=tuple(int(child) for child in row["children"].reshape(-1)) if "children" in fields else (),
        height=number("wordnet_height"),
        images=number("num_train_images"),
    )


@dataclass(frozen=True)
class _Folder:
    place: Path

    def find(self, patterns: Sequence[str]) -> tuple[str, bytes] | None:
        """The name and content of the first file that one of the patterns fits."""
        for pattern in patterns:
            for path in sorted(self.place.glob(pattern)):
                return str(path), path.read_bytes()
        return None


@dataclass(frozen=True)
class _Unpacked:
    """The files of an archive's ``data`` folder, by name."""

    place: Path
    files: dict[str, bytes]

    def find(self, patterns: Sequence[str]) -> tuple[str, bytes] | None:
        for pattern in patterns:
            for name in sorted(self.files):
                if Path(name).match(pattern):
                    return f"{self.place}:{name}", self.files[name]
        return None


def _unpacked(archive: Path) -> _Unpacked:
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(archive, "r:*") as tar:
            for member in tar:
                wanted = any(Path(member.name).match(f"data/{name}") for name in (*META, "*.txt"))
                if wanted and member.isreg() and member.size <= LARGEST:
                    content = tar.extractfile(member)
                    files[Path(member.name).name] = b"" if content is None else content.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise UserError(f"{archive}: cannot be unpacked: {error}") from error
    return _Unpacked(archive, files)
