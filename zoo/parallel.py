"""How several processes train one net: ``trainer.parallel``.

``ddp`` keeps the whole net in each process and averages gradients. ``fsdp`` keeps a part of every tensor in
each, and puts a block together when it is needed. Either way what is saved is whole tensors under the spec's
names, so that a checkpoint knows nothing of how many processes wrote it. With one process nothing happens.
"""

import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.distributed.tensor import DTensor, distribute_tensor
from torch.nn.modules.batchnorm import _BatchNorm
from torch.optim import Optimizer

from zoo import processes, recompute


@dataclass(frozen=True)
class Shared:
    """A module that processes train together."""

    run: nn.Module
    """The module as it is run in training: a process's loss gives all processes' mean gradient."""
    hold: Callable[[], AbstractContextManager[object]] = nullcontext
    """For the parts of a step before its last, whose gradients need not travel alone."""


def begin_alike(module: nn.Module) -> None:
    """Give every process the main one's weights."""
    if processes.world() > 1:
        for tensor in module.state_dict().values():
            distributed.broadcast(tensor, 0)


def share(kind: str, module: nn.Module, copy: nn.Module | None, device: torch.device) -> Shared:
    """Train ``module`` with the other processes; ``copy`` is its moving average, kept in the same way.

    Optimizers are made after this: ``fsdp`` replaces the parameters.
    """
    if processes.world() == 1:
        return Shared(module)
    if kind == "fsdp":
        for each in (module, copy):
            if each is not None:
                _shard(each, device)
        # Gradients travel with every part of a step: kept until the last, they would be whole ones.
        return Shared(module)
    places = [device.index or 0] if device.type == "cuda" else None
    # Of a tensor with one channel: its strides can be read in two ways, which are the same.
    warnings.filterwarnings("ignore", message="Grad strides do not match bucket view strides")
    with warnings.catch_warnings():
        # The name that is to come is not there in every version that we run with.
        warnings.filterwarnings("ignore", message="`broadcast_buffers` is deprecated", category=FutureWarning)
        together = nn.parallel.DistributedDataParallel(
            module, device_ids=places, broadcast_buffers=False, gradient_as_bucket_view=True
        )
    return Shared(together, together.no_sync)


def statistics(module: nn.Module) -> Callable[[], None]:
    """What averages the running statistics of batch norms over processes: to be called after each step.

    So they come from all images, and each process has the same ones at any moment.
    """
    norms = [norm for norm in module.modules() if isinstance(norm, _BatchNorm)]
    own = [tensor for norm in norms for tensor in (norm.running_mean, norm.running_var) if tensor is not None]
    if not own or processes.world() == 1:
        return lambda: None

    def average() -> None:
        flat = torch.cat(own)
        distributed.all_reduce(flat)
        flat /= processes.world()
        for tensor, mean in zip(own, torch.split(flat, [len(each) for each in own]), strict=True):
            tensor.copy_(mean)

    return average


def whole(value: Any) -> Any:
    """Dicts and lists of tensors, with those that are shared out put together; all processes must ask."""
    if isinstance(value, DTensor):
        return value.full_tensor()
    if isinstance(value, Mapping):
        return {key: whole(inner) for key, inner in value.items()}
    return [whole(inner) for inner in value] if isinstance(value, list) else value


def parted(values: Mapping[str, Any], like: Mapping[str, Any]) -> dict[str, Any]:
    """Whole tensors, shared out as those of the same name in ``like`` are."""
    return {name: _parted(value, like.get(name)) for name, value in values.items()}


def parted_state(state: Mapping[str, Any], optimizer: Optimizer) -> dict[str, Any]:
    """An optimizer's saved state, each tensor of a parameter's shape shared out as the parameter is."""
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    per_parameter = {
        number: {
            name: _parted(value, parameters[number]) if name != "step" else value
            for name, value in own.items()
        }
        for number, own in state["state"].items()
        if number < len(parameters)
    }
    return {**state, "state": per_parameter}


def own_part(tensor: Tensor) -> Tensor:
    """What this process has of a tensor, in the same memory."""
    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


def _parted(value: Any, like: Any) -> Any:
    fits = isinstance(like, DTensor) and isinstance(value, Tensor) and value.shape == like.shape
    if not fits:
        return value
    # Every process has read the whole tensor, so that none needs to send it.
    return distribute_tensor(value.to(like.device), like.device_mesh, like.placements, src_data_rank=None)


def _shard(module: nn.Module, device: torch.device) -> None:
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh(device.type, (processes.world(),))
    blocks: Iterable[nn.Module] = list(recompute.blocks(module))
    for block in (*blocks, module):
        fully_shard(block, mesh=mesh)
