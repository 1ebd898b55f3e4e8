"""A checkpoint's tensors by name, from a file of PyTorch or of safetensors. No code in a file is run."""

import hashlib
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from zoo.errors import UserError

INSIDE = ("state_dict_ema", "model_ema", "state_dict", "model", "module")
"""Where training programs keep the weights among other things; averaged ones are what they evaluate."""
PREFIXES = ("module.", "_orig_mod.", "model.")
"""What DistributedDataParallel, torch.compile and wrappers put before every name."""


def read(path: Path) -> dict[str, Tensor]:
    """The tensors on the CPU, by the names that the net has without what wraps it.

    Raises:
        UserError: it cannot be read, or holds other things than tensors by name.
    """
    if not path.is_file():
        raise UserError(f"{path}: {'a file is expected' if path.exists() else 'no such file'}")
    values = _safetensors(path) if path.suffix == ".safetensors" else _torch(path)
    tensors = _tensors(values, path)
    for prefix in PREFIXES:
        if all(name.startswith(prefix) for name in tensors):
            tensors = {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}
    return tensors


def sha256(path: Path) -> str:
    """The checksum of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _safetensors(path: Path) -> Mapping[str, Any]:
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise UserError(f"{path}: cannot be read as safetensors: {_first_line(error)}") from error


def _torch(path: Path) -> Any:
    try:
        with warnings.catch_warnings():  # of pickles that other programs wrote; what matters raises
            warnings.simplefilter("ignore")
            return torch.load(path, map_location="cpu", weights_only=True)
    except (EOFError, KeyError) as error:  # whose texts say nothing
        what = "the file is empty" if not path.stat().st_size else "it is another kind of file, or cut short"
        raise UserError(f"{path}: cannot be read as a file of torch.save: {what}") from error
    except (OSError, RuntimeError, ValueError) as error:
        raise UserError(f"{path}: cannot be read as a file of torch.save: {_first_line(error)}") from error
    except Exception as error:
        if type(error).__name__ != "UnpicklingError":
            raise
        raise UserError(
            f"{path}: holds more than tensors, or is no file of torch.save; such a file can run code, so it "
            "is not read. Save its state_dict() alone where you trust it"
        ) from error


def _tensors(values: Any, path: Path) -> dict[str, Tensor]:
    while isinstance(values, Mapping):
        inner = next((values[key] for key in INSIDE if isinstance(values.get(key), Mapping)), None)
        if inner is None:
            break
        values = inner
    if not isinstance(values, Mapping) or not any(isinstance(value, Tensor) for value in values.values()):
        raise UserError(f"{path}: holds no state dict, which has tensors by their names")
    found = {str(name): value for name, value in values.items() if isinstance(value, Tensor)}
    if len(found) != len(values):
        other = next(str(name) for name, value in values.items() if not isinstance(value, Tensor))
        raise UserError(f"{path}: {other} is no tensor; a state dict has nothing else")
    return found


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
