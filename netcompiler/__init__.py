"""A compiler for neural-network architectures: spec files to graphs, pictures and PyTorch modules."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netcompiler.api import (
        Comparison,
        Net,
        NetInfo,
        Placement,
        check,
        compare,
        figure,
        files,
        load,
        loads,
        mesh,
        nets,
    )
    from netcompiler.diagnostics import Diagnostic, Label, SpecError
    from netcompiler.draw.errors import DrawError
    from netcompiler.fully_convolutional import FullyConvolutionalError
    from netcompiler.graph import Edge, Graph, Layer, Output, Scope
    from netcompiler.limits import Limits
    from netcompiler.operations.base import REQUIRED
    from netcompiler.partition import Message, Part, Partition, Traffic
    from netcompiler.placement.estimate import Estimate
    from netcompiler.placement.machines import MACHINES, Machine
    from netcompiler.placement.training import Training
    from netcompiler.torch.communicate import CommunicationError
    from netcompiler.torch.norm import clip_grad_norm_, grad_norm
    from netcompiler.torch.pipelining.pipeline import Pipeline
    from netcompiler.torch.state import gather_state, gather_state_dict, load_state_dict, part_of

__version__ = "0.1.0"

__all__ = [
    "MACHINES",
    "REQUIRED",
    "CommunicationError",
    "Comparison",
    "Diagnostic",
    "DrawError",
    "Edge",
    "Estimate",
    "FullyConvolutionalError",
    "Graph",
    "Label",
    "Layer",
    "Limits",
    "Machine",
    "Message",
    "Net",
    "NetInfo",
    "Output",
    "Part",
    "Partition",
    "Pipeline",
    "Placement",
    "Scope",
    "SpecError",
    "Traffic",
    "Training",
    "check",
    "clip_grad_norm_",
    "compare",
    "figure",
    "files",
    "gather_state",
    "gather_state_dict",
    "grad_norm",
    "load",
    "load_state_dict",
    "loads",
    "mesh",
    "nets",
    "part_of",
]

_ELSEWHERE = {
    "Diagnostic": "diagnostics",
    "SpecError": "diagnostics",
    "DrawError": "draw.errors",
    "Edge": "graph",
    "FullyConvolutionalError": "fully_convolutional",
    "Graph": "graph",
    "Label": "diagnostics",
    "Layer": "graph",
    "Limits": "limits",
    "Output": "graph",
    "Scope": "graph",
    "REQUIRED": "operations.base",
    "Message": "partition",
    "Part": "partition",
    "Partition": "partition",
    "Traffic": "partition",
    "Estimate": "placement.estimate",
    "MACHINES": "placement.machines",
    "Machine": "placement.machines",
    "Training": "placement.training",
    "CommunicationError": "torch.communicate",
    "Pipeline": "torch.pipelining.pipeline",
    "clip_grad_norm_": "torch.norm",
    "grad_norm": "torch.norm",
    "gather_state": "torch.state",
    "gather_state_dict": "torch.state",
    "load_state_dict": "torch.state",
    "part_of": "torch.state",
}


def __getattr__(name: str) -> object:
    """A public name, imported when it is first asked for: `netc --help` need not wait for the compiler."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_ELSEWHERE.get(name, 'api')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
