"""Pickled batches of CIFAR, read without running what a pickle could name.

Python's unpickler calls what a file tells it to. This one knows five names, and none of them is the thing
itself: stand-ins take what numpy's functions would be given, and an array is made of bytes and a shape.
"""

import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.errors import UserError

if TYPE_CHECKING:
    import numpy as np


def read_pickle(path: Path) -> dict[str, Any]:
    """The dict in a file, with texts, numbers, lists and arrays of bytes.

    Raises:
        UserError: it is damaged, or holds anything else.
    """
    try:
        with path.open("rb") as file:
            found = _Reader(file, encoding="bytes").load()
    except OSError:
        raise
    # A damaged pickle can fail in any of the ways that its operations can.
    except (
        *(pickle.UnpicklingError, EOFError, AttributeError, TypeError, ValueError, LookupError),
        *(OverflowError, MemoryError, RecursionError),
    ) as error:
        raise UserError(f"{path}: not a file of CIFAR's Python version: {error}") from error
    if not isinstance(found, dict):
        raise UserError(f"{path}: not a file of CIFAR's Python version: it holds no dict")
    return {_text(key): _value(value) for key, value in found.items()}


class _Array:
    """Stands in for numpy.ndarray."""

    value: "np.ndarray | None" = None

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        import numpy as np

        _version, shape, kind, by_columns, content = state
        if not isinstance(kind, _Kind) or kind.code != "u1" or by_columns or not isinstance(content, bytes):
            raise pickle.UnpicklingError("an array of other things than bytes")
        self.value = np.frombuffer(content, np.uint8).reshape(shape)


class _Kind:
    """Stands in for numpy.dtype."""

    def __init__(self, code: str | bytes, *_copy: object) -> None:
        self.code = _text(code)

    def __setstate__(self, _state: object) -> None:
        """Byte order and the like, which bytes have not."""


def _reconstruct(_kind: object, _shape: object, _code: object) -> _Array:
    return _Array()


def _encode(text: str, coding: str | bytes) -> bytes:
    """How Python 3 writes bytes for Python 2."""
    if _text(coding) != "latin1":
        raise pickle.UnpicklingError(f"bytes in {_text(coding)}")
    return text.encode("latin1")


KNOWN: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Kind,
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("_codecs", "encode"): _encode,
}


class _Reader(pickle.Unpickler):
    """Resolves the names above, and no others."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in KNOWN:
            raise pickle.UnpicklingError(f"it names {module}.{name}")
        return KNOWN[module, name]


def _text(value: object) -> str:
    return value.decode("latin1") if isinstance(value, bytes) else str(value)


def _value(value: object) -> object:
    if isinstance(value, _Array):
        if value.value is None:
            raise UserError("an array without content")
        return value.value
    return value
