"""Showing a spec as long as the program runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from secrets import token_hex
from threading import Thread

from netcompiler.serve.reading import Reading, Target
from netcompiler.serve.server import Server
from netcompiler.serve.views import View
from netcompiler.serve.watch import State, look, wait_for_change


def serve(target: Target, view: View, port: int, ready: Callable[[str], None]) -> None:
    """Show a spec until the program is interrupted.

    Args:
        target: what to show.
        view: how to show it.
        port: where to listen; 0 for any port that is free.
        ready: is given the address once it can be opened.

    Raises:
        OSError: when it cannot listen at this port.
    """
    run = token_hex(4)
    reading, seen = _read(target, f"{run}-0", (target.path,))
    try:
        server = Server(port, view, reading)
    except OSError as error:
        message = f"cannot be used: {os.strerror(error.errno or 0)}; --port 0 takes one that is free"
        raise OSError(error.errno, message, f"port {port}") from None
    with server:
        Thread(target=server.serve_forever, daemon=True).start()
        ready(server.url)
        for number in count(1):
            wait_for_change(seen)
            reading, seen = _read(target, f"{run}-{number}", reading.files)
            server.publish(reading)


def _read(target: Target, version: str, known: Sequence[Path]) -> tuple[Reading, dict[Path, State]]:
    """A spec as it is now, and the states of its files; ``known`` are those of the last version."""
    before = look(known)
    reading = Reading(target, version, known)
    # What is written while it is read has changed since.
    return reading, {file: before.get(file, state) for file, state in look(reading.files).items()}
