"""Where values come from, for messages: asked only once something is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from netcompiler.diagnostics import Label, shape_text
from netcompiler.elaborate.values import Flow
from netcompiler.graph import Layer, Scope
from netcompiler.source import Span

_ARGUMENT = re.compile(r"`(\w+)` (?:is|has) ")


def giver(flow: Flow, layers: Sequence[Layer], by_path: Mapping[str, Layer]) -> Layer | None:
    """The layer that gives a value; None when nothing is known of it."""
    if not flow.sources:
        return None
    found = by_path.get(flow.sources[0])
    # Inputs, and further runs of a step, are not there by their id.
    return found or next((layer for layer in layers if layer.id == flow.sources[0]), None)


def origin(flow: Flow, layer: Layer, scopes: Mapping[str, Scope], path: str, what: str) -> Label:
    """The step of the layer that gives a value, with its shape, as seen from the layer or scope at ``path``.

    A value that a layer in another block gives is that block's call's. ``what`` are words that stand before
    the shape.
    """
    return Label(_seen(layer, scopes, path).head, f"{what} {shape_text(flow.shape)}")


def telling(flows: Sequence[Flow], most: int = 6) -> list[int]:
    """Which of the values to speak of when their shapes do not fit: of many, one of each kind.

    Shapes that differ in their channels alone are of one kind, unless all do.
    """
    if len(flows) <= most:
        return list(range(len(flows)))
    first: dict[object, int] = {}
    for index, flow in enumerate(flows):
        first.setdefault((flow.shape or ())[1:], index)
    if len(first) == 1:
        first = {}
        for index, flow in enumerate(flows):
            first.setdefault(flow.shape, index)
    return list(islice(first.values(), most))


def argument_place(step: Span, message: str) -> Span | None:
    """The argument of a step that a message begins with: "`groups` is …", "`padding` has …"; or None."""
    name = _ARGUMENT.match(message)
    text = step.text
    found = None if name is None else re.search(rf"[(,]\s*({name[1]}\s*=)", text)
    if found is None:
        return None
    start, depth = found.start(1), 0
    for end in range(found.end(1), len(text)):
        depth += (text[end] in "([{") - (text[end] in ")]}")
        if depth < 0 or (depth == 0 and text[end] == ","):
            return Span(step.source, step.start + start, step.start + end)
    return None


def _seen(layer: Layer, scopes: Mapping[str, Scope], path: str) -> Span:
    """The place of a layer, or of the outermost call around it that is not around ``path`` as well."""
    span = layer.span
    for scope in _outwards(layer.scope):
        if path == scope or path.startswith(f"{scope}."):
            break
        if scope in scopes:
            span = scopes[scope].span
    return span


def _outwards(path: str) -> Iterable[str]:
    while path:
        yield path
        path = path.rpartition(".")[0]
