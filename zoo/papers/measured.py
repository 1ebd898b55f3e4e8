"""What the runs in a folder have to do with a published number."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from zoo import check, config, history, trained, yamls
from zoo.errors import UserError
from zoo.papers.table import IMAGES, NEEDS, Row
from zoo.run_folder import NOT_IN_NAME, RunFolder, is_free, is_run
from zoo.schema import Config

ASIDE = (
    *("seed", "data.root", "data.layout", "data.names", "data.synsets"),
    *(f"trainer.{name}" for name in ("channels_last", "compile", "deterministic", "recompute")),
)
"""Options that do not make it another experiment, beside those that do not make it another run: the seed,
where and how the data lies, and how the same numbers are computed."""


@dataclass(frozen=True)
class Measured:
    """How far a row is; errors in percent, None where not measured."""

    status: str
    top1: float | None = None
    top5: float | None = None
    where: str = ""


@dataclass(frozen=True)
class Run:
    """A run on the disk, with its options."""

    folder: RunFolder
    options: Config
    known: Mapping[str, Any]

    @cached_property
    def rows(self) -> Sequence[history.Row]:
        """Its epochs; none where it has not ended one."""
        try:
            return history.read(self.folder.metrics)
        except UserError:
            return ()

    @property
    def finished(self) -> bool:
        """Whether it has come to its last epoch or step."""
        if not self.rows:
            return False
        trainer, last = self.options.trainer, self.rows[-1]
        return last.step >= trainer.steps if trainer.steps is not None else last.epoch >= trainer.epochs


def runs(folder: Path) -> list[Run]:
    """The runs in a folder; one whose options cannot be read is passed over."""
    found = []
    for name in trained.runs(folder):
        place = RunFolder(folder / name)
        if not is_run(place):
            continue
        try:
            options = check.build(Config, yamls.load(place.config.read_text(encoding="utf-8")))
        except (OSError, ValueError, UserError):
            continue
        found.append(Run(place, options, _telling(options)))
    return found


def measured(row: Row, folder: Path, known: Sequence[Run], roots: Mapping[str, str]) -> Measured:
    """The status of a row, and what was measured by its protocol.

    Raises:
        UserError: a command line of its file is wrong.
    """
    if row.name is None:
        return Measured(f"not here: {row.why_not}")
    wanted = _telling(config.request(row.trained_by(str(folder), roots)[0]).configs()[0])
    own = [run for run in known if run.known == wanted]
    finished = [run for run in own if run.finished]
    found = _evaluated(row, folder, finished)
    if found is not None:
        return found
    if len(finished) >= row.nets:
        return Measured("trained here, not evaluated", where=str(finished[0].folder.path))
    if own:
        return Measured(f"begun here: {len(finished)} of {row.nets} trained", where=str(own[0].folder.path))
    return Measured("can run here" if row.data in roots else f"needs {NEEDS.get(row.data, row.data)}")


def _evaluated(row: Row, folder: Path, finished: Sequence[Run]) -> Measured | None:
    """What was found by the row's protocol: in files of ``zoo evaluate --json``."""
    protocol = row.protocol[0].partition("=")[2]
    ours = {run.folder.path.resolve() for run in finished}
    places = [folder, *(run.folder.path for run in finished)]
    for path in (path for place in places for path in sorted(place.glob("*.json"))):
        found = _read(path)
        nets = {Path(net).resolve().parent for net in found.get("ensemble", [found.get("checkpoint", "")])}
        fits = found.get("protocol") == protocol and found.get("split") == "val"
        if fits and len(nets) == row.nets and nets <= ours:
            count, wanted = int(found.get("images", 0)), IMAGES.get(row.data)
            status = "run here" if count == wanted else f"run here, on {count:,} images of {wanted:,}"
            return Measured(status, 100 * found["top1_error"], 100 * found["top5_error"], str(path))
    return None


def _read(path: Path) -> dict[str, Any]:
    """What ``zoo evaluate --json`` wrote; nothing of another file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return (
        found if isinstance(found, dict) and {"protocol", "top1_error", "top5_error"} <= found.keys() else {}
    )


def _telling(options: Config) -> dict[str, Any]:
    """The options that say which experiment it is."""
    flat = yamls.flat(config.plain(options))
    return {
        key: value
        for key, value in flat
        if not (is_free(key) or key.partition(".")[0] in NOT_IN_NAME or key in ASIDE)
    }
