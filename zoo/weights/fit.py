"""A checkpoint's tensors against those of a net: what is missing, too much or of another shape."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from zoo.errors import UserError
from zoo.suggest import suggest

MOST = 8
"""Names that are listed of a kind."""
COUNTER = "num_batches_tracked"
"""Batch norms' count of batches, which files of before PyTorch 0.4.1 lack; torch takes 0 for it too."""


@dataclass(frozen=True)
class Misfit:
    """What does not fit. Shapes are those of the file, then those of the net."""

    missing: Sequence[str]
    unexpected: Sequence[str]
    shaped: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]

    def __bool__(self) -> bool:
        return bool(self.missing or self.unexpected or self.shaped)

    @property
    def classes(self) -> int | None:
        """How many classes the file's net has, where that is all in which it differs from this one."""
        if self.missing or self.unexpected or not self.shaped:
            return None
        pairs = self.shaped.values()
        same = all(own[1:] == wanted[1:] and own and wanted for own, wanted in pairs)
        counts = {(own[0], wanted[0]) for own, wanted in pairs if own and wanted}
        return next(iter(counts))[0] if same and len(counts) == 1 else None

    def lines(self) -> Iterator[str]:
        """A line for each tensor, up to MOST of a kind."""
        close = {name: suggest(name, self.unexpected) for name in self.missing[:MOST]}
        yield from _listed("missing", [f"{name}{_meant(close[name])}" for name in close], len(self.missing))
        yield from _listed("unexpected", list(self.unexpected[:MOST]), len(self.unexpected))
        shaped = [
            f"{name}: {_shape(own)} in the file, {_shape(wanted)} in the net"
            for name, (own, wanted) in list(self.shaped.items())[:MOST]
        ]
        yield from _listed("of another shape", shaped, len(self.shaped))


def compare(tensors: Mapping[str, Tensor], shapes: Mapping[str, tuple[int, ...]]) -> Misfit:
    """What does not fit; ``shapes`` are the net's."""
    return Misfit(
        [name for name in shapes if name not in tensors and not name.endswith(COUNTER)],
        [name for name in tensors if name not in shapes],
        {
            name: (tuple(tensor.shape), shapes[name])
            for name, tensor in tensors.items()
            if name in shapes and tuple(tensor.shape) != shapes[name]
        },
    )


def complete(tensors: Mapping[str, Tensor], own: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors that fit, in the net's order and number format; ``own`` are the net's, as it is made.

    Raises:
        UserError: one holds values that are not finite.
    """
    found: dict[str, Tensor] = {}
    for name, made in own.items():
        tensor = tensors.get(name)
        if tensor is None:
            tensor = torch.zeros(made.shape, dtype=made.dtype)
        if tensor.is_floating_point() and not bool(tensor.isfinite().all()):
            raise UserError(f"{name}: has values that are infinite or no numbers; the file is damaged")
        found[name] = tensor.to(made.dtype)
    return found


def _listed(what: str, lines: Sequence[str], count: int) -> Iterator[str]:
    if not count:
        return
    yield f"  {count:,} {what}:"
    yield from (f"    {line}" for line in lines)
    if count > len(lines):
        yield f"    and {count - len(lines):,} more"


def _meant(close: str | None) -> str:
    return f"; the file has {close}" if close else ""


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "one number"
