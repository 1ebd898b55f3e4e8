"""Published data sets: their official files in a folder, unpacked from an archive, or fetched and checked."""

import functools
import gzip
import hashlib
import http.server
import io
import pickle
import struct
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits, load_sample_images

from zoo.data import cifar, fetch, mnist
from zoo.data.base import DataSet
from zoo.data.pickles import read_pickle
from zoo.errors import UserError


def idx(array: np.ndarray) -> bytes:
    """The IDX format of Yann LeCun's page: two zeros, a code for the type, the dimensions, big-endian."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def digits(count: int, start: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Real digits, enlarged to 28×28 by repeating and a border."""
    bunch = load_digits()
    small = np.rint(bunch.images[start : start + count] * 255 / 16).astype(np.uint8)
    large = np.pad(small.repeat(3, axis=1).repeat(3, axis=2), ((0, 0), (2, 2), (2, 2)))
    return large, bunch.target[start : start + count].astype(np.uint8)


def mnist_files(folder: Path, suffix: str = ".gz") -> dict[str, np.ndarray]:
    """A folder as MNIST's, with 40 training and 20 test images."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = dict(zip((*mnist.TRAIN, *mnist.VAL), (*digits(40), *digits(20, 40)), strict=True))
    for name, array in arrays.items():
        content = idx(array)
        (folder / f"{name}{suffix}").write_bytes(gzip.compress(content) if suffix else content)
    return arrays


def photographs(count: int, start: int = 0) -> np.ndarray:
    """Pieces of real photographs, uint8 [count, 32, 32, 3]."""
    image = load_sample_images().images[start % 2]
    tops = [(7 * (start + i)) % 395 for i in range(count)]
    return np.stack([image[top : top + 32, 3 * top // 2 :][:, :32] for top in tops])


def rows(images: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(images.transpose(0, 3, 1, 2)).reshape(len(images), -1)


def python_2(batch: dict[str, object]) -> bytes:
    """What Python 2's cPickle wrote, with protocol 2: the form of the files that are published."""

    def text(value: bytes) -> bytes:
        return (
            b"U" + bytes([len(value)]) + value
            if len(value) < 256
            else b"T" + struct.pack("<i", len(value)) + value
        )

    def item(value: object) -> bytes:
        if isinstance(value, np.ndarray):
            kind = (
                b"cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNN"
                + 2 * b"J\xff\xff\xff\xff"
                + b"K\x00tb"
            )
            shape = b"".join(b"M" + struct.pack("<H", side) for side in value.shape)
            start = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
            return start + b"(K\x01(" + shape + b"t" + kind + b"\x89" + text(value.tobytes()) + b"tb"
        if isinstance(value, list):
            return b"](" + b"".join(item(each) for each in value) + b"e"
        return text(str(value).encode()) if isinstance(value, str) else b"K" + bytes([int(str(value))])

    return b"\x80\x02}(" + b"".join(text(k.encode()) + item(v) for k, v in batch.items()) + b"u."


def python_3(batch: dict[str, object]) -> bytes:
    return pickle.dumps(batch, protocol=2)


Made = dict[str, tuple[np.ndarray, list[int]]]


def cifar10_files(folder: Path, write: Callable[[dict[str, object]], bytes] | None) -> Made:
    """A folder as CIFAR-10's, with four images a file; ``write`` pickles, None gives the binary version."""
    folder.mkdir(parents=True, exist_ok=True)
    made: Made = {}
    for number, name in enumerate((*cifar.BATCHES, "test_batch")):
        images, labels = photographs(4, 4 * number), [(number + i) % 10 for i in range(4)]
        made[name] = images, labels
        if write is None:
            records = np.concatenate([np.array(labels, np.uint8)[:, None], rows(images)], axis=1)
            (folder / f"{name}.bin").write_bytes(records.tobytes())
        else:
            about = {"batch_label": f"batch {number}", "labels": labels, "data": rows(images)}
            (folder / name).write_bytes(write({**about, "filenames": ["a.png"] * 4}))
    if write is not None:
        (folder / "batches.meta").write_bytes(write({"label_names": ["airplane"] * 10}))
    return made


def cifar100_files(folder: Path, write: Callable[[dict[str, object]], bytes] | None) -> Made:
    folder.mkdir(parents=True, exist_ok=True)
    made: Made = {}
    names = {
        "fine_label_names": [f"fine{i}" for i in range(100)],
        "coarse_label_names": [f"coarse{i}" for i in range(20)],
    }
    for number, name in enumerate(("train", "test")):
        images, fine = photographs(6, 6 * number), [(17 * (number + i)) % 100 for i in range(6)]
        coarse = [label // 5 for label in fine]
        made[name] = images, fine
        if write is None:
            head = np.array([coarse, fine], np.uint8).T
            (folder / f"{name}.bin").write_bytes(np.concatenate([head, rows(images)], axis=1).tobytes())
        else:
            batch = {"fine_labels": fine, "coarse_labels": coarse, "data": rows(images)}
            (folder / name).write_bytes(write(batch))
    if write is None:
        for key, listed in names.items():
            (folder / f"{key}.txt").write_text("\n".join(listed) + "\n\n")
    else:
        (folder / "meta").write_bytes(write(dict(names)))
    return made


def content(data: DataSet, split: str) -> tuple[np.ndarray, list[int]]:
    own = getattr(data, split)
    pictures = [own.picture(i) for i in range(len(own.labels))]
    return np.stack([p.part((0, 0, p.height, p.width), p.height) for p in pictures]), list(own.labels)


def same(data: DataSet, split: str, images: np.ndarray, labels: object) -> bool:
    own_images, own_labels = content(data, split)
    return np.array_equal(own_images, images) and own_labels == labels


class TestMnist:
    """MNIST and Fashion-MNIST."""

    @pytest.mark.parametrize("suffix", [".gz", ""])
    @pytest.mark.parametrize("build", [mnist.mnist, mnist.fashion])
    def test_it_is_what_the_files_hold(self, tmp_path: Path, suffix: str, build: Callable) -> None:
        arrays = mnist_files(tmp_path / "m", suffix)
        source = build(mnist.MnistOptions(root=str(tmp_path / "m")))
        data = source.open()
        assert (source.channels, source.native, len(source.classes)) == (1, 28, 10)
        for split, (images, labels) in {"train": mnist.TRAIN, "val": mnist.VAL}.items():
            assert same(data, split, arrays[images][..., None], arrays[labels].tolist())
        pixels = arrays[mnist.TRAIN[0]] / 255
        assert data.mean == pytest.approx([pixels.mean()])
        assert data.std == pytest.approx([pixels.std()])

    def test_the_folder_that_torchvision_leaves_will_do(self, tmp_path: Path) -> None:
        mnist_files(tmp_path / "MNIST" / "raw")
        assert mnist.mnist(mnist.MnistOptions(root=str(tmp_path / "MNIST"))).open().train.labels

    @pytest.mark.parametrize(
        ("name", "damage", "message"),
        [
            (mnist.TRAIN[0], lambda data: data[:-5], "damaged: 31,360 bytes are expected"),
            (mnist.TRAIN[0], lambda data: data + b"x", "damaged: 31,360 bytes are expected"),
            (mnist.TRAIN[0], lambda data: b"\0\0\x0d" + data[3:], "not an IDX file of bytes"),
            (mnist.TRAIN[0], lambda data: data[:6], "damaged"),
            (mnist.TRAIN[0], lambda data: b"", "not an IDX file of bytes"),
            (mnist.TRAIN[0], lambda data: data[:4] + b"\xff" * 12, "damaged"),
            (mnist.TRAIN[1], lambda data: data[:-1] + b"\x0a", "has class 10"),
            (mnist.VAL[1], lambda data: idx(np.zeros(3, np.uint8)), "3 labels for 20 images"),
            (mnist.VAL[0], lambda data: idx(np.zeros((20, 28), np.uint8)), "images of 28×28 are expected"),
        ],
    )
    def test_damage_is_named(self, tmp_path: Path, name: str, damage: Callable, message: str) -> None:
        mnist_files(tmp_path, "")
        (tmp_path / name).write_bytes(damage((tmp_path / name).read_bytes()))
        with pytest.raises(UserError, match=message) as caught:
            mnist.mnist(mnist.MnistOptions(root=str(tmp_path))).open()
        assert str(caught.value).startswith(str(tmp_path / name))

    @pytest.mark.parametrize("damage", [lambda data: data[:-12], lambda data: b"no gzip", lambda data: b""])
    def test_a_damaged_gzip_is_named(self, tmp_path: Path, damage: Callable) -> None:
        mnist_files(tmp_path)
        path = tmp_path / f"{mnist.VAL[0]}.gz"
        path.write_bytes(damage(path.read_bytes()))
        with pytest.raises(UserError, match=r"t10k-images-idx3-ubyte.gz: (damaged|not an IDX)"):
            mnist.mnist(mnist.MnistOptions(root=str(tmp_path))).open()


@pytest.mark.parametrize("write", [python_2, python_3, None])
class TestCifar:
    """CIFAR-10 and CIFAR-100, in each of their versions."""

    def test_ten_classes(self, tmp_path: Path, write: Callable) -> None:
        made = cifar10_files(tmp_path, write)
        source = cifar.Cifar10(cifar.Cifar10Options(root=str(tmp_path)))
        data = source.open()
        images = np.concatenate([made[name][0] for name in cifar.BATCHES])
        assert same(data, "train", images, [label for name in cifar.BATCHES for label in made[name][1]])
        assert same(data, "val", *made["test_batch"])
        assert data.mean == pytest.approx((images / 255).mean(axis=(0, 1, 2)))
        assert data.std == pytest.approx((images / 255).std(axis=(0, 1, 2)))

    def test_a_hundred_or_twenty(self, tmp_path: Path, write: Callable) -> None:
        made = cifar100_files(tmp_path / "cifar-100", write)
        for labels, by in (("fine", 1), ("coarse", 5)):
            source = cifar.Cifar100(cifar.Cifar100Options(root=str(tmp_path / "cifar-100"), labels=labels))
            data = source.open()
            for split, name in {"train": "train", "val": "test"}.items():
                assert same(data, split, made[name][0], [label // by for label in made[name][1]])
            assert source.classes == tuple(f"{labels}{i}" for i in range(100 // by))


class Evil:
    """What a pickle can do."""

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (Path("evil"),)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (pickle.dumps({"data": Evil(), "labels": []}), r"it names "),
        (pickle.dumps({"data": np.zeros(3)}, protocol=2), "an array of other things than bytes"),
        (pickle.dumps({"data": np.array([Evil()])}, protocol=2), "it names|other things than bytes"),
        (pickle.dumps([1, 2]), "it holds no dict"),
        (python_2({"data": np.zeros((2, 3), np.uint8)})[:-20], "not a file of"),
        (b"", "not a file of"),
        (b"no pickle", "not a file of"),
        (b"\x80\x02cos\nsystem\nU\x0atouch evilR.", r"it names os.system"),
        (b"\x80\x02}U\x04datacnumpy\nndarray\n)\x81s.", "not a file of|without content"),
        (
            b"\x80\x02}U\x04datac_codecs\nencode\nX\x01\x00\x00\x00aX\x04\x00\x00\x00bz2_\x86Rs.",
            "bytes in bz2_",
        ),
    ],
)
def test_a_pickle_runs_nothing(tmp_path: Path, file: bytes, message: str) -> None:
    path = tmp_path / "data_batch_1"
    path.write_bytes(file)
    with pytest.raises(UserError, match=message):
        read_pickle(path)
    assert not Path("evil").exists()


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ({"labels": [1, 2]}, "it has no data of rows of 3,072 bytes"),
        ({"labels": [1, 2], "data": np.zeros((2, 9), np.uint8)}, "it has no data of rows of 3,072 bytes"),
        ({"labels": [1], "data": np.zeros((2, 3072), np.uint8)}, "it has no labels for each of 2 images"),
        ({"data": np.zeros((2, 3072), np.uint8)}, "it has no labels for each of 2 images"),
        ({"labels": [1, 10], "data": np.zeros((2, 3072), np.uint8)}, "another than the classes 0 to 9"),
        ({"labels": [1, "x"], "data": np.zeros((2, 3072), np.uint8)}, "another than the classes 0 to 9"),
    ],
)
def test_a_batch_that_is_not_cifars(tmp_path: Path, batch: dict[str, object], message: str) -> None:
    cifar10_files(tmp_path, python_2)
    (tmp_path / "data_batch_3").write_bytes(python_3(batch))
    with pytest.raises(UserError, match=f"data_batch_3: .*{message}"):
        cifar.Cifar10(cifar.Cifar10Options(root=str(tmp_path))).open()


def test_a_binary_file_that_is_cut_or_not_cifars(tmp_path: Path) -> None:
    cifar10_files(tmp_path, None)
    path = tmp_path / "data_batch_2.bin"
    whole = path.read_bytes()
    for bad, message in ((whole[:-1], "cut short"), (b"", "cut short"), (b"\x0b" + whole[1:], "class 11")):
        path.write_bytes(bad)
        with pytest.raises(UserError, match=f"data_batch_2.bin: .*{message}"):
            cifar.Cifar10(cifar.Cifar10Options(root=str(tmp_path))).open()


def test_a_folder_without_the_files(zoo: Callable, tmp_path: Path) -> None:
    cifar10_files(tmp_path / "some", python_2)
    (tmp_path / "some" / "data_batch_4").unlink()
    ran = zoo("data", "data=cifar10", f"data.root={tmp_path / 'some'}")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "not all files of cifar10: data_batch_1" in ran.err
    assert "or cifar-10-python.tar.gz. Without data.root they are fetched." in ran.err
    ran = zoo("data", "data=mnist", f"data.root={tmp_path / 'none'}")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "none: no such folder; it is to hold mnist: train-images-idx3-ubyte" in ran.err


def archive(folder: Path, name: str, more: dict[str, bytes] | None = None) -> bytes:
    """A .tar.gz of a folder as it is published, under ``name``."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        tar.add(folder, name)
        for path, data in (more or {}).items():
            member = tarfile.TarInfo(path)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def given(data: fetch.Published, files: dict[str, bytes], url: str) -> fetch.Published:
    """The same data set, published at ``url`` with these files."""
    remotes = [
        fetch.Remote(name, f"{url}/{name}", hashlib.md5(content).hexdigest())
        for name, content in files.items()
    ]
    return fetch.Published(data.name, data.layouts, remotes)


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server for the folder ``web``, and a cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "web").mkdir()
    handler = functools.partial(_Quiet, directory=str(tmp_path / "web"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_an_archive_in_the_folder_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = cifar10_files(tmp_path / "made", python_2)
    data = archive(tmp_path / "made", "cifar-10-batches-py", {"../outside": b"x", "/tmp/outside": b"x"})
    monkeypatch.setattr(cifar.Cifar10, "data", given(cifar.CIFAR10, {"cifar-10-python.tar.gz": data}, "no"))
    root = tmp_path / "root"
    root.mkdir()
    (root / "cifar-10-python.tar.gz").write_bytes(data)
    options = cifar.Cifar10Options(root=str(root))
    assert same(cifar.Cifar10(options).open(), "val", *made["test_batch"])
    assert sorted(path.name for path in root.iterdir()) == ["cifar-10-batches-py", "cifar-10-python.tar.gz"]
    assert not (tmp_path / "outside").exists()
    (root / "cifar-10-python.tar.gz").unlink()
    assert cifar.Cifar10(options).open().val.labels

    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "cifar-10-python.tar.gz").write_bytes(data[:-9])
    with pytest.raises(UserError, match=r"cifar-10-python.tar.gz: damaged or another file: its MD5"):
        cifar.Cifar10(cifar.Cifar10Options(root=str(tmp_path / "cut")))


def test_it_is_fetched_once_into_the_users_cache(
    tmp_path: Path, published: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = cifar100_files(tmp_path / "made", python_2)
    files = {"cifar-100-python.tar.gz": archive(tmp_path / "made", "cifar-100-python")}
    (tmp_path / "web" / "cifar-100-python.tar.gz").write_bytes(files["cifar-100-python.tar.gz"])
    monkeypatch.setattr(cifar.Cifar100, "data", given(cifar.CIFAR100, files, published))
    for wanted in (f"fetching {published}/cifar-100-python.tar.gz to {tmp_path / 'cache'}", ""):
        data = cifar.Cifar100(cifar.Cifar100Options()).open()
        assert same(data, "train", *made["train"])
        said = capsys.readouterr().err
        assert wanted in said
        assert bool(wanted) == bool(said)


def test_files_that_are_there_are_not_fetched_again(
    tmp_path: Path, published: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mnist_files(tmp_path / "web")
    files = {path.name: path.read_bytes() for path in sorted((tmp_path / "web").iterdir())}
    monkeypatch.setattr(mnist, "MNIST", given(mnist.MNIST, files, published))
    own = fetch.cache("mnist")
    own.mkdir(parents=True)
    first = next(iter(files))
    (own / first).write_bytes(files[first])
    assert len(mnist.mnist(mnist.MnistOptions()).open().train.labels) == 40
    assert capsys.readouterr().err.count("fetching") == 3


def test_another_checksum_is_refused(
    tmp_path: Path, published: str, monkeypatch: pytest.MonkeyPatch, zoo: Callable
) -> None:
    mnist_files(tmp_path / "web")
    files = {path.name: path.read_bytes() + b"x" for path in sorted((tmp_path / "web").iterdir())}
    monkeypatch.setattr(mnist, "MNIST", given(mnist.MNIST, files, published))
    ran = zoo("data", "data=mnist")
    assert ran.code == 1
    assert "could not be fetched (what came has another checksum). Without a network, put" in ran.err
    assert not list(fetch.cache("mnist").glob("*.gz")), "nothing is kept of it"


def test_without_a_network_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zoo: Callable
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(cifar.Cifar10, "data", given(cifar.CIFAR10, {"c.tar.gz": b""}, "http://127.0.0.1:9"))
    ran = zoo("data", "data=cifar10")
    assert ran.code == 1
    fetching, told = ran.err.splitlines()
    assert fetching.startswith("zoo: fetching http://127.0.0.1:9/c.tar.gz to ")
    assert told == (
        "zoo: data=cifar10: http://127.0.0.1:9/c.tar.gz could not be fetched (ConnectionError). Without a "
        f"network, put c.tar.gz into {fetch.cache('cifar10')}, or into a folder of yours that "
        "data.root=… names."
    )
