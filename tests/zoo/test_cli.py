"""Help, usage, and what they cost."""

import dataclasses
import subprocess
import sys
from collections.abc import Callable

import pytest

from zoo.optimizers import OPTIMIZERS
from zoo.schema import GROUPS, Config, ModelOptions, TrainerOptions


@pytest.mark.parametrize("arguments", [(), ("fly",), ("train", "--fly"), ("train", "--config-dir")])
def test_wrong_usage_exits_2(zoo: Callable, arguments: tuple[str, ...]) -> None:
    ran = zoo(*arguments)
    assert ran.code == 2
    assert "zoo train" in ran.err or "zoo --help" in ran.err
    assert ran.out == ""


def test_help_names_the_commands(zoo: Callable) -> None:
    ran = zoo("--help")
    assert ran.code == 0
    assert "zoo train --help" in ran.out


@pytest.mark.parametrize("package", ["hydra", "torch"])
def test_without_the_extra_it_says_what_to_install(package: str) -> None:
    script = f"import sys\nsys.modules['{package}'] = None\n"
    script += "from zoo.cli import main\nsys.exit(main(['train']))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "netcompiler[zoo]" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_help_of_train_has_every_group_option_and_net(zoo: Callable) -> None:
    out = zoo("train", "--help").out
    words = out.split()
    for group, registry in GROUPS.items():
        for entry in registry.entries.values():
            assert f"{group}={entry.name}" in out or f"{entry.name}" in words
            assert all(f"{group}.{name}" in words for name in names(entry.options))
    assert all(f"trainer.{name}" in words for name in names(TrainerOptions))
    assert all(f"model.{name}" in words for name in names(ModelOptions))
    assert all(
        name in words for name in names(Config) - {"data", "optimizer", "schedule", "precision", "model"}
    )
    assert "resnet50," in words


def test_help_says_what_choices_share_once(zoo: Callable) -> None:
    out = zoo("train", "--help").out
    assert out.count("data.subtree ") == 1
    assert "with data=huggingface, imagefolder, imagenet, webdataset:" in out
    assert out.count("  optimizer.lr ") == len({entry.options().lr for entry in OPTIMIZERS.entries.values()})  # type: ignore[attr-defined]


def test_help_on_a_topic(zoo: Callable) -> None:
    out = zoo("train", "--help", "data").out
    assert "data.subtree" in out
    assert "imagefolder" in out
    assert "optimizer.lr" not in out
    one = zoo("train", "--help", "optimizer=adamw").out
    assert {f"optimizer.{name}" for name in names(OPTIMIZERS.entries["adamw"].options)} <= set(one.split())
    assert "momentum" not in one
    assert "trainer.epochs" in zoo("train", "--help", "trainer").out
    assert "model.weights" in zoo("train", "--help", "model").out
    wrong = zoo("train", "--help", "date")
    assert (wrong.code, wrong.err) == (1, "zoo: --help date: no such topic; did you mean data?\n")
    assert zoo("train", "model=lenet", "data=mnist", "--help").out.startswith("usage:")


def names(options: type) -> set[str]:
    return {field.name for field in dataclasses.fields(options)} - {"name", "trainer"}


def test_help_fits_the_terminal(zoo: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    usage, _, rest = zoo("train", "--help").out.partition("Groups")
    assert usage
    assert max(map(len, rest.splitlines())) <= 80


@pytest.mark.parametrize(
    "arguments", [["--help"], ["train", "--help"], ["train", "--cfg", "job"], ["train", "foo=1"]]
)
def test_torch_is_not_loaded_without_training(arguments: list[str]) -> None:
    program = "import sys; from zoo.cli import main; code = main(sys.argv[1:]); print('torch' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines()[-1] == "False"
