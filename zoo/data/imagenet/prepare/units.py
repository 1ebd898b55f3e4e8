"""One unit of the work: a shard, or the folder of a class. Each is written whole or not at all."""

import io
import os
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from zoo import shards
from zoo.data.imagenet.prepare import oddities
from zoo.data.imagenet.prepare.place import whole
from zoo.images import header
from zoo.images.encoded import Files

FIELDS = shards.Fields("cls", "label")
"""How classes are written into shards."""


@dataclass(frozen=True)
class Unit:
    """Images of one shard or of one class's folder; ``names`` are those of their files, each another.

    ``out`` is the folder of the whole work, and ``path`` is in it.
    """

    out: Path
    path: Path
    images: Any
    names: list[str]
    labels: list[int]


def shard(unit: Unit) -> int:
    """Write a shard: ``KEY.jpg`` and ``KEY.cls``, the number of the class, for each image, and its index.

    The ending is that of the format that the file has, whatever it is named: readers go by it. Gives the
    number of images.
    """
    odd: dict[str, list[str]] = {}
    samples: list[tuple[int, int, bytes, bytes]] = []
    with whole(unit.path) as temporary:
        with tarfile.open(temporary, "w", format=tarfile.GNU_FORMAT) as tar:
            for name, label, data in _read(unit, odd):
                key = name.rpartition(".")[0].replace(".", "_")  # a key ends at the first dot
                _add(tar, f"{key}.cls", str(label).encode())
                start = _add(tar, f"{key}{_ending(data, name)}", data)
                samples.append((start, len(data), key.encode(), str(label).encode()))
        oddities.keep(unit.out, unit.path, odd)
    shards.keep_index(str(unit.path), FIELDS, samples)
    return len(unit.names)


def folder(unit: Unit) -> int:
    """Write a class's folder; gives the number of images.

    Files of the same disk get a second name there (a hard link) and are not copied.
    """
    odd: dict[str, list[str]] = {}
    with whole(unit.path) as temporary:
        temporary.mkdir()
        if not isinstance(unit.images, Files) or not _linked(unit, temporary):
            for name, _, data in _read(unit, odd):
                (temporary / name).write_bytes(data)
        oddities.keep(unit.out, unit.path, odd)
    return len(unit.names)


def _read(unit: Unit, odd: dict[str, list[str]]) -> Iterator[tuple[str, int, bytes]]:
    for index, (name, label) in enumerate(zip(unit.names, unit.labels, strict=True)):
        data = unit.images.read(index)
        for what in oddities.of(name, data):
            odd.setdefault(what, []).append(unit.images.name(index))
        yield name, label, data


def _linked(unit: Unit, temporary: Path) -> bool:
    try:
        for index, name in enumerate(unit.names):
            os.link(unit.images.name(index), temporary / name)
    except OSError:  # another disk, or one that cannot
        shutil.rmtree(temporary)
        temporary.mkdir()
        return False
    return True


def _ending(data: bytes, name: str) -> str:
    if data.startswith(header.JPEG):
        return ".jpg"
    found = header.read(data)
    return f".{found.format.lower()}" if found is not None else PurePath(name).suffix.lower()


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> int:
    """Add a file to a tar; where its content begins, in bytes."""
    about = tarfile.TarInfo(name)
    about.size = len(data)
    tar.addfile(about, io.BytesIO(data))
    tar.members.clear()  # type: ignore[attr-defined]  # it would remember them all
    return tar.offset - -(-len(data) // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
