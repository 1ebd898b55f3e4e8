"""A compiler for neural-network architectures: spec files to graphs, pictures and PyTorch modules."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netcompiler.api import Comparison, Net, NetInfo, check, compare, figure, files, load, loads, nets
    from netcompiler.diagnostics import Diagnostic, SpecError
    from netcompiler.draw.errors import DrawError
    from netcompiler.fully_convolutional import FullyConvolutionalError
    from netcompiler.graph import Edge, Graph, Layer, Output, Scope
    from netcompiler.operations.base import REQUIRED

__version__ = "0.1.0"

__all__ = [
    "REQUIRED",
    "Comparison",
    "Diagnostic",
    "DrawError",
    "Edge",
    "FullyConvolutionalError",
    "Graph",
    "Layer",
    "Net",
    "NetInfo",
    "Output",
    "Scope",
    "SpecError",
    "check",
    "compare",
    "figure",
    "files",
    "load",
    "loads",
    "nets",
]

_ELSEWHERE = {
    "Diagnostic": "diagnostics",
    "SpecError": "diagnostics",
    "DrawError": "draw.errors",
    "Edge": "graph",
    "FullyConvolutionalError": "fully_convolutional",
    "Graph": "graph",
    "Layer": "graph",
    "Output": "graph",
    "Scope": "graph",
    "REQUIRED": "operations.base",
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
