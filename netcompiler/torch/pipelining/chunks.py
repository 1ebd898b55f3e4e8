"""Several stages of one process as one module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from torch import Tensor, nn


class Incompatible(NamedTuple):
    """Keys that a state dict lacks, and keys that the module does not know."""

    missing_keys: list[str]
    unexpected_keys: list[str]


class Chunks(nn.Module):
    """The parts of a net that one process runs, under the net's own names.

    ``named_parameters``, ``named_buffers``, ``state_dict`` and ``load_state_dict`` know the spec's names, as
    if all parts were one net. It is no stage itself, and cannot be called.
    """

    def __init__(self, parts: Sequence[nn.Module]) -> None:
        super().__init__()
        for number, part in enumerate(parts):
            self.add_module(str(number), part)

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, nn.Parameter]]:
        for part in self.children():
            yield from part.named_parameters(prefix, recurse, remove_duplicate)

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        for part in self.children():
            yield from part.named_buffers(prefix, recurse, remove_duplicate)

    def state_dict(self, *, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> Any:
        for part in self.children():
            destination = part.state_dict(destination=destination, prefix=prefix, keep_vars=keep_vars)
        return destination

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> Any:
        """As torch's. Raises RuntimeError when ``strict`` and a key is missing or unknown."""
        keys = [part.state_dict().keys() for part in self.children()]
        unexpected = [key for key in state_dict if not any(key in own for own in keys)]
        missing: list[str] = []
        for part, own in zip(self.children(), keys, strict=True):
            given = {key: state_dict[key] for key in own if key in state_dict}
            missing += part.load_state_dict(given, strict=False, assign=assign).missing_keys
        if strict and (missing or unexpected):
            raise RuntimeError(f"state dict with missing keys {missing} and unexpected keys {unexpected}")
        return Incompatible(missing, unexpected)
