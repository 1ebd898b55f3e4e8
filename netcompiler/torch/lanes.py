"""Streams for placement groups that share a GPU: work of groups that do not wait for each other overlaps.

Generated code says which group its next lines belong to (`Lanes.switch`), which values others will read
(`Lanes.made`), and where it reads one of another group (`Lanes.bring`). The backward pass needs no code of
its own: autograd runs every operation on the stream that its forward ran on, and waits where values cross.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any, Protocol

import torch
from torch import Tensor, nn


class Queues(Protocol):
    """How a kind of device is asked for streams; what it calls a stream or an event is its own."""

    def check(self, devices: Mapping[str, torch.device]) -> None:
        """Raises ValueError when a group's device has no streams."""

    def stream(self, device: torch.device) -> Any:
        """A new stream of the device."""

    def current(self, device: torch.device | None = None) -> Any:
        """The stream that work goes to now, of this device or of the current one."""

    def set_current(self, stream: Any) -> None:
        """Work goes to this stream, and its device, from now on."""

    def event(self, stream: Any) -> Any:
        """What stands for all that the stream has been given so far."""

    def wait(self, stream: Any, event: Any) -> None:
        """The stream's further work waits for an event."""

    def used(self, tensor: Tensor, stream: Any) -> None:
        """The tensor's memory is not given to others until the stream's work so far is done."""


class Accelerator:
    """The streams of CUDA devices, and of others that torch.accelerator knows."""

    def check(self, devices: Mapping[str, torch.device]) -> None:
        kind = torch.accelerator.current_accelerator()
        for group, device in devices.items():
            if kind is None or device.type != kind.type:
                raise ValueError(
                    f"streams=True: group {group} is on {device}, which has no streams; GPUs have"
                )

    def stream(self, device: torch.device) -> Any:
        return torch.Stream(device)

    def current(self, device: torch.device | None = None) -> Any:
        return torch.accelerator.current_stream(device)

    def set_current(self, stream: Any) -> None:
        torch.accelerator.set_stream(stream)

    def event(self, stream: Any) -> Any:
        return stream.record_event()

    def wait(self, stream: Any, event: Any) -> None:
        stream.wait_event(event)

    def used(self, tensor: Tensor, stream: Any) -> None:
        tensor.record_stream(stream)


class Lanes:
    """A stream for each placement group of a net in one process.

    A value may be brought to a group that its own group has not been told of (`made`): then all that others
    have been given so far is waited for, which is right and slower.
    """

    def __init__(self, devices: Mapping[str, torch.device], queues: Queues | None = None) -> None:
        """``devices`` says where each group is, all on devices that have streams."""
        self.devices = dict(devices)
        self._queues = queues or Accelerator()
        self._streams = {group: self._queues.stream(device) for group, device in self.devices.items()}
        self._made: dict[int, tuple[weakref.ref[Tensor], Any]] = {}
        self._before: list[Any] = []
        """The current streams from before the forward pass, that of the current device last."""
        self._now: str | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles get streams of their own."""
        return Lanes, (self.devices, self._queues)

    def attach(self, module: nn.Module) -> None:
        """Give a net's module its lanes: all parts of it that switch between groups."""
        for part in module.modules():
            if isinstance(part, InLanes):
                part._lanes = self  # noqa: SLF001  a name that no layer's attribute has
        module.register_forward_pre_hook(self._begin, with_kwargs=True)
        module.register_forward_hook(self._end, always_call=True)

    def switch(self, group: str) -> None:
        """What follows is this group's work."""
        if group != self._now:
            self._queues.set_current(self._streams[group])
            self._now = group

    def made(self, value: Tensor) -> None:
        """The group at work has made a value that others read."""
        assert self._now is not None
        event = self._queues.event(self._streams[self._now])
        self._made[id(value)] = weakref.ref(value), event

    def bring(self, value: Tensor, group: str) -> Tensor:
        """A value of another group, or of the net's input, on the device and for the stream of this one."""
        stream = self._streams[group]
        known, event = self._made.get(id(value), (None, None))
        if known is not None and known() is value:  # ids are used again
            if event is not None:
                self._queues.wait(stream, event)
        else:
            for other, theirs in self._streams.items():
                if other != group:
                    self._queues.wait(stream, self._queues.event(theirs))
        # A copy runs on the stream of the group that reads; autograd and the allocator are told by torch.
        now = self._now
        self.switch(group)
        moved = value.to(self.devices[group], non_blocking=True)
        self._queues.used(value, stream)
        if now is not None:
            self.switch(now)
        return moved

    def _begin(self, _module: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]) -> None:
        """Every lane begins after what was given to its device before, which made inputs and weights."""
        devices = dict.fromkeys(self.devices.values())
        self._before = [*map(self._queues.current, devices), self._queues.current()]
        events = [self._queues.event(stream) for stream in self._before]
        for stream in self._streams.values():
            for event in events:
                self._queues.wait(stream, event)
        self._now = None
        # They were waited for just now.
        self._made = {id(v): (weakref.ref(v), None) for v in _tensors((*inputs, *named.values()))}

    def _end(self, _module: nn.Module, _inputs: tuple[Any, ...], result: Any) -> None:
        """What is given to the devices from here on comes after the lanes' work; also after an error."""
        events = [self._queues.event(stream) for stream in self._streams.values()]
        for stream in self._before:
            for event in events:
                self._queues.wait(stream, event)
            self._queues.set_current(stream)
        for value in _tensors(result):
            for stream in self._before:
                self._queues.used(value, stream)
        self._now = None
        self._made.clear()


class InLanes(nn.Module):
    """The base of generated classes that switch between groups."""

    _lanes: Lanes


def _tensors(result: Any) -> list[Tensor]:
    if isinstance(result, Tensor):
        return [result]
    return [value for value in result if isinstance(value, Tensor)] if isinstance(result, tuple) else []
