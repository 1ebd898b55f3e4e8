"""``netc diff``: what it prints and writes, and its exit code."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RESNET = ROOT / "specs" / "resnet.net"
NETC = [sys.executable, "-m", "netcompiler.cli"]
SAME, DIFFERENT, TROUBLE = 0, 1, 2


def netc(*arguments: object, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [*NETC, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, input=stdin)


@pytest.fixture
def spec(tmp_path: Path):
    def write(name: str, text: str) -> Path:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return file

    return write


@pytest.fixture
def pair(spec) -> tuple[Path, Path]:
    text = "net n(width=8) {\n input x [3, 8, 8]\n a: conv(width, 3)\n}\n"
    return spec("a.net", text), spec("b.net", text.replace("a: conv", "b: relu -> a: conv"))


def test_nets_that_differ(pair) -> None:
    ran = netc("diff", *pair)
    assert ran.returncode == DIFFERENT
    assert ran.stderr == ""
    lines = ran.stdout.splitlines()
    assert lines[0].split() == [*map(str, pair), "difference"]
    assert lines[-1] == "+ b: ReLU; output 3×8×8"


def test_nets_that_are_the_same(pair) -> None:
    ran = netc("diff", pair[0], pair[0])
    assert (ran.returncode, ran.stderr) == (SAME, "")
    assert ran.stdout == f"{pair[0]} and {pair[0]} are the same: 2 layers, 224 parameters, 7,776 MACs\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{a}", "missing.net"], "missing.net: error[E101]: cannot read the file"),
        (["{a}", f"{RESNET}:resnet1"], "error[E201]: the file has no net `resnet1`"),
        (["{a}", "{b}", "-D", "widht=3"], "did you mean `width`?"),
        (["{a}", "{b}", "-o", "/no/such/folder/x.svg"], "netc: /no/such/folder/x.svg: there is no folder"),
        (["{a}", "{b}", "-o", "x.svg", "--width", "1"], "netc: at 1 cm the smallest text would be"),
        (["{a}", "{b}", "-o", "x.gif"], "cannot draw format gif"),
        (["{a}", "{b}", "--format", "svg"], "a picture needs a file: -o diff.svg"),
        (["{a}", "{b}", "-o", "x.md"], "style diff cannot be written as md"),
        (["{a}", "{b}", "-o", "{b}", "--format", "text"], "is the spec itself"),
        (["-", "-"], "standard input cannot be both nets"),
        (["{a}"], "Missing argument"),
    ],
)
def test_trouble_is_another_exit_code(pair, arguments: list[str], message: str) -> None:
    names = {"a": str(pair[0]), "b": str(pair[1])}
    ran = netc("diff", *(text.format(**names) for text in arguments))
    assert ran.returncode == TROUBLE
    assert message in ran.stderr
    assert ran.stdout == ""
    assert "Traceback" not in ran.stderr


def test_parameters_and_shapes_go_to_both(pair) -> None:
    ran = netc("diff", *pair, "-D", "width=4", "--input", "x=[3,16,16]", "--format", "json")
    assert ran.returncode == DIFFERENT
    record = json.loads(ran.stdout)
    assert [record[side]["parameters"] for side in ("before", "after")] == [112, 112]
    assert [layer["output"] for layer in record["added"]] == [[3, 16, 16]]


def test_one_of_them_from_standard_input(pair) -> None:
    ran = netc("diff", pair[0], "-", stdin=pair[0].read_text())
    assert ran.returncode == SAME
    ran = netc("diff", "-:n", pair[1], stdin=pair[0].read_text())
    assert ran.returncode == DIFFERENT


def test_files_of_text(pair, tmp_path: Path) -> None:
    for name in ("out.txt", "out.json"):
        ran = netc("diff", *pair, "-o", tmp_path / name)
        assert (ran.returncode, ran.stdout, ran.stderr) == (DIFFERENT, "", "")
    assert (tmp_path / "out.txt").read_text() == netc("diff", *pair).stdout
    assert json.loads((tmp_path / "out.json").read_text())["equal"] is False


@pytest.mark.parametrize("ending", ["svg", "pdf", "dot"])
def test_a_picture_is_that_of_the_style(tmp_path: Path, ending: str) -> None:
    nets = [f"{RESNET}:resnet18", f"{RESNET}:resnet34"]
    options = ["--theme", "dark", "--width", "16", "--costs"]
    ran = netc("diff", *nets, "-o", tmp_path / f"a.{ending}", *options)
    assert (ran.returncode, ran.stdout, ran.stderr) == (DIFFERENT, "", "")
    assert netc("draw", *nets, "--style", "diff", "-o", tmp_path / f"b.{ending}", *options).returncode == 0
    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def on_a_terminal(*arguments: object, **env: str) -> str:
    """What is printed on a terminal."""
    ours, theirs = pty.openpty()
    command = [*NETC, *map(str, arguments)]
    known = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "COLUMNS"}}
    with subprocess.Popen(command, stdout=theirs, stdin=theirs, cwd=ROOT, env=known | env) as process:
        os.close(theirs)
        found = b""
        while True:
            try:
                data = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not data:
                break
            found += data
        process.wait(60)
    os.close(ours)
    return found.decode().replace("\r\n", "\n")


def test_colours_on_a_terminal_alone(pair) -> None:
    assert "\x1b[32m+ b: ReLU; output 3×8×8\x1b[0m" in on_a_terminal("diff", *pair)
    assert "\x1b" not in on_a_terminal("diff", *pair, NO_COLOR="1")
    assert "\x1b" not in netc("diff", *pair).stdout


def test_the_terminals_width() -> None:
    nets = [f"{RESNET}:resnet18", f"{RESNET}:resnet50"]
    found = on_a_terminal("diff", *nets, NO_COLOR="1", COLUMNS="90")
    differences = found.partition("\n\n")[2]
    assert max(map(len, differences.splitlines())) <= 90
    assert max(map(len, netc("diff", *nets).stdout.splitlines())) > 90
