"""Whether the downloads are what was published: the archives' sizes and checksums, and counts of images."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from zoo.data.imagenet import names
from zoo.data.imagenet.layouts import Found
from zoo.errors import UserError
from zoo.work_bar import WorkBar, gigabytes

BLOCK = 1 << 22
MOST_NAMED = 3
TRAIN, VAL = 1_281_167, 50_000
"""Images of ILSVRC 2012."""


@dataclass(frozen=True)
class Archive:
    """A published archive: its size in bytes where it is known, and its MD5 checksum."""

    size: int | None
    md5: str


PUBLISHED = {
    "ILSVRC2012_img_train.tar": Archive(147_897_477_120, "1d675b47d978889d74fa0da5fadfb00e"),
    "ILSVRC2012_img_val.tar": Archive(6_744_924_160, "29b22e2961454d5413ddabcf34fc5622"),
    "ILSVRC2012_devkit_t12.tar.gz": Archive(None, "fa75699e90414af021442c21a62c3abf"),
}
"""As the download page and torchvision give them."""


def archives(root: Path, checked: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Check the archives at the root of the data; the name and the state of each that is right.

    ``checked`` are those that an earlier run found right: what has the same state is not read again.

    Raises:
        UserError: one is cut short, damaged or another file.
    """
    for name, published in PUBLISHED.items():
        path = root / name
        if not path.is_file():
            continue
        about = path.stat()
        state = f"{about.st_size} {about.st_mtime_ns}"
        if checked.get(name) != state:
            _check(path, about.st_size, published)
        yield name, state


def counts(found: Found) -> list[str]:
    """What is missing or too many by the development kit, or of ILSVRC's classes by its totals; in words."""
    if found.kit is not None:
        expected = {synset.wnid: synset.images for synset in found.kit.leaves if synset.images}
        own = _by_wnid(found)
        wrong = [
            f"{wnid} has {own[wnid]:,} of {count:,} training images"
            for wnid, count in expected.items()
            if wnid in own and own[wnid] != count
        ]
        more = [f"and {len(wrong) - MOST_NAMED:,} more classes"] if len(wrong) > MOST_NAMED else []
        lost = len(set(expected) - set(own))
        absent = [f"{lost:,} of {len(expected):,} classes have no training images"] if lost else []
        return [*absent, *wrong[:MOST_NAMED], *more]
    if set(found.train.wnids) != set(names.ilsvrc()) or found.val is None:
        return []
    parts = (("training", len(found.train), TRAIN), ("validation", len(found.val), VAL))
    return [f"{own:,} of {all_of:,} {name} images" for name, own, all_of in parts if own != all_of]


def _by_wnid(found: Found) -> dict[str, int]:
    import numpy as np

    numbers = np.bincount(found.train.label, minlength=len(found.train.wnids))
    return dict(zip(found.train.wnids, numbers.tolist(), strict=True))


def _check(path: Path, size: int, published: Archive) -> None:
    advice = "download it again, or go on with checksums=false"
    if published.size is not None and size != published.size:
        what = "cut short" if size < published.size else "another file"
        raise UserError(
            f"{path}: {what}: {size:,} bytes, and the published one has {published.size:,}; {advice}"
        )
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file, WorkBar(f"checking {path.name}:", size, "", show=gigabytes) as bar:
        while block := file.read(BLOCK):
            digest.update(block)
            bar.add(len(block))
    if digest.hexdigest() != published.md5:
        raise UserError(
            f"{path}: damaged or another file: its MD5 is {digest.hexdigest()}, the published one's is "
            f"{published.md5}; {advice}"
        )
