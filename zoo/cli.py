"""The command ``zoo``: finds the command in ``zoo.commands``, and turns what it raises into one line."""

import sys
from collections.abc import Sequence

from zoo import commands
from zoo.arguments import complain
from zoo.errors import Interrupted, UserError, of_the_system
from zoo.suggest import hint

HEAD = """\
usage: zoo COMMAND ...

Train the nets of spec files, and your own, on images.

"""
TAIL = """
`zoo COMMAND --help` says more; `zoo train --help` has all groups and options, with types and defaults.
Nets come from .net files: `netc check FILE`, `netc show FILE` and `netc draw FILE` look into one.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit code: 0, 1 for a mistake in the input, 2 for wrong usage, 130 for Ctrl-C."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if not arguments or arguments[0] in {"-h", "--help"}:
        (sys.stdout if arguments else sys.stderr).write(_help())
        return 0 if arguments else 2
    if arguments[0] == "--version":
        import netcompiler  # commands that need no net start without it

        sys.stdout.write(f"zoo, version {netcompiler.__version__}\n")
        return 0
    if arguments[0] not in commands.names():
        complain(f"there is no command {arguments[0]}; {hint(arguments[0], commands.names())} (zoo --help)")
        return 2
    try:
        return commands.load(arguments[0]).run(arguments[1:])
    except UserError as error:
        return _end(str(error), 1)
    except Interrupted as error:
        return _end(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _end("Stopped.", 130)
    except BrokenPipeError:  # as with `zoo train --help | head`
        sys.stderr.close()
        return 1
    except OSError as error:
        return _end(of_the_system(error), 1)
    except ModuleNotFoundError as error:  # the compiler is installed alone
        missing = f"The Python package {error.name} is missing."
        return _end(f"{missing} The zoo is an extra: pip install 'netcompiler[zoo]'", 1)


def _help() -> str:
    return HEAD + "".join(commands.lines("zoo")) + TAIL


def _end(message: str, code: int) -> int:
    if message:
        complain(message)
    return code


if __name__ == "__main__":
    sys.exit(main())
