"""What the commands' argument parsers share."""

import argparse
import sys
from pathlib import Path


def parser(name: str, usage: str) -> argparse.ArgumentParser:
    """A parser that takes overrides, ``--config-dir`` and ``--help``, which the command answers itself.

    Parse with ``parse_intermixed_args``; wrong usage ends the program with exit code 2. With
    ``config.request(options.overrides, folder=options.config_dir)`` overrides become configs.
    """
    made = argparse.ArgumentParser(name, add_help=False, allow_abbrev=False)
    made.usage = f"{usage}   ({name} --help says more)"
    made.add_argument("overrides", nargs="*")
    made.add_argument("-h", "--help", action="store_true")
    made.add_argument("--config-dir", type=Path)
    return made


def complain(message: str) -> None:
    """Write a message to stderr, after what stdout has."""
    sys.stdout.flush()
    sys.stderr.write(f"zoo: {message}\n" if "\n" not in message else f"{message}\n")
