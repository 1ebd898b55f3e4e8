"""How the replicas of a net train together: ``trainer.parallel``.

``ddp`` keeps whole replicas and averages gradients. ``fsdp`` keeps a part of every tensor in each, and puts a
block together when it is needed. Either way what is saved is whole tensors under the spec's names, so that a
checkpoint knows nothing of how many processes wrote it, nor of which had which placement groups. With one
replica nothing happens.
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

import netcompiler
from zoo import recompute
from zoo.replicas import Replicas


@dataclass(frozen=True)
class Shared:
    """A module that replicas train together."""

    run: nn.Module
    """The module as it is run in training: a replica's loss gives all replicas' mean gradient."""
    hold: Callable[[], AbstractContextManager[object]] = nullcontext
    """For the parts of a step before its last, whose gradients need not travel alone."""


def begin_alike(module: nn.Module, replicas: Replicas) -> None:
    """Give every replica the first one's weights."""
    if replicas.count == 1:
        return
    group = replicas.group
    first = 0 if group is None else distributed.get_global_rank(group, 0)
    for tensor in module.state_dict().values():
        distributed.broadcast(tensor, first, group=group)


def share(
    kind: str, module: nn.Module, copy: nn.Module | None, device: torch.device, replicas: Replicas
) -> Shared:
    """Train ``module`` with the other replicas; ``copy`` is its moving average, kept in the same way.

    Optimizers are made after this: ``fsdp`` replaces the parameters.
    """
    if replicas.count == 1 or not any(parameter.requires_grad for parameter in module.parameters()):
        return Shared(module)
    if kind == "fsdp":
        for each in (module, copy):
            if each is not None:
                _shard(each, device, replicas)
        # Gradients travel with every part of a step: kept until the last, they would be whole ones.
        return Shared(module)
    places = [device.index or 0] if device.type == "cuda" else None
    any_strides()
    with warnings.catch_warnings():
        # The name that is to come is not there in every version that we run with.
        warnings.filterwarnings("ignore", message="`broadcast_buffers` is deprecated", category=FutureWarning)
        together = nn.parallel.DistributedDataParallel(
            module,
            device_ids=places,
            process_group=replicas.group,
            broadcast_buffers=False,
            gradient_as_bucket_view=True,
        )
    return Shared(together, together.no_sync)


def any_strides() -> None:
    """Let DDP take a tensor with one channel, whose strides can be read in two ways, which are the same."""
    warnings.filterwarnings("ignore", message="Grad strides do not match bucket view strides")


def statistics(module: nn.Module, replicas: Replicas) -> Callable[[], None]:
    """What averages the running statistics of batch norms over replicas: to be called after each step.

    So they come from all images, and each replica has the same ones at any moment.
    """
    norms = [norm for norm in module.modules() if isinstance(norm, _BatchNorm)]
    own = [tensor for norm in norms for tensor in (norm.running_mean, norm.running_var) if tensor is not None]
    if not own or replicas.count == 1:
        return lambda: None

    def average() -> None:
        flat = torch.cat(own)
        distributed.all_reduce(flat, group=replicas.group)
        flat /= replicas.count
        for tensor, mean in zip(own, torch.split(flat, [len(each) for each in own]), strict=True):
            tensor.copy_(mean)

    return average


def whole(values: Mapping[str, Any], replicas: Replicas) -> dict[str, Any]:
    """Values by name, with those that other processes have, and tensors that are shared out put together.

    All processes must ask; only what the main one gets is all of it.
    """
    if replicas.mesh is not None:
        return dict(netcompiler.gather_state(values, replicas.mesh))
    return {name: v.full_tensor() if isinstance(v, DTensor) else v for name, v in values.items()}


def parted(values: Mapping[str, Any], like: Mapping[str, Any]) -> dict[str, Any]:
    """Whole tensors, shared out as those of the same name in ``like`` are."""
    return {name: _parted(value, like.get(name)) for name, value in values.items()}


def optimizer_state(module: nn.Module, optimizer: Optimizer, replicas: Replicas) -> dict[str, dict[str, Any]]:
    """What an optimizer keeps for each parameter, by the parameter's name; asked for as ``whole``."""
    names: dict[Tensor, str] = {parameter: name for name, parameter in module.named_parameters()}
    flat = {
        f"{names[parameter]}/{key}": value
        for parameter, own in optimizer.state.items()
        for key, value in own.items()
    }
    found: dict[str, dict[str, Any]] = {}
    for path, value in whole(flat, replicas).items():
        name, _, key = path.rpartition("/")
        found.setdefault(name, {})[key] = value
    return found


def load_optimizer(
    module: nn.Module, optimizer: Optimizer, state: Mapping[str, Mapping[str, Any]], place: str
) -> None:
    """Put a saved state into an optimizer, each tensor of a parameter's shape shared out as the parameter is.

    Raises:
        ValueError: it was kept for other parameters; ``place`` says whose it is.
    """
    names = {parameter: name for name, parameter in module.named_parameters()}
    unknown = state.keys() - names.values()
    if unknown:
        raise ValueError(f"{place} keeps a state for {', '.join(sorted(unknown))}, which the net has not")
    order = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    per_number = {
        number: {
            key: _parted(value, parameter) if key != "step" else value
            for key, value in state[names[parameter]].items()
        }
        for number, parameter in enumerate(order)
        if names[parameter] in state
    }
    # Rates and the like are the options' to say, not the checkpoint's.
    optimizer.load_state_dict({**optimizer.state_dict(), "state": per_number})


def own_part(tensor: Tensor) -> Tensor:
    """What this process has of a tensor, in the same memory."""
    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


def _parted(value: Any, like: Any) -> Any:
    fits = isinstance(like, DTensor) and isinstance(value, Tensor) and value.shape == like.shape
    if not fits:
        return value
    # Every process has read the whole tensor, so that none needs to send it.
    return distribute_tensor(value.to(like.device), like.device_mesh, like.placements, src_data_rank=None)


def _shard(module: nn.Module, device: torch.device, replicas: Replicas) -> None:
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    if replicas.mesh is None:
        mesh = init_device_mesh(device.type, (replicas.count,))
    else:
        mesh = replicas.mesh["data"]
    blocks: Iterable[nn.Module] = list(recompute.blocks(module))
    for block in (*blocks, module):
        fully_shard(block, mesh=mesh)
