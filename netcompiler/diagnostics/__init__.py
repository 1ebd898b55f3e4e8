"""Everything that can be wrong with a spec: codes, places and how they are printed."""

from netcompiler.diagnostics.codes import CODES
from netcompiler.diagnostics.diagnostic import Diagnostic, Label
from netcompiler.diagnostics.reporter import Reporter, SpecError
from netcompiler.diagnostics.words import call_text, chain_text, nearest, shape_text, suggest

__all__ = [
    "CODES",
    "Diagnostic",
    "Label",
    "Reporter",
    "SpecError",
    "call_text",
    "chain_text",
    "nearest",
    "shape_text",
    "suggest",
]
