"""Streams for placement groups: a race detector stands in for the GPU.

Every operation is noted with the stream that it was given to. One may read or overwrite memory only when its
stream has waited for the work that wrote or read it before (vector clocks: Lamport 1978, Fidge 1988).
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

import netcompiler
from netcompiler.torch.lanes import Lanes
from netcompiler.torch.module import build
from tests.torch.test_columns import grouped
from tests.torch.test_equivalence import RandomNet, as_tuple, assert_equal

Clock = dict[int, int]
"""How much of each stream's work is known to be done."""


class Simulated:
    """Streams of one device that note who waited for whom; stream 0 is the one from before."""

    def __init__(self) -> None:
        self.clocks: list[Clock] = [{}]
        self.now = 0
        self.kept: set[tuple[int, int]] = set()

    def __deepcopy__(self, memo: object) -> Simulated:
        return self

    def check(self, devices: Mapping[str, torch.device]) -> None:
        pass

    def stream(self, device: torch.device) -> int:
        self.clocks.append({})
        return len(self.clocks) - 1

    def current(self, device: torch.device | None = None) -> int:
        return self.now

    def set_current(self, stream: int) -> None:
        self.now = stream

    def event(self, stream: int) -> Clock:
        return dict(self.clocks[stream])

    def wait(self, stream: int, event: Clock) -> None:
        own = self.clocks[stream]
        for other, count in event.items():
            own[other] = max(own.get(other, 0), count)

    def used(self, tensor: Tensor, stream: int) -> None:
        self.kept.add((_memory(tensor), stream))


class Races(TorchDispatchMode):
    """Within, work that does not wait for what it needs is an error."""

    def __init__(self, streams: Simulated) -> None:
        super().__init__()
        self.streams = streams
        self.writes: dict[int, tuple[int, int]] = {}
        self.reads: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.made_on: dict[int, int] = {}
        self.kept: list[Any] = []  # memory whose address is noted must not be used again
        self.work: list[tuple[str, int, Clock]] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        stream = self.streams.now
        clock = self.streams.clocks[stream]
        clock[stream] = clock.get(stream, 0) + 1
        stamp = stream, clock[stream]
        self.work.append((str(func), stream, dict(clock)))
        given = [tensor for tensor in tree_leaves((args, kwargs)) if isinstance(tensor, Tensor)]
        overwritten = set(_overwritten(func, args, kwargs or {}))
        result = func(*args, **(kwargs or {}))
        for tensor in given:
            memory = _memory(tensor)
            self.kept.append(tensor)
            self._after(self.writes.get(memory), func)
            if memory in overwritten:
                for earlier in self.reads[memory]:
                    self._after(earlier, func)
                self.writes[memory] = stamp
            self.reads[memory].append(stamp)
            made_on = self.made_on.get(memory)
            if made_on is not None and stream not in (made_on, 0):
                assert (memory, stream) in self.streams.kept, f"{func} reads what may be freed"
        known = {_memory(tensor) for tensor in given}
        for tensor in tree_leaves(result):
            if isinstance(tensor, Tensor) and _memory(tensor) not in known:
                self.kept.append(tensor)
                self.writes[_memory(tensor)] = stamp
                self.made_on[_memory(tensor)] = stream
        return result

    def _after(self, stamp: tuple[int, int] | None, func: object) -> None:
        if stamp is not None:
            stream, count = stamp
            done = self.streams.clocks[self.streams.now].get(stream, 0)
            assert done >= count, f"{func} on stream {self.streams.now} does not wait for stream {stream}"


def _memory(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _overwritten(func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Iterator[int]:
    for i, argument in enumerate(func._schema.arguments):
        value = kwargs.get(argument.name, args[i] if i < len(args) else None)
        if argument.alias_info is not None and argument.alias_info.is_write and isinstance(value, Tensor):
            yield _memory(value)


def run(model: nn.Module, streams: Simulated, *inputs: Tensor) -> Races:
    """A forward pass; what is done with its result comes after it."""
    with Races(streams) as races:
        for value in as_tuple(model(*(value.clone() for value in inputs))):
            value.sum()
    assert streams.now == 0
    return races


@pytest.mark.parametrize("seed", range(30))
def test_random_nets_wait_for_what_they_read(seed: int) -> None:
    graph = RandomNet(seed, ("left", "middle", "right")[: 2 + seed % 2]).graph()
    streams = Simulated()
    model = build(graph, "cpu", lanes=streams)
    assert_equal(graph, model, training=False)
    for training in (False, True):
        inputs = [torch.randn(2, *graph.layer(id).output, dtype=torch.float64) for id in graph.inputs]
        run(model.train(training), streams, *inputs)


@pytest.mark.parametrize("broken", ["bring", "begin", "end", "used"])
def test_the_detector_finds_races(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    streams = Simulated()
    model = build(grouped(), lanes=streams)
    run(model, streams, torch.randn(1, 4, 5, 5))
    if broken == "used":
        monkeypatch.setattr(streams, "used", lambda tensor, stream: None)
    elif broken == "bring":
        monkeypatch.setattr(Lanes, "bring", lambda self, value, group: value)
    else:
        model._forward_pre_hooks.clear() if broken == "begin" else model._forward_hooks.clear()
    with pytest.raises(AssertionError):
        run(model, streams, torch.randn(1, 4, 5, 5))


def test_columns_overlap() -> None:
    """The bottom column begins without waiting for the top one, and then waits for no more than it reads."""
    streams = Simulated()
    model = netcompiler.load("specs/alexnet.net").module().eval()
    lanes = build(netcompiler.load("specs/alexnet.net")._graph, lanes=streams).eval()
    lanes.load_state_dict(model.state_dict())
    image = torch.randn(1, 3, 224, 224)
    with torch.no_grad():
        assert torch.equal(lanes(image), model(image))
        races = run(lanes, streams, image)
    top, bottom = 1, 2
    convolutions = [(stream, clock) for name, stream, clock in races.work if "convolution" in name]
    assert [stream for stream, _ in convolutions] == [top, top, bottom, bottom, *[top] * 3, *[bottom] * 3]
    before = convolutions[0][1].get(top, 0)
    assert convolutions[2][1].get(top, 0) < before, "bottom.conv1 waits for nothing of the top"
    assert convolutions[7][1].get(top, 0) < convolutions[4][1][top], "nor bottom.conv3 for top.conv3"
    assert convolutions[7][1].get(top, 0) >= convolutions[1][1][top], "but for top.conv2"


def test_copies_have_streams_of_their_own() -> None:
    streams = Simulated()
    model = build(grouped(), lanes=streams)
    twin = copy.deepcopy(model)
    count = len(streams.clocks)
    assert count == 7, "the one before, three groups, and their copies"
    run(twin, streams, torch.randn(1, 4, 5, 5))


def test_an_error_in_the_middle_leaves_the_stream_as_it_was() -> None:
    streams = Simulated()
    model = build(grouped(), lanes=streams)
    with pytest.raises(RuntimeError):
        model(torch.randn(1, 3, 5, 5))
    assert streams.now == 0
    run(model, streams, torch.randn(1, 4, 5, 5))


def test_streams_need_gpus_and_groups() -> None:
    with pytest.raises(
        ValueError, match="streams=True: group top is on cpu, which has no streams; GPUs have"
    ):
        netcompiler.load("specs/alexnet.net").module("cpu", streams=True)
    with pytest.raises(ValueError, match="streams are for placement groups, and resnet18 has none"):
        netcompiler.load("specs/resnet.net", "resnet18").module(streams=True)
