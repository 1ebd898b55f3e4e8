"""Runs of a sweep in processes that Hydra's launchers start: on this machine, or as jobs of a cluster."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from zoo import processes
from zoo.arguments import complain
from zoo.errors import Interrupted, UserError
from zoo.schema import Config

IN_JOB = "SUBMITIT_EXECUTOR"
"""The environment has it within a job of a cluster."""


def beside_others(config: Config) -> bool:
    """Whether other runs show what they do in the same place."""
    return config.launcher.name == "joblib"


@contextmanager
def task(config: Config) -> Iterator[None]:
    """Within, the tasks of a cluster's job are processes that train together.

    Where the cluster ends the job before its time, the run is saved, and queued again. What ends the task is
    one line of its log.
    """
    if IN_JOB not in os.environ:
        yield
        return
    import submitit
    from submitit.helpers import TorchDistributedEnvironment

    if submitit.JobEnvironment().num_tasks > 1 and "RANK" not in os.environ:
        TorchDistributedEnvironment().export(set_cuda_visible_devices=False)
    try:
        with processes.joined(config.trainer.device, config.trainer.wait), _queued_again():
            yield
    except Interrupted as stopped:
        complain(str(stopped))
        sys.exit(stopped.exit_code)
    except processes.LostError as error:
        complain(str(error))
        sys.exit(1)


@contextmanager
def watched(config: Config, sweep: Path | None) -> Iterator[None]:
    """Around a whole sweep: what happens to runs elsewhere is said in one line. ``sweep`` is its folder.

    Ctrl-C and SIGTERM reach the runs that joblib has started, which save themselves and end.

    Raises:
        Interrupted: one came.
        UserError: a process ended without a word.
    """
    if sweep is not None and config.launcher.name == "joblib":
        with _workers_told():
            yield
    elif sweep is not None and config.launcher.name == "slurm":
        sys.stdout.write(f"What the jobs show is in {sweep / '.submitit'}; this waits for all of them.\n")
        sys.stdout.flush()
        with _jobs_named():
            yield
    else:
        yield


@contextmanager
def _workers_told() -> Iterator[None]:
    came: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        for child in multiprocessing.active_children():
            if child.pid is not None:
                os.kill(child.pid, signal.SIGTERM)

    here = threading.current_thread() is threading.main_thread()
    taken = (signal.SIGINT, signal.SIGTERM) if here else ()
    before = {number: signal.signal(number, pass_on) for number in taken}
    try:
        yield
    except BrokenExecutor as error:
        if not came:
            raise UserError(
                "A process that ran a part of the sweep ended unexpectedly. Where memory ran out, fewer "
                "launcher.jobs help; resume=true goes on with what was begun."
            ) from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        raise Interrupted(
            "Stopped; the runs that were under way are saved, and resume=true goes on.", came[0]
        )


@contextmanager
def _jobs_named() -> Iterator[None]:
    from submitit.core.utils import FailedJobError

    try:
        yield
    except FailedJobError as error:
        words = " ".join(str(error).split())
        raise UserError(f"A job of the sweep ended without a result: {words[:300]}") from error
    except KeyboardInterrupt as error:
        raise Interrupted("Stopped waiting; the jobs go on, and scancel ends them.", signal.SIGINT) from error


@contextmanager
def _queued_again() -> Iterator[None]:
    """Submitit's own handler does it in the main process, and ends it; the others wait for that."""
    try:
        yield
    except Interrupted as stopped:
        if stopped.exit_code != 128 + signal.SIGUSR2:
            raise
        if processes.is_main():
            signal.raise_signal(signal.SIGUSR2)
        else:
            with suppress(RuntimeError):  # that the main process has ended
                processes.told()
        raise
