"""State dicts of the whole net, from and for the parts that its processes hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.distributed.device_mesh import DeviceMesh
from torch.distributed.tensor import DTensor, distribute_tensor

from netcompiler.torch.communicate import Communicator, touch


def part_of(module: nn.Module) -> tuple[nn.Module, Communicator]:
    """The part that a module is or wraps (DDP, torch.compile, a moving average), and its communicator.

    Raises:
        ValueError: there is none.
    """
    for inner in module.modules():
        for value in vars(inner).values():
            if isinstance(value, Communicator):
                return inner, value
    raise ValueError("this module is no part of a net in several processes: make it with net.module(mesh=…)")


def gather_state_dict(module: nn.Module) -> dict[str, Tensor]:
    """The whole net's state dict under the spec's names, on the first process; empty on the others.

    All processes call this. The first one collects the tensors on the CPU; no other holds more than its own
    and one whole tensor.

    Raises:
        ValueError: the module is no part of a net.
        CommunicationError: another process is lost.
    """
    part, talk = part_of(module)
    found = dict(gather_state(part.state_dict(), talk.mesh))
    return {key: found[key] for key in talk.keys if key in found}


def gather_state(state: Mapping[str, Any], mesh: DeviceMesh) -> Iterator[tuple[str, Any]]:
    """The entries of all groups' states, group after group, on the first process of the mesh.

    All processes call this and go through what it gives, which is nothing on the others. Entries are tensors,
    also those that FSDP shares out, and plain data; they come one by one, tensors on the CPU, and can be
    written to a file as they come. Where there are several replicas the first one's count.
    """
    names = mesh.mesh_dim_names or ()
    place = mesh.get_local_rank("placement")
    first = all(mesh.get_local_rank(name) == 0 for name in names if name != "placement")
    group = mesh.get_group("placement")
    ranks = distributed.get_process_group_ranks(group)
    device = torch.device(mesh.device_type)
    for source, rank in enumerate(ranks):
        if place == source:
            entries = ((key, _whole(value)) for key, value in state.items())
            if first and source == 0:
                yield from ((key, v.cpu() if isinstance(v, Tensor) else v) for key, v in entries)
            else:
                _send([*_heads(state)] if first else [], entries, ranks[0], group, device, sends=first)
        elif first and place == 0:
            yield from _receive(rank, group, device)


def _heads(state: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """For each entry its key, and the dtype and shape of a tensor or the thing itself."""
    for key, value in state.items():
        yield key, (value.dtype, tuple(value.shape)) if isinstance(value, Tensor) else _Plain(value)


class _Plain:
    """An entry that is no tensor."""

    def __init__(self, value: object) -> None:
        self.value = value


def _whole(value: Any) -> Any:
    return value.full_tensor() if isinstance(value, DTensor) else value


def _send(
    heads: list[Any],
    entries: Iterator[tuple[str, Any]],
    to: int,
    group: distributed.ProcessGroup,
    device: torch.device,
    *,
    sends: bool,
) -> None:
    """Send a process's entries; one that does not send helps FSDP to put its tensors together."""
    rank = distributed.get_rank()
    if sends:
        with touch(f"rank {rank}", f"rank {to}"):
            distributed.send_object_list([heads], to, group=group, device=device)
    for _, value in entries:
        if sends and isinstance(value, Tensor) and value.numel():
            with touch(f"rank {rank}", f"rank {to}"):
                distributed.send(value.detach().to(device).contiguous(), to, group=group)


def _receive(source: int, group: distributed.ProcessGroup, device: torch.device) -> Iterator[tuple[str, Any]]:
    box: list[Any] = [None]
    own = f"rank {distributed.get_rank()}"
    with touch(own, f"rank {source}"):
        distributed.recv_object_list(box, source, group=group, device=device)
    for key, head in box[0]:
        if isinstance(head, _Plain):
            yield key, head.value
            continue
        dtype, shape = head
        value = torch.empty(shape, dtype=dtype, device=device)
        if value.numel():
            with touch(own, f"rank {source}"):
                distributed.recv(value, source, group=group)
        yield key, value.cpu()


def load_state_dict(module: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Load what is this process's of the whole net's state; nothing travels.

    ``state`` may be a mapping that reads a tensor from a file when it is asked for: each process asks for its
    own alone.

    Raises:
        ValueError: the module is no part of a net.
        RuntimeError: keys of the net are missing, or there are others; or a shape is wrong.
    """
    part, talk = part_of(module)
    missing = [key for key in talk.keys if key not in state]
    unknown = sorted(set(state) - set(talk.keys))
    wrong = [
        f"{what} keys: {', '.join(keys)}"
        for what, keys in (("missing", missing), ("unknown", unknown))
        if keys
    ]
    if wrong:
        raise RuntimeError(f"this is no state of the net: {'; '.join(wrong)}")
    own = part.state_dict()
    part.load_state_dict({key: _shared_out(state[key], like) for key, like in own.items()})


def _shared_out(value: Tensor, like: Tensor) -> Tensor:
    """A whole tensor, shared out as FSDP has it."""
    if not isinstance(like, DTensor):
        return value
    # Every process has read the whole tensor, so that none needs to send it.
    return distribute_tensor(value.to(like.device), like.device_mesh, like.placements, src_data_rank=None)
