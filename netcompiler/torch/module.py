"""The generated source, executed: a net as a torch.nn.Module."""

from __future__ import annotations

import linecache
import re
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import torch

from netcompiler.graph import Graph
from netcompiler.torch.existing import Device, existing
from netcompiler.torch.lanes import Lanes, Queues
from netcompiler.torch.room import check_room
from netcompiler.torch.source import generate

_CLASS = re.compile(r"^class (\w+)", re.MULTILINE)
_PACKAGE = "netcompiler.generated"


def build(
    graph: Graph, devices: Device | Mapping[str, Device] | None = None, *, lanes: Queues | None = None
) -> torch.nn.Module:
    """Make the net's module.

    Random numbers are drawn on torch's default device, before anything is moved: the same seed gives the
    same weights wherever the net is placed. On ``"meta"`` as a whole nothing is drawn or allocated.

    Args:
        graph: a valid net.
        devices: where it runs: a device for all of it, or one for each placement group (a group that is left
            out stays on the default device); None for the default device.
        lanes: how devices are asked for streams, to have one for each group; None without streams.

    Raises:
        ValueError: `devices` names a group that the net does not have, or a device that is not there; or
            there are to be streams, and no groups.
        MemoryError: its weights are larger than the memory of the default device.
    """
    _check(graph, devices, streams=lanes is not None)
    if devices is None or isinstance(devices, Mapping) or torch.device(devices).type != "meta":
        check_room(graph)
    source = generate(graph, lanes=lanes is not None)
    make = main_class(load(source, graph.name), source)
    if lanes is not None:
        return _with_lanes(graph, make, devices, lanes)
    if devices is None:
        return _checked(make())
    if isinstance(devices, Mapping):
        return _checked(make(devices=dict(devices)) if graph.groups else make())
    device = torch.device(devices)
    if device.type == "meta":
        with device:
            return _checked(make())
    if graph.groups:
        return _checked(make(devices=dict.fromkeys(graph.groups, device)))
    return _checked(make()).to(device)


def _check(graph: Graph, devices: Device | Mapping[str, Device] | None, *, streams: bool) -> None:
    """Raises ValueError for groups and devices that are not there."""
    if streams and not graph.groups:
        raise ValueError(f"streams are for placement groups, and {graph.name} has none")
    if isinstance(devices, Mapping):
        unknown = [str(name) for name in devices if name not in graph.groups]
        if unknown:
            known = ", ".join(graph.groups) or "none"
            raise ValueError(f"no placement group {', '.join(unknown)} in {graph.name}; it has: {known}")
        for group, device in devices.items():
            existing(device, f"group {group}")
    elif devices is not None:
        existing(devices, graph.name)


def _with_lanes(
    graph: Graph, make: Any, devices: Device | Mapping[str, Device] | None, queues: Queues
) -> torch.nn.Module:
    """The net with a stream for each group."""
    default = torch.get_default_device()
    if not isinstance(devices, Mapping):
        devices = dict.fromkeys(graph.groups, default if devices is None else torch.device(devices))
    where = {group: torch.device(devices.get(group, default)) for group in graph.groups}
    queues.check(where)
    module = _checked(make(devices=where))
    Lanes(where, queues).attach(module)
    return module


def _checked(module: object) -> torch.nn.Module:
    assert isinstance(module, torch.nn.Module)
    return module


def main_class(module: ModuleType, source: str) -> Any:
    """The net's class, the last one of its file."""
    return getattr(module, _CLASS.findall(source)[-1])


def load(source: str, net: str) -> ModuleType:
    """The source as a Python module, its lines where tracebacks, debuggers and `inspect` look for them.

    Equal sources share a module, and so their classes; it stays loaded like any other.
    """
    number = 1
    while True:
        suffix = "" if number == 1 else str(number)
        name = f"{_PACKAGE}.{net}{suffix}"
        file = f"<netcompiler {net}{' ' * bool(suffix)}{suffix}>"
        loaded = sys.modules.get(name)
        if loaded is None:
            break
        if "".join(linecache.getlines(file)) == source:
            return loaded
        number += 1
    module = ModuleType(name)
    module.__file__ = file
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), module.__dict__)  # noqa: S102  the source holds checked names and literals only
    sys.modules[name] = module
    return module
