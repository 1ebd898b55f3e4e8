"""What a run's folder says without computing anything. What it lacks is said, and is no error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zoo import checkpoint, history, trained, yamls
from zoo.errors import UserError
from zoo.history import Row
from zoo.report.found import Found
from zoo.run_folder import RunFolder
from zoo.trained import About


@dataclass
class Facts:
    """A run as it lies on the disk."""

    found: Found
    label: str
    config: Mapping[str, Any] = field(default_factory=dict)
    """Its options, nested as in its file."""
    rows: Sequence[Row] = ()
    environment: Mapping[str, Any] = field(default_factory=dict)
    weights: Path | None = None
    about: About | None = None
    by_options: bool = False
    """Whether its label is made of the options in which it differs from others."""
    missing: list[str] = field(default_factory=list)
    """What is not there, a sentence each."""

    @property
    def folder(self) -> RunFolder:
        """Its files."""
        return RunFolder(self.found.path)

    @property
    def options(self) -> dict[str, Any]:
        """Its options by their names on the command line."""
        return dict(yamls.flat(self.config))

    @property
    def told(self) -> dict[str, Any]:
        """What its sweep noted of its options, by which a run is known that has no folder."""
        overrides: Sequence[str] = self.found.noted.get("overrides", ())
        return {key: value for key, _, value in (text.partition("=") for text in overrides)}

    @property
    def best(self) -> Row | None:
        """The epoch with the lowest error; of equal ones, that with the lowest loss."""
        return min(self.rows, key=lambda row: (row.val_top1_error, row.val_loss), default=None)

    @property
    def last(self) -> Row | None:
        """The last epoch that is done."""
        return self.rows[-1] if self.rows else None

    @property
    def error(self) -> float | None:
        """The lowest top-1 error, 0 to 1; of a run that is gone, what its sweep noted."""
        if self.best is not None:
            return self.best.val_top1_error
        noted = self.found.noted.get("top1_error")
        return float(noted) if isinstance(noted, int | float) else None

    @property
    def state(self) -> str:
        """How far it came, in a few words."""
        if "failed" in self.found.noted:
            return "failed"
        if not self.found.exists:
            return "its folder is gone"
        if self.last is None:
            return "no epoch done"
        trainer = self.config.get("trainer") or {}
        steps, epochs = trainer.get("steps"), trainer.get("epochs")
        if steps is not None:
            return "done" if self.last.step >= steps else f"step {self.last.step:,} of {steps:,}"
        if epochs is None or self.last.epoch >= epochs:
            return "done"
        return f"epoch {self.last.epoch} of {epochs}"


def read(found: Found) -> Facts:
    """What there is of a run."""
    facts = Facts(found, found.path.name)
    if "failed" in found.noted:
        facts.missing.append(f"The run failed: {found.noted['failed']}")
    if not found.exists:
        facts.label = " ".join(found.noted.get("overrides", ())) or found.path.name
        if "failed" not in found.noted:
            facts.missing.append(f"{found.path} is gone; what the sweep noted is all there is.")
        return facts
    folder = facts.folder
    facts.config = _values(folder.config, facts.missing)
    facts.environment = _values(folder.environment, facts.missing)
    facts.rows = _rows(folder, facts.missing)
    if facts.rows and facts.state != "done":
        facts.missing.append(f"The run is not finished: {facts.state}.")
    _weights(facts)
    return facts


def _rows(folder: RunFolder, missing: list[str]) -> Sequence[Row]:
    if not folder.metrics.exists():
        missing.append("There are no curves: the run has no metrics.csv yet.")
        return ()
    try:
        rows = history.read(folder.metrics)
    except UserError as error:
        missing.append(f"There are no curves: {error}.")
        return ()
    if not rows:
        missing.append("There are no curves: no epoch is done yet.")
    return rows


def _values(path: Path, missing: list[str]) -> Mapping[str, Any]:
    try:
        return yamls.load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        missing.append(f"{path.name} is missing.")
    except (OSError, ValueError) as error:
        missing.append(f"{path.name} cannot be read: {error}.")
    return {}


def _weights(facts: Facts) -> None:
    names = (checkpoint.BEST, checkpoint.LAST)
    paths = [facts.found.path / f"{name}.safetensors" for name in names]
    facts.weights = next((path for path in paths if path.is_file()), None)
    if facts.weights is None:
        facts.missing.append("There are no weights, and so no confusion matrix, no mistakes and no filters.")
        return
    try:
        facts.about = trained.read_about(facts.weights)
    except UserError as error:
        facts.missing.append(f"The weights cannot be read: {error}.")
