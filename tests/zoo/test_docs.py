"""What docs/training.md shows is what happens."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from zoo import model
from zoo.config import one, request

TEXT = (Path(__file__).parents[2] / "docs" / "training.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^    \$ zoo (.*)\n    (zoo: .*)$", TEXT, flags=re.MULTILINE)
COMMANDS = re.findall(r"^    zoo train *(.*?) *(?:[#→].*)?$", TEXT, flags=re.MULTILINE)


def test_the_examples_are_found() -> None:
    assert len(SHOWN) == 2
    assert len(COMMANDS) == 8


@pytest.mark.parametrize(("command", "message"), SHOWN)
def test_a_message_is_as_shown(zoo: Callable, command: str, message: str) -> None:
    ran = zoo(*shlex.split(command))
    assert (ran.code, ran.err) == (1, message + "\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_one_that_can_be_run(command: str) -> None:
    words = shlex.split(command)
    multirun = "-m" in words
    if "model.spec=my.net" in words:
        body = "  input image [1, 8, 8]\n  flatten -> linear(width) -> linear(classes)\n"
        spec = f"net my(width=8, classes=10) {{\n{body}}}\n"
        Path("my.net").write_text(spec)
    made = request([word for word in words if word != "-m"], multirun=multirun).configs()
    assert len(made) == (4 if multirun else 1)
    for config in made:
        assert model.find(config.model).file.exists()


def test_quoting_is_as_shown() -> None:
    (quoted,) = re.findall(r"quoted:\s+`'(.*)'`", TEXT)
    made = one("data=imagefolder", quoted)
    assert made.data.root == "my (old) images"  # type: ignore[attr-defined]
