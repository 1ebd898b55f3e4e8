"""What a run shows: a live bar in a terminal, a live line in a notebook, plain lines elsewhere."""

import math
import sys
import time
from typing import Protocol, TextIO

from zoo import memory
from zoo.durations import duration
from zoo.history import Row
from zoo.metrics import TOP, Tally
from zoo.schedules import Length


class Reporter(Protocol):
    """Where a run tells what it does."""

    def say(self, text: str) -> None:
        """One line for the user."""

    def begin(self, length: Length, step: int, classes: int) -> None:
        """The run starts, or goes on after ``step`` of its steps; the data has so many classes."""

    def step(self, epoch: int, step: int, loss: float, tally: Tally, waiting: float) -> None:
        """A step is done: its loss, the epoch's counts so far, the share of time spent waiting for images.

        ``epoch`` and ``step`` count from 1.
        """

    def epoch(self, row: Row, best: bool) -> None:
        """An epoch is done and validated; ``best`` says whether it is the best so far."""

    def end(self) -> None:
        """Nothing more comes; also called when a run ends early."""


def reporter(kind: str, out: TextIO | None = None) -> Reporter:
    """The reporter for ``trainer.progress``: auto, bar, lines, notebook or none."""
    out = out or sys.stdout
    if kind == "none":
        return Silent()
    if kind == "notebook" or (kind == "auto" and _in_notebook()):
        return Notebook(out)
    if kind == "bar" or (kind == "auto" and out.isatty()):
        return Bar(out)
    return Lines(out)


def _in_notebook() -> bool:
    if "IPython" not in sys.modules:
        return False
    shell = sys.modules["IPython"].get_ipython()
    return shell is not None and hasattr(shell, "kernel")


class Silent:
    """Shows nothing."""

    def say(self, text: str) -> None: ...

    def begin(self, length: Length, step: int, classes: int) -> None: ...

    def step(self, epoch: int, step: int, loss: float, tally: Tally, waiting: float) -> None: ...

    def epoch(self, row: Row, best: bool) -> None: ...

    def end(self) -> None: ...


class Lines:
    """A line an epoch, and one a half minute in long epochs: for log files."""

    EVERY = 30.0  # seconds

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.clock = Clock(0, 0)
        self.epochs = 0
        self.top5 = True
        self.shown = time.monotonic()

    def say(self, text: str) -> None:
        self.out.write(text + "\n")
        self.out.flush()

    def begin(self, length: Length, step: int, classes: int) -> None:
        self.epochs = math.ceil(length.epochs)
        self.clock = Clock(length.steps, step)
        self.shown = time.monotonic()
        self.top5 = classes > TOP
        self.say(header(self.top5))

    def step(self, epoch: int, step: int, loss: float, tally: Tally, waiting: float) -> None:
        if time.monotonic() - self.shown < self.EVERY:
            return
        self.clock.tick(step, tally.images)
        self.shown = time.monotonic()
        self.so_far(
            f"{f'{epoch}/{self.epochs}':>9}  {tally.loss:10.4f}  {tally.top1_error:7.2%}  so far; "
            f"{self.clock.rate:,.0f} images/s, {waiting:.0%} waiting, {duration(self.clock.left(step))} left"
        )

    def so_far(self, text: str) -> None:
        """How the epoch under way goes."""
        self.say(text)

    def epoch(self, row: Row, best: bool) -> None:
        self.shown = time.monotonic()
        self.say(line(row, self.epochs, best, self.top5))

    def end(self) -> None:
        pass


class Notebook(Lines):
    """A line an epoch, below it one for the epoch under way that is written over: what notebooks can show."""

    EVERY = 0.5  # seconds

    def __init__(self, out: TextIO) -> None:
        super().__init__(out)
        self.live = 0
        """How long the line to be written over is."""

    def say(self, text: str) -> None:
        self._clear()
        super().say(text)

    def so_far(self, text: str) -> None:
        self._clear()
        self.out.write(text)
        self.out.flush()
        self.live = len(text)

    def end(self) -> None:
        self._clear()

    def _clear(self) -> None:
        if self.live:
            self.out.write("\r" + " " * self.live + "\r")
            self.live = 0


class Bar:
    """A bar for the epoch under way, below a line for each that is done."""

    EVERY = 0.1  # seconds

    def __init__(self, out: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self.console = Console(file=out, force_terminal=True, highlight=False)
        self.progress = Progress(
            TextColumn("epoch {task.fields[epoch]}/{task.fields[epochs]}"),
            BarColumn(bar_width=None),
            TextColumn("loss {task.fields[loss]:.4f}"),
            TextColumn("top-1 error {task.fields[top1]:.1%}"),
            TextColumn("{task.fields[rate]:,.0f} images/s"),
            TextColumn("{task.fields[waiting]:.0%} waiting"),
            TextColumn("{task.fields[memory]:.1f} GiB"),
            TextColumn("[bold]{task.fields[left]} left"),
            console=self.console,
            transient=True,
        )
        self.task = self.progress.add_task(
            "",
            visible=False,
            epoch=0,
            epochs=0,
            loss=0.0,
            top1=0.0,
            rate=0.0,
            left="",
            waiting=0.0,
            memory=0.0,
        )
        self.shown = 0.0
        self.clock = Clock(0, 0)
        self.epochs = self.batches = 0
        self.top5 = True

    def say(self, text: str) -> None:
        self.console.print(text, markup=False, soft_wrap=True)

    def begin(self, length: Length, step: int, classes: int) -> None:
        self.epochs, self.batches = math.ceil(length.epochs), length.epoch_steps
        self.clock = Clock(length.steps, step)
        self.top5 = classes > TOP
        self.say(header(self.top5))
        self.progress.start()

    def step(self, epoch: int, step: int, loss: float, tally: Tally, waiting: float) -> None:
        if time.monotonic() - self.shown < self.EVERY:  # counting waits for the device
            return
        self.shown = time.monotonic()
        self.clock.tick(step, tally.images)
        self.progress.update(
            self.task,
            visible=True,
            total=self.batches,
            completed=step - (epoch - 1) * self.batches,
            epoch=epoch,
            epochs=self.epochs,
            loss=tally.loss,
            top1=tally.top1_error,
            rate=self.clock.rate,
            waiting=waiting,
            memory=memory.peak() / 1024,
            left=duration(self.clock.left(step)),
        )

    def epoch(self, row: Row, best: bool) -> None:
        style = "green" if best else None
        self.console.print(line(row, self.epochs, best, self.top5), markup=False, soft_wrap=True, style=style)

    def end(self) -> None:
        self.progress.stop()


class Clock:
    """Images a second and time left, from what this session has done."""

    def __init__(self, steps: int, done: int) -> None:
        self.steps = steps
        self.first = done
        self.began = self.last = time.monotonic()
        self.images = 0
        self.rate = 0.0

    def tick(self, step: int, images: int) -> None:
        """``step`` is done; ``images`` counts those of its epoch so far."""
        now = time.monotonic()
        new, self.images = images - self.images, images
        if new > 0 and now > self.last:
            fresh = new / (now - self.last)
            self.rate = fresh if not self.rate else 0.95 * self.rate + 0.05 * fresh
        self.last = now

    def left(self, step: int) -> float:
        """Seconds, validation included, as they went so far."""
        done = step - self.first
        return (time.monotonic() - self.began) / max(1, done) * (self.steps - step)


def header(top5: bool) -> str:
    """The line above the epochs' lines; errors are shares. ``top5``: whether that error is shown."""
    names = ("train loss", "error", "val loss", "error", "top-5", "images/s", "waiting", "memory")
    widths = (10, 7, 10, 7, 7, 9, 7, 8)
    shown = [pair for pair in zip(names, widths, strict=True) if top5 or pair[0] != "top-5"]
    return "  ".join(("    epoch", *(f"{name:>{width}}" for name, width in shown)))


def line(row: Row, epochs: int, best: bool, top5: bool) -> str:
    """An epoch in one line."""
    cells = (
        f"{f'{row.epoch}/{epochs}':>9}",
        f"{row.train_loss:10.4f}",
        f"{row.train_top1_error:7.2%}",
        f"{row.val_loss:10.4f}",
        f"{row.val_top1_error:7.2%}",
        *([f"{row.val_top5_error:7.2%}"] if top5 else []),
        f"{row.images_per_second:9,.0f}",
        f"{row.waiting:7.0%}",
        f"{row.memory / 1024:4.1f} GiB",
        "best" if best else "",
    )
    return "  ".join(cells).rstrip()
