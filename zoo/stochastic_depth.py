"""Stochastic depth (Huang et al. 2016) for any net with residual branches, whatever its spec says."""

from typing import Any

from torch import Tensor, nn

import netcompiler
from zoo.errors import UserError


def add(module: nn.Module, net: netcompiler.Net, rate: float) -> int:
    """Leave out residual branches in training, each image's on its own; the number of branches.

    The share that is left out grows with depth, from rate / branches to ``rate`` for the last; what is kept
    is scaled up, so that validation needs no change.

    Raises:
        UserError: the net has no residual branches whose end is a module.
    """
    ends = _ends(module, net)
    if not ends:
        raise UserError(
            f"trainer.stochastic_depth={rate:g}: {net.name} has no residual branches that end in a layer "
            "with weights; the spec can say `stochastic_depth(p)` where it is wanted"
        )
    for number, end in enumerate(ends, 1):
        end.register_forward_hook(_Dropping(rate * number / len(ends)))
    return len(ends)


def _ends(module: nn.Module, net: netcompiler.Net) -> list[nn.Module]:
    """The last module of each branch that a skip goes past, in the order that they run."""
    modules = dict(module.named_modules())
    found: list[nn.Module] = []
    for layer in net.layers:
        edges = [data["edge"] for _, _, data in net.graph.in_edges(layer.id, data=True)]
        branches = [edge for edge in edges if not edge.skip]
        if layer.operation.name != "add" or len(edges) != 2 or len(branches) != 1:
            continue
        end = net.graph.nodes[branches[0].source]["layer"]
        if end.path in modules and not end.reuses and any(True for _ in modules[end.path].parameters()):
            found.append(modules[end.path])
    return found


class _Dropping:
    """A forward hook that zeroes the module's output for some images of a batch."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def __call__(self, module: nn.Module, _inputs: Any, output: Tensor) -> Tensor:
        if not module.training:
            return output
        shape = (len(output), *(1 for _ in output.shape[1:]))
        return output * output.new_empty(shape).bernoulli_(1 - self.rate).div_(1 - self.rate)
