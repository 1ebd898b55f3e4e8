"""``zoo train``: train a net; alone, a small ResNet on handwritten digits."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo import arguments as line
from zoo.errors import UserError, of_the_system

if TYPE_CHECKING:
    from zoo.config import Job, Request
    from zoo.train import Result

USAGE = "zoo train [-m] [--cfg job] [--from RUN] [--config-dir DIR] [GROUP=CHOICE | OPTION=VALUE] ..."


def run(arguments: Sequence[str]) -> int:
    """Train, or print help or the configuration."""
    options = _parser().parse_intermixed_args(list(arguments))
    if options.help:
        sys.stdout.write(_help())
    elif options.cfg:
        from zoo import config

        for one in _request(options).configs():
            sys.stdout.write(config.to_yaml(one))
    else:
        _launch(_request(options))
    return 0


def train_runs(arguments: Sequence[str]) -> "list[Result]":
    """``zoo train`` with these arguments, as a function: the results of the runs made in this process.

    Raises:
        UserError: an override is wrong, or a run failed (the others of a sweep did run).
        Interrupted: stopped by a signal.
    """
    return _launch(_request(_parser().parse_intermixed_args(list(arguments))))


def complete(words: Sequence[str], start: str) -> Iterable[str]:
    """Overrides and the options of this command."""
    from zoo import completion

    own = ("--cfg", "--config-dir", "--from", "--help", "-m")
    if words and words[-1] == "--cfg":
        return ["job"]
    if words and words[-1] in {"--from", "--config-dir"}:
        return []  # a folder, which the shell completes
    return [*own, *completion.overrides(words, start)]


def _launch(request: "Request") -> "list[Result]":
    from zoo import sweeps

    total = len(request.configs())  # every mistake shows before the first run
    results: list[Result] = []
    failed: list[Exception] = []

    def job(one: "Job") -> float | None:
        from zoo.train import train

        if one.sweep is not None:
            sys.stdout.write(f"\nrun {one.number + 1} of {total}: {' '.join(one.overrides)}\n")
            sys.stdout.flush()
        try:
            result = train(one.config, one.overrides)
        except (UserError, OSError) as error:
            if one.sweep is None:  # raised beyond Hydra, which would print it too
                failed.append(error)
                return None
            text = of_the_system(error) if isinstance(error, OSError) else str(error)
            line.complain(text)
            sweeps.note_failure(one, text)
            return None
        results.append(result)
        if one.sweep is not None:
            sweeps.note(one, result)
        return result.top1_error

    sweep = request.launch(job)
    if failed:
        raise failed[0]
    if sweep is not None:
        sweeps.summarise(sweep)
    return results


def _request(options: argparse.Namespace) -> "Request":
    from zoo import config

    base: dict[str, Any] = {}
    if options.origin is not None:
        from zoo import run_folder

        base, differs = run_folder.repeat(options.origin)
        for text in differs:
            sys.stderr.write(f"zoo: {options.origin} ran with another {text}\n")
    return config.request(options.overrides, multirun=options.multirun, folder=options.config_dir, base=base)


def _help() -> str:
    from zoo import config, help, model, recipes
    from zoo.schema import GROUPS

    default = config.one()
    chosen = {group: getattr(default, group).name for group in ("model", *GROUPS)}
    found = {name: recipes.find(name).about for name in recipes.names()}
    return help.train_help(list(model.shipped()), chosen, found)


def _parser() -> argparse.ArgumentParser:
    parser = line.parser("zoo train", USAGE)
    parser.add_argument("-m", "--multirun", action="store_true")
    parser.add_argument("-c", "--cfg", choices=("job",))
    parser.add_argument("--from", dest="origin", type=Path)
    return parser
