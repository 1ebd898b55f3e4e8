"""The record of a sweep: a file for each run, and the table of all, best first.

The runs may have been made in other processes, so what they found is read from the files.
"""

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.errors import UserError
from zoo.files import write_text

if TYPE_CHECKING:
    from zoo.config import Job
    from zoo.train import Result

COLUMNS = ("top1_error", "loss", "best_epoch", "folder", "overrides")


def note(job: "Job", result: "Result") -> None:
    """Keep what a run of a sweep found."""
    values = (result.top1_error, result.loss, result.best_epoch, str(result.folder.path))
    _write(job, dict(zip(COLUMNS, values, strict=False)))


def note_failure(job: "Job", why: str) -> None:
    """Keep why a run of a sweep ended without a result."""
    _write(job, {"failed": why})


def read(sweep: Path) -> list[dict[str, Any]]:
    """What the runs of a sweep left, in their order."""
    files = sorted((sweep / "jobs").glob("*.json"), key=lambda path: int(path.stem))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def summarise(sweep: Path) -> None:
    """Show the runs of a sweep, best first, and write them to ``results.csv`` in its folder.

    Raises:
        UserError: some runs failed.
    """
    jobs = read(sweep)
    done = [job for job in jobs if "failed" not in job]
    ranked = sorted(done, key=lambda job: (job["top1_error"], job["loss"]))
    sys.stdout.write("\nbest first:\n")
    for job in ranked:
        given = job["overrides"]
        differs = [text for text in given if any(text not in other["overrides"] for other in ranked)] or given
        sys.stdout.write(f"  {job['top1_error']:7.2%} top-1 error  {' '.join(differs)}\n")
    path = sweep / "results.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows([*(job[name] for name in COLUMNS[:-1]), " ".join(job["overrides"])] for job in ranked)
    sys.stdout.write(f"the same as a table: {path}\n")
    failed = len(jobs) - len(done)
    if failed:
        raise UserError(f"{failed} of {len(jobs)} runs failed, as said above")


def _write(job: "Job", values: dict[str, Any]) -> None:
    assert job.sweep is not None
    folder = job.sweep / "jobs"
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / f"{job.number}.json", json.dumps({**values, "overrides": job.overrides}))
