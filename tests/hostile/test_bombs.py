"""Specs that ask for as much as they can: a result or a diagnostic, in bounded time and memory."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from netcompiler.limits import DEFAULT_LIMITS
from tests.hostile.bombs import SPECS, body
from tests.hostile.runs import Run, Runner

SECONDS = 4.0
"""Of processor time: twice what is promised, as a machine with other work counts more of it."""

BYTES = 500 * 10**6


def calm(run: Run) -> None:
    """A run ended in a result or in our own words, within bounds."""
    assert run.code in (0, 1), run.err[-2000:]
    assert "Traceback" not in run.err
    assert run.seconds < SECONDS
    assert run.bytes < BYTES


@pytest.mark.parametrize("name", SPECS)
def test_check(netc: Runner, tmp_path: Path, name: str) -> None:
    (tmp_path / "a.net").write_text(SPECS[name])
    run = netc.run(tmp_path, "check", "--format", "json", "a.net")
    calm(run)
    found = json.loads(run.out)
    assert all(re.fullmatch(r"[EW]\d{3}", record["code"]) for record in found)
    assert len(found) <= 2 * DEFAULT_LIMITS.diagnostics
    assert len(run.out) < 10**6


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "a.net"),
        ("show", "--format", "json", "a.net"),
        ("build", "a.net", "-o", "a.py"),
        ("expand", "a.net", "-o", "b.net"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("name", ["conv-bn-9999", "columns", "shape-huge", "shape-conv-kernel"])
def test_large_nets(netc: Runner, tmp_path: Path, name: str, arguments: tuple[str, ...]) -> None:
    (tmp_path / "a.net").write_text(SPECS[name])
    run = netc.run(tmp_path, *arguments)
    calm(run)
    assert run.code == 0


# ---- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data", [b"#" * 10**7, b"\n" * 10**7, b"{" * 10**7, b"\xff" * 10**7, b"relu\n" * 10**7]
)
def test_files_of_many_megabytes(netc: Runner, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.net").write_bytes(data)
    run = netc.run(tmp_path, "check", "a.net")
    calm(run)
    assert run.code == 1
    assert "error[E103]" in run.out


def test_a_device_that_never_ends(netc: Runner, tmp_path: Path) -> None:
    run = netc.run(tmp_path, "check", "/dev/zero")
    calm(run)
    assert "error[E103]" in run.out


@pytest.mark.parametrize(
    "kind", ["pipe", "device", "folder", "outside", "inside-out", "link", "nul", "self", "long"]
)
def test_what_is_no_file_of_the_specs_folder(netc: Runner, tmp_path: Path, kind: str) -> None:
    outside = tmp_path / "secret.net"
    outside.write_text("block b { relu }\nroot:x:0:0\n")
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "sub").mkdir()
    name = "other.net"
    if kind == "pipe":
        os.mkfifo(folder / name)
    elif kind == "folder":
        name = "sub"
    elif kind == "link":
        (folder / name).symlink_to(outside)
    elif kind == "device":
        (folder / name).symlink_to("/dev/zero")
    else:
        name = {
            "outside": str(outside),
            "inside-out": "sub/../../secret.net",
            "nul": "a\\\\0.net",
            "self": "a.net",
            "long": "x/" * 4000,
        }[kind]
    (folder / "a.net").write_text(f'use "{name}": b\n' + body("b"))
    run = netc.run(folder, "check", "a.net", seconds=5)
    calm(run)
    assert run.code == 1
    assert "error[E108]" in run.out
    assert "root:x" not in run.out


def test_files_that_use_one_another(netc: Runner, tmp_path: Path) -> None:
    for i in range(150):
        (tmp_path / f"f{i}.net").write_text(
            f'use "f{i + 1}.net": b{i + 1}\nblock b{i} {{ b{i + 1} -> relu }}\n'
        )
    (tmp_path / "a.net").write_text('use "f0.net": b0\n' + body("b0"))
    run = netc.run(tmp_path, "check", "a.net")
    calm(run)
    assert "more than 100 files are used" in run.out
    (tmp_path / "f90.net").write_text('use "f0.net": b0\nblock b90 { b0 }\n')
    run = netc.run(tmp_path, "check", "a.net")
    calm(run)
    assert "circles" in run.out


# ---- the limits themselves -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "value", "text"),
    [
        ("layers", 25_000, "{ conv(3, 1) -> batchnorm } * 12000"),
        ("steps", 900_000, "for i in 0..800 { for j in 0..800 { } }\nrelu"),
        ("list_items", 20_000, "let a = [0] * 20000\nrelu"),
        ("text", 20_000, f'let a = "{"x" * 20_000}"\nrelu'),
        ("digits", 50, f"let a = 0.{'1' * 40}\nrelu"),
        ("nesting", 90, "{" * 80 + "relu" + "}" * 80),
        ("tokens", 200_000, "let a = [" + "0, " * 60_000 + "]\nrelu"),
        ("source_bytes", 2**20, "#" + "x" * 600_000 + "\nrelu"),
        ("dimension", 2**60, "let a = 2 ** 55\nrelu"),
    ],
)
def test_a_limit_that_is_exceeded_names_the_flag_that_raises_it(
    netc: Runner, tmp_path: Path, limit: str, value: int, text: str
) -> None:
    (tmp_path / "a.net").write_text(body(text))
    others = ("--limit", "list_items=100000") if limit == "tokens" else ()
    refused = netc.run(tmp_path, "check", *others, "a.net")
    assert refused.code == 1
    assert f"--limit {limit}=N" in refused.out
    allowed = netc.run(tmp_path, "check", *others, "--limit", f"{limit}={value}", "a.net")
    assert allowed.code == 0, allowed.out


@pytest.mark.parametrize("style", ["graph", "paper", "volumes"])
def test_pictures_of_very_many_layers_are_refused(netc: Runner, tmp_path: Path, style: str) -> None:
    (tmp_path / "a.net").write_text(SPECS["dense"])
    run = netc.run(tmp_path, "draw", "--style", style, "a.net", "-o", "a.svg")
    calm(run)
    assert run.code == 1
    assert "--limit drawn=N allows more" in run.err


@pytest.mark.parametrize("ending", ["svg", "html"])
def test_what_columns_give_at_the_end_is_one_output(netc: Runner, tmp_path: Path, ending: str) -> None:
    (tmp_path / "a.net").write_text(SPECS["columns"].replace("* 1500", "* 2"))
    run = netc.run(tmp_path, "draw", "a.net", "-o", f"a.{ending}")
    assert (run.code, run.err) == (0, "")
