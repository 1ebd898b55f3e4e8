"""What is said of a short spec."""

from __future__ import annotations

import textwrap

from netcompiler import pipeline
from netcompiler.diagnostics import Diagnostic
from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.source import Source


def found(text: str) -> list[Diagnostic]:
    """Everything that is said of a spec."""
    return pipeline.check(Source("my.net", textwrap.dedent(text)), DEFAULT_LIMITS, {})


def warned(text: str) -> list[str]:
    """Each warning's code and the text it points at; the spec must have no errors."""
    said = found(text)
    assert all(d.severity == "warning" for d in said), "\n".join(d.render() for d in said)
    return [f"{d.code} {d.span.text if d.span else ''}" for d in said]


def steps(text: str, shape: str = "[8, 32, 32]") -> list[str]:
    """The warnings of a net with these steps."""
    body = textwrap.indent(textwrap.dedent(text).strip(), "  ")
    return warned(f"net tiny {{\n  input image {shape}\n{body}\n}}\n")
