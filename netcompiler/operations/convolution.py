"""Convolutions and transposed convolutions, in one, two or three dimensions by the input's rank."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from types import MappingProxyType

from netcompiler.code import Code
from netcompiler.diagnostics import shape_text
from netcompiler.operations import rules
from netcompiler.operations.advice import other_layout
from netcompiler.operations.arguments import boolean, choice, extents, whole
from netcompiler.operations.base import Axes, Call, Operation, Parameter, Shape, ShapeError, register

_OUT_CHANNELS = Parameter("out_channels", whole(1), doc="channels of the output")
_KERNEL_SIZE = Parameter("kernel_size", extents(1), doc="extent of the kernel")
_STRIDE = Parameter("stride", extents(1), 1, "step from one window to the next")
_DILATION = Parameter("dilation", extents(1), 1, "distance between the kernel's elements")
_GROUPS = Parameter("groups", whole(1), 1, "groups of channels that are convolved each on its own")
_BIAS = Parameter("bias", boolean(), True, "add a learned bias to each output channel")


@register
class Conv(Operation):
    """Cross-correlation of ``[channels, *spatial]`` with learned kernels: torch.nn.Conv1d, 2d and 3d.

    ``out = floor((in + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1`` in each dimension.
    """

    name = "conv"
    sizes = MappingProxyType({"in_channels": 0})
    kind = "conv"
    doc = "Convolution in one, two or three dimensions, by the input's rank."
    parameters = (
        _OUT_CHANNELS,
        _KERNEL_SIZE,
        _STRIDE,
        Parameter(
            "padding",
            extents(0, words=("same", "valid")),
            0,
            'elements added at both ends; "same" keeps the extents, "valid" adds none',
        ),
        _DILATION,
        _GROUPS,
        _BIAS,
        Parameter(
            "padding_mode",
            choice("zeros", "reflect", "replicate", "circular"),
            "zeros",
            "what the padding is filled with",
        ),
        rules.INIT,
        rules.BIAS_INIT,
    )
    overwritable = True

    def shape(self, call: Call) -> Shape:
        spatial = rules.spatial(call)
        rank = len(spatial)
        rules.divides(call.whole("groups"), call.input[0], "groups", "input channels")
        rules.divides(call.whole("groups"), call.whole("out_channels"), "groups", "output channels")
        kernel = call.extents("kernel_size", rank)
        stride = call.extents("stride", rank)
        dilation = call.extents("dilation", rank)
        padding = self._padding(call, rank)
        self._check_padding_mode(call, spatial, padding)
        padded = tuple(n + low + high for n, (low, high) in zip(spatial, padding, strict=True))
        reach = tuple(d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True))
        if any(r > n for r, n in zip(reach, padded, strict=True)):
            raise larger_kernel(call, kernel, dilation, padded)
        rules.check_initializers(self, call)
        output = ((n - r) // s + 1 for n, r, s in zip(padded, reach, stride, strict=True))
        return (call.whole("out_channels"), *output)

    def _padding(self, call: Call, rank: int) -> tuple[tuple[int, int], ...]:
        """Elements added before and after, in each dimension."""
        padding = call.literal("padding")
        if padding == "valid":
            return ((0, 0),) * rank
        if padding != "same":
            return tuple((p, p) for p in call.extents("padding", rank))
        if any(s != 1 for s in call.extents("stride", rank)):
            numbers = [k // 2 for k in call.extents("kernel_size", rank)]
            shown = numbers[0] if len(set(numbers)) == 1 else numbers
            help = f"with a stride, it is given in numbers: `padding={shown}`"
            raise ShapeError("E205", '`padding` is "same", which needs a stride of 1', help=help)
        pairs = zip(call.extents("dilation", rank), call.extents("kernel_size", rank), strict=True)
        total = [d * (k - 1) for d, k in pairs]
        return tuple((t // 2, t - t // 2) for t in total)

    def _check_padding_mode(
        self, call: Call, spatial: tuple[int, ...], padding: tuple[tuple[int, int], ...]
    ) -> None:
        mode = call.word("padding_mode")
        room = {"reflect": 1, "circular": 0}.get(mode)
        if room is None:
            return
        for extent, pair in zip(spatial, padding, strict=True):
            if max(pair) > extent - room:
                raise ShapeError(
                    "E205",
                    f'`padding` is {max(pair)}, more than "{mode}" can take from an extent of {extent}',
                    notes=(f"input is {shape_text(call.input)}",),
                )

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.image_axes(call, axes)

    def weights(self, call: Call) -> dict[str, Shape]:
        kernel = call.extents("kernel_size", len(call.input) - 1)
        out = call.whole("out_channels")
        weights: dict[str, Shape] = {"weight": (out, call.input[0] // call.whole("groups"), *kernel)}
        if call.flag("bias"):
            weights["bias"] = (out,)
        return weights

    def macs(self, call: Call) -> int:
        return prod(self.weights(call)["weight"]) * prod(self.shape(call)[1:])

    def code(self, call: Call) -> Code:
        return rules.module(
            self,
            call,
            f"nn.Conv{len(call.input) - 1}d",
            {
                "in_channels": call.input[0],
                "out_channels": call.whole("out_channels"),
                "kernel_size": call.literal("kernel_size"),
            },
        )

    def label(self, call: Call) -> str:
        rank = len(call.input) - 1
        groups = call.whole("groups")
        depthwise = groups > 1 and groups == call.input[0]
        text = f"{rules.by(call.extents('kernel_size', rank))} {'depthwise ' if depthwise else ''}conv"
        text += f", {call.whole('out_channels')}{rules.stride_text(call.extents('stride', rank))}"
        return text + (f", {groups} groups" if groups > 1 and not depthwise else "")


@register
class ConvTranspose(Operation):
    """The gradient of a convolution as a layer: torch.nn.ConvTranspose1d, 2d and 3d.

    ``out = (in - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + output_padding + 1`` in each
    dimension.
    """

    name = "conv_transpose"
    sizes = MappingProxyType({"in_channels": 0})
    kind = "conv"
    doc = "Transposed convolution in one, two or three dimensions, by the input's rank: learned upsampling."
    parameters = (
        _OUT_CHANNELS,
        _KERNEL_SIZE,
        _STRIDE,
        Parameter("padding", extents(0), 0, "elements cut off at both ends of the full result"),
        Parameter("output_padding", extents(0), 0, "elements added at the far end of the result"),
        _GROUPS,
        _BIAS,
        _DILATION,
        rules.INIT,
        rules.BIAS_INIT,
    )
    overwritable = True

    def shape(self, call: Call) -> Shape:
        spatial = rules.spatial(call)
        rank = len(spatial)
        rules.divides(call.whole("groups"), call.input[0], "groups", "input channels")
        rules.divides(call.whole("groups"), call.whole("out_channels"), "groups", "output channels")
        names = ("kernel_size", "stride", "padding", "output_padding", "dilation")
        kernel, stride, padding, extra, dilation = (call.extents(name, rank) for name in names)
        for e, s, d in zip(extra, stride, dilation, strict=True):
            if e >= max(s, d):
                raise ShapeError(
                    "E205", f"`output_padding` is {e}, not below the stride, {s}, or the dilation, {d}"
                )
        output = tuple(
            (n - 1) * s - 2 * p + d * (k - 1) + e + 1
            for n, k, s, p, e, d in zip(spatial, kernel, stride, padding, extra, dilation, strict=True)
        )
        if any(n < 1 for n in output):
            raise ShapeError(
                "E205",
                f"`padding` of {rules.by(padding)} cuts off the whole result",
                notes=(f"input is {shape_text(call.input)}",),
            )
        rules.check_initializers(self, call)
        return (call.whole("out_channels"), *output)

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.image_axes(call, axes)

    def weights(self, call: Call) -> dict[str, Shape]:
        kernel = call.extents("kernel_size", len(call.input) - 1)
        out = call.whole("out_channels")
        weights: dict[str, Shape] = {"weight": (call.input[0], out // call.whole("groups"), *kernel)}
        if call.flag("bias"):
            weights["bias"] = (out,)
        return weights

    def macs(self, call: Call) -> int:
        return prod(self.weights(call)["weight"]) * prod(call.input[1:])

    def code(self, call: Call) -> Code:
        return rules.module(
            self,
            call,
            f"nn.ConvTranspose{len(call.input) - 1}d",
            {
                "in_channels": call.input[0],
                "out_channels": call.whole("out_channels"),
                "kernel_size": call.literal("kernel_size"),
            },
        )

    def label(self, call: Call) -> str:
        rank = len(call.input) - 1
        stride = call.extents("stride", rank)
        text = f"{rules.by(call.extents('kernel_size', rank))} up-conv, {call.whole('out_channels')}"
        if prod(stride) == 1:
            return text
        return f"{text}, ×{stride[0] if len(set(stride)) == 1 else rules.by(stride)}"


def larger_kernel(
    call: Call, kernel: tuple[int, ...], dilation: tuple[int, ...], padded: tuple[int, ...]
) -> ShapeError:
    """The error for a window that does not fit into its padded input."""
    dilated = "" if prod(dilation) == 1 else f" with dilation {rules.by(dilation)}"
    return ShapeError(
        "E211",
        f"kernel {rules.by(kernel)}{dilated} is larger than its input",
        notes=(f"input is {shape_text(call.input)}, {rules.by(padded)} with its padding",),
        help=_channels_given(call, kernel)
        or other_layout(call.input)
        or "a smaller kernel, more `padding`, or less pooling before it",
    )


def _channels_given(call: Call, kernel: tuple[int, ...]) -> str | None:
    """What to say to torch.nn's Conv2d(6, 16, 5), whose 6 are the input's channels; None for another call."""
    stride = call.args["stride"]
    if "out_channels" not in call.args or not isinstance(stride, int) or stride < 3 or kernel[0] < 8:
        return None
    return f"the number of input channels is left out here: `conv({kernel[0]}, {stride})`"
