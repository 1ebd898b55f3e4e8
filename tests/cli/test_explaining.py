"""Messages for people: colours, where there is more to read, and `netc explain`."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import pytest

from netcompiler import cli
from netcompiler.diagnostics import CODES

BAD = "net n {\n  input x [3, 8, 8]\n  rellu\n}\n"


class Terminal(io.StringIO):
    """What takes output and says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    file = tmp_path / "bad.net"
    file.write_text(BAD, encoding="utf-8")
    return file


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> tuple[object, str, str]:
    out, err = Terminal(), Terminal()
    monkeypatch.setattr(sys, "argv", ["netc", *map(str, arguments)])
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    with pytest.raises(SystemExit) as leaving:
        cli.main()
    return leaving.value.code, out.getvalue(), err.getvalue()


def test_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch, bad: Path) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    code, colored, _ = run(monkeypatch, "check", bad)
    assert code == 1
    assert "\x1b[1;31merror[E201]\x1b[0m" in colored
    _, _, shown = run(monkeypatch, "show", bad)
    assert "\x1b[1;31merror[E201]\x1b[0m" in shown
    assert shown.endswith("\n\nfor more about this: netc explain E201\n")
    monkeypatch.setenv("NO_COLOR", "1")
    assert run(monkeypatch, "check", bad)[1] == re.sub(r"\x1b\[[0-9;]*m", "", colored)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in run(monkeypatch, "check", bad)[1]


@pytest.mark.parametrize("format", ["json", "github"])
def test_programs_get_no_hints_for_people(monkeypatch: pytest.MonkeyPatch, bad: Path, format: str) -> None:
    _, out, _ = run(monkeypatch, "check", "--format", format, bad)
    assert "explain" not in out
    assert "\x1b" not in out


def test_explain_lists_all_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = run(monkeypatch, "explain")
    assert code == 0
    assert out.splitlines() == [f"{code}  {title}" for code, title in CODES.items()]


def test_explain_shows_a_section_without_its_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = run(monkeypatch, "explain", "e204", "[W102]")
    text = re.sub(r"\x1b\[[0-9;]*m", "", out)
    assert code == 0
    assert text.startswith(f"E204: {CODES['E204']}\n\n")
    assert f"\n\nW102: {CODES['W102']}\n\n" in text
    assert "    net n {\n" in text
    assert "```" not in text


@pytest.mark.parametrize(
    ("given", "hint"), [("E2004", "did you mean `E204`?"), ("conv", "`netc explain` lists all codes")]
)
def test_explain_of_an_unknown_code(monkeypatch: pytest.MonkeyPatch, given: str, hint: str) -> None:
    code, _, err = run(monkeypatch, "explain", given)
    assert code == 2
    assert f"there is no code {given}; {hint}" in err
