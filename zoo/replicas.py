"""The copies of a net that share a run's images."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from torch.distributed import ProcessGroup
    from torch.distributed.device_mesh import DeviceMesh

T = TypeVar("T")


@dataclass(frozen=True)
class Replicas:
    """The copies of the net, as one process sees them: each may be spread over several processes."""

    count: int = 1
    own: int = 0
    """The number of the one that this process belongs to, from 0."""
    place: int = 0
    """This process's number among those of its replica, from 0."""
    counts: bool = True
    """Whether this process is the one of its replica that counts losses and errors."""
    mesh: "DeviceMesh | None" = None
    """``data`` × ``placement``; None where every process has the whole net."""

    @property
    def group(self) -> "ProcessGroup | None":
        """The processes that hold the same as this one in the other replicas; None for all of the run."""
        return None if self.mesh is None else self.mesh.get_group("data")

    def share(self, items: Sequence[T]) -> Sequence[T]:
        """This replica's part of what all share; every item is in exactly one part."""
        return items[self.own :: self.count]


def of_processes() -> Replicas:
    """A replica in each process."""
    from zoo import processes

    return Replicas(processes.world(), processes.rank())
