"""Where values come from, for messages: asked only once something is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from netcompiler.diagnostics import Label, shape_text
from netcompiler.elaborate.values import Flow
from netcompiler.graph import Layer, Scope
from netcompiler.source import Span


def origin(
    flow: Flow, layers: Sequence[Layer], scopes: Mapping[str, Scope], path: str, what: str
) -> Label | None:
    """The step that gives a value, with its shape, as it is seen from the layer or scope at ``path``.

    A value that a layer in another block gives is that block's call's. ``what`` are words that stand before
    the shape. None when nothing is known of the value.
    """
    layer = _giver(flow, layers)
    if layer is None:
        return None
    return Label(_seen(layer, scopes, path).head, f"{what} {shape_text(flow.shape)}")


def _giver(flow: Flow, layers: Sequence[Layer]) -> Layer | None:
    return next((layer for layer in reversed(layers) if layer.id in flow.sources), None)


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
