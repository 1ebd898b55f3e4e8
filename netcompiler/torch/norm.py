"""The norm of the gradients of a net whose groups run in several processes."""

from __future__ import annotations

import math

import torch
from torch import Tensor, distributed, nn
from torch.distributed.tensor import DTensor
from torch.nn.utils import clip_grads_with_norm_, get_total_norm

from netcompiler.torch.state import part_of


def grad_norm(module: nn.Module, norm_type: float = 2.0) -> Tensor:
    """The norm of all groups' gradients as one vector. All processes call this and get the same.

    Raises:
        ValueError: the module is no part of a net.
        CommunicationError: another process is lost.
    """
    _, talk = part_of(module)
    gradients = [p.grad for p in module.parameters() if p.grad is not None]
    own = get_total_norm(gradients, norm_type)
    if isinstance(own, DTensor):
        own = own.full_tensor()
    total = own.to(talk.device) if math.isinf(norm_type) else own.to(talk.device) ** norm_type
    operation = distributed.ReduceOp.MAX if math.isinf(norm_type) else distributed.ReduceOp.SUM
    with talk.talking(talk.others):
        distributed.all_reduce(total, operation, group=talk.mesh.get_group("placement"))
    return total if math.isinf(norm_type) else total ** (1 / norm_type)


def clip_grad_norm_(module: nn.Module, max_norm: float, norm_type: float = 2.0) -> Tensor:
    """torch.nn.utils.clip_grad_norm_ over all groups: scales where the norm is too large, and gives it.

    Raises:
        ValueError: the module is no part of a net.
        CommunicationError: another process is lost.
    """
    total = grad_norm(module, norm_type)
    with torch.no_grad():
        clip_grads_with_norm_(module.parameters(), max_norm, total)
    return total
