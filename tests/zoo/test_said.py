"""What is said, or left unsaid, so that nobody is misled: short columns, damage, rates, folders, nets."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

import netcompiler
from zoo import catalog, completion, recipes, run_folder, specs
from zoo.config import one
from zoo.progress import header


@pytest.fixture
def few(photos: Path, spec: Path) -> tuple[str, ...]:
    """Overrides of a run on three classes."""
    spec.write_text(spec.read_text().replace("[1, 8, 8]", "[3, 8, 8]"))
    return ("model.spec=tiny.net", "data=imagefolder", "data.root=photos", "data.size=8", "trainer.epochs=1")


def test_no_top5_where_there_are_no_more_classes(zoo: Callable, few: tuple[str, ...]) -> None:
    ran = zoo("train", *few, "trainer.progress=lines", "name=a")
    assert ran.code == 0, ran.err
    assert header(False) in ran.out
    assert "top-5" not in ran.out + Path("runs/a/README.md").read_text()
    assert "top-1" in Path("runs/a/README.md").read_text()
    assert "top-5" not in zoo("evaluate", "checkpoint=runs/a").out
    assert zoo("report", "runs/a", "runs/a", "evaluate=0", "-o", "a.html").code == 0
    assert "top-5" not in Path("a.html").read_text()
    assert "top-5" in header(True)


def test_a_truncated_photograph_is_found(zoo: Callable, photos: Path) -> None:
    file = photos / "red" / "0.jpg"
    file.write_bytes(file.read_bytes()[:-150])
    ran = zoo("data", "data=imagefolder", "data.root=photos")
    assert ran.code == 0
    assert "1 of 24 looked at cannot be read" in ran.out
    assert str(file.relative_to(photos.parent)) in ran.out


def test_what_was_not_decoded_is_said(zoo: Callable, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoo.look.MOST_DECODED", 5)
    ran = zoo("data", "data=imagefolder", "data.root=photos")
    assert "5 of 24 decoded whole; data.verify=true looks for damage in every one" in ran.out


def test_a_sweep_that_was_made_is_refused_once(zoo: Callable, few: tuple[str, ...]) -> None:
    given = ("train", "-m", *few, "trainer.progress=none", "seed=0,1")
    for seed in ("seed=0", "seed=1"):
        folder = run_folder.of(one(*few, seed), [*few, seed]).path
        folder.mkdir(parents=True)
        for name in ("last.safetensors", "last.state.pt"):
            (folder / name).touch()
    again = zoo(*given)
    assert (again.code, again.out, again.err.count("\n")) == (1, "", 1)
    assert "2 of the 2 runs are there already, as runs/tiny-imagefolder_" in again.err
    assert "resume=true goes on" in again.err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), None),
        (
            ("trainer.batch_size=32",),
            "batches of 32 images with the rate that recipe=resnet_2015 has for 256: ",
        ),
        (("trainer.batch_size=32", "optimizer.lr=0.0125"), None),
        (("trainer.batch_size=32", "optimizer.lr_batch=256"), None),
    ],
)
def test_a_recipes_rate_with_another_batch(given: tuple[str, ...], said: str | None) -> None:
    note = recipes.batch_note(one("recipe=resnet_2015", *given))
    assert (note is None) == (said is None)
    if said is not None and note is not None:
        assert note.startswith(said)
        assert "optimizer.lr_batch=256 makes it 0.0125, in proportion" in note


def test_hydras_folders_are_refused(zoo: Callable) -> None:
    ran = zoo("train", "hydra.run.dir=here")
    assert ran.code == 1
    said = "folders are the zoo's own; runs=FOLDER and name=NAME say where a run is kept"
    assert ran.err == f"zoo: hydra.run.dir=here: {said}\n"


def test_nets_that_classify_no_images_are_marked(zoo: Callable) -> None:
    nets = catalog.trainable()
    assert "resnet50" in nets
    assert not {"gpt2", "unet"} & set(nets)
    assert set(completion.overrides((), "model=")) == {f"model={name}" for name in nets}
    lines = zoo("models").out.splitlines()
    assert any(line.startswith("  gpt2*") for line in lines)
    assert any(line.startswith("  resnet50 ") for line in lines)
    assert lines[-1].startswith("* gives no class of an image")
    assert "*" not in zoo("models", "lenet").out


def test_an_export_to_no_folder_names_the_users_file(zoo: Callable, run: Path) -> None:
    ran = zoo("export", f"checkpoint={run}", "-o", "gone/net.pt2")
    assert ran.code == 1
    assert "gone/net.pt2" in ran.err
    assert ".tmp" not in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("score", "one FILE of guesses is expected, and none given: zoo score FILE"),
        ("weights import", "one FILE is expected, and none given: zoo weights import FILE"),
        (
            "weights import empty.pth model=lenet",
            "empty.pth: cannot be read as a file of torch.save: the file is empty",
        ),
        (
            "weights import text.txt model=lenet",
            "text.txt: cannot be read as a file of torch.save: it is another kind of",
        ),
        (
            "weights import lenet.pt model=lenet",
            "mean=[…] and std=[…]: the net's images take one number each, and there are 3",
        ),
        (
            "weights import lenet.pt model=lenet mean=0 std=1 classes=noise.bin",
            "classes=noise.bin: a class a line is expected",
        ),
        ("paper resnet runs=gone", "runs=gone: no such folder"),
        ("paper resnet runs=text.txt", "runs=text.txt: not a folder"),
        ("report gone", "gone: no such folder\n"),
        ("batchnorm checkpoint=gone -o new.safetensors", "checkpoint=gone: no such file or folder\n"),
    ],
)
def test_a_wrong_input_is_one_line(zoo: Callable, words: str, said: str) -> None:
    Path("empty.pth").touch()
    Path("text.txt").write_text("hello\nworld\n")
    Path("noise.bin").write_bytes(b"\xae\xff")
    if "lenet.pt" in words:
        torch.save(netcompiler.load(str(specs.folder() / "lenet.net")).module().state_dict(), "lenet.pt")
    ran = zoo(*words.split())
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert ran.err.startswith(f"zoo: {said}")
