"""Words about operations and definitions, as Markdown, from their declarations."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from netcompiler import syntax
from netcompiler.lsp.reading import Reading
from netcompiler.operations.arguments import literal_text
from netcompiler.operations.base import OPERATIONS, Operation, Parameter
from netcompiler.operations.initializers import INITIALIZERS

KEYWORDS = {
    "use": 'takes blocks and nets from another file: `use "blocks.net": unit`',
    "block": "defines a block: `block name(parameters) { … }`",
    "net": "defines a net, `net name(parameters) { … }`, or a variant of one, `net name = other(arguments)`",
    "let": "names a value, or with parameters a function",
    "default": "fills in arguments of every later call of an operation",
    "group": "declares placement groups",
    "input": "declares an input: `input name [3, 224, 224]`, the batch left out",
    "output": "says what the net gives: `output name`, `output name if training`",
    "from": "goes on with an earlier value",
    "if": "chooses steps: `if test { … } else { … }`",
    "else": "the other side of an `if`",
    "for": "runs its body for each item: `for name in items { … }`",
    "in": "the value that a block is given",
    "residual": "adds the body's result to its input: `residual { … } skip step`",
    "skip": "a step that replaces the plain input of a `residual`",
    "on": "places the steps inside on a placement group",
    "columns": "lays the same layers on each of the groups",
    "and": "both are true",
    "or": "one is true",
    "not": "true for false",
    "true": "",
    "false": "",
    "none": "nothing",
}
"""The words of the language, and a line on each."""

STEPS = {
    "exchange": "inside `columns`: every column gets the concatenation of all columns' values",
    "gather": "after `columns`: the columns' results, concatenated on the group where it stands",
    "reuse": "`reuse(name)` runs a named step once more, with the same weights",
    "expect": "`expect([256, 56, 56])` asserts the shape where it stands, and costs nothing",
}
"""The steps that are words of the language, and a line on each."""

SHAPES = {
    "channels": "the first extent of the current value's shape",
    "height": "the last extent but one of the current value's shape",
    "width": "the last extent of the current value's shape",
    "features": "the last extent of the current value's shape",
    "shape": "the current value's shape, a list without the batch",
}
"""The names that stand for the current value's shape, and a line on each."""


def argument_text(parameter: Parameter) -> str:
    """An operation's argument as a signature shows it."""
    if parameter.required:
        return parameter.name
    return f"{parameter.name}={value_text(parameter.default)}"


def value_text(value: object) -> str:
    """A default as a spec writes it; long fractions are cut."""
    return f"{value:.4g}" if isinstance(value, float) and len(repr(value)) > 8 else literal_text(value)


def signature_text(name: str, parameters: Iterable[Parameter]) -> str:
    """``conv(out_channels, kernel_size, stride=1, …)``"""
    return f"{name}({', '.join(map(argument_text, parameters))})"


def fenced(text: str) -> str:
    """Text of the language in Markdown."""
    return f"```net\n{text}\n```"


@cache
def operation_text(operation: Operation) -> str:
    """An operation: signature, what it does, its arguments, and where more stands."""
    shown = fenced(signature_text(operation.name, operation.parameters))
    body = (inspect.getdoc(type(operation)) or "").replace("``", "`")
    parts = [shown, operation.doc, body]
    if operation.parameters:
        parts.append("\n".join(f"- {parameter_line(p)}" for p in operation.parameters))
    page = page_link("operations.md", operation.name)
    if page is not None:
        parts.append(f"[operations.md]({page})")
    return "\n\n".join(part for part in parts if part)


def parameter_line(parameter: Parameter) -> str:
    """One argument: its name, what it takes, what it does."""
    text = f"`{argument_text(parameter)}`: {parameter.type.expects}"
    return f"{text}; {parameter.doc}" if parameter.doc else text


@cache
def initializer_text(name: str) -> str:
    """An initialiser of torch.nn.init and its arguments."""
    parameters = INITIALIZERS[name]
    lines = "\n".join(f"- {parameter_line(p)}" for p in parameters)
    return "\n\n".join(part for part in (fenced(signature_text(name, parameters)), _INIT, lines) if part)


_INIT = "An initialiser of torch.nn.init."


def built_in_parameters(space: str, name: str) -> tuple[Parameter, ...]:
    """The arguments of an operation or initialiser."""
    if space == "operation" and name in OPERATIONS:
        return OPERATIONS[name].parameters
    if space == "initializer":
        return INITIALIZERS.get(name, ())
    return ()


# ---- definitions ---------------------------------------------------------------------------------


def head_text(node: syntax.Definition | syntax.Variant | syntax.Let, reading: Reading) -> str:
    """The line of a definition: name and parameters, without a body."""
    stretch = reading.stretch(node.span)
    if isinstance(node, syntax.Definition):
        end = reading.stretch(node.body.span).start
        return " ".join(reading.text[stretch.start : end].split())
    text = " ".join(reading.text[stretch.start : stretch.end].split())
    return text if len(text) <= 300 else text[:299] + "…"


def comment_above(reading: Reading, offset: int) -> str:
    """The comment lines straight above a line, and the comment at its end, as Markdown."""
    lines = reading.lines
    line = lines.number(offset)
    found: list[str] = []
    for above in range(line - 1, max(line - 41, -1), -1):
        text = lines.line(above).strip()
        if not text.startswith("#"):
            break
        found.insert(0, text.lstrip("#").strip())
    at_end = _comment_of(lines.line(line))
    if at_end:
        found.append(at_end)
    return "  \n".join(_plain(text) for text in found)


def _comment_of(line: str) -> str:
    bare = re.sub(r'"(?:[^"\\]|\\.)*"?', lambda m: " " * len(m.group()), line)
    at = bare.find("#")
    return "" if at == -1 else line[at:].lstrip("#").strip()


def _plain(text: str) -> str:
    """A comment's text in Markdown: what would be markup there is text."""
    return re.sub(r"([\\`*_\[\]<>!|~])", r"\\\1", text)


# ---- pages ---------------------------------------------------------------------------------------


@cache
def page_link(page: str, name: str) -> str | None:
    """Where a heading of the documentation stands on this machine; None where there is no documentation.

    The headings are those that begin with the name.
    """
    path = Path(__file__).resolve().parents[2] / "docs" / page
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        return None
    heading = re.search(rf"^#+ +({re.escape(name)}\b.*)$", text, re.MULTILINE)
    return None if heading is None else f"{path.as_uri()}#{_slug(heading.group(1))}"


def _slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
