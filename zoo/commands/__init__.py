"""The commands of ``zoo``, one a file: ``zoo/commands/NAME.py`` is ``zoo NAME``.

A command's module has a docstring, whose first line (without the dash and what stands before it) is shown by
``zoo --help``, and ``run(arguments) -> exit code``. It raises ``UserError`` for what the user can put right.
It answers ``--help`` itself. Heavy imports stand in its functions: a module here is imported for the help of
all. It may have ``complete(words, start)``, the candidates for shell completion of a word that begins with
``start`` after ``words``.

A package here, as ``zoo/commands/data/``, is a command with commands of its own, found in the same way.
"""

from zoo.command_folder import CommandFolder, summary

__all__ = ["complete", "lines", "load", "names", "summary"]

_FOLDER = CommandFolder(__name__, __path__)
names, load, lines, complete = _FOLDER.names, _FOLDER.load, _FOLDER.lines, _FOLDER.complete
