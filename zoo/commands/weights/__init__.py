"""``zoo weights``: take weights of other programs.

Its commands are files here, found as those of ``zoo`` are.
"""

import sys
from collections.abc import Iterable, Sequence

from zoo.arguments import complain
from zoo.command_folder import CommandFolder
from zoo.suggest import hint

FOLDER = CommandFolder(__name__, __path__)
HELP = """\
usage: zoo weights COMMAND ...

Take weights of other programs.

"""


def run(arguments: Sequence[str]) -> int:
    """Run the command that is named first."""
    if arguments and arguments[0] in FOLDER.names():
        return FOLDER.load(arguments[0]).run(arguments[1:])
    if arguments and arguments[0] not in {"-h", "--help"}:
        names = FOLDER.names()
        complain(f"there is no command zoo weights {arguments[0]}; {hint(arguments[0], names)}")
        return 2
    text = HELP + "".join(FOLDER.lines("zoo weights"))
    (sys.stdout if arguments else sys.stderr).write(text)
    return 0 if arguments else 2


def complete(words: Sequence[str], start: str) -> Iterable[str]:
    """Its commands, and what the one that is named first takes."""
    return FOLDER.complete(words, start)
