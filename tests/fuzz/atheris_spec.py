"""A fuzzer that sees which code its inputs reach: any bytes, and nothing but our own errors may come of them.

    python -m tests.fuzz.atheris_spec [FOLDER] [-max_total_time=600] [-runs=100000] …

The options are libFuzzer's. Inputs that reach something new are kept in the folder, if one is named. The
seeds are the shipped specs and those of the tests of errors; the words of the language are its dictionary.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["netcompiler"]):
    import netcompiler.elaborate.nets
    import netcompiler.format
    import netcompiler.parse
    import netcompiler.pipeline
    import netcompiler.summary  # noqa: F401

from tests.fuzz.nothing_but_ours import look_at_bytes

ROOT = Path(__file__).parents[2]
_WORDS = """
    net block use default let input output group on columns residual skip from for in if else reuse exchange
    gather identity expect conv linear relu batchnorm maxpool flatten add concat multiply true false none not
    and or channels height width shape min max sum len unique
    -> ** // .. == <= # " \\ { } ( ) [ ] : = , * 0 1 64 1e9
"""


def main() -> None:
    """Fuzz until an option ends it, or something is found."""
    with tempfile.TemporaryDirectory() as folder:
        seeds = Path(folder, "seeds")
        seeds.mkdir()
        for number, file in enumerate([*ROOT.glob("specs/*.net"), *ROOT.glob("tests/errors/*.net")]):
            if file.stat().st_size < 4096:
                (seeds / str(number)).write_bytes(file.read_bytes())
        words = Path(folder, "words")
        escaped = (word.replace("\\", "\\\\").replace('"', '\\"') for word in _WORDS.split())
        words.write_text("".join(f'"{word}"\n' for word in escaped))
        own = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
        options = [argument for argument in sys.argv[1:] if argument.startswith("-")]
        # The first folder is the one that is written to.
        folders = own or [str(Path(folder, "found"))]
        Path(folders[0]).mkdir(parents=True, exist_ok=True)
        defaults = [f"-dict={words}", "-max_len=4096", "-timeout=20", "-rss_limit_mb=2000"]
        atheris.Setup([sys.argv[0], *defaults, *options, *folders, str(seeds)], look_at_bytes)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
