"""``zoo train``: train a net; alone, a small ResNet on handwritten digits."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo import arguments as line
from zoo import ranks
from zoo.errors import UserError

if TYPE_CHECKING:
    from zoo.config import Request
    from zoo.schema import Config
    from zoo.train import Result

USAGE = "zoo train [-m] [--cfg job] [--from RUN] [--config-dir DIR] [GROUP=CHOICE | OPTION=VALUE] ..."


def run(arguments: Sequence[str]) -> int:
    """Train, or print help or the configuration."""
    options = _parser().parse_intermixed_args(list(arguments))
    if options.help:
        sys.stdout.write(_help(options.overrides))
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
    try:
        configs = request.configs()  # every mistake shows before the first run, and before torch is loaded
        for config in configs:
            _check(request, config)
        _check_folders(request, configs)
    except UserError as error:
        if ranks.local():  # the first process of this machine says it
            raise UserError("") from error
        raise
    from zoo import jobs

    return jobs.run(request, configs[0])


def _check_folders(request: "Request", configs: "Sequence[Config]") -> None:
    """That the runs of a sweep are not there already, which each of them would say for itself.

    Raises:
        UserError: some are, and it is not said what is to become of them.
    """
    from zoo import checkpoint, run_folder

    if not request.multirun or configs[0].sweeper.name != "grid" or ranks.restarts():
        return
    if configs[0].resume or configs[0].overwrite or any(config.name for config in configs):
        return
    folders = [run_folder.of(config, told).path for config, told in zip(configs, request.told(), strict=True)]
    there = [folder for folder in folders if checkpoint.exists(folder)]
    if there:
        raise UserError(
            f"{len(there)} of the {len(folders)} runs are there already, as {there[0]}; resume=true goes on "
            "with what was begun and begins the others, overwrite=true makes all of them anew"
        )


def _check(request: "Request", config: "Config") -> None:
    from zoo import model, placement, places

    if config.origin is not None:
        places.check(config, request.base, config.origin)
    started, own = ranks.world(), config.trainer.processes
    if started > 1 and own not in (None, started):
        raise UserError(
            f"trainer.processes={own}: torchrun has started {started} processes already; give one of the two"
        )
    if started > 1 and request.multirun and config.launcher.name != "serial":
        raise UserError(
            f"launcher={config.launcher.name}: it starts runs of its own, and torchrun has started {started} "
            "processes; leave torchrun out, and give trainer.processes"
        )
    if (config.trainer.placement != "one" or config.trainer.devices) and config.launcher.name != "slurm":
        placement.check(config, model.as_declared(config.model), max(started, own or 1))


def _request(options: argparse.Namespace) -> "Request":
    from zoo import config

    base: dict[str, Any] = {}
    if options.origin is not None:
        from zoo import run_folder

        base, differs = run_folder.repeat(options.origin)
        for text in differs if ranks.local() == 0 else ():
            sys.stderr.write(f"zoo: {options.origin} ran with another {text}\n")
    return config.request(options.overrides, multirun=options.multirun, folder=options.config_dir, base=base)


def _help(words: Sequence[str]) -> str:
    """All of the help, or of each topic among the words of a command its part."""
    from zoo import catalog, config, help, recipes
    from zoo.schema import GROUPS

    default = config.one()
    chosen = {group: getattr(default, group).name for group in ("model", *GROUPS)}
    topics = [word for word in words if "=" not in word or len(words) == 1]
    if topics:
        return "\n".join(help.topic_help(word, chosen) for word in topics)
    found = {name: recipes.find(name).about for name in recipes.names()}
    return help.train_help(catalog.entries(), chosen, found)


def _parser() -> argparse.ArgumentParser:
    parser = line.parser("zoo train", USAGE)
    parser.add_argument("-m", "--multirun", action="store_true")
    parser.add_argument("-c", "--cfg", choices=("job",))
    parser.add_argument("--from", dest="origin", type=Path)
    return parser
