"""Pools, in one, two or three dimensions by the input's rank, and the mean over dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from netcompiler.code import Code, ExpressionCode, Literal
from netcompiler.operations import rules
from netcompiler.operations.arguments import boolean, extents, integer_or_integers, optional, whole
from netcompiler.operations.base import Axes, Call, Operation, Parameter, Shape, ShapeError, register
from netcompiler.operations.convolution import larger_kernel

_KERNEL_SIZE = Parameter("kernel_size", extents(1), doc="extent of the window")
_STRIDE = Parameter(
    "stride", optional(extents(1)), None, "step from one window to the next; none takes `kernel_size`"
)
_CEIL_MODE = Parameter(
    "ceil_mode", boolean(), False, "also keep a last window that only starts inside the padded input"
)


class _Pool(Operation):
    """A window that slides over each channel.

    ``out = floor((in + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1``. With ``ceil_mode``
    the division rounds up, and a last window that would start in the right padding is dropped.
    """

    kind = "pool"
    overwritable = True
    torch_name: str
    words: str

    def shape(self, call: Call) -> Shape:
        spatial = rules.spatial(call)
        rank = len(spatial)
        kernel = call.extents("kernel_size", rank)
        stride = self._stride(call, rank)
        padding = call.extents("padding", rank)
        dilation = self._dilation(call, rank)
        output = []
        for n, k, s, p, d in zip(spatial, kernel, stride, padding, dilation, strict=True):
            reach = d * (k - 1) + 1
            if p > k // 2:
                message = f"`padding` is {p}, more than half of the kernel's {k}"
                raise ShapeError("E205", message, help=f"it is {k // 2} at the most")
            output.append(_windows(n, reach, s, p, call.flag("ceil_mode")))
        if any(n < 1 for n in output):
            padded = tuple(n + 2 * p for n, p in zip(spatial, padding, strict=True))
            raise larger_kernel(call, kernel, dilation, padded)
        return (call.input[0], *output)

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.image_axes(call, axes)

    def _stride(self, call: Call, rank: int) -> tuple[int, ...]:
        return call.extents("kernel_size" if call.args["stride"] is None else "stride", rank)

    def _dilation(self, call: Call, rank: int) -> tuple[int, ...]:
        return (1,) * rank

    def code(self, call: Call) -> Code:
        constructor = f"nn.{self.torch_name}{len(call.input) - 1}d"
        return rules.module(self, call, constructor, {"kernel_size": call.literal("kernel_size")})

    def label(self, call: Call) -> str:
        rank = len(call.input) - 1
        stride = rules.stride_text(self._stride(call, rank))
        return f"{rules.by(call.extents('kernel_size', rank))} {self.words}{stride}"


def _windows(extent: int, reach: int, stride: int, padding: int, ceil_mode: bool) -> int:
    """How many windows there are along one dimension, or a number below 1 when none fits."""
    free = extent + 2 * padding - reach
    if not ceil_mode:
        return free // stride + 1
    windows = -(-free // stride) + 1
    return windows - 1 if (windows - 1) * stride >= extent + padding else windows


@register
class MaxPool(_Pool):
    """The largest value of each window: torch.nn.MaxPool1d, 2d and 3d."""

    name = "maxpool"
    doc = "Maximum over windows, in one, two or three dimensions by the input's rank."
    parameters = (
        _KERNEL_SIZE,
        _STRIDE,
        Parameter("padding", extents(0), 0, "elements of minus infinity added at both ends"),
        Parameter("dilation", extents(1), 1, "distance between the window's elements"),
        _CEIL_MODE,
    )
    torch_name = "MaxPool"
    words = "max pool"

    def _dilation(self, call: Call, rank: int) -> tuple[int, ...]:
        return call.extents("dilation", rank)


@register
class AvgPool(_Pool):
    """The mean of each window: torch.nn.AvgPool1d, 2d and 3d."""

    name = "avgpool"
    doc = "Mean over windows, in one, two or three dimensions by the input's rank."
    parameters = (
        _KERNEL_SIZE,
        _STRIDE,
        Parameter("padding", extents(0), 0, "zeros added at both ends"),
        _CEIL_MODE,
        Parameter("count_include_pad", boolean(), True, "count the padding in the mean"),
        Parameter(
            "divisor_override",
            optional(whole(1)),
            None,
            "divide each window's sum by this number; not in one dimension",
        ),
    )
    torch_name = "AvgPool"
    words = "avg pool"

    def shape(self, call: Call) -> Shape:
        if call.args["divisor_override"] is not None and len(call.input) == 2:
            raise ShapeError("E205", "`divisor_override` needs two or three spatial dimensions")
        output = super().shape(call)
        kernel = call.extents("kernel_size", len(output) - 1)
        if len(kernel) == 3 and any(k > n for k, n in zip(kernel, call.input[1:], strict=True)):
            # In three dimensions torch holds the kernel against the input without its padding.
            raise larger_kernel(call, kernel, (1, 1, 1), call.input[1:])
        return output


class _AdaptivePool(Operation):
    kind = "pool"
    parameters = (
        Parameter(
            "output_size",
            extents(1, optional=True),
            doc="extents of the output; none in a list keeps the input's extent",
        ),
    )
    overwritable = True
    torch_name: str
    words: str

    def shape(self, call: Call) -> Shape:
        spatial = rules.spatial(call)
        size = call.literal("output_size")
        sizes = size if isinstance(size, tuple) else (size,) * len(spatial)
        call.check_length("output_size", len(sizes), len(spatial))
        output = (n if isinstance(n, int) else kept for n, kept in zip(sizes, spatial, strict=True))
        return (call.input[0], *output)

    def code(self, call: Call) -> Code:
        size: Literal = call.literal("output_size")
        if size == (None,):
            size = call.input[1]  # torch's pools in one dimension take no None
        return rules.module(self, call, f"nn.{self.torch_name}{len(call.input) - 1}d", {"output_size": size})

    def label(self, call: Call) -> str:
        size = self.shape(call)[1:]
        return self.words if prod(size) == 1 else f"{self.words} to {rules.by(size)}"


@register
class AdaptiveAvgPool(_AdaptivePool):
    """The mean of windows that give the wanted extents: torch.nn.AdaptiveAvgPool1d, 2d and 3d."""

    name = "adaptive_avgpool"
    doc = "Mean over windows that give an output of the given extents; 1 is the global average."
    torch_name = "AdaptiveAvgPool"
    words = "avg pool"


@register
class AdaptiveMaxPool(_AdaptivePool):
    """The maximum of windows that give the wanted extents: torch.nn.AdaptiveMaxPool1d, 2d and 3d."""

    name = "adaptive_maxpool"
    doc = "Maximum over windows that give an output of the given extents; 1 is the global maximum."
    torch_name = "AdaptiveMaxPool"
    words = "max pool"


@register
class Mean(Operation):
    """The mean over dimensions: torch.mean."""

    name = "mean"
    kind = "pool"
    doc = "Mean over one or more dimensions."
    parameters = (
        Parameter("dim", integer_or_integers(), doc="the dimension or dimensions, the batch being 0"),
        Parameter("keepdim", boolean(), False, "keep the dimensions with an extent of 1"),
    )
    overwritable = True

    def shape(self, call: Call) -> Shape:
        dims = self._dims(call)
        if call.flag("keepdim"):
            return tuple(1 if i in dims else n for i, n in enumerate(call.input))
        return tuple(n for i, n in enumerate(call.input) if i not in dims)

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        dims = self._dims(call)
        kept = rules.same_axes(axes, *dims)
        return kept if kept is None or call.flag("keepdim") else rules.without(kept, dims)

    def _dims(self, call: Call) -> list[int]:
        dims = [rules.dimension(call, "dim", d) for d in call.wholes("dim")]
        if len(set(dims)) < len(dims):
            raise ShapeError("E205", "`dim` names a dimension twice")
        return dims

    def code(self, call: Call) -> Code:
        dim = call.literal("dim")
        shown = list(dim) if isinstance(dim, tuple) else dim
        return ExpressionCode(f"{{0}}.mean({shown}{', keepdim=True' if call.flag('keepdim') else ''})")

    def label(self, call: Call) -> str:
        return "mean"
