"""Random numbers drawn for tensors that are not there.

A process that holds one group's weights must draw the numbers of all others too, so that its own are those of
the whole net. Tensors on the meta device stand for the others: what is drawn for one of them goes to a small
piece of memory, over and over, and the generator is then where it would be.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_parameter_registration_hook
from torch.utils._python_dispatch import TorchDispatchMode

CHUNK = 1 << 16
"""Numbers drawn at a time: a multiple of 16, as torch fills a normal tensor in runs of 16, the last anew."""

_IN_RUNS = (torch.ops.aten.normal_.default, torch.ops.aten.uniform_.default)
_BY_VALUE = ("trunc_normal_", "orthogonal_")
"""Initialisers of torch.nn.init that look at what they have drawn, or skip tensors that are not there."""


class Draws(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Within, what is drawn for a tensor on the meta device moves the generator of another device on."""

    def __init__(self, device: torch.device) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._device = device

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        first = args[0] if args else None
        if torch.Tag.nondeterministic_seeded in func.tags and isinstance(first, Tensor) and first.is_meta:
            self._draw(func, first, args[1:], kwargs)
        return func(*args, **kwargs)

    def _draw(self, func: Any, absent: Tensor, rest: Sequence[Any], kwargs: dict[str, Any]) -> None:
        in_chunks = func in _IN_RUNS and absent.is_contiguous() and self._device.type == "cpu"
        if not in_chunks:
            func(_real(absent, self._device), *rest, **kwargs)
            return
        left = absent.numel()
        scratch = torch.empty(min(left, 2 * CHUNK), dtype=absent.dtype, device=self._device)
        while left:
            # The last piece is no smaller than a chunk: fewer than 16 numbers are drawn in another way.
            size = left if left < 2 * CHUNK else CHUNK
            func(scratch[:size], *rest, **kwargs)
            left -= size


def _real(absent: Tensor, device: torch.device) -> Tensor:
    return torch.empty_strided(absent.shape, absent.stride(), dtype=absent.dtype, device=device)


def initialisers(device: torch.device) -> SimpleNamespace:
    """torch.nn, its initialisers such that they draw for tensors on the meta device too.

    Those whose draws depend on the numbers drawn work on a tensor of that size, which is dropped at once.
    """
    changed = {name: _for_absent(getattr(nn.init, name), device) for name in _BY_VALUE}
    names = SimpleNamespace(**vars(nn))
    names.init = SimpleNamespace(**{**vars(nn.init), **changed})
    return names


def _for_absent(initialise: Callable[..., Tensor], device: torch.device) -> Callable[..., Tensor]:
    @functools.wraps(initialise)
    def draw(tensor: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if not tensor.is_meta:
            return initialise(tensor, *args, **kwargs)
        initialise(_real(tensor, device), *args, **kwargs)
        return tensor

    return draw


@contextmanager
def registered(replace: Callable[[nn.Parameter], nn.Parameter | None]) -> Iterator[None]:
    """Within, each parameter that a module gets may be replaced, before anything is drawn for it."""

    def hook(_: nn.Module, __: str, parameter: nn.Parameter) -> nn.Parameter | None:
        return replace(parameter)

    # Its type leaves out what its description says: that it may give another parameter.
    handle = register_module_parameter_registration_hook(hook)  # type: ignore[arg-type]
    try:
        yield
    finally:
        handle.remove()


def absent(parameter: nn.Parameter) -> nn.Parameter:
    """A parameter like it that is not there."""
    return nn.Parameter(parameter.detach().to("meta"), requires_grad=parameter.requires_grad)
