"""How far a piece of work is, and how long it will take: a bar in a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

from zoo.durations import duration

EVERY, EVERY_LINE = 0.2, 30.0
"""Seconds between two looks of the bar, and between two lines."""


class WorkBar:
    """Counts ``total`` of something, with ``unit`` as its name: on stderr, as stdout is for results.

    ``done`` is what an earlier run has done; only what is new counts for the rate. A context manager.
    """

    def __init__(
        self, what: str, total: int, unit: str, done: int = 0, show: Callable[[int], str] = "{:,}".format
    ) -> None:
        self.what, self.total, self.unit, self.done, self.first = what, total, unit, done, done
        self.show = show
        self.began = self.shown = time.monotonic()
        self.out: TextIO = sys.stderr
        self.live = self.out.isatty()

    def __enter__(self) -> "WorkBar":
        return self

    def __exit__(self, *_: object) -> None:
        if self.live and self.shown > self.began:
            self.out.write("\r\033[K")
            self.out.flush()

    def add(self, count: int) -> None:
        """So many more are done."""
        self.done += count
        now = time.monotonic()
        if now - self.shown >= (EVERY if self.live else EVERY_LINE):
            self.shown = now
            self.out.write(f"\r{self.text()}\033[K" if self.live else f"{self.text()}\n")
            self.out.flush()

    def text(self) -> str:
        """How far it is, in one line."""
        share = self.done / self.total if self.total else 1.0
        seconds = max(1e-9, time.monotonic() - self.began)
        rate = (self.done - self.first) / seconds
        left = f", {duration((self.total - self.done) / rate)} left" if rate and self.total else ""
        of = f"{self.show(self.done)} of {self.show(self.total)}" if self.total else self.show(self.done)
        bar = f"[{'█' * round(20 * share):<20}] " if self.live and self.total else ""
        percent = f"{share:4.0%} " if self.total else ""
        return f"{self.what} {bar}{percent}{of} {self.unit}, {self.show(round(rate))} a second{left}"


def gigabytes(size: int) -> str:
    """A number of bytes, for people."""
    for name, power in (("GB", 9), ("MB", 6)):
        if size >= 10**power:
            return f"{size / 10**power:.1f} {name}"
    return f"{size / 1000:.1f} kB"
