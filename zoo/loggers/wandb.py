"""``logger=wandb``: numbers and options to Weights & Biases, or offline into the run's folder."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from zoo.errors import UserError
from zoo.history import Row
from zoo.loggers.base import LOGGERS, LoggerOptions, Run, extra
from zoo.options import option
from zoo.scalars import scalars

NAME = "wandb"


@dataclass(frozen=True)
class WandbOptions(LoggerOptions):
    """Options of ``logger=wandb``."""

    project: str = option("zoo", "the project that the run is listed under")
    entity: str | None = option(None, "whose project it is; null is your account's own")
    mode: str | None = option(
        None,
        "offline writes into the run's folder, for `wandb sync` later; null is WANDB_MODE where that is set, "
        "and else online",
        choices=("online", "offline"),
    )


@LOGGERS.register(NAME, WandbOptions)
class Wandb:
    """Also Weights & Biases: online, or offline into the run's folder (an extra)."""

    def __init__(self, options: WandbOptions, run: Run) -> None:
        """Begin a run there, or go on with it.

        Raises:
            UserError: wandb is not installed, or lets no run begin.
        """
        with extra(NAME):
            import wandb
        mode: Any = options.mode or os.environ.get("WANDB_MODE", "online")
        try:
            with _as_os_error():
                self._run = wandb.init(
                    project=options.project,
                    entity=options.entity,
                    name=run.folder.name,
                    id=run.known_as(NAME) or uuid.uuid4().hex[:12],
                    # Offline there is nothing to ask; `wandb sync --append` puts parts of one name together.
                    resume="allow" if mode == "online" else None,
                    mode=mode,
                    dir=run.folder,
                    config=dict(run.config),
                    settings=wandb.Settings(console="off", quiet=True),  # the progress on it is ours
                )
        except OSError as error:
            raise UserError(f"logger=wandb: {error}; logger.mode=offline needs no account") from error
        run.keep_name(NAME, self._run.id)
        self._run.define_metric("*", step_metric="epoch")

    def add(self, row: Row) -> None:
        """Send an epoch's numbers.

        Raises:
            OSError: they are not taken.
        """
        with _as_os_error():
            self._run.log({**scalars(row), "epoch": row.epoch}, step=row.epoch)

    def close(self, done: bool) -> None:
        """Tell that the run ended, and wait until all is sent.

        Raises:
            OSError: it is not.
        """
        with _as_os_error():
            self._run.finish(exit_code=0 if done else 1)


@contextmanager
def _as_os_error() -> Iterator[None]:
    """What wandb says went wrong, in its first line."""
    import wandb

    try:
        yield
    except wandb.Error as error:
        raise OSError((str(error).splitlines() or ["failed"])[0]) from error
