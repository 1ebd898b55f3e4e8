"""Overrides from the command line → checked configs, through Hydra."""

import dataclasses
import itertools
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from zoo import check, model, yamls
from zoo.errors import UserError
from zoo.schema import GROUPS, Config, TrainerOptions
from zoo.suggest import hint

if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override
    from omegaconf import DictConfig

CONFIGS = Path(__file__).parent / "configs"
VERSION = "1.3"
CHOICES = ("model", *GROUPS, "trainer")
"""The groups that are chosen by name."""
MOST_CHECKED = 1000
"""A larger sweep than this is checked job by job only, as each starts."""


def prepare(overrides: Sequence[str]) -> list[str]:
    """Overrides in the form that Hydra takes.

    Options are put in by force (``++``): whether they exist is for ``resolve`` to say, which knows the
    options of each choice, and can suggest the right one.

    Raises:
        UserError: an override that cannot be read.
    """
    return [_prepare(text) for text in overrides]


def jobs(overrides: Sequence[str], multirun: bool) -> list[Config]:
    """The configs of all the runs that prepared overrides stand for, so that mistakes show before the first.

    Raises:
        UserError: one line saying which override is wrong, and what may have been meant.
    """
    choices = [_values(text, multirun) for text in overrides]
    combinations = list(itertools.islice(itertools.product(*choices), MOST_CHECKED))
    return [_compose([text for text in combination if text]) for combination in combinations]


def launch(
    overrides: Sequence[str], multirun: bool, job: Callable[[Config, list[str]], float | None]
) -> Path | None:
    """Run ``job`` through Hydra: once, or with ``multirun`` for every combination, by Hydra's launcher.

    ``job`` gets a checked config and the run's overrides as the user writes them. What comes back is the
    folder where Hydra keeps its record of a sweep.
    """
    import hydra
    from hydra.core.hydra_config import HydraConfig

    sweep: Path | None = None

    def task(raw: "DictConfig") -> float | None:
        nonlocal sweep
        about = HydraConfig.get()
        sweep = Path(about.sweep.dir) if multirun else None
        return job(resolve(raw), [text.lstrip("+") for text in about.overrides.task])

    _store()
    decorated = hydra.main(config_path=str(CONFIGS), config_name="config", version_base=VERSION)(task)
    with _arguments([*(["--multirun"] if multirun else []), *overrides]), _one_line():
        decorated()
    return sweep


def resolve(raw: "DictConfig") -> Config:
    """A composed config, checked against the schema whatever its parts came from.

    Raises:
        UserError: an unknown option, a wrong type or value, an interpolation that leads nowhere.
    """
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    try:
        values = OmegaConf.to_container(raw, resolve=True, throw_on_missing=True)
    except OmegaConfBaseException as error:
        raise UserError(f"{error.full_key}: {_first_line(error)}") from error
    assert isinstance(values, dict)
    config = check.build(Config, {str(key): value for key, value in values.items() if key != "hydra"})
    model.find(config.model)
    return config


def plain(config: Config) -> dict[str, Any]:
    """A config as nested dicts, lists, strings and numbers."""
    values = dataclasses.asdict(config)

    def listed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: listed(inner) for key, inner in value.items()}
        return [listed(inner) for inner in value] if isinstance(value, tuple) else value

    result = listed(values)
    assert isinstance(result, dict)
    return result


def to_yaml(config: Config) -> str:
    """A config as YAML: every option with the value it has."""
    return yamls.dump(plain(config))


def with_folder(folder: Path) -> str:
    """The override by which Hydra also looks for configs in a folder of the user's.

    Raises:
        UserError: no such folder, or a YAML file in it that uses anchors.
    """
    if not folder.is_dir():
        raise UserError(f"--config-dir {folder}: no such folder")
    for file in sorted(folder.rglob("*.yaml")):
        _no_anchors(file)
    return f"hydra.searchpath=['file://{folder.resolve()}']"


def _prepare(text: str) -> str:
    override = _parse(text)
    key = override.key_or_group
    if key.startswith(("hydra.", "hydra/")) or "@" in override.get_key_element():
        return text
    if override.is_delete():
        raise UserError(f"{text}: an option cannot be taken away; give it a value")
    value = text.partition("=")[2]
    if key == "model" and ("/" in value or value.endswith(".net")):
        raise UserError(f"{text}: a spec of your own is given as model.spec={value}")
    if key in CHOICES and not (override.is_sweep_override() or isinstance(override.value(), str | list)):
        _missing(f"{key}/{value}", _choices(key))
    if key in CHOICES:
        return f"{key}={value}"
    group, _, last = key.partition(".")
    if last == "name" and group in CHOICES and group != "trainer":
        return f"{group}={value}"  # the choice brings its own defaults along
    return f"++{key}={value}"


def _choices(group: str) -> Iterable[str]:
    if group in GROUPS:
        return GROUPS[group].entries
    return model.shipped() if group == "model" else ("default",)


def _parse(text: str) -> "Override":
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    if "=" not in text and not text.startswith("~"):
        raise UserError(f"{text}: not an override; write option=value (zoo train --help lists the options)")
    try:
        return OverridesParser.create().parse_override(text)
    except HydraException as error:
        key, _, value = text.partition("=")
        raise UserError(
            f"{text}: the value cannot be read; quote one with special characters: '{key}=\"{value}\"'"
        ) from error


def _values(text: str, multirun: bool) -> list[str]:
    """An override as one override a value; for an open range (a sweeper's own affair), none."""
    override = _parse(text)
    if not override.is_sweep_override():
        return [text]
    if not multirun:
        raise UserError(f"{text.lstrip('+')}: several values; add -m to run each")
    if not override.is_discrete_sweep():
        return [""]
    return [f"{text.partition('=')[0]}={value}" for value in override.sweep_string_iterator()]


def _compose(overrides: list[str]) -> Config:
    import hydra

    _store()
    with _one_line(), hydra.initialize_config_dir(str(CONFIGS), version_base=VERSION):
        raw = hydra.compose("config", overrides)
    _no_two_models(overrides)
    return resolve(raw)


def _no_two_models(overrides: Iterable[str]) -> None:
    keys = {text.lstrip("+").partition("=")[0]: text for text in overrides}
    if "model" in keys and "model.spec" in keys:
        raise UserError(f"{keys['model']} and {keys['model.spec'].lstrip('+')} both name a net; give one")


def _store() -> None:
    """Tell Hydra what there is to choose from."""
    from hydra.core.config_store import ConfigStore

    store = ConfigStore.instance()
    for registry in GROUPS.values():
        for entry in registry.entries.values():
            defaults = dataclasses.asdict(entry.options(name=entry.name))
            store.store(entry.name, defaults, registry.group)
    store.store("default", dataclasses.asdict(TrainerOptions()), "trainer")
    for name in model.shipped():
        store.store(name, {"name": name}, "model")


@contextmanager
def _one_line() -> Iterator[None]:
    """Hydra's own complaints as one line each."""
    from hydra.errors import HydraException, MissingConfigException
    from omegaconf.errors import OmegaConfBaseException

    try:
        yield
    except MissingConfigException as error:
        _missing(error.missing_cfg_file or "", error.options or ())
    except (HydraException, OmegaConfBaseException) as error:
        raise UserError(_first_line(error.__cause__ or error)) from error


def _missing(path: str, there_is: Iterable[str]) -> NoReturn:
    group, _, name = path.rpartition("/")
    raise UserError(f"{group}={name}: no such choice; {hint(name, there_is, group + '=')}")


@contextmanager
def _arguments(arguments: list[str]) -> Iterator[None]:
    """Hydra reads the command line from ``sys.argv``, and raises instead of printing only when asked to."""
    argv, full = sys.argv, os.environ.get("HYDRA_FULL_ERROR")
    sys.argv = [argv[0] if argv else "zoo", *arguments]
    os.environ["HYDRA_FULL_ERROR"] = "1"
    try:
        yield
    finally:
        sys.argv = argv
        os.environ.pop("HYDRA_FULL_ERROR")
        if full is not None:
            os.environ["HYDRA_FULL_ERROR"] = full


def _no_anchors(file: Path) -> None:
    """OmegaConf never comes back from a file whose aliases multiply; a config needs none."""
    try:
        if yamls.has_aliases(file.read_text(encoding="utf-8")):
            raise UserError(f"{file}: YAML aliases (*name) are not read here; write the values out")
    except ValueError as error:
        raise UserError(f"{file}: not YAML: {error}") from error


def _first_line(error: BaseException) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
