"""ImageNet made ready: the same images with the same classes, whatever ends the work on the way."""

import errno
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from filelock import FileLock

from tests.zoo.imagenet import build
from zoo import shards
from zoo.data.imagenet import ImageNet, ImageNetOptions
from zoo.data.imagenet.prepare import checks, units
from zoo.data.imagenet.prepare.checks import Archive
from zoo.errors import UserError

PATIENCE = 60.0
"""Seconds that a test waits for another process."""


def opened(root: Path) -> ImageNet:
    return ImageNet(ImageNetOptions(name="imagenet", root=str(root)))


def content(root: Path) -> list[tuple[str, str, str, str]]:
    """Split, name, wnid and checksum of every image."""
    data = opened(root)
    return sorted(
        (name, images.stem(i), data.wnids[label], hashlib.md5(images.read(i)).hexdigest())
        for name, split in (("train", data.train), ("val", data.val))
        for images in [split.part.images]
        for i, label in enumerate(split.labels)
    )


def prepared(zoo: Callable, root: Path, out: Path, *more: str, layout: str = "") -> str:
    more = (*more, *([f"data.layout={layout}"] if layout else []))
    ran = zoo("data", "prepare", f"data.root={root}", f"out={out}", "checksums=false", "workers=1", *more)
    assert ran.code == 0, ran.err
    return str(ran.out)


@pytest.mark.parametrize("to", ["shards", "folders"])
@pytest.mark.parametrize("name", ["packed", "kaggle", "parquet"])
def test_everything_arrives(zoo: Callable, roots: Path, tmp_path: Path, name: str, to: str) -> None:
    out = tmp_path / "out"
    text = prepared(zoo, roots / name, out, f"to={to}", "per_shard=7")
    assert opened(out).layout.name == {"shards": "webdataset", "folders": "wnids"}[to]
    assert content(out) == content(roots / name)
    assert opened(out).classes == opened(roots / name).classes
    assert f"train: 30 images in 5 {'shards' if to == 'shards' else 'classes'}" in text
    assert not list(out.rglob(".unfinished*"))


def test_on_two_cores(zoo: Callable, roots: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    prepared(zoo, roots / "parquet", one, "per_shard=10")
    prepared(zoo, roots / "parquet", two, "per_shard=10", "workers=2")
    for path in one.glob("[tv]*.tar"):
        assert path.read_bytes() == (two / path.name).read_bytes()


def test_shards_are_what_others_read(zoo: Callable, roots: Path, tmp_path: Path) -> None:
    """A key, the image with the ending of its true format, and the class as a number; mixed."""
    out = tmp_path / "out"
    text = prepared(zoo, roots / "official", out, "per_shard=100")
    with tarfile.open(out / "train-000000.tar") as tar:
        names = tar.getnames()
        labels = [int(tar.extractfile(name).read()) for name in names[::2]]  # type: ignore[union-attr]
    assert [name.partition(".")[0] for name in names[::2]] == [name.partition(".")[0] for name in names[1::2]]
    assert "n02123045_42.png" in names  # it is called .JPEG in the training set
    assert sum(name.endswith(".jpg") for name in names) == 29
    assert labels != sorted(labels)
    assert [build.WNIDS[label] for label in labels] == [name[:9] for name in names[::2]]
    lines = text.splitlines()
    assert "  1 CMYK: " in text
    assert any(
        line.startswith("  1 PNG named .JPEG: ") and line.endswith("n02123045_42.JPEG") for line in lines
    )
    assert any(line.startswith("  1 stored on its side (EXIF): ") for line in lines)
    assert (out / "classes.txt").read_text().splitlines()[0] == "n02123045 tabby, tabby cat"


def test_the_index_is_that_which_reading_makes(zoo: Callable, roots: Path, tmp_path: Path) -> None:
    prepared(zoo, roots / "official", tmp_path / "out", "per_shard=100")
    shard = str(tmp_path / "out" / "train-000000.tar")
    kept = shards.read_samples([shard], units.FIELDS)
    Path(f"{shard}.index").unlink()
    made = shards.read_samples([shard], units.FIELDS)
    for field in ("start", "size", "key"):
        assert (getattr(kept, field) == getattr(made, field)).all()
    assert kept.classes == made.classes


def test_broken_images_are_kept_and_named(zoo: Callable, tmp_path: Path) -> None:
    root = build.folders(tmp_path / "set")
    short, none = root / "train/n07930864/n07930864_5.JPEG", root / "train/n07930864/n07930864_42.JPEG"
    short.write_bytes(short.read_bytes()[:-700])
    none.write_bytes(b"<html>not found</html>")
    text = prepared(zoo, root, tmp_path / "out")
    assert f"  1 cut short: {short}\n" in text
    assert f"  1 not an image: {none}\n" in text
    assert content(tmp_path / "out") == content(root)


def test_files_of_the_same_disk_are_not_copied(zoo: Callable, roots: Path, tmp_path: Path) -> None:
    root = tmp_path / "set"
    build.official(root)
    prepared(zoo, root, tmp_path / "out", "to=folders")
    made = next((tmp_path / "out" / "val").glob("*/ILSVRC2012_val_00000001.JPEG"))
    assert made.samefile(root / "val" / "ILSVRC2012_val_00000001.JPEG")
    assert made.parent.name == build.val_files()[0].wnid


def test_files_of_the_same_name_and_with_dots(zoo: Callable, tmp_path: Path) -> None:
    root = tmp_path / "set"
    for wnid in build.WNIDS[:2]:
        build.flat(root / wnid, [build.File(f"{i}.small.JPEG", wnid, build.jpeg(wnid, i)) for i in range(4)])
    prepared(zoo, root, tmp_path / "out", "data.val_share=0.25")
    assert [own[2:] for own in sorted(content(tmp_path / "out"), key=lambda own: own[3])] == [
        own[2:] for own in sorted(content(root), key=lambda own: own[3])
    ]


class Begun(NamedTuple):
    process: "subprocess.Popen[bytes]"
    root: Path
    out: Path
    pipe: Path
    image: bytes


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Begun]:
    """Work that cannot end: one image is a pipe that nobody writes to; all other shards are done."""
    root, out = build.folders(tmp_path / "set"), tmp_path / "out"
    pipe = root / "train" / "n03877845" / "n03877845_42.JPEG"
    image = pipe.read_bytes()
    pipe.unlink()
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "zoo", "data", "prepare", f"data.root={root}", f"out={out}"]
    with subprocess.Popen([*command, "per_shard=4", "workers=2"], stderr=subprocess.PIPE) as process:
        try:
            until(lambda: len(list(out.glob("[tv]*.tar"))) == 10, "10 of the 11 shards")
            yield Begun(process, root, out, pipe, image)
        finally:
            process.kill()


def until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"waited for {what}"
        time.sleep(0.02)


def below(process: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    own = [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return [*own, *(pid for child in own for pid in below(child))]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_kill_at_any_moment_costs_no_work_and_leaves_nothing_half_done(zoo: Callable, begun: Begun) -> None:
    workers = below(begun.process.pid)
    assert len(workers) >= 2
    begun.process.send_signal(signal.SIGKILL)
    begun.process.wait(PATIENCE)
    until(lambda: not any(map(alive, workers)), "its processes to end with it")
    assert list(begun.out.glob(".unfinished*"))
    with pytest.raises(
        UserError, match=f"out: not complete; run zoo data prepare again, with data.root={begun.root}"
    ):
        opened(begun.out)

    before = {path: path.stat().st_mtime_ns for path in begun.out.glob("[tv]*.tar")}
    begun.pipe.unlink()
    begun.pipe.write_bytes(begun.image)
    prepared(zoo, begun.root, begun.out, "per_shard=4")
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert content(begun.out) == content(begun.root)
    assert not list(begun.out.glob(".unfinished*"))


def test_ctrl_c_ends_it_at_once(begun: Begun) -> None:
    workers = below(begun.process.pid)
    for pid in (begun.process.pid, *workers):  # as a terminal sends it
        os.kill(pid, signal.SIGINT)
    time.sleep(0.2)
    with begun.pipe.open("wb") as pipe:  # the unit that was begun is done to its end
        pipe.write(begun.image)
    assert begun.process.wait(PATIENCE) == 130
    assert begun.process.stderr is not None
    assert begun.process.stderr.read() == b"zoo: Stopped.\n"


class TestDiskFull:
    def test_it_is_said_before_the_work(
        self, zoo: Callable, roots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        usage = shutil.disk_usage(tmp_path)._replace(free=10**6)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
        ran = zoo("data", "prepare", f"data.root={roots / 'packed'}", f"out={tmp_path}/o", "checksums=false")
        assert (ran.code, ran.err.count("\n")) == (1, 1)
        assert "kB are needed, and 1.0 MB are free on that disk" in ran.err

    def test_in_the_middle_what_is_done_stays(
        self, zoo: Callable, roots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, written = units._add, []

        def add(tar: tarfile.TarFile, name: str, data: bytes) -> int:
            written.append(name)
            if len(written) == 25:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return int(real(tar, name, data))

        monkeypatch.setattr(units, "_add", add)
        how = ("checksums=false", "workers=1", "per_shard=5")
        ran = zoo("data", "prepare", f"data.root={roots / 'packed'}", f"out={tmp_path}/o", *how)
        assert (ran.code, ran.err.count("\n")) == (1, 1)
        assert "o: the disk is full; 10 of 40 images are done and stay; the same command goes on" in ran.err
        assert sorted(path.name for path in (tmp_path / "o").glob("*.tar")) == [
            "train-000000.tar",
            "train-000001.tar",
        ]
        assert not list((tmp_path / "o").glob(".unfinished*"))
        prepared(zoo, roots / "packed", tmp_path / "o", "per_shard=5")
        assert content(tmp_path / "o") == content(roots / "packed")


class TestChecks:
    @pytest.fixture
    def published(self, roots: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Archive]:
        """The small archives as if they were the published ones."""
        paths = [roots / "packed" / name for name in checks.PUBLISHED]
        own = {p.name: Archive(p.stat().st_size, hashlib.md5(p.read_bytes()).hexdigest()) for p in paths}
        monkeypatch.setattr(checks, "PUBLISHED", own)
        return own

    def test_archives_that_are_right_are_read_once(
        self, zoo: Callable, roots: Path, tmp_path: Path, published: object, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        command = ("data", "prepare", f"data.root={roots / 'packed'}", f"out={tmp_path}/o", "workers=1")
        assert zoo(*command).code == 0
        assert len(json.loads((tmp_path / "o" / "prepare.json").read_text())["checked"]) == 3
        monkeypatch.setattr(checks, "_check", None)  # reading one again would fail
        assert zoo(*command).code == 0

    @pytest.mark.parametrize(("cut", "message"), [(1, "cut short: "), (0, "another file: its MD5 is ")])
    def test_archives_that_are_wrong(
        self, zoo: Callable, roots: Path, tmp_path: Path, published: object, cut: int, message: str
    ) -> None:
        root = tmp_path / "set"
        shutil.copytree(roots / "packed", root)
        path = root / "ILSVRC2012_img_val.tar"
        data = bytearray(path.read_bytes())
        data[5000] ^= 1  # in the first image
        path.write_bytes(data[: len(data) - 512 * cut])
        ran = zoo("data", "prepare", f"data.root={root}", f"out={tmp_path}/o")
        assert (ran.code, ran.err.count("\n")) == (1, 1)
        assert message in ran.err
        assert "download it again, or go on with checksums=false" in ran.err

    def test_the_real_ones_are_those_of_torchvision(self) -> None:
        from tests.peers import import_torchvision

        known = import_torchvision().datasets.imagenet.ARCHIVE_META.values()
        assert {name: archive.md5 for name, archive in checks.PUBLISHED.items()} == dict(known)

    def test_counts_of_the_kit(self, zoo: Callable, tmp_path: Path) -> None:
        root = build.official(tmp_path / "set")
        (root / "train" / "n07930864" / "n07930864_5.JPEG").unlink()
        shutil.rmtree(root / "train" / "n11939491")
        command = ("data", "prepare", f"data.root={root}", f"out={tmp_path}/o", "workers=1")
        ran = zoo(*command)
        assert ran.code == 1
        assert (
            "1 of 5 classes have no training images; n07930864 has 5 of 6 training images. incomplete=true"
            in ran.err
        )
        assert zoo(*command, "incomplete=true").code == 0
        assert len(content(tmp_path / "o")) == 23 + 8


def test_mistakes_are_one_line(zoo: Callable, roots: Path, tmp_path: Path) -> None:
    packed = f"data.root={roots / 'packed'}"
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("")
    (tmp_path / "file").write_text("")
    prepared(zoo, roots / "packed", tmp_path / "done", "per_shard=7")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "prepare.json").write_text("[")
    for given, message in (
        ((packed,), "out=… is missing: the folder to write to"),
        ((packed, f"out={roots / 'packed'}"), "the data itself is there"),
        ((packed, f"out={tmp_path / 'full'}"), "not empty: thesis.tex is in it"),
        ((packed, f"out={tmp_path / 'file'}"), "not a folder"),
        ((packed, f"out={tmp_path / 'damaged'}"), "prepare.json: not what zoo data prepare writes"),
        ((packed, f"out={tmp_path / 'done'}", "per_shard=8"), "other images or with other options"),
        ((packed, f"out={tmp_path / 'o'}", "to=tfrecord"), "to=tfrecord"),
        (
            ("data=digits", f"out={tmp_path / 'o'}"),
            "data=digits: zoo data prepare is for all of data=imagenet",
        ),
    ):
        ran = zoo("data", "prepare", *given, "checksums=false", "workers=1")
        assert (ran.code, ran.err.count("\n")) == (1, 1), ran.err
        assert message in ran.err
    (tmp_path / "busy").mkdir()
    with FileLock(tmp_path / "busy" / ".prepare.lock"):
        ran = zoo("data", "prepare", packed, f"out={tmp_path / 'busy'}", "checksums=false")
    assert (ran.code, "another zoo data prepare is at work there" in ran.err) == (1, True)
