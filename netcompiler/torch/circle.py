"""Collectives among the processes of several placement groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import torch
from torch import Tensor, distributed
from torch.distributed.device_mesh import DeviceMesh

from netcompiler.partition import Message

# The names since torch 2.13, and those before.
_all_gather = getattr(distributed, "all_gather_single", None) or distributed.all_gather_into_tensor
_reduce_scatter = getattr(distributed, "reduce_scatter_single", None) or distributed.reduce_scatter_tensor


class Circle:
    """Placement groups that exchange values, each with all others.

    gloo's all-gather copies what it sends more than once, and its reduce-scatter is an all-reduce, and sends
    twice as much: on gloo both are all-to-alls in which nobody sends to itself, which took a quarter of the
    time for 8 MiB between two processes. Other backends use their own.

    Attributes:
        groups: the groups, in the order of the ranks of their processes.
        process_group: their processes.
    """

    def __init__(self, process_group: distributed.ProcessGroup, groups: Sequence[str], own: str) -> None:
        self.process_group = process_group
        self.groups = tuple(groups)
        self.others = tuple(group for group in groups if group != own)
        self._own = self.groups.index(own)
        self._is_gloo = distributed.get_backend(process_group) == "gloo"

    def gather(self, piece: Tensor) -> dict[str, Tensor]:
        """The others' tensors; all are contiguous, of one shape."""
        if self._is_gloo:
            mine = piece.view(-1)
            given = mine if len(self.others) == 1 else mine.repeat(len(self.others))
            theirs = piece.new_empty((len(self.others), *piece.shape))
            self._swap(theirs, given, piece.numel())
            return dict(zip(self.others, theirs, strict=True))
        every = piece.new_empty((len(self.groups), *piece.shape))
        _all_gather(every.view(-1), piece.view(-1), group=self.process_group)
        pieces = zip(self.groups, every, strict=True)
        return {group: each for group, each in pieces if group in self.others}

    def scatter(self, pieces: Mapping[str, Tensor]) -> Tensor:
        """The sum of what the others have for this process; ``pieces`` is what it has for each of them."""
        first = pieces[self.others[0]]
        flat = {group: piece.view(-1) for group, piece in pieces.items()}
        if self._is_gloo:
            given = [flat[group] for group in self.others]
            theirs = first.new_empty((len(self.others), *first.shape))
            self._swap(theirs, given[0] if len(given) == 1 else torch.cat(given), first.numel())
            return theirs[0] if len(given) == 1 else theirs.sum(0)
        nothing = torch.zeros_like(first).view(-1)
        total = torch.empty_like(first)
        every = torch.cat([flat.get(group, nothing) for group in self.groups])
        _reduce_scatter(total.view(-1), every, group=self.process_group)
        return total

    def _swap(self, theirs: Tensor, given: Tensor, size: int) -> None:
        """Give each of the others its piece of ``given``, and take one of that size from each."""
        splits = [0 if i == self._own else size for i in range(len(self.groups))]
        distributed.all_to_all_single(theirs.view(-1), given, splits, splits, group=self.process_group)


def subgroups(ranks: list[list[int]], timeout: timedelta) -> distributed.ProcessGroup:
    """Process groups of these ranks; gives the one that this process is in. All processes call this."""
    own: distributed.ProcessGroup
    own, _ = distributed.new_subgroups_by_enumeration(ranks, timeout=timeout)  # type: ignore[no-untyped-call]
    return own


def make_circles(
    messages: Iterable[Message], groups: tuple[str, ...], mesh: DeviceMesh
) -> dict[tuple[str, ...], Circle]:
    """The circles in which groups exchange values, and that of all groups, for this process.

    All processes of the job call this, since all must know of all process groups, of each replica.
    """
    every = mesh.get_group("placement")
    place = mesh.get_local_rank("placement")
    circles = {groups: Circle(every, groups, groups[place])}
    timeout = every._get_backend(torch.device(mesh.device_type)).options._timeout  # noqa: SLF001  no other way
    dimension = (mesh.mesh_dim_names or ()).index("placement")
    replicas = mesh.mesh.movedim(dimension, -1).reshape(-1, len(groups)).tolist()
    for columns in dict.fromkeys(m.sources for m in messages if m.kind == "exchange" and m.sources != groups):
        places = sorted(map(groups.index, columns))
        rows = [[replica[i] for i in places] for replica in replicas]
        made = subgroups(rows, timeout)
        if place in places:
            circles[columns] = Circle(made, [groups[i] for i in places], groups[place])
    return circles
