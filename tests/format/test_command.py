"""``netc fmt``: what it writes, what it leaves alone, and its exit codes."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from unittest import mock

import pytest
import yaml

from netcompiler.cli import main

CARELESS = "net a{input x [3]\n  relu }"
FORMED = "net a {\n  input x [3]\n  relu\n}\n"
WRONG = "net b {\n"
ROOT = Path(__file__).parents[2]


@dataclass
class Result:
    exit_code: object
    stdout: str
    stderr: str


def fmt(*words: str | Path, input: bytes = b"") -> Result:
    stdin, stdout, stderr = (TextIOWrapper(BytesIO(text), "utf-8") for text in (input, b"", b""))
    with (
        mock.patch.multiple(sys, argv=["netc", "fmt", *map(str, words)], stdin=stdin),
        redirect_stdout(stdout),
        redirect_stderr(stderr),
        pytest.raises(SystemExit) as end,
    ):
        main()
    texts = []
    for stream in (stdout, stderr):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())  # type: ignore[attr-defined]
    return Result(end.value.code, *texts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "careless.net").write_text(CARELESS)
    (tmp_path / "formed.net").write_text(FORMED)
    (tmp_path / "sub" / ".hidden").mkdir(parents=True)
    (tmp_path / "sub" / "again.net").write_text(CARELESS)
    (tmp_path / "sub" / "other.txt").write_text(CARELESS)
    (tmp_path / "sub" / ".hidden" / "away.net").write_text(CARELESS)
    return tmp_path


def test_a_folder_is_formatted_and_what_is_right_is_not_touched(folder: Path) -> None:
    right = folder / "formed.net"
    os.utime(right, ns=(5, 5))
    (folder / "careless.net").chmod(0o640)
    result = fmt(folder)
    assert result.exit_code == 0
    assert result.stdout == f"formatted: {folder}/careless.net\nformatted: {folder}/sub/again.net\n"
    assert result.stderr == "3 files: 2 formatted, 1 as it should be\n"
    assert (folder / "careless.net").read_text() == (folder / "sub" / "again.net").read_text() == FORMED
    assert (folder / "careless.net").stat().st_mode & 0o777 == 0o640
    assert right.stat().st_mtime_ns == 5
    assert (folder / "sub" / ".hidden" / "away.net").read_text() == CARELESS
    assert (folder / "sub" / "other.txt").read_text() == CARELESS
    again = fmt(folder)
    assert (again.exit_code, again.stdout) == (0, "")


def test_links_in_folders_are_left_alone_and_named_ones_followed(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text(CARELESS)
    inside = folder / "sub" / "link.net"
    inside.symlink_to(outside)
    (folder / "sub" / "folder").symlink_to(folder, target_is_directory=True)
    assert "3 files" in fmt(folder).stderr
    assert outside.read_text() == CARELESS
    assert fmt(inside).exit_code == 0
    assert outside.read_text() == FORMED
    assert inside.is_symlink()


def test_a_file_named_twice_is_taken_once(folder: Path) -> None:
    assert fmt(folder / "careless.net", folder, "--check").stdout.count("careless") == 1


def test_check_names_and_diff_shows_and_neither_writes(folder: Path) -> None:
    check = fmt("--check", folder)
    assert check.exit_code == 1
    assert check.stdout == f"not formatted: {folder}/careless.net\nnot formatted: {folder}/sub/again.net\n"
    diff = fmt("--diff", folder / "careless.net")
    assert diff.exit_code == 1
    assert diff.stdout == (
        f"--- {folder}/careless.net\n+++ {folder}/careless.net\n@@ -1,2 +1,4 @@\n"
        "-net a{input x [3]\n-  relu }\n\\ No newline at end of file\n"
        "+net a {\n+  input x [3]\n+  relu\n+}\n"
    )
    assert (folder / "careless.net").read_text() == CARELESS
    assert fmt("--check", folder / "formed.net").exit_code == 0
    assert fmt("--diff", folder / "formed.net").stdout == ""


def test_a_file_with_mistakes_is_left_alone_and_the_others_go_on(folder: Path) -> None:
    (folder / "bad.net").write_text(WRONG)
    result = fmt(folder, folder / "missing.net")
    assert result.exit_code == 1
    assert "E105" in result.stderr
    assert "missing.net: error[E101]" in result.stderr
    assert "5 files: 2 formatted, 1 as it should be, 2 with mistakes" in result.stderr
    assert (folder / "bad.net").read_text() == WRONG
    assert (folder / "careless.net").read_text() == FORMED


def test_standard_input_goes_to_standard_output() -> None:
    result = fmt("-", input=CARELESS.encode())
    assert (result.exit_code, result.stdout) == (0, FORMED)
    assert fmt("-", "--check", input=CARELESS.encode()).exit_code == 1
    assert fmt("-", "--check", input=FORMED.encode()).exit_code == 0
    assert "+net a {" in fmt("-", "--diff", input=CARELESS.encode()).stdout


def test_wrong_usage_is_told(folder: Path) -> None:
    assert fmt("-", folder).exit_code == 2
    assert "leave the net out" in fmt(folder / "careless.net:a").stderr
    os.mkfifo(folder / "pipe")
    assert "neither a file nor a folder" in fmt(folder / "pipe").stderr


def test_marks_line_ends_and_tabs_of_other_systems_go(tmp_path: Path) -> None:
    file = tmp_path / "a.net"
    file.write_bytes(b"\xef\xbb\xbfnet a {\r\n\tinput x [3] # in\t \r\n\trelu\r\n}\r\n\r\n\r\n")
    assert fmt(file).exit_code == 0
    assert file.read_bytes() == FORMED.replace("[3]", f"[3]{' ' * 36}# in").encode()
    file.write_bytes(b"\xef\xbb\xbf" + FORMED.encode())
    assert fmt("--check", file).exit_code == 1
    file.write_bytes(b"")
    assert fmt("--check", file).exit_code == 0


def test_a_file_that_changes_meanwhile_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.net"
    file.write_text(CARELESS)
    monkeypatch.setattr(Path, "read_bytes", lambda self: b"net other { }")
    result = fmt(file)
    assert result.exit_code == 1
    assert "changed while it was formatted" in result.stderr
    assert file.read_text() == CARELESS


def test_deeper_nesting_than_can_be_formatted_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.net"
    deep = "net a { input x [3]\n" + "{" * 900 + "relu" + "\n}" * 900 + "}"
    file.write_text(deep)
    assert "E107" in fmt(file).stderr
    result = fmt("--limit", "nesting=1000", file)
    assert (result.exit_code, file.read_text()) == (1, deep) or fmt("--check", file).exit_code == 0


def test_the_hooks_are_what_pre_commit_reads() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["entry"] for hook in hooks] == ["netc fmt", "netc check"]
    assert all({"id", "name", "entry", "language", "files"} <= set(hook) for hook in hooks)
