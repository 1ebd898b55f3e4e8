"""``zoo data``: look into a data set, count what is in it, or make it ready for training.

Its commands are files here, found as those of ``zoo`` are. Without a command's name, it is ``zoo data show``.
"""

import sys
from collections.abc import Iterable, Sequence

from zoo.arguments import complain
from zoo.command_folder import CommandFolder
from zoo.suggest import hint

FOLDER = CommandFolder(__name__, __path__)
DEFAULT = "show"
HELP = """\
usage: zoo data [COMMAND] [data=NAME] [data.OPTION=VALUE] ...

Look into a data set, or make it ready. `zoo data` alone is `zoo data show`.

{commands}
`zoo data COMMAND --help` says more. Data sets:

{sets}"""


def run(arguments: Sequence[str]) -> int:
    """Run the command that is named first, or show the data set."""
    if arguments and arguments[0] in {"-h", "--help"}:
        sys.stdout.write(_help())
        return 0
    first = arguments[0] if arguments else DEFAULT
    if first in FOLDER.names():
        return FOLDER.load(first).run(arguments[1:])
    if first[0] != "-" and "=" not in first:
        complain(f"there is no command zoo data {first}; {hint(first, FOLDER.names())} (zoo data --help)")
        return 2
    return FOLDER.load(DEFAULT).run(arguments)


def complete(words: Sequence[str], start: str) -> Iterable[str]:
    """Its commands, and what the one that is named first takes."""
    if words and words[0] in FOLDER.names():
        return FOLDER.complete(words, start)
    own = [] if words else FOLDER.complete(words, start)
    return [*own, *FOLDER.complete([DEFAULT, *words], start)]


def _help() -> str:
    from zoo.data import DATASETS

    entries = DATASETS.entries.values()
    sets = "".join(f"  {entry.name:<14}{entry.summary.rstrip('.')}\n" for entry in entries)
    return HELP.format(commands="".join(FOLDER.lines("zoo data")), sets=sets)
