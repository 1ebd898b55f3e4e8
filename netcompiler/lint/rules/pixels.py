"""Windows that pass over pixels, and windows that see none."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

from netcompiler.diagnostics import Diagnostic
from netcompiler.graph import Layer
from netcompiler.lint.rule import layer_rule
from netcompiler.lint.wiring import Wiring

_ELEMENTWISE = frozenset({"activation", "norm", "dropout"})
"""Kinds of operations that keep every pixel where it is."""

_SLIDING = frozenset({"conv", "maxpool", "avgpool"})
"""Operations whose window slides over the map."""


@layer_rule("W107", "stride drops pixels", *_SLIDING)
def dropped_pixels(layer: Layer, wiring: Wiring) -> Diagnostic | None:
    """Windows so far apart that no window reads some pixels, and no other layer does either.

    Rows left over at the far edge are not meant: they go with the input's size. Nor is a pool of one pixel,
    which can only be meant so.
    """
    missed = _missed(layer)
    if missed is None or _is_subsampling(layer) or _read_elsewhere(layer, wiring):
        return None
    read, stride = missed
    message = f"of every {stride} rows or columns the windows read {read}, and nothing reads the others"
    return Diagnostic(
        "W107",
        message,
        layer.span,
        notes=(wiring.where(layer), f"its input is {list(layer.inputs[0])}"),
        help=f"take a kernel of {stride} or more, or a pool before it",
    )


def _missed(layer: Layer) -> tuple[int, int] | None:
    """Of a dimension in which pixels are passed over: how many of how many are read. None when all are."""
    if layer.operation.name not in _SLIDING:
        return None
    if layer.args["stride"] in (1, None) and layer.args.get("dilation", 1) == 1:
        return None
    for (kernel, stride, dilation), windows in zip(_windows(layer), layer.output[1:], strict=True):
        # Windows begin at multiples of the stride; the elements of one repeat after stride / gcd of them.
        read = min(kernel, stride // gcd(stride, dilation))
        if windows > 1 and read < stride:
            return read, stride
    return None


def _windows(layer: Layer) -> Iterator[tuple[int, int, int]]:
    """Kernel, stride and dilation of each spatial dimension."""
    rank = len(layer.output) - 1
    call = layer.call
    kernel = call.extents("kernel_size", rank)
    stride = kernel if layer.args["stride"] is None else call.extents("stride", rank)
    dilation = call.extents("dilation", rank) if "dilation" in layer.args else (1,) * rank
    return zip(kernel, stride, dilation, strict=True)


def _is_subsampling(layer: Layer) -> bool:
    return layer.operation.kind == "pool" and all(kernel == 1 for kernel, _, _ in _windows(layer))


def _read_elsewhere(layer: Layer, wiring: Wiring) -> bool:
    """Whether something else reads all pixels of the input, or of what it is made from pixel by pixel."""
    via = layer
    for value in wiring.way_up(layer):
        readers = wiring.readers(value)
        if value.id in wiring.given or readers is None:
            return True
        if any(other.id != via.id and _missed(other) is None for other in readers):
            return True
        if value.operation.kind not in _ELEMENTWISE:
            return False
        via = value
    return False


@layer_rule("W114", "padding is larger than the kernel", "conv")
def wide_padding(layer: Layer, wiring: Wiring) -> Diagnostic | None:
    """A convolution whose outermost windows see nothing but zeros: a 1×1 kernel with a padding of 1."""
    padding = layer.args.get("padding")
    kernel = layer.args.get("kernel_size")
    if isinstance(padding, int) and isinstance(kernel, int) and padding < kernel:
        return None  # nearly all, and in little time
    if padding is None or isinstance(padding, str):
        return None
    if layer.operation.name != "conv" or layer.args["padding_mode"] != "zeros":
        return None
    paddings = layer.call.extents("padding", len(layer.output) - 1)
    for amount, (kernel, _, dilation) in zip(paddings, _windows(layer), strict=True):
        reach = dilation * (kernel - 1) + 1
        if amount >= reach:
            message = f"`padding` is {amount}: the outermost windows, {reach} wide, see nothing but zeros"
            help = f"`padding={reach // 2}` centres the first window on the first pixel"
            return Diagnostic("W114", message, layer.span, notes=(wiring.where(layer),), help=help)
    return None
