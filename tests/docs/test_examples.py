"""Every example of the documentation runs, and says what the page shows."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import re
import shlex
import shutil
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from netcompiler import pipeline
from netcompiler.cli import main
from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.source import Source
from tests.docs.blocks import LANGUAGES, PAGES, ROOT, Block, blocks

BLOCKS = [block for page in PAGES for block in blocks(page)]


def _script(path: Path) -> ModuleType:
    """A script as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make_operations = _script(ROOT / "docs" / "make_operations.py")


def _matches(shown: str, real: str) -> bool:
    """Whether real output is the one that is shown, where ``…`` stands for anything."""
    parts = [re.escape(part) for part in "\n".join(map(str.rstrip, shown.strip().splitlines())).split("…")]
    text = "\n".join(map(str.rstrip, real.strip().splitlines()))
    return re.fullmatch(r"[\s\S]*?".join(parts), text) is not None


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_blocks_have_a_known_language(block: Block) -> None:
    assert block.language in LANGUAGES | {"-"}


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language == "net"], ids=str)
def test_specs(block: Block) -> None:
    found = pipeline.check(Source(block.file, block.spec), DEFAULT_LIMITS, {})
    text = "\n\n".join(diagnostic.render() for diagnostic in found)
    if "wrong" not in block.rest:
        assert not found, text
        return
    assert found
    if block.expected is not None:
        assert _matches(block.expected, text), text


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the shipped specs to run a page in."""
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_and_python(page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(page):
        if block.language == "net" and block.file != "my.net":
            (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.file).write_text(block.text, encoding="utf-8")
        elif block.language in ("console", ""):
            for command, shown in _commands(block):
                _check_command(block, command, shown, monkeypatch)
        elif block.language == "python":
            printed = _run_python(block, namespace)
            if block.expected is not None:
                assert _matches(block.expected, printed), f"{block}:\n{printed}"


def _commands(block: Block) -> Iterator[tuple[str, str | None]]:
    """Commands of a block with the output shown after each; None for a line of an indented block."""
    command = ""
    shown: list[str] = []
    for line in [*block.text.splitlines(), "$ "]:
        if not line.startswith("$ "):
            shown.append(line)
            continue
        if command:
            yield command, "\n".join(shown) if block.words else None
        command, shown = line.removeprefix("$ "), []


def _check_command(block: Block, command: str, shown: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    words = shlex.split(command, comments=True)
    if words[0] != "netc":
        assert not block.words, f"{block}: only `netc` is run: {command}"
        return
    monkeypatch.setattr(sys, "argv", words)
    output = io.StringIO()
    with (
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
        pytest.raises(SystemExit) as end,
    ):
        main()
    text = output.getvalue()
    if shown is None:
        assert end.value.code in (0, None), f"{block}: {command}\n{text}"
    else:
        assert _matches(shown, text), f"{block}: {command}\n{text}"


def _run_python(block: Block, namespace: dict[str, object]) -> str:
    output = io.StringIO()
    code = compile("\n" * (block.line - 1) + block.text, str(block.page), "exec")
    try:
        with contextlib.redirect_stdout(output):
            exec(code, namespace)
    except Exception:  # noqa: BLE001  (whatever goes wrong is the page's)
        pytest.fail(f"{block}:\n{traceback.format_exc()}")
    return output.getvalue()


def test_operations_page_is_fresh() -> None:
    assert make_operations.PAGE.read_text(encoding="utf-8") == make_operations.page(), (
        "run: python docs/make_operations.py"
    )


def test_operations_page_shows_every_operation() -> None:
    assert not make_operations.undocumented()
