"""Where a run is kept: when checkpoints are due, and every place that an epoch's numbers go."""

import time
from typing import Any

from zoo import config, loop, parts, processes
from zoo.board import Board
from zoo.checkpoint import Position
from zoo.history import History, Row
from zoo.interrupt import Stop
from zoo.loggers import LOGGERS
from zoo.loggers.base import Logger, Run
from zoo.progress import Reporter
from zoo.run_folder import RunFolder
from zoo.saver import Saver
from zoo.schema import Config


class RunKeeper:
    """The loop's ``Keeper``; only the main process writes.

    ``about`` goes into the headers of weights.
    """

    def __init__(
        self,
        options: Config,
        folder: RunFolder,
        built: loop.Parts,
        position: Position,
        about: dict[str, Any],
        shown: Reporter,
        stop: Stop,
    ) -> None:
        self.options = options.trainer
        self.folder = folder
        self.built = built
        self.about = about
        self.shown = shown
        self.stop = stop
        self.saved = time.monotonic()
        self.position = position
        self.saver = Saver(folder.path, shown.say, background=options.trainer.save_async)
        self.places: list[History | Board | Logger] = []
        self.board: Board | None = None
        self.logger: Logger | None = None
        processes.from_main(lambda: self._open(options))

    def _open(self, options: Config) -> None:
        folder, epoch = self.folder, self.position.epoch
        self.logger = LOGGERS.build(options.logger, Run(folder.path, config.plain(options), epoch))
        self.board = Board(folder.events, epoch)
        self.places = [History(folder.metrics, epoch), self.board, self.logger]

    def stopped(self) -> bool:
        """Whether a signal came."""
        return self.stop.signal is not None

    def due(self, position: Position) -> bool:
        """Whether it is time to save the run: for the main process to say, whose clock it is."""
        every, minutes = self.options.save_steps, self.options.save_minutes
        late = minutes is not None and time.monotonic() - self.saved >= 60 * minutes
        return processes.is_main() and (late or (every is not None and position.step % every == 0))

    def epoch(self, row: Row, position: Position, best: bool) -> None:
        """Write the numbers everywhere, the best weights, and the run."""
        for place in self.places:
            try:
                place.add(row)
            except OSError as error:  # no reason to lose the run
                self.shown.say(f"{self.folder.path}: numbers of epoch {row.epoch} not written: {error}")
        if best:
            weights = parts.weights(self.built.judged, self.built)
            note = {**self.about, "epoch": row.epoch, "top1_error": row.val_top1_error, "loss": row.val_loss}
            if processes.is_main():
                self.saver.best(weights, note)
        self.save(position)

    def save(self, position: Position) -> None:
        """Save the run as it is now; the weights must be good. All processes are asked, and one writes."""
        self.saved = time.monotonic()
        weights, state = parts.weights(self.built.module, self.built), parts.state(self.built)
        if processes.is_main():
            note = {**self.about, "epoch": position.epoch, "step": position.step}
            self.saver.last(weights, state, position, note)

    def close(self) -> None:
        """Wait until all is on the disk.

        Raises:
            SaveError: the newest checkpoint is not.
        """
        self.saver.close()

    def end(self) -> None:
        """Wait, and close every file; also called when a run ends early."""
        self.saver.wait()
        board, logger = self.board, self.logger
        self.places, self.board, self.logger = [], None, None
        if board is not None:
            board.close()
        if logger is not None:
            try:
                logger.close(self.position.step >= self.built.length.steps and not self.position.batch)
            except OSError as error:  # no reason to lose the run, or to hide how it ended
                self.shown.say(f"the logger did not end well: {error}")
