"""ImageNet's statistics and its conversion to shards, in files a second, against plain scripts.

The scripts do what most people write: for the sizes, PIL opens every file that `os.walk` finds; for shards,
`tarfile` packs the files that a list names, in mixed order, as the example of WebDataset does. The zoo reads
headers alone, checks each image for what is odd, and works on all cores; both include the start of its
processes. The files are 60 photographs of about 500×375, cut from those that packages ship, that have many
names (hard links): they are in memory, and what is measured is the work and not the disk.
"""

import io
import os
import random
import shutil
import tarfile
from contextlib import redirect_stdout
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import numpy as np
from PIL import Image

from benchmarks.measure import compare
from zoo import crew
from zoo.data.imagenet import ImageNet, ImageNetOptions, names
from zoo.data.imagenet.prepare.work import PrepareOptions, prepare
from zoo.stats.scan import headers, scan

PHOTOS, CLASSES, TRAIN, VAL = 60, 1000, 40, 1
"""Photographs, classes, and images of each class."""
SHARDS_CLASSES = 125
EACH, ROUNDS = 500, 7
SIDES = ((500, 375), (500, 333), (375, 500), (500, 500), (400, 300))


def main() -> None:
    """Prints ratios, and files a second of both."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        writer = get_context("spawn").Process(target=_write, args=(root / "all", CLASSES))
        writer.start()  # a process of its own, as it imports what the work does without
        writer.join()
        pool = list((root / "all" / "pool").iterdir())
        size = sum(path.stat().st_size for path in pool) / len(pool) / 1000
        _link(root / "some", root / "all", SHARDS_CLASSES)
        count = CLASSES * TRAIN
        print(f"{count:,} files of {size:.0f} kB in {CLASSES:,} folders; {crew.cores()} cores")
        data = ImageNet(ImageNetOptions(name="imagenet", root=str(root / "all")))
        images = data.train.images

        def walk() -> None:
            _sizes(root / "all" / "train")

        title = "sizes of images, zoo / PIL in a loop, processor time of one process"
        _rates(count, compare(title, lambda: headers(images), walk, ROUNDS, process_time))
        title = "the same on all cores, time on the clock"
        _rates(count, compare(title, lambda: scan(images, fresh=True), walk, ROUNDS))
        some = ImageNet(ImageNetOptions(name="imagenet", root=str(root / "some")))
        count = SHARDS_CLASSES * (TRAIN + VAL)
        title = f"{count:,} files to shards, zoo / tarfile in a loop"
        for workers in (1, crew.cores()):
            options = PrepareOptions(out=str(root / "ours"), per_shard=EACH, workers=workers)

            def ours(options: PrepareOptions = options) -> None:
                shutil.rmtree(root / "ours", ignore_errors=True)
                with redirect_stdout(io.StringIO()):
                    prepare(some, options)

            how = f"{workers} at work, " + ("processor time" if workers == 1 else "time on the clock")
            clock = process_time if workers == 1 else perf_counter
            _rates(count, compare(f"{title}, {how}", ours, lambda: _pack(root), ROUNDS, clock))


def _rates(count: int, seconds: tuple[float, float]) -> None:
    ours, theirs = (count / own for own in seconds)
    print(f"  {ours:,.0f} files/s against {theirs:,.0f}")


def _write(root: Path, classes: int) -> None:
    """The folders."""
    from tests.zoo.imagenet.photographs import FILES, whole

    rng = np.random.default_rng(0)
    pool = root / "pool"
    pool.mkdir(parents=True)
    for i in range(PHOTOS):
        photo = Image.fromarray(whole(sorted(FILES)[i % len(FILES)]))
        photo.resize(SIDES[i % len(SIDES)]).save(pool / f"{i}.jpg", quality=94)
    photos = sorted(pool.iterdir())
    number = 0
    for wnid in list(names.ilsvrc())[:classes]:
        for split, each in (("train", TRAIN), ("val", VAL)):
            folder = root / split / wnid
            folder.mkdir(parents=True)
            for i in rng.integers(0, PHOTOS, each):
                os.link(photos[i], folder / f"{wnid}_{number}.JPEG")
                number += 1


def _link(root: Path, source: Path, classes: int) -> None:
    for split in ("train", "val"):
        for wnid in list(names.ilsvrc())[:classes]:
            shutil.copytree(source / split / wnid, root / split / wnid, copy_function=os.link)


def _sizes(root: Path) -> None:
    found = []
    for here, _, files in os.walk(root):
        for name in files:
            with Image.open(os.path.join(here, name)) as image:  # noqa: PTH118 - as the script has it
                found.append(image.size)
    assert found


def _pack(root: Path) -> None:
    for split in ("train", "val"):
        wnids = sorted(path.name for path in (root / "some" / split).iterdir())
        files = [
            (path, label)
            for label, wnid in enumerate(wnids)
            for path in (root / "some" / split / wnid).iterdir()
        ]
        random.Random(0).shuffle(files)
        (root / "theirs").mkdir(exist_ok=True)
        for start in range(0, len(files), EACH):
            with tarfile.open(root / "theirs" / f"{split}-{start:06}.tar", "w") as tar:
                for path, label in files[start : start + EACH]:
                    for ending, data in (("cls", str(label).encode()), ("jpg", path.read_bytes())):
                        about = tarfile.TarInfo(f"{path.stem}.{ending}")
                        about.size = len(data)
                        tar.addfile(about, io.BytesIO(data))


if __name__ == "__main__":
    main()
