"""``logger=mlflow``: numbers and options in an MLflow store, a database file or a server."""

import logging
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from zoo import yamls
from zoo.errors import UserError
from zoo.history import Row
from zoo.loggers.base import LOGGERS, LoggerOptions, Run, extra
from zoo.options import option
from zoo.scalars import scalars

NAME = "mlflow"
MOST = 100
"""Options that MLflow takes at a time."""
LONGEST = 6000
"""Characters of an option's value that it takes."""
FILE, SQLITE = "mlflow.db", "sqlite:///"
Item = TypeVar("Item")


@dataclass(frozen=True)
class MlflowOptions(LoggerOptions):
    """Options of ``logger=mlflow``."""

    uri: str | None = option(
        None,
        "where: sqlite:///FILE or a server's address; null is MLFLOW_TRACKING_URI where that is set, and "
        f"else {FILE} in the folder of runs",
    )
    experiment: str = option("zoo", "the experiment that the run is listed under")


@LOGGERS.register(NAME, MlflowOptions)
class Mlflow:
    """Also MLflow: into a database file beside the runs, or to a server (an extra)."""

    def __init__(self, options: MlflowOptions, run: Run) -> None:
        """Begin a run in the store, or go on with it.

        Raises:
            UserError: MLflow is not installed, or the store cannot be had.
        """
        self._options = options
        os.environ.setdefault(
            "MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2"
        )  # no training waits minutes for a server
        with extra(NAME):
            from mlflow.tracking import MlflowClient
        logging.getLogger("mlflow").setLevel(logging.WARNING)  # how it makes its tables
        logging.getLogger("alembic").setLevel(logging.WARNING)
        uri = options.uri or os.environ.get("MLFLOW_TRACKING_URI") or _beside(run)
        try:
            with _as_os_error(uri), _file_ready(uri):
                self._client = MlflowClient(tracking_uri=uri)
                self._id = self._known(run) or self._begun(run)
        except OSError as error:
            raise UserError(f"logger=mlflow: {error}") from error

    def add(self, row: Row) -> None:
        """Send an epoch's numbers.

        Raises:
            OSError: the store does not take them.
        """
        from mlflow.entities import Metric

        now = time.time_ns() // 1_000_000
        numbers = [Metric(name, value, now, row.epoch) for name, value in scalars(row).items()]
        with _as_os_error():
            self._client.log_batch(self._id, metrics=numbers)

    def close(self, done: bool) -> None:
        """Tell how the run ended.

        Raises:
            OSError: the store does not take it.
        """
        with _as_os_error():
            self._client.set_terminated(self._id, "FINISHED" if done else "KILLED")

    def _known(self, run: Run) -> str | None:
        """The run that is resumed, where this store has it."""
        from mlflow.exceptions import MlflowException

        name = run.known_as(NAME)
        if name is None:
            return None
        try:
            self._client.update_run(name, "RUNNING")
        except MlflowException:
            return None
        return name

    def _begun(self, run: Run) -> str:
        from mlflow.entities import Param

        tags = {"zoo.folder": str(run.folder.resolve())}
        made = self._client.create_run(self._experiment(), tags=tags, run_name=run.folder.name)
        name = str(made.info.run_id)
        options = [Param(key, str(value)[:LONGEST]) for key, value in yamls.flat(run.config)]
        for part in _parts(options, MOST):
            self._client.log_batch(name, params=part)
        run.keep_name(NAME, name)
        return name

    def _experiment(self) -> str:
        """Its number; runs that begin at the same moment must not both make it."""
        from mlflow.exceptions import MlflowException

        found = self._client.get_experiment_by_name(self._options.experiment)
        if found is None:
            try:
                return str(self._client.create_experiment(self._options.experiment))
            except MlflowException:
                found = self._client.get_experiment_by_name(self._options.experiment)
                if found is None:
                    raise
        return str(found.experiment_id)


def _beside(run: Run) -> str:
    folder = Path(run.config["runs"]).expanduser().resolve()
    return f"{SQLITE}{folder / FILE}"


@contextmanager
def _file_ready(uri: str) -> Iterator[None]:
    """Within, a database file is there, and no other run makes its tables, as MLflow would let both do.

    It is opened first: MLflow tries for minutes where it cannot be opened.

    Raises:
        sqlite3.Error: it cannot.
    """
    from filelock import FileLock

    if not uri.startswith(SQLITE):
        yield
        return
    path = Path(uri.removeprefix(SQLITE))
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"):
        with closing(sqlite3.connect(path)) as database:
            database.execute("pragma schema_version")
        yield


def _parts(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))


@contextmanager
def _as_os_error(place: str = "MLflow") -> Iterator[None]:
    """What MLflow says went wrong, in its first line; what its parts for the network raise is an OSError."""
    from alembic.util.exc import CommandError
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (MlflowException, SQLAlchemyError, CommandError, sqlite3.Error) as error:
        raise OSError(f"{place}: {(str(error).splitlines() or ['failed'])[0]}") from error
