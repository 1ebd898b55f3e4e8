"""Tar shards: every image by its number, in any order, from a disk or from behind a URL."""

import http.server
import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_sample_images

from zoo import beside, opener, shards
from zoo.augment.crop import CropOptions
from zoo.config import one
from zoo.data.webdataset import WebDataset, WebDatasetOptions
from zoo.errors import UserError
from zoo.images.photo import Photo
from zoo.loader import Batch, Loader
from zoo.progress import Silent
from zoo.train import train
from zoo.transform import training

Files = dict[str, bytes]


def picture(number: int) -> bytes:
    """A piece of a real photograph as JPEG; every fifth as PNG."""
    pixels = load_sample_images().images[number % 2]
    part = Image.fromarray(pixels).crop((3 * number, number, 300 + 5 * number, 200 + 3 * number))
    buffer = io.BytesIO()
    part.save(buffer, "PNG" if number % 5 == 4 else "JPEG")
    return buffer.getvalue()


def sample(number: int) -> Files:
    """As WebDataset writes them: the files of a sample share all before the first dot."""
    key = f"n{number % 2}/image{number:03}"
    ending = "png" if number % 5 == 4 else "jpg"
    about = json.dumps({"label": number % 2, "width": 3}).encode()
    return {
        f"{key}.{ending}": picture(number),
        f"{key}.cls": f"{number % 2}\n".encode(),
        f"{key}.json": about,
    }


def write(path: Path, files: Files, mode: str = "w") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, mode) as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


def write_set(root: Path) -> None:
    """Three training shards of eight images, and one of six for validation."""
    for shard in range(3):
        files: Files = {"README.txt": b"about the shard"}
        for number in range(8 * shard, 8 * shard + 8):
            files |= sample(number)
        write(root / f"train-{shard:03}.tar", files)
    write(root / "val-000.tar", {k: v for number in range(24, 30) for k, v in sample(number).items()})


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write_set(tmp_path / "shards")
    return tmp_path / "shards"


def source(root: object, **options: object) -> WebDataset:
    return WebDataset(WebDatasetOptions(root=str(root), **options))  # type: ignore[arg-type]


def batches(data: WebDataset, workers: int, skip: int = 0) -> list[Batch]:
    suits = CropOptions(name="crop")
    own = data.open()
    transform = training(suits, suits, 32, own.centre, own.mean)
    return list(Loader(own.train, transform, 4, 0, training=True, workers=workers).epoch(1, skip))


def same(first: list[Batch], second: list[Batch]) -> bool:
    return len(first) == len(second) and all(
        torch.equal(a.images, b.images) and torch.equal(a.labels, b.labels)
        for a, b in zip(first, second, strict=True)
    )


def test_every_image_is_found_by_its_number(root: Path) -> None:
    found = source(root)
    assert found.classes == ("0", "1")
    assert found.train.labels == [number % 2 for number in range(24)]
    assert found.val.labels == [number % 2 for number in range(24, 30)]
    for split, first in ((found.train, 0), (found.val, 24)):
        for index in (5, 0, 3):
            expected = Photo("a", picture(first + index)).pixels(1)
            assert np.array_equal(split.picture(index).pixels(1), expected)
    assert found.train.picture(23).name == f"{root}/train-002.tar:n1/image023"


def test_workers_and_going_on_in_the_middle_change_nothing(root: Path) -> None:
    whole = batches(source(root), 0)
    assert len(whole) == 6
    assert same(whole, batches(source(root), 2))
    assert same(whole[2:], batches(source(root), 2, skip=2))


def test_a_run_is_interrupted_and_resumed_exactly(root: Path) -> None:
    given = ["model=resnet20", "data=webdataset", f"data.root={root}", "data.size=32", "trainer.epochs=2"]
    given += ["trainer.batch_size=4", "trainer.progress=none", "trainer.workers=1", "data.cache=memory"]
    given += ["data.cache_gb=0.05"]

    class Noting(Silent):
        def __init__(self, stop: int | None = None) -> None:
            self.losses: dict[int, float] = {}
            self.at = stop

        def step(self, epoch: int, step: int, loss: float, *_: object) -> None:
            self.losses[step] = loss
            if step == self.at:
                os.kill(os.getpid(), 15)

    from zoo.errors import Interrupted

    straight, first, rest = Noting(), Noting(4), Noting()
    train(one(*given, "name=straight"), shown=straight)
    with pytest.raises(Interrupted):
        train(one(*given, "name=parts"), shown=first)
    train(one(*given, "name=parts", "resume=true"), shown=rest)
    assert not first.losses.keys() & rest.losses.keys()
    assert first.losses | rest.losses == straight.losses


class TestIndex:
    """The index is made once, and again when the shard is another."""

    def test_it_lies_beside_the_shard(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        before = source(root)
        assert len(list(root.glob("*.tar.index"))) == 4
        monkeypatch.setattr(shards, "_make", None)  # no shard is gone through again
        again = source(root)
        assert again.train.labels == before.train.labels
        assert np.array_equal(again.train.picture(9).pixels(1), before.train.picture(9).pixels(1))

    def test_a_changed_shard_has_a_new_one(self, root: Path) -> None:
        source(root)
        write(root / "train-001.tar", sample(8) | sample(10))
        assert source(root).train.labels == [n % 2 for n in (*range(8), 8, 10, *range(16, 24))]

    def test_where_the_folder_cannot_be_written_it_goes_to_the_cache(
        self, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = beside.written

        def refuse(path: Path) -> object:
            if path.parent == root:
                raise PermissionError(13, "Permission denied")
            return real(path)

        monkeypatch.setattr(beside, "written", refuse)
        source(root)
        assert not list(root.glob("*.index"))
        assert len(list((tmp_path / "cache").rglob("*.index"))) == 4
        monkeypatch.setattr(shards, "_make", None)
        assert len(source(root).train.labels) == 24

    @pytest.mark.parametrize("content", [b"", b"nothing", b"PK\x03\x04 nothing"])
    def test_a_damaged_one_is_made_again(self, root: Path, content: bytes) -> None:
        source(root)
        path = root / "train-000.tar.index"
        path.write_bytes(content)
        assert len(source(root).train.labels) == 24
        assert path.read_bytes() != content

    def test_other_fields_have_another(self, root: Path) -> None:
        source(root)
        with pytest.raises(UserError, match=r"sample n0/image000 has no n0/image000.txt"):
            source(root, label="txt")
        assert source(root, label="json").train.labels == source(root).train.labels


def test_without_validation_a_share_of_each_class_is_held_out(root: Path) -> None:
    found = source(root, val=None, val_share=0.25)
    assert sorted(found.val.labels) == [0] * 3 + [1] * 3
    names = [{split.picture(i).name for i in range(len(split.labels))} for split in (found.train, found.val)]
    assert not names[0] & names[1]
    assert len(names[0] | names[1]) == 24
    for split in (found.train, found.val):
        for index, label in enumerate(split.labels):
            assert f":n{label}/" in split.picture(index).name


def test_names_of_classes(root: Path, tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("building\nflower\ntree\n")
    assert source(root, names=str(tmp_path / "names.txt")).classes == ("building", "flower", "tree")
    (tmp_path / "few.txt").write_text("building\n")
    with pytest.raises(UserError, match=r"few.txt: 1 names, and the samples have classes to 1"):
        source(root, names=str(tmp_path / "few.txt"))


def test_words_as_classes(tmp_path: Path) -> None:
    for name, words in (("train", ("dog", "cat", "dog")), ("val", ("cat",))):
        files: Files = {}
        for i, word in enumerate(words):
            files |= {f"{i}.jpg": picture(i), f"{i}.json": json.dumps({"animal": word}).encode()}
        write(tmp_path / "s" / f"{name}.tar", files)
    found = source(tmp_path / "s", label="json", label_key="animal")
    assert (found.classes, found.train.labels, found.val.labels) == (("cat", "dog"), [1, 0, 1], [0])
    write(tmp_path / "s" / "val.tar", {"a.jpg": picture(0), "a.json": b'{"animal": "dug"}'})
    with pytest.raises(UserError, match=r"samples for validation have a class dug.*; did you mean dog\?"):
        source(tmp_path / "s", label="json", label_key="animal")


def test_one_of_several_images(tmp_path: Path) -> None:
    files = {"1.jpg": picture(0), "1.seg.png": picture(4), "1.cls": b"0"}
    files |= {"2.jpg": picture(2), "2.seg.png": picture(4), "2.cls": b"0"}
    write(tmp_path / "s" / "train.tar", files)
    with pytest.raises(UserError, match=r"sample 1 has two images; data.image=… says which"):
        source(tmp_path / "s", val=None)
    found = source(tmp_path / "s", val=None, image="jpg", val_share=0.5)
    assert np.array_equal(
        found.train.picture(0).pixels(1), Photo("a", picture(0)).pixels(1)
    ) or np.array_equal(found.train.picture(0).pixels(1), Photo("a", picture(2)).pixels(1))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:3000])


def compressed(path: Path) -> None:
    write(path.with_name("train-000.tar.gz"), sample(1), "w:gz")
    path.unlink()


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (cut, {}, r"train-000.tar: not a tar file, or damaged: unexpected end of data"),
        (lambda path: path.write_bytes(b"nothing" * 200), {}, r"train-000.tar: not a tar file, or damaged"),
        (compressed, {"train": "train*"}, r"train-000.tar.gz: not a tar file.*unpack it"),
        (lambda path: write(path, {"a.txt": b"text"}), {}, r"train-000.tar: no images in it"),
        (lambda path: write(path, {"a.jpg": b"x"}), {}, r"sample a has no a.cls with its class"),
        (lambda path: write(path, {"a.jpg": b"x", "a.cls": b" "}), {}, r"a.cls has no class in it"),
        (lambda path: write(path, {"a.jpg": b"x", "a.cls": b"\xff"}), {}, r"a.cls cannot be read: .*utf-8"),
        (lambda path: write(path, {"a.jpg": b"x", "a.cls": b"9" * 12}), {}, r"have a class 999999999999;"),
        (
            lambda path: write(path, {"a.jpg": b"x", "a.json": b'{"x": 1}'}),
            {"label": "json"},
            r"a.json cannot be read: it has no label",
        ),
        (
            lambda path: write(path, {"a.jpg": b"x", "a.json": b"{"}),
            {"label": "json"},
            r"a.json cannot be read: Expecting",
        ),
        (lambda path: None, {"train": "nothing*.tar"}, r"data.train=nothing\*.tar: no shard matches"),
        (lambda path: None, {"val": "nothing*.tar"}, r"data.val=null holds out a share of each class"),
        (
            lambda path: None,
            {"train": "train-{000..005}.tar"},
            r"train-003.tar: cannot be read: No such file",
        ),
    ],
)
def test_what_is_wrong_with_a_shard_is_said(
    root: Path, change: Callable[[Path], None], options: dict[str, str], message: str
) -> None:
    change(root / "train-000.tar")
    with pytest.raises(UserError, match=message):
        source(root, **options)


def test_without_a_root(zoo: Callable) -> None:
    ran = zoo("data", "data=webdataset")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "data=webdataset needs its shards: data.root=path/to/folder, or a URL" in ran.err


def test_it_shows_itself(zoo: Callable, root: Path) -> None:
    ran = zoo("data", "data=webdataset", f"data.root={root}", 'data.train="train-{000..001}.tar"')
    assert ran.code == 0, ran.err
    assert "16 images, 8 a class" in ran.out


def test_a_broken_image_is_named_by_shard_and_key(root: Path) -> None:
    write(root / "train-000.tar", {"a.jpg": b"nothing", "a.cls": b"0", **sample(1)})
    with pytest.raises(UserError, match=r"train-000.tar:a: broken image: not an image"):
        source(root, verify=True)


def test_patterns() -> None:
    assert opener.expand("a-{08..11}.tar") == ["a-08.tar", "a-09.tar", "a-10.tar", "a-11.tar"]
    assert opener.expand("{0..1}/{5..6}") == ["0/5", "0/6", "1/5", "1/6"]
    assert opener.expand("http://h/a-{1..2}.tar") == ["http://h/a-1.tar", "http://h/a-2.tar"]
    assert opener.expand("none*.tar") == []


class _Ranged(http.server.SimpleHTTPRequestHandler):
    """A file server as storage has it: it gives parts of files."""

    asked: list[str]
    failing: list[int]

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, with_body: bool) -> None:
        path = Path(self.translate_path(self.path))
        span = self.headers.get("Range", "")
        self.asked.append(f"{path.name} {span}")
        if self.failing and span:
            self.failing.pop()
            self.send_error(503)
            return
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        self.send_response(206 if span else 200)
        total, start = len(data), 0
        if span:
            first, last = span.removeprefix("bytes=").split("-")
            start, end = int(first), min(int(last or total - 1), total - 1)
            data = data[start : end + 1]
            self.send_header("Content-Range", f"bytes {start}-{end}/{total}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("ETag", str(path.stat().st_mtime_ns))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if with_body:
            self.wfile.write(data)


@pytest.fixture
def served(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, type[_Ranged]]]:
    """The shards behind a URL, and what the server was asked."""

    class Handler(_Ranged):
        asked: list[str] = []  # noqa: RUF012
        failing: list[int] = []  # noqa: RUF012

        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(root))  # type: ignore[arg-type]

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", Handler
        server.shutdown()
        thread.join()


RANGES = {"train": "train-{000..002}.tar", "val": "val-{000..000}.tar"}


def test_behind_a_url_the_same_batches(
    served: tuple[str, type[_Ranged]], root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, _ = served
    expected = batches(source(root), 0)
    for path in root.glob("*.index"):
        path.unlink()
    for workers in (0, 2):
        assert same(expected, batches(source(url, **RANGES), workers))
    assert len(list((tmp_path / "cache").rglob("*.index"))) == 4
    assert capsys.readouterr().err.count("to index them") == 2, "once for training, once for validation"


def test_an_index_published_with_the_shards_is_used(
    served: tuple[str, type[_Ranged]], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = served
    source(root)
    for path in root.glob("*.tar"):
        os.utime(path, (1, 1))  # as a copy has another time
    monkeypatch.setattr(shards, "_make", None)
    found = source(url, **RANGES)
    handler.asked.clear()
    pixels = found.train.picture(10).pixels(1)
    assert np.array_equal(pixels, Photo("a", picture(10)).pixels(1))
    assert len(handler.asked) == 1, "an image is one request"
    assert handler.asked[0].startswith("train-001.tar bytes=")


def test_a_network_that_stumbles_is_waited_for(
    served: tuple[str, type[_Ranged]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = served
    monkeypatch.setattr(opener, "WAITS", (0.01, 0.01, 0.01))
    found = source(url, **RANGES)
    handler.failing += [1, 1, 1]
    assert found.train.picture(3).pixels(1).size
    handler.failing += [1, 1, 1, 1]
    with pytest.raises(Exception, match=r"train-000.tar:n1/image003: cannot be read: .*503"):
        found.train.picture(3)


@pytest.mark.parametrize(
    ("root", "message"),
    [
        ("http://127.0.0.1:9/shards", r"cannot be listed"),
        ("nokind://host/shards", r"cannot be opened: Protocol not known: nokind"),
    ],
)
def test_a_url_that_leads_nowhere(zoo: Callable, root: str, message: str) -> None:
    ran = zoo("data", "data=webdataset", f"data.root={root}")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert message in ran.err


def test_other_kinds_of_url(root: Path) -> None:
    expected = source(root)
    assert source(f"file://{root}").train.labels == expected.train.labels
