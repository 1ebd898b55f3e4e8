"""How tensors lie in the memory that messages are sent from and received into."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

DTYPES = (
    torch.float32,
    torch.float64,
    torch.float16,
    torch.bfloat16,
    torch.int64,
    torch.int32,
    torch.int16,
    torch.int8,
    torch.uint8,
    torch.bool,
    torch.complex64,
)
_LAST = {4: torch.channels_last, 5: torch.channels_last_3d}
_MOST = 8
"""The most dimensions that a header has room for."""

HEADER = 3 + _MOST
"""Whole numbers in a header."""


@dataclass(frozen=True, slots=True)
class Format:
    """What a tensor is, its values left out; channels come last in memory where `last` is True."""

    dtype: torch.dtype
    shape: tuple[int, ...]
    last: bool

    @classmethod
    def of(cls, tensor: Tensor) -> Format:
        """That of a tensor."""
        order = _LAST.get(tensor.dim())
        last = order is not None and not tensor.is_contiguous() and tensor.is_contiguous(memory_format=order)
        return cls(tensor.dtype, tuple(tensor.shape), last)

    @classmethod
    def read(cls, header: Tensor) -> Format:
        """That which a header tells."""
        dtype, last, rank, *extents = header.tolist()
        return cls(DTYPES[dtype], tuple(extents[:rank]), bool(last))

    def header(self) -> Tensor:
        """It as whole numbers.

        Raises:
            ValueError: the tensor is of a kind that cannot be sent.
        """
        if self.dtype not in DTYPES or len(self.shape) > _MOST:
            raise ValueError(f"a {self.dtype} of {len(self.shape)} dimensions cannot go from group to group")
        free = [0] * (_MOST - len(self.shape))
        return torch.tensor([DTYPES.index(self.dtype), self.last, len(self.shape), *self.shape, *free])

    def empty(self, device: torch.device) -> Tensor:
        """A tensor of it, to receive into."""
        order = _LAST[len(self.shape)] if self.last else torch.contiguous_format
        return torch.empty(self.shape, dtype=self.dtype, device=device, memory_format=order)

    def wire(self, tensor: Tensor) -> Tensor:
        """A tensor of it in one contiguous piece: itself, or a copy where it lies otherwise."""
        if self.last:
            tensor = tensor.permute(0, *range(2, tensor.dim()), 1)
        return tensor.contiguous()

    def unwire(self, piece: Tensor) -> Tensor:
        """The inverse of `wire`: the tensor that lies in a piece."""
        return piece.permute(0, piece.dim() - 1, *range(1, piece.dim() - 1)) if self.last else piece
