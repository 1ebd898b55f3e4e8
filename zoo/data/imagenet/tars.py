"""Images in tar files as they are downloaded: a tar by wnid, a tar of those, or one tar of images.

None is unpacked: each is gone through once, and where its images lie is kept beside it.
"""

import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from zoo import beside, crew
from zoo.arguments import complain
from zoo.data.imagenet.folders import ENDINGS, wnid_of
from zoo.data.imagenet.part import Part
from zoo.errors import UserError
from zoo.images.encoded import Packed
from zoo.work_bar import WorkBar

VERSION = "tar 1"
SLOW = 1 << 30
"""From so many bytes on, a line says that an archive is gone through."""
COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
"""What gzip, bzip2, xz and zstd files begin with."""


@dataclass(frozen=True)
class Inner:
    """A tar within a tar, or a whole one: where it begins, in bytes, and the wnid that it is named by."""

    start: int
    wnid: str


def by_wnid(tars: Sequence[Path]) -> Part:
    """The images in tars by wnid, or in a tar of such tars.

    Raises:
        UserError: one cannot be read, or there are no images.
    """
    return _part(tars, [_index(tar) for tar in tars])


def flat(tar: Path) -> Packed:
    """The images in a tar, in the order of their names.

    Raises:
        UserError: it cannot be read, or has no images.
    """
    import numpy as np

    found = _index(tar)
    names = [name.rpartition(b"/")[2] for name in found["name"].tolist()]
    order = np.array(sorted(range(len(names)), key=names.__getitem__), np.int64)
    images = Packed([str(tar)], np.zeros(len(names), np.int32), found["start"], found["size"], found["name"])
    return images.taken(order)


def in_folder(folder: Path) -> list[Path]:
    """The tars by wnid in a folder."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.glob("n*.tar") if wnid_of(path.name) is not None)


def _part(tars: Sequence[Path], found: Sequence[beside.Arrays]) -> Part:
    import numpy as np

    wnids = tuple(sorted({wnid.decode() for index in found for wnid in set(index["wnid"].tolist())} - {""}))
    number = {wnid.encode(): i for i, wnid in enumerate(wnids)}
    images = Packed(
        [str(tar) for tar in tars],
        np.repeat(np.arange(len(tars), dtype=np.int32), [len(index["start"]) for index in found]),
        *(np.concatenate([index[name] for index in found]) for name in ("start", "size", "name")),
    )
    label = np.array([number.get(wnid, -1) for index in found for wnid in index["wnid"].tolist()], np.int32)
    if not wnids or (label < 0).any():
        lost = next((i for i, at in enumerate(label.tolist()) if at < 0), None)
        where = str(tars[0]) if lost is None else images.name(lost)
        raise UserError(f"{where}: tars named by wnid are expected, as n01440764.tar, with images in them")
    order = np.argsort(label, kind="stable")
    return Part(images.taken(order), wnids, label[order])


def _index(tar: Path) -> beside.Arrays:
    """Start, size, name and wnid of each image in a tar and in those within it."""
    try:
        found = beside.arrays(str(tar), [VERSION], partial(_make, tar))
    except OSError as error:
        raise UserError(f"{tar}: cannot be read: {error.strerror or error}") from error
    if not len(found["start"]):
        raise UserError(f"{tar}: no images in it, nor tars with images")
    return found


def _make(tar: Path) -> beside.Arrays:
    import numpy as np

    size = tar.stat().st_size
    if size >= SLOW:
        complain(f"{tar}: gone through once, to find its images …")
    own, inner = _members(tar, Inner(0, wnid_of(tar.name) or ""))
    with WorkBar("indexed", len(inner), "tars") as bar:
        parts = [own]
        results: dict[int, beside.Arrays] = {}
        for number, (found, below) in crew.done(partial(_members, tar), inner, 1 if size < SLOW else None):
            if below:
                raise UserError(f"{tar}: tars within tars within it are more than is expected")
            results[number] = found
            bar.add(1)
    parts += [results[number] for number in sorted(results)]
    return {name: np.concatenate([part[name] for part in parts]) for name in own}


def _members(tar: Path, place: Inner) -> tuple[beside.Arrays, list[Inner]]:
    """The images and the tars in a tar."""
    import numpy as np

    rows: list[tuple[int, int, bytes]] = []
    inner: list[Inner] = []
    with tar.open("rb") as file:
        file.seek(place.start)
        packed = file.read(6).startswith(COMPRESSED)
        file.seek(place.start)
        try:
            with tarfile.open(fileobj=file, mode="r:") as archive:
                for member in archive:
                    archive.members.clear()  # type: ignore[attr-defined]  # it would remember them all
                    if not member.isreg() or member.issparse():
                        continue
                    if member.name.endswith(".tar"):
                        inner.append(Inner(member.offset_data, wnid_of(Path(member.name).name) or ""))
                    elif member.name.endswith(ENDINGS):
                        rows.append((member.offset_data, member.size, member.name.encode()))
                end = archive.offset
            _whole(tar, file, end)
        except tarfile.TarError as error:
            what = place.wnid and f"{place.wnid}.tar in it is "
            why = "compressed; unpack it" if packed else f"not a tar file, or damaged: {error}"
            raise UserError(f"{tar}: {what}{why}") from error
    starts, sizes, names = zip(*rows, strict=True) if rows else ((), (), ())
    found = {
        "start": np.array(starts, np.int64),
        "size": np.array(sizes, np.int64),
        "name": np.array(names, np.bytes_),
        "wnid": np.full(len(rows), place.wnid.encode(), "S9"),
    }
    return found, inner


def _whole(tar: Path, file: IO[bytes], end: int) -> None:
    """Whether it ends as a tar does; one that is cut short or damaged reads like one that ends there.

    Raises:
        tarfile.ReadError: it does not.
    """
    file.seek(end)
    mark = file.read(tarfile.BLOCKSIZE)
    if mark.strip(b"\0") or (not mark and end > tar.stat().st_size):
        raise tarfile.ReadError(f"it is cut short or damaged at byte {end:,}")
