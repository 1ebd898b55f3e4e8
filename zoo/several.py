"""``trainer.processes``: one run by several processes of this machine, without torchrun.

torch's own launcher starts, watches and ends them. Each is ``python -m zoo.member FOLDER LAUNCHER``; what it
is to do, and what came of it, are files of a temporary folder.
"""

import dataclasses
import json
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from zoo import checkpoint, run_folder
from zoo.errors import Interrupted, UserError
from zoo.history import Row
from zoo.member import HELD
from zoo.run_folder import RunFolder
from zoo.schema import Config
from zoo.train import Result

TASK, OUTCOME = "task.json", "outcome.json"
NOTHING_YET = "Stopped while the processes were starting; there was nothing to save yet."
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def train(config: Config, overrides: Sequence[str], *, quiet: bool) -> Result:
    """``zoo.train.train`` in ``trainer.processes`` processes; with ``quiet`` they show nothing.

    Raises:
        UserError: as there, or a process ended without a word.
        Interrupted: a signal came; what was trained is saved and can go on.
    """
    from zoo import config as configs

    with _own_signals(), tempfile.TemporaryDirectory(prefix="zoo-") as name:
        folder = Path(name)
        task = {"config": configs.plain(config), "overrides": list(overrides), "quiet": quiet}
        (folder / TASK).write_text(json.dumps(task), encoding="utf-8")
        stopped, ended = _launch(config, folder)
        outcome = (
            json.loads((folder / OUTCOME).read_text(encoding="utf-8")) if (folder / OUTCOME).exists() else {}
        )
    if "interrupted" in outcome:
        raise Interrupted(outcome["interrupted"], outcome["signal"])
    if stopped is not None and (not outcome or outcome.get("lost")):
        raise Interrupted(_stopped(run_folder.of(config, overrides)), stopped)
    if "failed" in outcome:
        raise UserError(outcome["failed"])
    if not outcome:
        raise UserError(f"{ended or 'The run ended without a word.'} resume=true goes on from what is saved.")
    last = Row(**outcome.pop("last"))
    return Result(RunFolder(Path(outcome.pop("folder"))), last=last, **outcome)


def _stopped(folder: RunFolder) -> str:
    if checkpoint.exists(folder.path):
        return f"Stopped; resume=true goes on from what is saved in {folder.path}."
    return NOTHING_YET


def _launch(config: Config, folder: Path) -> tuple[int | None, str | None]:
    """Start the processes and wait for them; the signal that ended them, and what else is wrong with that."""
    from torch.distributed.elastic.multiprocessing.api import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    count = config.trainer.processes or 1
    how = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=count,
        run_id=folder.name,
        rdzv_backend="c10d",
        rdzv_endpoint="localhost:0",
        local_addr="localhost",
        max_restarts=0,
        # What they save before they end may take as long as they would wait for one another.
        shutdown_timeout=round(60 * config.trainer.wait),
    )
    with _threads(count), _quiet_log(), _held_for_children():
        try:
            elastic_launch(how, sys.executable)("-m", "zoo.member", str(folder), str(os.getpid()))
        except ChildFailedError as error:
            rank, failure = error.get_first_failure()
            return None, f"Process {rank} of the run ended: {failure.message.splitlines()[0]}."
        except SignalException as error:
            return int(error.sigval), None
    return None, None


@contextmanager
def _own_signals() -> Iterator[None]:
    """Until the launcher takes signals for itself, one ends this; the launcher does not give them back."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _frame: FrameType | None) -> None:
        raise Interrupted(NOTHING_YET, number)

    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in HELD:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _held_for_children() -> Iterator[None]:
    """Processes started here get no signal before they take them themselves (``zoo.member``).

    A child has the mask of the thread that starts it. Another thread without the mask gets the signals of
    this process, and Python runs their handlers in the main thread as ever.
    """
    done = threading.Event()
    taker = threading.Thread(target=done.wait, daemon=True)
    taker.start()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, HELD)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        done.set()
        taker.join()


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """A share of the processor each, unless the user has said how much."""
    name = "OMP_NUM_THREADS"
    if name in os.environ:
        yield
        return
    os.environ[name] = str(max(1, (os.cpu_count() or 1) // count))
    try:
        yield
    finally:
        del os.environ[name]


@contextmanager
def _quiet_log() -> Iterator[None]:
    """What the launcher logs of a failure is said in one line instead."""
    import logging

    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)  # each of its loggers has a level of its own
    try:
        yield
    finally:
        logging.disable(before)


def member(folder: Path) -> int:
    """What each of the processes does; the main one writes down how the run ended."""
    from zoo import check, processes, ranks
    from zoo.progress import Silent
    from zoo.train import train as train_here

    task = json.loads((folder / TASK).read_text(encoding="utf-8"))
    config = check.build(Config, task["config"])
    try:
        with processes.joined(config.trainer.device, config.trainer.wait):
            result = train_here(config, task["overrides"], Silent() if task["quiet"] else None)
    except UserError as error:
        if ranks.rank() == 0 or not processes.is_heard(error):
            lost = isinstance(error, processes.LostError)
            _note(folder, {"failed": str(error), "lost": lost})
        return 1
    except Interrupted as stopped:
        if ranks.rank() == 0:
            _note(folder, {"interrupted": str(stopped), "signal": stopped.exit_code - 128})
        return stopped.exit_code
    if ranks.rank() == 0:
        _note(folder, {**dataclasses.asdict(result), "folder": str(result.folder.path)})
    return 0


def _note(folder: Path, outcome: dict[str, Any]) -> None:
    """The first word counts: what others say of a process that is gone follows from it."""
    try:
        with (folder / OUTCOME).open("x", encoding="utf-8") as file:
            json.dump(outcome, file)
    except FileExistsError:
        pass
