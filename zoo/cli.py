"""The command ``zoo``."""

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.errors import Interrupted, UserError

if TYPE_CHECKING:
    from zoo.schema import Config
    from zoo.train import Result

COMMANDS = ("train",)

HELP = """\
usage: zoo COMMAND ...

Train the nets of spec files, and your own, on images.

  zoo train          train a net; alone, it trains a small ResNet on handwritten digits
  zoo train --help   all groups and options, with types, defaults and meaning

Nets come from .net files: `netc check FILE`, `netc show FILE` and `netc draw FILE` look into one.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit code: 0, 1 for a mistake in the input, 2 for wrong usage, 130 for Ctrl-C."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if not arguments or arguments[0] in {"-h", "--help"}:
        (sys.stdout if arguments else sys.stderr).write(HELP)
        return 0 if arguments else 2
    if arguments[0] not in COMMANDS:
        return _usage(f"there is no command {arguments[0]}; there is {', '.join(COMMANDS)}")
    try:
        return _train(arguments[1:])
    except UserError as error:
        return _complain(str(error), 1)
    except Interrupted as error:
        return _complain(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _complain("Stopped.", 130)
    except BrokenPipeError:  # as with `zoo train --help | head`
        sys.stderr.close()
        return 1
    except OSError as error:
        return _complain(_of_the_system(error), 1)
    except ModuleNotFoundError as error:  # the compiler is installed alone
        missing = f"The Python package {error.name} is missing."
        return _complain(f"{missing} The zoo is an extra: pip install 'netcompiler[zoo]'", 1)


def train_runs(arguments: Sequence[str]) -> "list[Result]":
    """``zoo train`` with these arguments, as a function: the results of all its runs.

    Raises:
        UserError: an override is wrong, or a run failed (the others of a sweep did run).
        Interrupted: stopped by a signal.
    """
    return _launch(_parser().parse_intermixed_args(list(arguments)))


def _train(arguments: Sequence[str]) -> int:
    options = _parser().parse_intermixed_args(list(arguments))
    if options.help:
        sys.stdout.write(_help())
    elif options.cfg:
        from zoo import config

        for one in config.jobs(_overrides(options), options.multirun):
            sys.stdout.write(config.to_yaml(one))
    else:
        _launch(options)
    return 0


def _launch(options: argparse.Namespace) -> "list[Result]":
    from zoo import config

    overrides = _overrides(options)
    total = len(config.jobs(overrides, options.multirun))  # every mistake shows before the first run
    results: list[tuple[list[str], Result]] = []
    failed: list[str] = []

    def job(one: "Config", given: list[str]) -> float | None:
        from zoo.train import train

        if options.multirun:
            sys.stdout.write(f"\nrun {len(results) + len(failed) + 1} of {total}: {' '.join(given)}\n")
            sys.stdout.flush()
        try:
            result = train(one, given)
        except (UserError, OSError) as error:
            failed.append(_of_the_system(error) if isinstance(error, OSError) else str(error))
            if options.multirun:
                _complain(failed[-1], 1)
            return None
        results.append((given, result))
        return result.top1_error

    sweep = config.launch(overrides, options.multirun, job)
    if sweep is not None:
        _summary(results, sweep / "results.csv")
        if failed:
            raise UserError(f"{len(failed)} of {total} runs failed, as said above")
    elif failed:
        raise UserError(failed[0])
    return [result for _, result in results]


def _summary(results: "list[tuple[list[str], Result]]", path: Path) -> None:
    """The runs of a sweep, best first, on the screen and as a file beside Hydra's record of the sweep."""
    ranked = sorted(results, key=lambda pair: (pair[1].top1_error, pair[1].loss))
    out = sys.stdout
    out.write("\nbest first:\n")
    for given, result in ranked:
        differs = [text for text in given if any(text not in others for others, _ in ranked)] or given
        out.write(f"  {result.top1_error:7.2%} top-1 error  {' '.join(differs)}\n")
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["top1_error", "loss", "best_epoch", "folder", "overrides"])
        for given, result in ranked:
            rows.writerow(
                [result.top1_error, result.loss, result.best_epoch, result.folder.path, " ".join(given)]
            )
    out.write(f"the same as a table: {path}\n")


def _of_the_system(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}" if error.filename else f"{error.strerror or error}"


def _overrides(options: argparse.Namespace) -> list[str]:
    from zoo import config

    overrides = config.prepare(options.overrides)
    if options.config_dir is not None:
        overrides.append(config.with_folder(options.config_dir))
    return overrides


def _help() -> str:
    from zoo import config, help, model
    from zoo.schema import GROUPS

    default = config.jobs([], multirun=False)[0]
    chosen = {group: getattr(default, group).name for group in ("model", *GROUPS)}
    return help.train_help(list(model.shipped()), chosen)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("zoo train", add_help=False, allow_abbrev=False)
    parser.usage = (
        "zoo train [-m] [--cfg] [--config-dir DIR] [OPTION=VALUE ...]   (zoo train --help says more)"
    )
    parser.add_argument("overrides", nargs="*")
    parser.add_argument("-h", "--help", action="store_true")
    parser.add_argument("-m", "--multirun", action="store_true")
    parser.add_argument("-c", "--cfg", action="store_true")
    parser.add_argument("--config-dir", type=Path)
    return parser


def _usage(message: str) -> int:
    return _complain(f"{message} (zoo --help)", 2)


def _complain(message: str, code: int) -> int:
    sys.stdout.flush()
    sys.stderr.write(f"zoo: {message}\n" if "\n" not in message else f"{message}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
