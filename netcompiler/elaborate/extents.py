"""Why heights and widths differ where values meet: which layers on the way to them changed them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netcompiler.graph import Edge, Layer
from netcompiler.operations.rules import by

_MOST = 2000
"""How many of the latest layers and edges are looked at."""


def changed_by(sources: Sequence[str], layers: Sequence[Layer], edges: Sequence[Edge]) -> str | None:
    """What to do about the layer that made the extents of these values differ; None if none stands out.

    Layers before all of the values change them alike, and are left out.
    """
    own = list(_own(sources, layers[-_MOST:], edges[-_MOST:]))
    changing = [layer for layer in own if len(layer.inputs[0]) == len(layer.output) and _changes(layer)]
    kernels = (_kernel_advice(layer) for layer in changing)
    return next((text for text in kernels if text is not None), None) or _uneven(changing)


def _own(sources: Sequence[str], layers: Sequence[Layer], edges: Sequence[Edge]) -> Iterator[Layer]:
    """The layers that some of the values depend on and not all, in their order."""
    before: dict[str, list[str]] = {}
    for edge in edges:
        before.setdefault(edge.target, []).append(edge.source)
    behind = [_behind(source, before) for source in sources]
    some, all_ = set.union(*behind), set.intersection(*behind)
    return (layer for layer in layers if layer.id in some and layer.id not in all_ and layer.inputs)


def _behind(source: str, before: dict[str, list[str]]) -> set[str]:
    found = {source}
    waiting = [source]
    while waiting:
        new = [name for name in before.get(waiting.pop(), ()) if name not in found]
        found.update(new)
        waiting += new
    return found


def _changes(layer: Layer) -> bool:
    return len(layer.output) >= 2 and layer.inputs[0][1:] != layer.output[1:]


def _made(layer: Layer) -> str:
    """What a layer does to the extents: ``"`conv(8, 3)` makes 34×34 of 32×32"``."""
    text = layer.span.head.text
    text = text if len(text) <= 40 else layer.operation.name
    return f"`{text}` makes {by(layer.output[1:])} of {by(layer.inputs[0][1:])}"


def _kernel_advice(layer: Layer) -> str | None:
    """The padding with which a layer of stride 1 keeps the extents; None for any other layer."""
    if not {"kernel_size", "padding", "stride"} <= layer.args.keys():
        return None
    rank = len(layer.output) - 1
    stride, padding = layer.args["stride"], layer.args["padding"]
    if stride not in (1, (1,) * rank) or isinstance(padding, str):
        return None
    kernel = layer.call.extents("kernel_size", rank)
    dilation = layer.call.extents("dilation", rank) if "dilation" in layer.args else (1,) * rank
    wide = [(k - 1) * d for k, d in zip(kernel, dilation, strict=True)]
    if any(extra % 2 for extra in wide):
        return None
    keeping = [extra // 2 for extra in wide]
    given = list(padding) if isinstance(padding, tuple) else padding
    kept = keeping[0] if len(set(keeping)) == 1 else keeping
    size = kernel[0] if len(set(kernel)) == 1 else list(kernel)
    return f"{_made(layer)} with `padding={given}`; a kernel of {size} keeps them with `padding={kept}`"


def _uneven(layers: Sequence[Layer]) -> str | None:
    """A layer that makes extents smaller and loses a remainder, which a later larger one cannot give back."""
    if not any(_ratio(layer, grows=True) for layer in layers):
        return None
    for layer in layers:
        if _ratio(layer, grows=False):
            advice = "take an input that divides evenly, or `crop` or `pad` one of the values"
            return f"{_made(layer)}, and the remainder is lost: {advice}"
    return None


def _ratio(layer: Layer, *, grows: bool) -> bool:
    """Whether a layer makes extents larger, or smaller with a remainder."""
    pairs = zip(layer.inputs[0][1:], layer.output[1:], strict=True)
    if grows:
        return any(new > old for old, new in pairs)
    return any(new and round(old / new) >= 2 and old % round(old / new) for old, new in pairs)
