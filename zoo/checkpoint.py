"""Checkpoints: weights as safetensors, the rest of a run's state beside them.

``last`` is a pair, ``last.safetensors`` and ``last.state.pt``; the pair before is kept as ``previous``. Both
files of a pair carry one tag, so that a crash between any two of the renames below still leaves a pair that
matches.
``best.safetensors`` is weights alone, and keeps its predecessor too.
"""

import json
import os
import re
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from zoo.errors import UserError
from zoo.files import sync, temporary_for

LAST, PREVIOUS, BEST = "last", "previous", "best"
VERSION = 2


@dataclass
class Position:
    """How far a run is: epochs done, batches done of the epoch under way, and steps in all."""

    epoch: int = 0
    batch: int = 0
    step: int = 0
    tally: list[float] = field(default_factory=list)
    """The counts of the epoch under way; empty before its first step."""
    best: list[float] = field(default_factory=list)
    """Top-1 error and loss of the best epoch, then its number; empty before the first."""
    broken: list[str] = field(default_factory=list)
    """What was wrong with images that could not be read."""


class SaveError(UserError):
    """A checkpoint could not be written; ``str()`` says why."""


@dataclass(frozen=True)
class Saved:
    """What was read back."""

    weights: dict[str, Tensor]
    state: dict[str, Any]
    position: Position
    damaged: str | None
    """Where the newest checkpoint was damaged and an older one stands in: what was wrong."""

    def only(self, names: Collection[str]) -> "Saved":
        """What concerns the tensors of these names: for a process that has a part of the net."""
        kept = {
            key: {name: value for name, value in self.state[key].items() if name in names}
            for key in ("optimizer", "ema")
        }
        weights = {name: tensor for name, tensor in self.weights.items() if name in names}
        return replace(self, weights=weights, state={**self.state, **kept})


def save_last(
    folder: Path,
    weights: Mapping[str, Tensor],
    state: dict[str, Any],
    position: Position,
    about: Mapping[str, Any],
) -> None:
    """Save the state of a run; the one saved before becomes the previous one.

    ``state`` holds tensors, numbers, strings, lists and dicts. ``about`` goes into the weights' header.

    Raises:
        SaveError: the disk is full, or cannot be written for another reason; what was saved before is whole.
    """
    tag = secrets.token_hex(8)
    pair = _paths(folder, LAST)
    with _whole_or_not(*map(temporary_for, pair)):
        _write_weights(temporary_for(pair[0]), weights, {**about, "tag": tag})
        content = {"version": VERSION, "tag": tag, "position": vars(position), **state}
        torch.save(content, temporary_for(pair[1]))
        sync(temporary_for(pair[1]))
        _set_aside(folder)
        for path in pair:
            temporary_for(path).replace(path)
        sync(folder)


def _set_aside(folder: Path) -> None:
    """The last pair becomes the previous one.

    A crash can have left half a pair: state alone is a move half done, to be finished; weights alone are
    those of a save half done, and must not take the place of the previous ones.
    """
    (weights, state), (weights_before, state_before) = _paths(folder, LAST), _paths(folder, PREVIOUS)
    if not state.exists():
        return
    if weights.exists():
        weights.replace(weights_before)
    state.replace(state_before)


def drop_last(folder: Path) -> None:
    """Remove a last pair that cannot be read, before it is kept in place of the previous one."""
    for path in _paths(folder, LAST):
        path.unlink(missing_ok=True)


def save_best(folder: Path, weights: Mapping[str, Tensor], about: Mapping[str, Any]) -> None:
    """Save weights as ``best.safetensors``; those before them become ``best.previous.safetensors``.

    Raises:
        SaveError: they cannot be written; those before are in their place.
    """
    path = folder / f"{BEST}.safetensors"
    with _whole_or_not(temporary_for(path)):
        _write_weights(temporary_for(path), weights, about)
        if path.exists():
            before = path.with_name(f"{BEST}.previous.safetensors")
            before.unlink(missing_ok=True)
            # A second name for the old file, so that at no moment there is no best.safetensors.
            try:
                os.link(path, before)
            except OSError:  # a file system without links
                path.replace(before)
        temporary_for(path).replace(path)
        sync(folder)


def save_weights(path: Path, weights: Mapping[str, Tensor], about: Mapping[str, Any]) -> None:
    """Save weights alone to a file of any name, whole or not at all.

    Raises:
        SaveError: it cannot be written.
    """
    with _whole_or_not(temporary_for(path)):
        _write_weights(temporary_for(path), weights, about)
        temporary_for(path).replace(path)
        sync(path.parent)


@contextmanager
def _whole_or_not(*temporary: Path) -> Iterator[None]:
    """What the writers raise when they cannot write, as one; what they began is removed, for its space."""
    try:
        yield
    # torch's writer gives a RuntimeError without a reason; safetensors' has it in its text.
    except (OSError, RuntimeError, SafetensorError) as error:
        for path in temporary:
            path.unlink(missing_ok=True)
        raise SaveError(_reason(error)) from error


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    found = re.search(r"No space left on device|File too large|Disk quota exceeded", str(error))
    return found[0] if found else "the file could not be written to its end; is the disk full?"


def exists(folder: Path) -> bool:
    """Whether a run was saved here."""
    return any(path.exists() for name in (LAST, PREVIOUS) for path in _paths(folder, name))


def load_last(folder: Path) -> Saved:
    """The newest checkpoint that is whole.

    Raises:
        UserError: there is none that can be read.
    """
    damaged: list[str] = []
    for state_path in (_paths(folder, LAST)[1], _paths(folder, PREVIOUS)[1]):
        try:
            state = torch.load(state_path, map_location="cpu", weights_only=True)
            weights = _weights_with_tag(folder, state["tag"])
            position = Position(**state["position"])
        except FileNotFoundError:
            continue
        # What the readers raise on a damaged file: a broken archive, cut short, or with other things in it.
        except (OSError, RuntimeError, EOFError, ValueError, KeyError, TypeError, SafetensorError) as error:
            damaged.append(f"{state_path.name} is damaged ({_short(error)})")
            continue
        except Exception as error:
            if type(error).__name__ != "UnpicklingError":
                raise
            damaged.append(f"{state_path.name} is not a run's state")
            continue
        return Saved(weights, state, position, damaged[0] if damaged else None)
    raise UserError(f"{folder}: no checkpoint that can be read{': ' + '; '.join(damaged) if damaged else ''}")


def about(path: Path) -> dict[str, Any]:
    """What a weights file says of itself."""
    with safe_open(path, "pt") as file:
        found = json.loads((file.metadata() or {}).get("zoo", "{}"))
    assert isinstance(found, dict)
    return found


def _weights_with_tag(folder: Path, tag: str) -> dict[str, Tensor]:
    for path in (_paths(folder, LAST)[0], _paths(folder, PREVIOUS)[0]):
        if _tag(path) == tag:
            return load_file(path)
    raise ValueError("its weights cannot be read")


def _tag(path: Path) -> str | None:
    try:
        return str(about(path)["tag"])
    except (OSError, ValueError, KeyError, SafetensorError):
        return None


def _write_weights(path: Path, weights: Mapping[str, Tensor], about: Mapping[str, Any]) -> None:
    # A header of strings is all that the format has; ours is one, of JSON.
    path.touch()
    mode = path.stat().st_mode  # the user's umask; the writer below makes files that nobody else can read
    save_file(dict(_apart(weights)), path, {"format": "pt", "zoo": json.dumps(about)})
    path.chmod(mode)
    sync(path)


def _apart(weights: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    """Contiguous tensors without shared memory: the format refuses others (a layer under two names)."""
    seen: set[int] = set()
    for name, tensor in weights.items():
        own = tensor.detach().contiguous()
        if (
            own.untyped_storage().data_ptr() in seen
            or own.numel() * own.element_size() != own.untyped_storage().nbytes()
        ):
            own = own.clone()
        seen.add(own.untyped_storage().data_ptr())
        yield name, own


def _paths(folder: Path, name: str) -> tuple[Path, Path]:
    return folder / f"{name}.safetensors", folder / f"{name}.state.pt"


def _short(error: BaseException) -> str:
    line = (str(error).splitlines() or [type(error).__name__])[0]
    return line if len(line) < 80 else line[:79] + "…"
