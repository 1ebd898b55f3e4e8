"""Write what commands and wrong specs say now into the pages: ``python -m tests.docs.update``.

Shown output that is cut with ``…`` is left as it is; the tests say what is wrong with it.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.docs.blocks import PAGES, Block, blocks
from tests.docs.running import CUT, commands, diagnose, keep, matches, prepare, run_netc


def main() -> None:
    for page in PAGES:
        with TemporaryDirectory() as name, contextlib.chdir(name):
            prepare(Path(name))
            _update(page, Path(name))


def _update(page: Path, folder: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for block in blocks(page):
        if block.language == "net":
            keep(block, folder)
            if block.expected is not None:
                fence = "```text\n{}```"  # what is expected may be nothing yet
                fresh = _fresh(block.expected, diagnose(block)) + "\n"
                text = text.replace(fence.format(block.expected), fence.format(fresh))
        elif block.language == "console" and not block.indented:
            text = text.replace(block.text, _rerun(block))
    page.write_text(text, encoding="utf-8")


def _rerun(block: Block) -> str:
    lines = []
    for command, shown in commands(block):
        fresh = _fresh(shown, run_netc(command)[1])
        lines += [f"$ {command}", *([fresh] if fresh else [])]
    return "\n".join(lines) + "\n"


def _fresh(shown: str, real: str) -> str:
    """The real output, unless what is shown holds or is cut."""
    return shown.rstrip("\n") if CUT.search(shown) or matches(shown, real) else real.strip()


if __name__ == "__main__":
    main()
