"""The runs that a request asks for: one or a sweep, by this process alone or with others.

Under torchrun every process runs this program. Only the main one asks Hydra for the runs of a sweep, and
tells each to the others: so all of them train the same run at any moment, whatever makes the runs. Where each
process asked Hydra itself, they would have folders of different seconds, and different runs after a failure.
"""

import dataclasses
import math
import sys
from dataclasses import dataclass, field

from zoo import elsewhere, processes, ranks, run_folder, several, sweeps
from zoo.arguments import complain
from zoo.config import Job, Request
from zoo.errors import Interrupted, UserError, of_the_system
from zoo.processes import LostError
from zoo.progress import Silent
from zoo.schema import Config
from zoo.train import Result, train


def run(request: Request, first: Config) -> list[Result]:
    """Run them; the results of those made in this process. ``first`` is the config of the first.

    Raises:
        UserError: a run failed (the others of a sweep did run).
        Interrupted: stopped by a signal.
    """
    try:
        with processes.joined(first.trainer.device, first.trainer.wait):
            if processes.is_main():
                return _lead(request, first)
            _follow()
            return []
    except LostError as error:
        if ranks.rank() > 1:  # the main process says it, or the second where it is the main one that ended
            raise UserError("") from error
        raise


def _lead(request: Request, first: Config) -> list[Result]:
    runner = _Runner(request.size(first), leading=processes.world() > 1)
    sweep = request.sweep_folder(first)
    with elsewhere.watched(first, sweep):
        try:
            request.launch(runner, first, sweep)
        except _AloneError as error:
            raise error.why from error
    processes.tell(None)
    if runner.failed:
        raise runner.failed[0]
    if sweep is not None:
        sweeps.summarise(sweep)
    return runner.results


def _follow() -> None:
    """Train each run that the main process tells, until it tells no more."""
    failed = False
    while (job := processes.told()) is not None:
        try:
            train(job.config, job.overrides)
        except UserError as error:
            if not processes.is_heard(error):
                raise
            failed = job.sweep is None
        except Interrupted as stopped:
            raise stopped.unsaid() from stopped
    if failed:
        raise UserError("")


_STOPPED: list[int] = []
"""In a process of joblib's, which a signal has told to end: the run that it ended; no other is to begin."""


class _AloneError(BaseException):
    """The other processes have gone. No Exception: Hydra would print its own line for one, and go on."""

    def __init__(self, why: Exception) -> None:
        self.why = why


@dataclass
class _Runner:
    """Makes each run, in whatever process Hydra's launcher asks for it; ``total`` is how many there are."""

    total: int
    leading: bool
    results: list[Result] = field(default_factory=list)
    failed: list[Exception] = field(default_factory=list)

    def __call__(self, job: Job) -> float | None:
        """The run's top-1 error; None where it failed, nan where it was stopped before its end."""
        beside = elsewhere.beside_others(job.config)
        if beside and _STOPPED:
            return math.nan
        try:
            with elsewhere.task(job.config):
                return self._run(job, beside)
        except Interrupted:
            if not beside:
                raise
            _STOPPED.append(job.number)
            return math.nan

    def _run(self, job: Job, beside: bool) -> float | None:
        job = _begun_or_not(job)
        if self.leading:
            processes.tell(job)
        if job.sweep is not None and not beside and processes.is_main():
            self._announce(job, "\n", "")
        try:
            result = _train(job, quiet=beside)
        except (UserError, OSError) as error:
            return self._failed(job, error)
        except RuntimeError as error:
            if self.leading and processes.is_lost(error):
                raise _AloneError(error) from error
            raise
        self.results.append(result)
        if job.sweep is not None and processes.is_main():
            sweeps.note(job, result)
        if beside:
            self._announce(job, "", f": {result.top1_error:.2%} top-1 error")
        return result.top1_error

    def _announce(self, job: Job, before: str, after: str) -> None:
        sys.stdout.write(f"{before}run {job.number + 1} of {self.total}: {' '.join(job.told)}{after}\n")
        sys.stdout.flush()

    def _failed(self, job: Job, error: UserError | OSError) -> float | None:
        if not processes.is_heard(error):
            raise _AloneError(error)
        if job.sweep is None:  # raised beyond Hydra, which would print it too
            self.failed.append(error)
        elif processes.is_main():
            text = of_the_system(error) if isinstance(error, OSError) else str(error)
            complain(text)
            sweeps.note_failure(job, text)
        return None


def _train(job: Job, *, quiet: bool) -> Result:
    if job.config.trainer.processes is not None and processes.world() == 1:
        return several.train(job.config, job.overrides, quiet=quiet)
    return train(job.config, job.overrides, Silent() if quiet else None)


def _begun_or_not(job: Job) -> Job:
    """In a sweep, ``resume=true`` goes on with the runs that were begun, and begins the others.

    A job that its cluster has ended, and started again, goes on by itself; so does what torchrun starts anew
    (``--max-restarts``) after a process has died.
    """
    if not processes.is_main():  # the main process decides
        return job
    config = job.config
    folder = run_folder.of(config, job.overrides)
    again = run_folder.is_own(folder)
    if job.sweep is not None:
        again = sweeps.was_begun(job) or again
        config = dataclasses.replace(config, resume=config.resume and run_folder.is_run(folder))
    if again and run_folder.is_run(folder):
        config = dataclasses.replace(config, resume=True, overwrite=False)
    return dataclasses.replace(job, config=config)
