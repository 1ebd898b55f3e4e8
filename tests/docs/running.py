"""Running the blocks of a page, and comparing what they give with what is shown."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from netcompiler import pipeline
from netcompiler.cli import main
from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.source import Source
from tests.docs.blocks import ROOT, Block

CUT = re.compile("…$", re.MULTILINE)
"""At the end of a line, stands for anything."""


def matches(shown: str, real: str) -> bool:
    """Whether real output is the one that is shown."""
    parts = map(re.escape, CUT.split(_trimmed(shown)))
    return re.fullmatch(r"[\s\S]*?".join(parts), _trimmed(real)) is not None


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def diagnose(block: Block) -> str:
    """What is wrong with a spec, as ``netc check`` prints it."""
    found = pipeline.check(Source(block.file, block.spec), DEFAULT_LIMITS, {})
    return "\n\n".join(diagnostic.render() for diagnostic in found)


def prepare(folder: Path) -> None:
    """Put the shipped specs where a page expects them, and a file that no page can show: it is not UTF-8."""
    shutil.copytree(ROOT / "specs", folder / "specs")
    (folder / "latin1.net").write_bytes("# Réseau\nnet n {\n  input image [3, 32, 32]\n}\n".encode("latin-1"))


def keep(block: Block, folder: Path) -> None:
    """Write a spec under the name it has, for the commands that follow."""
    if block.file != "my.net":
        (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
        (folder / block.file).write_text(block.text, encoding="utf-8")


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Commands of a block with the output shown after each."""
    command = ""
    shown: list[str] = []
    for line in [*block.text.splitlines(), "$ "]:
        if not line.startswith("$ "):
            shown.append(line)
            continue
        if command:
            yield command, "\n".join(shown)
        command, shown = line.removeprefix("$ "), []


def run_netc(command: str) -> tuple[object, str]:
    """The exit code and all output of a command line; only ``netc`` is known."""
    words = shlex.split(command, comments=True)
    assert words[0] == "netc", f"only `netc` is run: {command}"
    output = io.StringIO()
    code: object = None
    with (
        mock.patch.object(sys, "argv", words),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
    return code or 0, output.getvalue()


def run_python(block: Block, namespace: dict[str, object]) -> str:
    """What a Python block prints; the lines in a traceback are the page's."""
    output = io.StringIO()
    code = compile("\n" * (block.line - 1) + block.text, str(block.page), "exec")
    with contextlib.redirect_stdout(output):
        exec(code, namespace)
    return output.getvalue()
