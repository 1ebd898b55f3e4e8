"""The folder of a run: its name, what lies in it, and when it may be written to."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo import checkpoint, config, yamls
from zoo.errors import UserError
from zoo.files import write_text
from zoo.schema import Config

LONGEST_NAME = 100
MARK = "# The configuration of a zoo run: every option, with the value it had.\n"
CHECKPOINTS = ("last.s*", "previous.s*", "best.*safetensors", ".last.*tmp*", ".best.*tmp*")
NOT_IN_NAME = ("model", "data", "model.spec", "model.net", "runs", "name", "resume", "overwrite")
"""Overrides that the name tells already, or that are no matter of the run itself."""
FREE_IN_NAME = ("trainer.device", "trainer.threads", "trainer.progress", "trainer.workers")
"""Overrides that do not make another run of it."""
FIXED = ("model", "data", "seed", "optimizer.name", "trainer.batch_size")
"""What a resumed run must share with its beginning."""
MAY_MOVE = ("data.root", "data.verify", "model.spec")


@dataclass(frozen=True)
class RunFolder:
    """The files of one run."""

    path: Path

    @property
    def config(self) -> Path:
        """Every option, as it was."""
        return self.path / "config.yaml"

    @property
    def spec(self) -> Path:
        """A copy of the net's spec."""
        return self.path / "model.net"

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
        own = (self.config, self.spec, self.source, self.diagram, self.metrics, *self.curves)
        yield from (path for path in own if path.exists())
        for pattern in (*CHECKPOINTS, "tensorboard/events.out.tfevents.*"):
            yield from self.path.glob(pattern)


def default_name(options: Config, overrides: Sequence[str]) -> str:
    """MODEL-DATA, then every other override, sorted: the same command has the same folder."""
    model = options.model
    first = model.name if model.spec is None else "-".join(filter(None, (Path(model.spec).stem, model.net)))
    parts = [f"{first}-{options.data.name}"]
    for text in sorted(overrides):
        key = text.partition("=")[0]
        if key not in NOT_IN_NAME + FREE_IN_NAME and not key.startswith("hydra"):
            parts.append(text)
    name = re.sub(r"[^A-Za-z0-9._=+,-]+", "_", "_".join(parts))
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def find(options: Config, overrides: Sequence[str]) -> RunFolder:
    """The folder for a run, checked against what it is to hold.

    Raises:
        UserError: it holds a run already, or should and does not.
    """
    name = options.name or default_name(options, overrides)
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise UserError(f"name={name}: a name within the folder of runs is expected; runs=… sets that folder")
    folder = RunFolder(Path(options.runs).expanduser() / name)
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
    """The content of ``config.yaml``."""
    return MARK + config.to_yaml(options)


def start(folder: RunFolder, options: Config) -> None:
    """Make the folder, clear of the run that it replaces, and write down the config."""
    folder.path.mkdir(parents=True, exist_ok=True)
    for file in list(folder.files()):
        file.unlink()
    write_text(folder.config, text(options))


def changes(folder: RunFolder, options: Config) -> list[str]:
    """What differs from the config that the run began with, as ``option: old → new``.

    Raises:
        UserError: something differs that must not, or the old config cannot be read.
    """
    try:
        old = dict(_flat(yamls.load(folder.config.read_text(encoding="utf-8"))))
    except (OSError, ValueError) as error:
        raise UserError(f"{folder.config}: cannot be read: {error}") from error
    new = dict(_flat(config.plain(options)))
    found: list[str] = []
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) == new.get(key) or key in {"resume", "overwrite", "runs", "name", *FREE_IN_NAME}:
            continue
        change = f"{key}: {old.get(key)} → {new.get(key)}"
        if key not in MAY_MOVE and any(key == fixed or key.startswith(f"{fixed}.") for fixed in FIXED):
            raise UserError(f"{folder.path}: the run cannot go on with another {change}")
        found.append(change)
    return found


def _flat(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _others(path: Path) -> str:
    names = sorted(file.parent.name for file in path.parent.glob("*/config.yaml"))
    if not names:
        return f"{path.parent} holds no runs"
    return f"name=… picks one of {path.parent}: {', '.join(names[:12])}{', …' if len(names) > 12 else ''}"
