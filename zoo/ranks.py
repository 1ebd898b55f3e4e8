"""Which of the processes that train together this is, from the environment that torchrun sets.

Known before they have joined, and without torch; ``zoo.processes`` is what they say to each other.
"""

import os


def world() -> int:
    """How many processes were started together."""
    return _number("WORLD_SIZE", 1)


def rank() -> int:
    """This process's number among all, from 0."""
    return _number("RANK", 0)


def local() -> int:
    """This process's number among those of its machine, from 0."""
    return _number("LOCAL_RANK", rank())


def restarts() -> int:
    """How many times torchrun has started the processes anew."""
    return _number("TORCHELASTIC_RESTART_COUNT", 0)


def launch() -> str | None:
    """Torchrun's name for what it has started, which stays when it starts it anew; None without torchrun."""
    return os.environ.get("TORCHELASTIC_RUN_ID")


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    return int(text) if text.isdigit() else default
