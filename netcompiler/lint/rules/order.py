"""Arguments in the order of torch.nn, which begins with the input's size; here that is left out."""

from __future__ import annotations

from netcompiler.diagnostics import Diagnostic
from netcompiler.graph import Layer
from netcompiler.lint.rule import layer_rule
from netcompiler.lint.wiring import Wiring

_LARGE = 16
"""Kernels from this size on are no kernels that anyone takes with a stride of a kernel's usual size."""


@layer_rule("W115", "arguments look like those of torch.nn", "conv")
def torch_order(layer: Layer, wiring: Wiring) -> Diagnostic | None:
    """``conv(1, 6, 5)``: as many outputs as inputs, a kernel like a width, a stride like a kernel."""
    stride = layer.args.get("stride")
    if not isinstance(stride, int) or stride < 3 or stride % 2 == 0:
        return None  # nearly all, and in little time
    if layer.operation.name != "conv" or layer.args["out_channels"] != layer.inputs[0][0]:
        return None
    kernel = layer.args["kernel_size"]
    if not isinstance(kernel, int) or kernel <= stride or (kernel % 2 == 1 and kernel < _LARGE):
        return None
    channels = layer.inputs[0][0]
    many = "s" if channels != 1 else ""
    return Diagnostic(
        "W115",
        f"this is {channels} output channel{many}, a kernel of {kernel} and a stride of {stride}",
        layer.span,
        notes=(wiring.where(layer), f"its input is {list(layer.inputs[0])}"),
        help=f"the number of input channels is left out here: `conv({kernel}, {stride})`",
    )
