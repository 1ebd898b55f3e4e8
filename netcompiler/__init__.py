"""A compiler for neural-network architectures: spec files to graphs, pictures and PyTorch modules."""

from netcompiler.api import REQUIRED, Net, NetInfo, check, load, loads, nets
from netcompiler.diagnostics import Diagnostic, SpecError
from netcompiler.draw.errors import DrawError
from netcompiler.graph import Edge, Graph, Layer, Output, Scope

__version__ = "0.1.0"

__all__ = [
    "REQUIRED",
    "Diagnostic",
    "DrawError",
    "Edge",
    "Graph",
    "Layer",
    "Net",
    "NetInfo",
    "Output",
    "Scope",
    "SpecError",
    "check",
    "load",
    "loads",
    "nets",
]
