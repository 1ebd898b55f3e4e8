"""How long the language server takes to answer a keystroke, in a real session over stdio.

The file has 300 lines of the shipped specs, all of them whole definitions. In random definitions a step is
typed at the end of a line, letter by letter, and taken out again. For each letter: the time to the first
diagnostics of the new text, to the diagnostics that are complete, and to what completion offers.

    python -m benchmarks.keystroke [--lines 300] [--words 30]
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import tempfile
import time
from pathlib import Path

from lsprotocol import types

from netcompiler import pipeline
from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.source import Source
from tests.lsp.session import Session

SPECS = Path(__file__).parents[1] / "specs"
TYPED = " -> conv(8, 3)"
_DEFINED = re.compile(r"^(?:block|net|let) +(\w+)", re.MULTILINE)


def whole_specs(lines: int) -> str:
    """The text of shipped specs, one after another in the order of their names; ``lines`` lines or some more.

    Those are left out that use others, define what an earlier one does, or are wrong beside those.
    """
    text = ""
    for path in sorted(SPECS.glob("*.net")):
        own = path.read_text(encoding="utf-8")
        names = set(_DEFINED.findall(own))
        if "\nuse " in own or names & set(_DEFINED.findall(text)):
            continue
        longer = text + own + "\n"
        if any(d.severity == "error" for d in pipeline.check(Source("all.net", longer), DEFAULT_LIMITS, {})):
            continue
        text = longer
        if text.count("\n") >= lines:
            break
    return text


def places(text: str, words: int) -> list[int]:
    """Random ends of lines that a step can be typed at."""
    random_ = random.Random(0)
    ends = [match.end() for match in re.finditer(r"^ +[^#\n]*[\w)]$", text, re.MULTILINE)]
    return random_.sample(ends, min(words, len(ends)))


class Times:
    """What was measured, in milliseconds."""

    def __init__(self) -> None:
        self.first: list[float] = []
        self.complete: list[float] = []
        self.completion: list[float] = []

    def keystroke(self, session: Session, uri: str, text: str) -> None:
        """Send a text and wait for its diagnostics."""
        begun = time.perf_counter()
        first, complete = session.timed(uri, text)
        self.first.append(1000 * (first - begun))
        self.complete.append(1000 * (complete - begun))

    def offers(self, session: Session, uri: str, position: types.Position) -> None:
        """Ask what can be written."""
        begun = time.perf_counter()
        session.ask(types.TEXT_DOCUMENT_COMPLETION, types.CompletionParams(**session.place(uri, position)))
        self.completion.append(1000 * (time.perf_counter() - begun))


def measure(text: str, words: int) -> Times:
    """Type ``words`` steps into a text."""
    times = Times()
    with tempfile.TemporaryDirectory() as folder:
        session = Session(Path(folder))
        uri = session.open("all.net", text)
        session.checked(uri, lambda _: True)
        for end in places(text, words):
            line = text.count("\n", 0, end)
            column = end - text.rfind("\n", 0, end) - 1
            for typed in range(1, len(TYPED) + 1):
                times.keystroke(session, uri, text[:end] + TYPED[:typed] + text[end:])
                times.offers(session, uri, types.Position(line, column + typed))
            times.keystroke(session, uri, text)
        session.end()
    return times


def main() -> None:
    """Prints medians and the worst."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=300)
    parser.add_argument("--words", type=int, default=30)
    options, _ = parser.parse_known_args()
    text = whole_specs(options.lines)
    print(f"{text.count(chr(10))} lines, {len(text.encode()):,} bytes, {options.words} steps typed")
    times = measure(text, options.words)
    for name, found in (
        ("first diagnostics", times.first),
        ("complete diagnostics", times.complete),
        ("completion", times.completion),
    ):
        ranked = sorted(found)
        late = ranked[int(0.9 * len(ranked))]
        print(
            f"{name:22} median {statistics.median(found):6.1f} ms   90 % {late:7.1f} ms"
            f"   worst {ranked[-1]:7.1f} ms   of {len(found)}"
        )


if __name__ == "__main__":
    main()
