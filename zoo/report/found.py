"""Which runs the words of a command line mean: folders of runs, sweeps, and folders that hold runs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zoo import sweeps, trained
from zoo.errors import UserError
from zoo.run_folder import RunFolder, is_run
from zoo.suggest import hint


@dataclass(frozen=True)
class Found:
    """A run that is meant; of a sweep's run, also what the sweep noted."""

    path: Path
    """Its folder; that of the sweep where the run has none."""
    sweep: Path | None = None
    noted: Mapping[str, Any] = field(default_factory=dict)

    @property
    def exists(self) -> bool:
        """Whether its folder is there."""
        return is_run(RunFolder(self.path))


def find(paths: Sequence[Path]) -> list[Found]:
    """The runs, in the order of the words, each once.

    Raises:
        UserError: a path leads to none.
    """
    found: dict[tuple[Path, int], Found] = {}
    for path in paths:
        for run in _behind(path.expanduser()):
            key = (run.path.resolve(), 0 if run.exists else len(found))
            found.setdefault(key, run)
    return list(found.values())


def is_sweep(path: Path) -> bool:
    """Whether a folder is a sweep's record."""
    return (path / "jobs").is_dir()


def _behind(path: Path) -> Iterator[Found]:
    if not path.exists():
        others = [str(path.parent / name) for name in trained.runs(path.parent)]
        raise UserError(f"{path}: no such folder{f'; {hint(str(path), others)}' if others else ''}")
    if not path.is_dir():
        raise UserError(f"{path}: a run's folder is expected, and this is a file")
    if is_run(RunFolder(path)):
        yield Found(path)
    elif is_sweep(path):
        yield from _of_sweep(path)
    else:
        names = trained.runs(path)
        inside = [Found(path / name) for name in names if is_run(RunFolder(path / name))]
        if not inside:
            raise UserError(f"{path}: no run here; name a run's folder, a sweep's, or one that holds runs")
        yield from inside


def _of_sweep(path: Path) -> Iterator[Found]:
    try:
        jobs = sweeps.read(path)
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: the sweep's record cannot be read: {error}") from error
    if not jobs:
        raise UserError(f"{path}: no run of this sweep has ended yet; name their folders")
    for job in jobs:
        yield Found(_place(path, job.get("folder")) or path, path, job)


def _place(sweep: Path, told: str | None) -> Path | None:
    """Where a sweep's run lies: where it was, or, if all was moved, where it is beside the sweep."""
    if told is None:
        return None
    runs = sweep.parent.parent
    places = [Path(told), runs / Path(told).name]
    return next((place for place in places if is_run(RunFolder(place))), places[0])
