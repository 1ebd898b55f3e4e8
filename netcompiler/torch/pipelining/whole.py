"""What concerns the whole net, of which each process of a pipeline holds a part."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.utils import clip_grads_with_norm_, get_total_norm


def gather(state: Mapping[str, Tensor], group: dist.ProcessGroup, device: torch.device) -> dict[str, Tensor]:
    """The states of all processes as one, on the CPU of the first; empty on the others.

    Tensors come one by one: no other process holds more than its own, and the first one more than the whole.
    """
    rank, first = dist.get_rank(group), dist.get_global_rank(group, 0)
    heads: list[object] = [None] * dist.get_world_size(group)
    dist.all_gather_object(heads, [(key, x.dtype, tuple(x.shape)) for key, x in state.items()], group)
    if rank:
        for value in state.values():
            if value.numel():
                dist.send(value.detach().to(device).contiguous(), first, group)
        return {}
    found = {key: value.detach().cpu().clone() for key, value in state.items()}
    for other, head in enumerate(heads[1:], 1):
        assert isinstance(head, list)
        for key, dtype, shape in head:
            value = torch.empty(shape, dtype=dtype, device=device)
            if value.numel():
                dist.recv(value, dist.get_global_rank(group, other), group)
            found[key] = value.cpu()
    return found


def clip(
    parameters: Iterable[nn.Parameter],
    max_norm: float,
    norm_type: float,
    group: dist.ProcessGroup,
    device: torch.device,
) -> Tensor:
    """Scale the gradients of all processes down to a norm, as `torch.nn.utils.clip_grad_norm_` does in one.

    Gives the norm before, of all gradients as one vector; the same on every process.
    """
    learned = list(parameters)
    own = get_total_norm([p.grad for p in learned if p.grad is not None], norm_type).to(device)
    total = own if math.isinf(norm_type) else own**norm_type
    dist.all_reduce(total, dist.ReduceOp.MAX if math.isinf(norm_type) else dist.ReduceOp.SUM, group)
    total = total if math.isinf(norm_type) else total ** (1 / norm_type)
    with torch.no_grad():
        clip_grads_with_norm_(learned, max_norm, total)
    return total
