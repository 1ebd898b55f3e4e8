"""The work itself: checks, then all units that are not done, on all cores."""

import errno
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from zoo import crew
from zoo.arguments import complain
from zoo.data.imagenet.prepare import checks, journal, oddities, place, plan, units
from zoo.data.imagenet.source import ImageNet
from zoo.errors import UserError
from zoo.files import write_text
from zoo.options import option
from zoo.work_bar import WorkBar, gigabytes

CLASSES = "classes.txt"
SPARE = 1 << 26
"""Bytes that are to stay free on the disk."""


@dataclass(frozen=True)
class PrepareOptions:
    """Options of ``zoo data prepare``."""

    out: str | None = option(
        None, "folder to write to; the same one again goes on where an earlier run ended"
    )
    to: str = option(
        "shards", "what to make: WebDataset shards, or folders by wnid", choices=("shards", "folders")
    )
    per_shard: int = option(1250, "images in each shard", low=1)
    seed: int = option(0, "how images are mixed over the shards", low=0)
    checksums: bool = option(True, "check the official archives' sizes and MD5 checksums first")
    incomplete: bool = option(False, "go on where images are missing by the development kit")
    workers: int | None = option(None, "processes at work; null is one for each core", low=1)


def prepare(data: ImageNet, options: PrepareOptions) -> None:
    """Write the data anew.

    Raises:
        UserError: the data is not what it should be, the folder holds something else, or the disk is full.
    """
    if options.out is None:
        raise UserError("out=… is missing: the folder to write to")
    out = Path(options.out).expanduser()
    if out.resolve() == data.root.resolve():
        raise UserError(
            f"out={out}: the data itself is there; give another folder, on the same disk if you like"
        )
    splits = _splits(data, options)
    mark = plan.fingerprint(splits, [options.to])
    with _alone(out):
        known = _checked(out, data, _known(out, data, mark), options)
        place.clean(out)
        _write(out, splits, options)
        lines = (f"{wnid} {', '.join(data.words.get(wnid, ()))}".strip() for wnid in data.wnids)
        write_text(out / CLASSES, "\n".join(lines) + "\n")
        journal.write(out, replace(known, complete=True))
    _report(out, splits, options)


def _splits(data: ImageNet, options: PrepareOptions) -> list[plan.Split]:
    parts = (("train", data.train.part), ("val", data.val.part))
    if options.to == "folders":
        return [plan.folders(name, part) for name, part in parts]
    return [plan.shards(name, part, options.per_shard, options.seed) for name, part in parts]


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    try:
        out.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise UserError(f"out={out}: not a folder") from error
    try:
        with FileLock(out / ".prepare.lock", timeout=0):
            yield
    except Timeout as error:
        raise UserError(f"out={out}: another zoo data prepare is at work there") from error


def _known(out: Path, data: ImageNet, mark: str) -> journal.Journal:
    """The journal of this work, begun now or before."""
    known = journal.read(out)
    if known is None:
        strangers = sorted(path.name for path in out.iterdir() if path.name != ".prepare.lock")
        if strangers:
            raise UserError(f"out={out}: not empty: {strangers[0]} is in it; give a folder of its own")
        return journal.Journal(mark, str(data.root))
    if known.fingerprint != mark:
        raise UserError(
            f"out={out}: it holds the work on other images or with other options ({known.source}); give "
            "another folder, or remove this one"
        )
    return known


def _checked(out: Path, data: ImageNet, known: journal.Journal, options: PrepareOptions) -> journal.Journal:
    wrong = checks.counts(data.found)
    if wrong and not options.incomplete:
        raise UserError(f"{data.root}: {'; '.join(wrong)}. incomplete=true goes on with what there is")
    for text in wrong:
        complain(f"{data.root}: {text}")
    if options.checksums:
        checked = dict(known.checked)
        for name, state in checks.archives(data.root, checked):
            checked[name] = state
            known = replace(known, checked=dict(checked))
            journal.write(out, known)
    journal.write(out, known)
    return known


def _write(out: Path, splits: list[plan.Split], options: PrepareOptions) -> None:
    todo = [(split, i) for split in splits for i in range(len(split)) if not (out / split.path(i)).exists()]
    total = sum(len(split.part) for split in splits)
    left = sum(split.bounds[i + 1] - split.bounds[i] for split, i in todo)
    _room(out, splits, left, total, options)
    work = units.shard if options.to == "shards" else units.folder
    with WorkBar(f"{options.to}:", total, "images", done=total - left) as bar:
        try:
            for _, images in crew.done(work, _Units(out, todo), options.workers):
                bar.add(images)
        except OSError as error:
            raise _told(error, out, bar) from error


class _Units(crew.Units[units.Unit]):
    """The units to do."""

    def __init__(self, out: Path, todo: list[tuple[plan.Split, int]]) -> None:
        self.out, self.todo = out, todo

    def __len__(self) -> int:
        return len(self.todo)

    def unit(self, index: int) -> units.Unit:
        split, number = self.todo[index]
        return split.unit(self.out, number)


def _room(out: Path, splits: list[plan.Split], left: int, total: int, options: PrepareOptions) -> None:
    """Say at once that the disk is too small, and not hours later."""
    if options.to == "folders" and _links(out, splits):
        return
    need = sum(plan.bytes_of(split.part) for split in splits) * left // max(1, total)
    need += (
        2048 * left if options.to == "shards" else 0
    )  # tar's blocks: two heads, a class, and what fills up
    free = shutil.disk_usage(out).free
    if need + SPARE > free:
        raise UserError(
            f"out={out}: about {gigabytes(need)} are needed, and {gigabytes(free)} are free on that disk"
        )


def _links(out: Path, splits: list[plan.Split]) -> bool:
    """Whether the files will get second names and no copies."""
    folders = [split.part.images.folders for split in splits if hasattr(split.part.images, "folders")]
    own = out.stat().st_dev
    return len(folders) == len(splits) and all(Path(own_[0]).stat().st_dev == own for own_ in folders)


def _told(error: OSError, out: Path, bar: WorkBar) -> UserError:
    kept = f"{bar.done:,} of {bar.total:,} images are done and stay; the same command goes on"
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return UserError(f"out={out}: the disk is full; {kept} when there is room")
    return UserError(f"{error.filename or out}: {error.strerror or error}; {kept}")


def _report(out: Path, splits: list[plan.Split], options: PrepareOptions) -> None:
    for split in splits:
        what = "shards" if options.to == "shards" else "classes"
        sys.stdout.write(f"{out}: {split.name}: {len(split.part):,} images in {len(split):,} {what}\n")
    for line in oddities.lines(oddities.kept(out)):
        sys.stdout.write(f"  {line}\n")
    sys.stdout.write(f"train with it: zoo train data=imagenet data.root={out}\n")
