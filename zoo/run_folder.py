"""The folder of a run: its name, what lies in it, and when it may be written to."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo import checkpoint, config, environment, places, ranks, yamls
from zoo.errors import UserError
from zoo.files import write_text
from zoo.schema import Config

LONGEST_NAME = 100
MARK = "# The configuration of a zoo run: every option, with the value it had.\n"
CHECKPOINTS = ("last.s*", "previous.s*", "best.*safetensors", ".last.*tmp*", ".best.*tmp*")
NOT_IN_NAME = ("recipe", "runs", "name", "resume", "overwrite", "origin")
"""Overrides that the name tells already, or that are no matter of the run itself."""
OF_THE_NET = ("model", "data", "model.spec", "model.net")
"""Overrides that the name of a run without a recipe begins with."""
FREE = (
    *(
        f"trainer.{name}"
        for name in (
            "device",
            "processes",
            "parallel",
            "placement",
            "pipeline",
            "devices",
            "streams",
            "wait",
            "threads",
            "progress",
            "workers",
            "save_steps",
            "save_minutes",
            "save_async",
            "broken",
        )
    ),
    *(f"data.{name}" for name in ("cache", "cache_gb", "cache_folder", "verify")),
)
"""Options that do not make another run of it."""
FREE_GROUPS = ("logger", "launcher", "sweeper")
FIXED = ("model", "data", "seed", "optimizer.name", "trainer.batch_size")
"""What a resumed run must share with its beginning."""
MAY_MOVE = (
    "data.root",
    "data.path",
    "data.synsets",
    "data.names",
    "model.spec",
    "model.weights",
    "model.mapping",
)


@dataclass(frozen=True)
class RunFolder:
    """The files of one run."""

    path: Path

    @property
    def config(self) -> Path:
        """Every option, as it was."""
        return self.path / "config.yaml"

    @property
    def specs(self) -> Path:
        """A folder with copies of the net's spec and of every file that it uses."""
        return self.path / "spec"

    @property
    def environment(self) -> Path:
        """Versions, machine, git state."""
        return self.path / "environment.yaml"

    @property
    def changes(self) -> Path:
        """What the code differed in from its commit, as a patch; missing where nothing did."""
        return self.path / "git.diff"

    @property
    def card(self) -> Path:
        """The model card."""
        return self.path / "README.md"

    @property
    def source(self) -> Path:
        """The PyTorch module that the spec compiled to."""
        return self.path / "model.py"

    @property
    def diagram(self) -> Path:
        """The net, drawn."""
        return self.path / "model.svg"

    @property
    def metrics(self) -> Path:
        """A row an epoch."""
        return self.path / "metrics.csv"

    @property
    def curves(self) -> tuple[Path, Path]:
        """The learning curves."""
        return self.path / "curves.png", self.path / "curves.svg"

    @property
    def events(self) -> Path:
        """TensorBoard's folder."""
        return self.path / "tensorboard"

    def files(self) -> Iterator[Path]:
        """What a run has written here; nothing else is ever removed."""
        texts = (self.config, self.environment, self.changes, self.card, self.source, self.diagram)
        yield from (path for path in (*texts, self.metrics, *self.curves) if path.exists())
        for pattern in (*CHECKPOINTS, "tensorboard/events.out.tfevents.*", "spec/**/*.net", "*.id"):
            yield from self.path.glob(pattern)


def default_name(options: Config, overrides: Sequence[str]) -> str:
    """MODEL-DATA, then every other override, sorted: the same command has the same folder.

    A recipe stands for MODEL-DATA where there is one, and so does the run that this one repeats.
    """
    model = options.model
    net = model.name if model.spec is None else "-".join(filter(None, (Path(model.spec).stem, model.net)))
    first, told = options.recipe or f"{net}-{options.data.name}", () if options.recipe else OF_THE_NET
    if options.origin is not None:
        first, told = f"{Path(options.origin).name}_again", ()
    keys = {text: text.partition("=")[0] for text in sorted(overrides)}
    parts = [text for text, key in keys.items() if not (key in told or is_free(key) or key in NOT_IN_NAME)]
    name = re.sub(r"[^A-Za-z0-9._=+,-]+", "_", "_".join([first, *parts]))
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def tells(override: str) -> bool:
    """Whether an override says which run it is, rather than how it is run or kept."""
    key = override.lstrip("+").partition("=")[0]
    return not (is_free(key) or key in NOT_IN_NAME)


def is_free(key: str) -> bool:
    """Whether an option is one of how a run is run, which does not make it another."""
    above = key.rpartition(".")[0]
    return key in FREE or above in FREE or key.partition(".")[0] in FREE_GROUPS or key.startswith("hydra")


def of(options: Config, overrides: Sequence[str]) -> RunFolder:
    """The folder for a run, whatever is in it.

    Raises:
        UserError: its name leads elsewhere.
    """
    name = options.name or default_name(options, overrides)
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise UserError(f"name={name}: a name within the folder of runs is expected; runs=… sets that folder")
    return RunFolder(Path(options.runs).expanduser() / name)


def find(options: Config, overrides: Sequence[str]) -> RunFolder:
    """The folder for a run, checked against what it is to hold.

    Raises:
        UserError: it holds a run already, or should and does not.
    """
    folder = of(options, overrides)
    if folder.path.exists() and not folder.path.is_dir():
        raise UserError(f"{folder.path}: is a file, and the run needs a folder of that name")
    if folder.path.exists() and not is_run(folder) and any(folder.path.iterdir()):
        raise UserError(f"{folder.path}: holds files that are no run's; name=… gives the run another folder")
    if options.resume and options.overwrite:
        raise UserError("resume=true and overwrite=true contradict each other; give one")
    if options.resume and not is_run(folder):
        raise UserError(f"{folder.path}: no run here to resume; {_others(folder.path)}")
    if checkpoint.exists(folder.path) and not (options.resume or options.overwrite):
        raise UserError(
            f"{folder.path}: holds a run already; resume=true goes on with it, overwrite=true replaces it, "
            "name=… keeps both"
        )
    return folder


def is_run(folder: RunFolder) -> bool:
    """Whether a run was begun here."""
    try:
        with folder.config.open(encoding="utf-8") as file:
            return file.readline() == MARK
    except (FileNotFoundError, UnicodeDecodeError):
        return False


def text(options: Config) -> str:
    """The content of ``config.yaml``; paths in it are whole."""
    return MARK + config.to_yaml(places.whole(options))


def start(
    folder: RunFolder, options: Config, specs: Sequence[Path], weights: dict[str, Any] | None = None
) -> None:
    """Make the folder, clear of the run that it replaces, and write down the config.

    ``weights`` are facts about those that the run begins with.

    ``specs`` are the net's spec and the files that it uses, which lie beside the first or below it; they are
    read before anything is removed, for they may be the folder's own.
    """
    texts = {path.relative_to(specs[0].parent): path.read_text(encoding="utf-8") for path in specs}
    folder.path.mkdir(parents=True, exist_ok=True)
    for file in list(folder.files()):
        file.unlink()
    for name, content in texts.items():
        (folder.specs / name).parent.mkdir(parents=True, exist_ok=True)
        write_text(folder.specs / name, content)
    write_text(folder.config, text(options))
    known = environment.describe()
    own = {"launch": ranks.launch(), "spec": specs[0].name, "seed": options.seed, "weights": weights}
    write_text(folder.environment, yamls.dump({**known, **own}))
    if known["git"] and known["git"]["changed"]:
        write_text(folder.changes, environment.changes() + "\n")


def weights(folder: RunFolder) -> dict[str, Any] | None:
    """The facts about the weights that the run began with, as ``start`` has them; None without any."""
    try:
        found = yamls.load(folder.environment.read_text(encoding="utf-8")).get("weights")
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def is_own(folder: RunFolder) -> bool:
    """Whether a run was begun here by this process's launch, before torchrun has started it anew."""
    if not ranks.restarts() or not is_run(folder):
        return False
    try:
        begun = yamls.load(folder.environment.read_text(encoding="utf-8")).get("launch")
    except (OSError, ValueError):
        return False
    return begun is not None and begun == ranks.launch()


def repeat(path: Path) -> tuple[dict[str, Any], list[str]]:
    """The values by which the run in ``path`` begins anew, with its own spec, and what differs here.

    Raises:
        UserError: there is no run, or not all of it.
    """
    folder = RunFolder(path)
    if not is_run(folder):
        raise UserError(f"--from {path}: no run here; {_others(path)}")
    try:
        values = yamls.load(folder.config.read_text(encoding="utf-8"))
        known = yamls.load(folder.environment.read_text(encoding="utf-8"))
        spec, packages = folder.specs / known["spec"], known["packages"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"--from {path}: the run cannot be read: {error}") from error
    if not spec.is_file() or not isinstance(packages, dict):
        raise UserError(f"--from {path}: its spec {spec} is missing")
    net = values["model"].get("net") or (None if values["model"].get("spec") else values["model"]["name"])
    kept = {key: value for key, value in values["model"].items() if key != "name"}
    values["model"] = {**kept, "spec": str(spec), "net": net, "params": kept.get("params") or {}}
    for key in ("name", "resume", "overwrite"):
        values.pop(key, None)
    now = environment.describe()
    if values["trainer"].get("threads") is not None:
        now["threads"] = known.get("threads")  # the repeated run sets them
    return {**values, "origin": str(path)}, environment.differences(known, now)


def changes(folder: RunFolder, options: Config) -> list[str]:
    """What differs from the config that the run began with, as ``option: old → new``.

    Raises:
        UserError: something differs that must not, or the old config cannot be read.
    """
    try:
        old = dict(yamls.flat(yamls.load(folder.config.read_text(encoding="utf-8"))))
    except (OSError, ValueError) as error:
        raise UserError(f"{folder.config}: cannot be read: {error}") from error
    new = dict(yamls.flat(config.plain(places.whole(options))))
    found: list[str] = []
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) == new.get(key) or is_free(key) or key in {"resume", "overwrite", "runs", "name"}:
            continue
        change = f"{key}: {old.get(key)} → {new.get(key)}"
        if key not in MAY_MOVE and any(key == fixed or key.startswith(f"{fixed}.") for fixed in FIXED):
            raise UserError(f"{folder.path}: the run cannot go on with another {change}")
        found.append(change)
    return found


def _others(path: Path) -> str:
    names = sorted(file.parent.name for file in path.parent.glob("*/config.yaml"))
    if not names:
        return f"{path.parent} holds no runs"
    return f"name=… picks one of {path.parent}: {', '.join(names[:12])}{', …' if len(names) > 12 else ''}"
