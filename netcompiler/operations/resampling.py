"""Operations that change spatial extents or the order of elements without learned weights."""

from __future__ import annotations

import math
from collections.abc import Sequence

from netcompiler.code import Code, ExpressionCode
from netcompiler.diagnostics import shape_text
from netcompiler.operations import rules
from netcompiler.operations.arguments import (
    boolean,
    choice,
    extents,
    integers,
    optional,
    real,
    real_or_reals,
    whole,
)
from netcompiler.operations.base import Axes, Call, Operation, Parameter, Shape, ShapeError, register


@register
class Pad(Operation):
    """Elements added at, or with negative numbers cut off, the ends: torch.nn.functional.pad."""

    name = "pad"
    kind = "shape"
    doc = "Adds elements at both ends of the last dimensions."
    parameters = (
        Parameter(
            "padding",
            integers(pairs=True),
            doc="elements before and after, the last dimension's pair first: [left, right, top, bottom]",
        ),
        Parameter(
            "mode",
            choice("constant", "reflect", "replicate", "circular"),
            "constant",
            "what is added: `value`, the mirror image, the outermost elements, or the other end",
        ),
        Parameter("value", real(), 0, "what is added in the mode constant"),
    )
    overwritable = True

    def shape(self, call: Call) -> Shape:
        padding = call.wholes("padding")
        dims = len(padding) // 2
        if not 1 <= dims <= len(call.input):
            raise ShapeError(
                "E205",
                f"`padding` has {len(padding)} numbers, and needs two for each of the last dimensions",
                notes=(f"input is {shape_text(call.input)}",),
            )
        pairs = [(0, 0)] * (len(call.input) - dims) + list(zip(padding[::2], padding[1::2], strict=True))[
            ::-1
        ]
        self._check_mode(call, pairs, dims)
        left = (n + min(low, 0) + min(high, 0) for n, (low, high) in zip(call.input, pairs, strict=True))
        if any(n < 1 for n in left):
            raise ShapeError(
                "E205", "`padding` cuts everything off", notes=(f"input is {shape_text(call.input)}",)
            )
        return tuple(n + low + high for n, (low, high) in zip(call.input, pairs, strict=True))

    def _check_mode(self, call: Call, pairs: list[tuple[int, int]], dims: int) -> None:
        mode = call.word("mode")
        if mode == "constant":
            return
        if call.number("value") != 0:
            raise ShapeError("E205", f'`value` has no meaning in the mode "{mode}"')
        if dims > 3 or len(call.input) - dims not in (0, 1):
            raise ShapeError(
                "E205",
                f'mode "{mode}" pads one, two or three dimensions, all but the channels',
                notes=(f"input is {shape_text(call.input)}, and `padding` pads {dims} of its dimensions",),
            )
        room = {"reflect": 1, "circular": 0}.get(mode)
        for extent, pair in zip(call.input, pairs, strict=True):
            if min(pair) < 0:
                raise ShapeError("E205", f'`padding` is {min(pair)}, and the mode "{mode}" cuts nothing off')
            if room is not None and max(pair) > extent - room:
                raise ShapeError(
                    "E205",
                    f'`padding` is {max(pair)}, more than "{mode}" can take from an extent of {extent}',
                )

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes)

    def code(self, call: Call) -> Code:
        arguments = f"{{0}}, {list(call.wholes('padding'))}"
        if call.word("mode") != "constant":
            arguments += f', mode="{call.word("mode")}"'
        if call.number("value") != 0:
            arguments += f", value={call.number('value')!r}"
        return ExpressionCode(f"nn.functional.pad({arguments})")


@register
class Crop(Operation):
    """A window of the spatial extents, as U-Net crops its skip connections (Ronneberger et al., 2015).

    Without ``offset`` it lies in the centre as torchvision.transforms.CenterCrop's does: from
    ``round((in - size) / 2)`` on, halves rounded to even numbers.
    """

    name = "crop"
    kind = "shape"
    doc = "Cuts a window out of the spatial extents, from the centre unless `offset` is given."
    parameters = (
        Parameter("size", extents(1), doc="extents of the window"),
        Parameter("offset", optional(extents(0)), None, "where the window starts; none centres it"),
    )

    def shape(self, call: Call) -> Shape:
        spatial = rules.spatial(call)
        size = call.extents("size", len(spatial))
        if any(n > extent for n, extent in zip(size, spatial, strict=True)):
            raise ShapeError(
                "E205",
                f"window {rules.by(size)} is larger than the input",
                notes=(f"input is {shape_text(call.input)}",),
            )
        starts = self._starts(call)
        if any(start + n > extent for start, n, extent in zip(starts, size, spatial, strict=True)):
            raise ShapeError(
                "E205",
                f"window {rules.by(size)} from {rules.by(starts)} on reaches out of the input",
                notes=(f"input is {shape_text(call.input)}",),
            )
        return (call.input[0], *size)

    def _starts(self, call: Call) -> tuple[int, ...]:
        spatial = call.input[1:]
        if call.args["offset"] is not None:
            return call.extents("offset", len(spatial))
        size = call.extents("size", len(spatial))
        return tuple(_half_to_even(extent - n) for extent, n in zip(spatial, size, strict=True))

    def code(self, call: Call) -> Code:
        size = call.extents("size", len(call.input) - 1)
        ranges = "".join(f", {s}:{s + n}" for s, n in zip(self._starts(call), size, strict=True))
        return ExpressionCode(f"{{0}}[:, :{ranges}]")

    def label(self, call: Call) -> str:
        return f"crop to {rules.by(self.shape(call)[1:])}"


def _half_to_even(number: int) -> int:
    half, rest = divmod(number, 2)
    return half + (half & 1 if rest else 0)


_MODES = {"linear": (1,), "bilinear": (2,), "bicubic": (2,), "trilinear": (3,)}


@register
class Upsample(Operation):
    """Interpolation to larger (or smaller) extents: torch.nn.Upsample."""

    name = "upsample"
    kind = "shape"
    doc = "Interpolates the spatial extents to `size`, or to `scale_factor` times as much."
    parameters = (
        Parameter("size", optional(extents(1)), None, "extents of the output"),
        Parameter(
            "scale_factor",
            optional(real_or_reals(0.0, exclusive_minimum=True)),
            None,
            "factor on the extents, rounded down: a number, or a list of one for each dimension",
        ),
        Parameter(
            "mode",
            choice("nearest", "linear", "bilinear", "bicubic", "trilinear", "nearest-exact", "area"),
            "nearest",
            "interpolation: linear in one dimension, bilinear and bicubic in two, trilinear in three",
        ),
        Parameter(
            "align_corners",
            optional(boolean()),
            None,
            "place the outermost elements' centres, not their edges, on each other",
        ),
    )
    overwritable = True

    def shape(self, call: Call) -> Shape:
        spatial = rules.spatial(call)
        mode = call.word("mode")
        if len(spatial) not in _MODES.get(mode, (1, 2, 3)):
            fitting = {1: "linear", 2: "bilinear", 3: "trilinear"}[len(spatial)]
            raise ShapeError(
                "E205",
                f'mode "{mode}" does not fit an input of shape {shape_text(call.input)}',
                help=f'use mode="{fitting}" or mode="nearest"',
            )
        if call.args["align_corners"] is not None and mode not in _MODES:
            raise ShapeError("E205", f'`align_corners` has no meaning in the mode "{mode}"')
        if (call.args["size"] is None) == (call.args["scale_factor"] is None):
            raise ShapeError("E205", "one of `size` and `scale_factor` must be given, and not both")
        return (call.input[0], *self._extents(call, spatial))

    def _extents(self, call: Call, spatial: Shape) -> Shape:
        if call.args["size"] is not None:
            return call.extents("size", len(spatial))
        factors = call.numbers("scale_factor", len(spatial))
        scaled = [n * factor for n, factor in zip(spatial, factors, strict=True)]
        if any(math.isinf(n) for n in scaled):
            raise ShapeError("E205", "`scale_factor` gives more than any machine can count")
        output = tuple(map(int, scaled))
        if any(n < 1 for n in output):
            raise ShapeError(
                "E205",
                "`scale_factor` leaves nothing of the input",
                notes=(f"input is {shape_text(call.input)}",),
            )
        return output

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.image_axes(call, axes) if call.args["size"] is None else None

    def code(self, call: Call) -> Code:
        return rules.module(self, call, "nn.Upsample")

    def label(self, call: Call) -> str:
        if call.args["size"] is not None:
            return f"upsample to {rules.by(self.shape(call)[1:])}"
        factors = call.numbers("scale_factor", len(call.input) - 1)
        shown = factors[:1] if len(set(factors)) == 1 else factors
        return "upsample ×" + "×".join(f"{factor:g}" for factor in shown)


@register
class ChannelShuffle(Operation):
    """Channels of several groups interleaved (Zhang, Zhou, Lin & Sun, 2017): torch.nn.ChannelShuffle."""

    name = "channel_shuffle"
    kind = "shape"
    doc = "Interleaves the channels of `groups` groups."
    parameters = (Parameter("groups", whole(1), doc="groups the channels are divided into"),)

    def shape(self, call: Call) -> Shape:
        shape = rules.ranked(call, 2, None, "[channels, height, width]")
        rules.divides(call.whole("groups"), shape[0], "groups", "channels")
        return shape

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes, 0)

    def code(self, call: Call) -> Code:
        return rules.module(self, call, "nn.ChannelShuffle", {"groups": call.whole("groups")})

    def label(self, call: Call) -> str:
        return f"channel shuffle, {call.whole('groups')}"


@register
class PixelShuffle(Operation):
    """Channels laid out as pixels (Shi et al., 2016): torch.nn.PixelShuffle."""

    name = "pixel_shuffle"
    kind = "shape"
    doc = "Lays groups of upscale_factor² channels out as pixels: [c·r², h, w] becomes [c, h·r, w·r]."
    parameters = (Parameter("upscale_factor", whole(1), doc="factor on height and width"),)

    def shape(self, call: Call) -> Shape:
        *rest, channels, height, width = rules.ranked(call, 3, None, "[channels, height, width]")
        factor = call.whole("upscale_factor")
        if channels % factor**2:
            message = f"`upscale_factor` is {factor}, whose square does not divide {channels} channels"
            raise ShapeError("E205", message)
        return (*rest, channels // factor**2, height * factor, width * factor)

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.image_axes(call, axes)

    def code(self, call: Call) -> Code:
        positional = {"upscale_factor": call.whole("upscale_factor")}
        return rules.module(self, call, "nn.PixelShuffle", positional)

    def label(self, call: Call) -> str:
        return f"pixel shuffle ×{call.whole('upscale_factor')}"


@register
class PixelUnshuffle(Operation):
    """Pixels laid out as channels: torch.nn.PixelUnshuffle."""

    name = "pixel_unshuffle"
    kind = "shape"
    doc = "Lays squares of downscale_factor² pixels out as channels: [c, h·r, w·r] becomes [c·r², h, w]."
    parameters = (Parameter("downscale_factor", whole(1), doc="divisor of height and width"),)

    def shape(self, call: Call) -> Shape:
        *rest, channels, height, width = rules.ranked(call, 3, None, "[channels, height, width]")
        factor = call.whole("downscale_factor")
        rules.divides(factor, height, "downscale_factor", "rows")
        rules.divides(factor, width, "downscale_factor", "columns")
        return (*rest, channels * factor**2, height // factor, width // factor)

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.image_axes(call, axes)

    def code(self, call: Call) -> Code:
        positional = {"downscale_factor": call.whole("downscale_factor")}
        return rules.module(self, call, "nn.PixelUnshuffle", positional)

    def label(self, call: Call) -> str:
        return f"pixel unshuffle /{call.whole('downscale_factor')}"
