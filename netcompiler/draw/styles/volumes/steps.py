"""What the step from one volume to the next does: its window, and words about it."""

from __future__ import annotations

from math import prod

from netcompiler.draw import words
from netcompiler.draw.styles.volumes.scene import MAP_RANK, Window
from netcompiler.draw.tree import Leaf
from netcompiler.graph import Layer
from netcompiler.operations.base import Call

_POOLS = {
    "maxpool": "max pooling",
    "avgpool": "average pooling",
    "adaptive_avgpool": "average pooling",
    "adaptive_maxpool": "max pooling",
}

_SIGNS = {"+": "sum", "−": "difference", "×": "product"}


def main_layer(leaf: Leaf) -> Layer:
    """The layer that a node is named for."""
    named = (layer for layer in leaf.layers if layer.label == leaf.title)
    return next(named, leaf.layers[0])


def is_dense(layer: Layer) -> bool:
    """True when every element is made from all that it reads: of a fully connected layer, a global pool."""
    return layer.operation.kind in {"linear", "pool"} and prod(layer.output[1:]) == 1


def window(layer: Layer) -> Window | None:
    """The window that a layer slides over maps; None for one that has none."""
    call = layer.call
    if len(layer.inputs[0]) != MAP_RANK or len(layer.output) != MAP_RANK:
        return None
    if is_dense(layer):
        return None
    if layer.operation.name in {"adaptive_avgpool", "adaptive_maxpool"}:
        return _adaptive(layer)
    if "kernel_size" not in layer.args:
        return None
    spreads = layer.operation.name == "conv_transpose"
    map_ = (layer.output if spreads else layer.inputs[0])[1:]
    size = call.extents("kernel_size", 2)
    dilation = call.extents("dilation", 2) if "dilation" in layer.args else (1, 1)
    reach = [min(1.0, (d * (k - 1) + 1) / n) for d, k, n in zip(dilation, size, map_, strict=True)]
    groups = call.whole("groups") if "groups" in layer.args else 1
    return Window((size[0], size[1]), (reach[0], reach[1]), 1 / groups, spreads)


def _adaptive(layer: Layer) -> Window:
    """The largest window of a pool that is told the size it must give."""
    pairs = list(zip(layer.inputs[0][1:], layer.output[1:], strict=True))
    height, width = (-(-n // m) for n, m in pairs)
    return Window((height, width), (height / pairs[0][0], width / pairs[1][0]))


def notes(layer: Layer, leaf: Leaf) -> tuple[str, ...]:
    """Words that stand below the step which makes a volume."""
    if leaf.role == "summary":
        return ()
    if leaf.kind == "linear":
        return ("dense",)
    if layer.operation.name in _POOLS:
        return pool_words(layer)
    if leaf.kind == "conv" and len(layer.output) == MAP_RANK:
        return tuple(_conv_words(layer))
    return (_SIGNS.get(leaf.title, leaf.title),)


def _conv_words(layer: Layer) -> list[str]:
    call = layer.call
    found = []
    stride = call.extents("stride", 2)
    if layer.operation.name == "conv_transpose":
        found.append("up-conv")
    if prod(stride) > 1:
        found.append(f"×{_by(stride)}" if found else f"stride of {_by(stride)}")
    dilation = call.extents("dilation", 2)
    if prod(dilation) > 1:
        found.append(f"dilation of {_by(dilation)}")
    groups = call.whole("groups")
    if groups > 1:
        found.append("depthwise" if groups == call.input[0] else f"{groups} groups")
    return found


def pool_words(layer: Layer) -> tuple[str, ...]:
    """``max pooling``, and in small words of which windows: ``3×3, /2``."""
    name = _POOLS.get(layer.operation.name)
    if name is None:
        return (layer.label,)
    if layer.operation.name.startswith("adaptive"):
        small = prod(layer.output[1:]) == 1
        return (f"global {name}" if small else f"{name} to {words.shape(layer.output[1:])}",)
    rank = len(layer.output) - 1
    stride = _stride(layer.call, rank)
    step = f", /{_by(stride)}" if prod(stride) > 1 else ""
    return name, words.shape(layer.call.extents("kernel_size", rank)) + step


def _stride(call: Call, rank: int) -> tuple[int, ...]:
    return call.extents("kernel_size" if call.args["stride"] is None else "stride", rank)


def _by(extents: tuple[int, ...]) -> str:
    """``2`` for the same in all dimensions, ``2×1`` otherwise."""
    return str(extents[0]) if len(set(extents)) == 1 else "×".join(map(str, extents))
