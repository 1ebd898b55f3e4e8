"""What the shell offers, asked as the shell asks."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from zoo import commands


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("zoo t", ["train"]),
        ("zoo train optimizer=s", ["optimizer=sgd"]),
        ("zoo train optimizer=sgd optimizer.mo", ["optimizer.momentum="]),
        ("zoo train optimizer=adamw optimizer.be", ["optimizer.beta1=", "optimizer.beta2="]),
        ("zoo train schedule.unit=", ["schedule.unit=epochs", "schedule.unit=steps"]),
        ("zoo train optimizer.nesterov=t", ["optimizer.nesterov=true"]),
        ("zoo train recipe=alex", ["recipe=alexnet_2012"]),
        ("zoo train model=resnext5", ["model=resnext50_32x4d"]),
        ("zoo train --cfg ", ["job"]),
        ("zoo train trainer.sa", ["trainer.save_steps=", "trainer.save_minutes=", "trainer.save_async="]),
        ("zoo completion z", ["zsh"]),
        ("zoo fly ", ["--help"]),
        ("zoo train optimizer.lr=", []),
        ("zoo train nowhere.x=", []),
    ],
)
def test_words(zoo: Callable, line: str, offered: list[str]) -> None:
    ran = zoo("completion", "words", line)
    assert (ran.code, ran.out.splitlines()) == (0, offered)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_has_a_script(zoo: Callable, shell: str) -> None:
    ran = zoo("completion", shell)
    assert ran.code == 0
    assert "zoo completion words" in ran.out


def test_an_unknown_shell(zoo: Callable) -> None:
    assert zoo("completion", "bsh").err == "zoo: completion for bsh: not known; did you mean bash?\n"


@pytest.mark.parametrize(
    ("line", "replies"),
    [
        ("zoo train optimizer=ad", "adam adamw"),
        ("zoo train optimi", "optimizer= optimizer."),
        ("zoo c", "completion"),
    ],
)
def test_bash_offers_the_words(line: str, replies: str) -> None:
    """In bash itself, which cuts words at `=`."""
    script = f'source <(zoo completion bash)\nCOMP_LINE="{line}" COMP_POINT={len(line)}\n'
    script += '_zoo 2>/dev/null\necho "${COMPREPLY[@]}"\n'
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=True, env={**os.environ, "PATH": path}
    )
    assert ran.stdout.strip() == replies


def test_every_command_has_a_line_in_the_help(zoo: Callable) -> None:
    out = zoo("--help").out
    for name in commands.names():
        assert f"zoo {name}" in out
        assert commands.summary(commands.load(name)) in out
        assert zoo(name, "--help").code == 0
