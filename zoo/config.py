"""A request (overrides, a recipe, an earlier run) → checked configs, through Hydra."""

import dataclasses
import itertools
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo import check, model, overrides, recipes, yamls
from zoo.errors import UserError
from zoo.launchers import LAUNCHERS
from zoo.schema import GROUPS, Config, TrainerOptions
from zoo.sweepers import SWEEPERS, Sweep

if TYPE_CHECKING:
    from omegaconf import DictConfig

CONFIGS = Path(__file__).parent / "configs"
VERSION = "1.3"
ASIDE = {"launcher", "sweeper", "resume", "overwrite"}
"""What of a command line is about a whole sweep."""
EPOCHS, STEPS = "trainer.epochs", "trainer.steps"
MOST_CHECKED = 1000
"""A larger sweep than this is checked job by job only, as each starts."""


@dataclass(frozen=True)
class Job:
    """One run of a request: its checked config, its overrides as the user writes them, its number."""

    config: Config
    overrides: list[str]
    number: int
    sweep: Path | None
    """Where a sweep is recorded; None for a run alone."""

    @property
    def told(self) -> list[str]:
        """The overrides that say which run it is."""
        return [text for text in self.overrides if overrides.key_of(text).partition(".")[0] not in ASIDE]


@dataclass(frozen=True)
class Request:
    """What the command line asks for.

    ``overrides`` are prepared ones. ``base`` are the values of a config to start from, beneath a recipe and
    the overrides. ``folder`` holds choices and recipes of the user's own.
    """

    overrides: Sequence[str]
    multirun: bool = False
    folder: Path | None = None
    base: Mapping[str, Any] = field(default_factory=dict)

    def configs(self) -> list[Config]:
        """The configs of all the runs asked for, so that mistakes show before the first.

        Raises:
            UserError: one line saying which override is wrong, and what may have been meant.
        """
        choices = itertools.product(*self._choices())
        combinations = itertools.islice(choices, MOST_CHECKED)
        configs = [self.config(combination) for combination in combinations]
        for text in self.overrides:
            if overrides.is_range(text) and configs[0].sweeper.name == "grid":
                raise UserError(
                    f"{text.lstrip('+')}: a range has no end of values; sweeper=optuna searches it"
                )
        return configs

    def told(self) -> list[list[str]]:
        """The overrides of each of the runs, as ``configs`` has them, as the user writes them."""
        choices = itertools.islice(itertools.product(*self._choices()), MOST_CHECKED)
        return [[text.lstrip("+") for text in given] for given in choices]

    def size(self, first: Config) -> int:
        """How many runs are asked for; ``first`` is the config of the first."""
        combinations = math.prod(map(len, self._choices()))
        return first.sweeper.runs(combinations) if self.multirun else 1

    def _choices(self) -> list[list[str]]:
        return [overrides.values(text, self.multirun) for text in self.overrides]

    def config(self, given: Sequence[str]) -> Config:
        """The config of one run, by its overrides.

        Raises:
            UserError: one line saying what is wrong with an override, or with which file.
        """
        _no_two_models(given)
        named = next((text.partition("=")[2] for text in given if overrides.key_of(text) == "recipe"), "null")
        if named == "null":
            return self._compose(self._beneath({}, given), given)
        recipe = recipes.find(named.strip("'\""), self.folder)
        lines = self._beneath(recipe.values, given)
        try:
            return self._compose(lines, given)
        except UserError:
            self._check_alone(recipe)
            raise

    def launch(self, job: Callable[[Job], float | None], first: Config, sweep: Path | None) -> None:
        """Run ``job`` through Hydra: once, or with ``multirun`` for each run of a sweep, by Hydra's launcher.

        A launcher may run jobs in processes of their own, so ``job`` must keep what it found in files.
        ``first`` is the config of the first run, ``sweep`` the folder of the sweep's record.
        """
        import hydra
        from hydra.core.hydra_config import HydraConfig

        def task(_raw: "DictConfig") -> float | None:
            about = HydraConfig.get()
            given = [overrides.lowered(text) for text in about.overrides.task]
            number = 0 if sweep is None else int(about.job.num)
            return job(Job(self.config(given), [text.lstrip("+") for text in given], number, sweep))

        _store()
        how = () if sweep is None else ("--multirun", *self._how(first), _sweep_dir(sweep))
        decorated = hydra.main(config_path=str(CONFIGS), config_name="config", version_base=VERSION)(task)
        with _arguments([*how, *self._all()]), _one_line():
            decorated()

    def _how(self, first: Config) -> Iterator[str]:
        yield from LAUNCHERS.build(first.launcher)
        about = Sweep(first.resume, first.overwrite, first.launcher.at_once)
        yield from SWEEPERS.build(first.sweeper, about)

    def sweep_folder(self, first: Config) -> Path | None:
        """Where a sweep is recorded: by name if it has one, else by the time; None for a run alone."""
        if not self.multirun:
            return None
        given = [text for text in self.overrides if overrides.key_of(text) == "hydra.sweep.dir"]
        if given:
            return Path(str(overrides.parse(given[-1]).value()))
        name = first.sweeper.folder or f"{datetime.now():%Y-%m-%d_%H-%M-%S}"
        return Path(first.runs).expanduser() / "sweeps" / name

    def _all(self, given: Sequence[str] | None = None) -> list[str]:
        own = [] if self.folder is None else [f"hydra.searchpath=['file://{self.folder.resolve()}']"]
        return [*(self.overrides if given is None else given), *own]

    def _beneath(self, recipe: Mapping[str, Any], given: Sequence[str]) -> list[str]:
        """What goes before the user's overrides, which each file leaves to those above it."""
        picked = overrides.groups_picked(given)
        base = overrides.from_values(self.base, {*picked, *recipe})
        beneath = [*base, *overrides.from_values(recipe, picked)]
        # A length in steps beneath would hide one in epochs above.
        keys = set(map(overrides.key_of, given))
        if EPOCHS in keys and STEPS not in keys:
            beneath = [text for text in beneath if overrides.key_of(text) != STEPS]
        return beneath

    def _check_alone(self, recipe: recipes.Recipe) -> None:
        """Where the recipe itself is wrong, say so with its file's name."""
        try:
            self._compose(overrides.from_values(recipe.values), [])
        except UserError as error:
            raise UserError(f"{recipe.file}: {error}") from error

    def _compose(self, lines: Sequence[str], given: Sequence[str]) -> Config:
        import hydra

        _store()
        with _one_line(), _hydra_aside(), hydra.initialize_config_dir(str(CONFIGS), version_base=VERSION):
            raw = hydra.compose("config", self._all(_last_of_each([*lines, *given])))
        return resolve(raw)


def request(
    given: Sequence[str],
    *,
    multirun: bool = False,
    folder: Path | None = None,
    base: Mapping[str, Any] | None = None,
) -> Request:
    """A request for overrides as the user writes them.

    Raises:
        UserError: an override that cannot be read, no such folder, or YAML in it that uses anchors.
    """
    if folder is not None:
        _look_through(folder)
    return Request(overrides.prepare(given), multirun, folder, base or {})


def one(*given: str) -> Config:
    """The config of a single run, by overrides as the user writes them.

    Raises:
        UserError: one of them is wrong.
    """
    return request(given).configs()[0]


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


def _sweep_dir(folder: Path) -> str:
    return f"hydra.sweep.dir={overrides.literal(str(folder))}"


def _last_of_each(lines: Sequence[str]) -> list[str]:
    """Hydra takes a group chosen twice for a mistake; here the later one, the user's, is meant."""
    last = {overrides.key_of(line): line for line in lines}
    return list(last.values())


def _no_two_models(given: Sequence[str]) -> None:
    keys = {overrides.key_of(text): text for text in given}
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
def _hydra_aside() -> Iterator[None]:
    """Hydra is one to a process; within a job of its own, another must stand aside for composing."""
    from hydra.core.global_hydra import GlobalHydra

    instance = GlobalHydra.instance()
    before = instance.hydra
    instance.clear()
    try:
        yield
    finally:
        instance.hydra = before


@contextmanager
def _one_line() -> Iterator[None]:
    """Hydra's own complaints as one line each."""
    from hydra.errors import HydraException, MissingConfigException
    from omegaconf.errors import OmegaConfBaseException

    try:
        yield
    except MissingConfigException as error:
        overrides.missing(error.missing_cfg_file or "", error.options or ())
    except (HydraException, OmegaConfBaseException) as error:
        raise UserError(_first_line(error.__cause__ or error)) from error


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


def _look_through(folder: Path) -> None:
    if not folder.is_dir():
        raise UserError(f"--config-dir {folder}: no such folder")
    for file in sorted(folder.rglob("*.yaml")):
        _no_anchors(file)


def _no_anchors(file: Path) -> None:
    """OmegaConf never comes back from a file whose aliases multiply; a config needs none."""
    try:
        if yamls.has_aliases(file.read_text(encoding="utf-8")):
            raise UserError(f"{file}: YAML aliases (*name) are not read here; write the values out")
    except ValueError as error:
        raise UserError(f"{file}: not YAML: {error}") from error


def _first_line(error: BaseException) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
