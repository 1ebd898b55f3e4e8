"""What the pages on the zoo show is what happens."""

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from zoo import config, model, optimizers
from zoo.config import one, request
from zoo.optimizers import OPTIMIZERS
from zoo.train import train

PAGES = Path(__file__).parents[2] / "docs"
TEXTS = {
    name: (PAGES / f"{name}.md").read_text(encoding="utf-8")
    for name in (
        "training",
        "data",
        "scale",
        "looking",
        "imagenet",
        "evaluation",
        "placement",
        "after-training",
    )
}
SHOWN = re.findall(r"^    \$ zoo (.*)\n    (zoo: .*)$", TEXTS["training"], flags=re.MULTILINE)
COMMANDS = [
    (page, command)
    for page, text in TEXTS.items()
    for command in re.findall(
        r"^    (?:torchrun .*-m )?zoo (.*?) *(?:[#→].*)?$",
        re.sub(r" *\\\n +", " ", text),  # lines that go on
        flags=re.MULTILINE,
    )
]
TRAIN = [command.removeprefix("train") for _, command in COMMANDS if command.split()[0] == "train"]
DATA = [command for _, command in COMMANDS if command.split()[:2] == ["data", "data=cifar10"]]
AFTER = [
    command for page, command in COMMANDS if page == "after-training" and "resnet50-11ad3fa6" not in command
]
COMBINATIONS = 4
"""The most that a sweep on these pages makes."""


def test_the_examples_are_found() -> None:
    assert len(SHOWN) == 2
    assert len(TRAIN) >= 18
    assert len(AFTER) >= 7
    assert DATA


@pytest.mark.parametrize(("command", "message"), SHOWN)
def test_a_message_is_as_shown(zoo: Callable, command: str, message: str) -> None:
    ran = zoo(*shlex.split(command))
    assert (ran.code, ran.err) == (1, message + "\n")


@pytest.mark.parametrize("command", TRAIN)
def test_a_command_is_one_that_can_be_run(command: str) -> None:
    words = [word for word in shlex.split(command) if word != "…"]
    if "model.spec=my.net" in words:
        body = "  input image [1, 8, 8]\n  flatten -> linear(width) -> linear(classes)\n"
        spec = f"net my(width=8, classes=10) {{\n{body}}}\n"
        Path("my.net").write_text(spec)
    multirun = "-m" in words
    made = request([word for word in words if word != "-m"], multirun=multirun).configs()
    assert 1 <= len(made) <= (COMBINATIONS if multirun else 1)
    for each in made:
        assert model.find(each.model).file.exists()


@pytest.mark.long
def test_commands_after_training(
    zoo: Callable, tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other, on a small run under the names that the page uses; benchmarks on a small net."""
    monkeypatch.chdir(tmp_path)
    where = f"data.root={photos}"
    trained = train(
        config.one("model=lenet", "data=imagefolder", where, "name=resnet18-imagefolder", "trainer.epochs=1")
    )
    shutil.copy(trained.folder.path / "best.safetensors", "best.safetensors")
    shutil.copytree(photos / "red", "holiday")
    shutil.copy(next(photos.glob("red/*.jpg")), "photo.jpg")
    (tmp_path / "path" / "to").mkdir(parents=True)
    shutil.copytree(photos, "path/to/images")
    for command in AFTER:
        words = shlex.split(command.replace("resnet50", "lenet"))
        if words[0] == "bench":  # a process for each batch size and precision
            words = [word for word in words if not word.startswith(("batch=", "precision="))]
            words += ["batch=2", "precision=fp32", "seconds=0.01"]
        ran = zoo(*words)
        assert ran.code == 0, (command, ran.err)


def test_quoting_is_as_shown() -> None:
    (quoted,) = re.findall(r"quoted:\s+`'(.*)'`", TEXTS["training"])
    made = one("data=imagefolder", quoted)
    assert made.data.root == "my (old) images"  # type: ignore[attr-defined]


def test_the_python_of_the_page_on_training_runs(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "resnet20-digits").symlink_to(run)
    header, lion = re.findall(r"^```\n(.*?)^```$", TEXTS["training"], flags=re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}
    exec(header, names)
    about = names["about"]
    assert isinstance(about, dict)
    commented = re.findall(r"# (.*)$", header, flags=re.MULTILINE)[0].split(", ")
    assert set(commented) <= about.keys()
    monkeypatch.setattr(OPTIMIZERS, "entries", dict(OPTIMIZERS.entries))
    exec(lion, {**vars(optimizers), "__name__": optimizers.__name__})
    assert one("optimizer=sgd").optimizer.name == "sgd"
    assert OPTIMIZERS.entries["lion"].summary == "Sign of the momentum."
