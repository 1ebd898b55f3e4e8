"""Normalisations, and the learned scale of a layer's output."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from netcompiler.code import Code, Literal
from netcompiler.diagnostics import shape_text
from netcompiler.operations import rules
from netcompiler.operations.arguments import (
    boolean,
    integer,
    integer_or_integers,
    optional,
    real,
    small,
    whole,
)
from netcompiler.operations.base import Axes, Call, Operation, Parameter, Shape, ShapeError, register

_EPS = Parameter("eps", small(), 1e-5, "added to the variance")
_MOMENTUM = Parameter("momentum", real(0.0, 1.0), 0.1, "weight of the newest batch in the running statistics")
_ONE_VALUE = "normalises each channel over its spatial extents, which hold one value alone"


def _affine(on: bool) -> Parameter:
    return Parameter("affine", boolean(), on, "learn a scale and a shift for each channel")


def _track(on: bool) -> Parameter:
    return Parameter("track_running_stats", boolean(), on, "keep running statistics and evaluate with them")


class _ChannelNorm(Operation):
    """What batch and instance normalisation have in common."""

    kind = "norm"
    overwritable = True
    sizes = MappingProxyType({"num_features": 0})
    torch_name: str

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes, 0)

    def weights(self, call: Call) -> dict[str, Shape]:
        channels = call.input[0]
        return {"weight": (channels,), "bias": (channels,)} if call.flag("affine") else {}

    def buffers(self, call: Call) -> dict[str, Shape]:
        if not call.flag("track_running_stats"):
            return {}
        channels = call.input[0]
        return {"running_mean": (channels,), "running_var": (channels,), "num_batches_tracked": ()}

    def code(self, call: Call) -> Code:
        rank = max(1, len(call.input) - 1)
        return rules.module(self, call, f"nn.{self.torch_name}{rank}d", {"num_features": call.input[0]})


@register
class BatchNorm(_ChannelNorm):
    """Batch normalisation (Ioffe & Szegedy, 2015): torch.nn.BatchNorm1d, 2d and 3d.

    ``y = (x - mean) / sqrt(var + eps) * weight + bias``, over the batch and the spatial extents of each
    channel in training, with the running statistics in evaluation.
    """

    name = "batchnorm"
    doc = "Batch normalisation of features or of channels, by the input's rank."
    parameters = (
        _EPS,
        Parameter(
            "momentum",
            optional(real(0.0, 1.0)),
            0.1,
            "weight of the newest batch in the running statistics; none averages over all batches",
        ),
        _affine(True),
        _track(True),
        rules.INIT,
        rules.BIAS_INIT,
    )
    torch_name = "BatchNorm"

    def shape(self, call: Call) -> Shape:
        shape = rules.ranked(call, 1, 4, "[features] or [channels, height, width]")
        rules.check_initializers(self, call)
        return shape

    def label(self, call: Call) -> str:
        return "batch norm"


_FROZEN_BATCH_NORM = '''
class FrozenBatchNorm(nn.Module):
    """Batch normalisation with constants: they are saved, and neither learned nor counted anew."""

    weight: Tensor
    bias: Tensor
    running_mean: Tensor
    running_var: Tensor

    def __init__(self, num_features: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.register_buffer("weight", torch.ones(num_features))
        self.register_buffer("bias", torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, input: Tensor) -> Tensor:
        scale = self.weight * (self.running_var + self.eps).rsqrt()
        shift = self.bias - self.running_mean * scale
        shape = (1, -1) + (1,) * (input.ndim - 2)
        return input * scale.reshape(shape) + shift.reshape(shape)
'''


@register
class FrozenBatchNorm(Operation):
    """Batch normalisation whose statistics, scale and shift are constants: torchvision.ops.FrozenBatchNorm2d.

    For detectors, whose batches are too small for statistics of their own: the constants are those of a
    checkpoint.
    """

    name = "frozen_batchnorm"
    sizes = MappingProxyType({"num_features": 0})
    kind = "norm"
    doc = "Batch normalisation with the constants of a checkpoint, in training too."
    parameters = (_EPS,)
    overwritable = True

    def shape(self, call: Call) -> Shape:
        return rules.ranked(call, 1, 4, "[features] or [channels, height, width]")

    def buffers(self, call: Call) -> dict[str, Shape]:
        return dict.fromkeys(("weight", "bias", "running_mean", "running_var"), call.input[:1])

    def code(self, call: Call) -> Code:
        return rules.module(
            self, call, "FrozenBatchNorm", {"num_features": call.input[0]}, helper=_FROZEN_BATCH_NORM
        )

    def label(self, call: Call) -> str:
        return "frozen batch norm"


@register
class InstanceNorm(_ChannelNorm):
    """Instance normalisation (Ulyanov, Vedaldi & Lempitsky, 2016): torch.nn.InstanceNorm1d, 2d and 3d."""

    name = "instancenorm"
    doc = "Normalisation of each channel of each sample over its spatial extents."
    parameters = (_EPS, _MOMENTUM, _affine(False), _track(False), rules.INIT, rules.BIAS_INIT)
    torch_name = "InstanceNorm"

    def shape(self, call: Call) -> Shape:
        if all(n == 1 for n in rules.spatial(call)):
            raise ShapeError("E210", _ONE_VALUE, notes=(f"input is {shape_text(call.input)}",))
        rules.check_initializers(self, call)
        return call.input

    def label(self, call: Call) -> str:
        return "instance norm"


@register
class GroupNorm(Operation):
    """Group normalisation (Wu & He, 2018): torch.nn.GroupNorm."""

    name = "groupnorm"
    sizes = MappingProxyType({"num_channels": 1})
    kind = "norm"
    doc = "Normalisation of each group of channels of each sample."
    parameters = (
        Parameter("num_groups", whole(1), doc="groups the channels are divided into"),
        _EPS,
        _affine(True),
        rules.INIT,
        rules.BIAS_INIT,
    )
    overwritable = True

    def shape(self, call: Call) -> Shape:
        shape = rules.ranked(call, 1, None, "[channels, *]")
        rules.divides(call.whole("num_groups"), shape[0], "num_groups", "channels")
        rules.check_initializers(self, call)
        return shape

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes, 0)

    def weights(self, call: Call) -> dict[str, Shape]:
        channels = call.input[0]
        return {"weight": (channels,), "bias": (channels,)} if call.flag("affine") else {}

    def code(self, call: Call) -> Code:
        return rules.module(
            self,
            call,
            "nn.GroupNorm",
            {"num_groups": call.whole("num_groups"), "num_channels": call.input[0]},
        )

    def label(self, call: Call) -> str:
        return f"group norm, {call.whole('num_groups')}"


_NORMALIZED_SHAPE = Parameter(
    "normalized_shape",
    optional(integer_or_integers(1)),
    None,
    "the last extents of the input, over which it normalises; none takes the last alone",
)
_ELEMENTWISE = Parameter("elementwise_affine", boolean(), True, "learn a scale for each normalised element")


def _normalized(call: Call) -> Shape:
    """The trailing extents that are normalised over."""
    rules.ranked(call, 1, None, "[*, features]")
    if call.args["normalized_shape"] is None:
        return call.input[-1:]
    shape = call.wholes("normalized_shape")
    if call.input[-len(shape) :] != shape:
        raise ShapeError(
            "E205",
            f"`normalized_shape` is {shape_text(shape)}, and the input does not end in it",
            notes=(f"input is {shape_text(call.input)}",),
        )
    return shape


def _normalized_axes(call: Call) -> range:
    """Where the trailing extents stand in the shape."""
    return range(len(call.input) - len(_normalized(call)), len(call.input))


def _printed(shape: Shape) -> Literal:
    return shape[0] if len(shape) == 1 else shape


_CHANNEL_LAYER_NORM = '''
class ChannelLayerNorm(nn.LayerNorm):
    """Layer normalisation over the channels of (batch, channels, *spatial)."""

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input.movedim(1, -1)).movedim(-1, 1)
'''


@register
class LayerNorm(Operation):
    """Layer normalisation (Ba, Kiros & Hinton, 2016): torch.nn.LayerNorm.

    With ``channels_first`` it is ConvNeXt's: over the channels at each position of ``[channels, *spatial]``.
    """

    name = "layernorm"
    kind = "norm"
    doc = "Normalisation of each sample over its last dimension, or over its channels at each position."
    parameters = (
        _NORMALIZED_SHAPE,
        _EPS,
        _ELEMENTWISE,
        Parameter("bias", boolean(), True, "with the learned scale, also learn a shift"),
        Parameter("channels_first", boolean(), False, "normalise over the channels, the first dimension"),
        rules.INIT,
        rules.BIAS_INIT,
    )
    overwritable = True

    def shape(self, call: Call) -> Shape:
        if call.flag("channels_first") and call.args["normalized_shape"] is not None:
            raise ShapeError("E205", "`channels_first` and `normalized_shape` exclude each other")
        self._over(call)
        rules.check_initializers(self, call)
        return call.input

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes, *([0] if call.flag("channels_first") else _normalized_axes(call)))

    def _over(self, call: Call) -> Shape:
        if call.flag("channels_first"):
            return rules.ranked(call, 1, None, "[channels, *]")[:1]
        return _normalized(call)

    def weights(self, call: Call) -> dict[str, Shape]:
        if not call.flag("elementwise_affine"):
            return {}
        shape = self._over(call)
        return {"weight": shape, "bias": shape} if call.flag("bias") else {"weight": shape}

    def code(self, call: Call) -> Code:
        moved = call.flag("channels_first") and len(call.input) > 1
        return rules.module(
            self,
            call,
            "ChannelLayerNorm" if moved else "nn.LayerNorm",
            {"normalized_shape": _printed(self._over(call))},
            unprinted=("channels_first",),
            helper=_CHANNEL_LAYER_NORM if moved else None,
        )

    def label(self, call: Call) -> str:
        return "layer norm"


@register
class RmsNorm(Operation):
    """Root mean square normalisation (Zhang & Sennrich, 2019): torch.nn.RMSNorm."""

    name = "rmsnorm"
    kind = "norm"
    doc = "Division of each sample by the root mean square over its last dimension."
    parameters = (
        _NORMALIZED_SHAPE,
        Parameter(
            "eps", optional(small()), None, "added to the mean square; none takes the type's smallest step"
        ),
        _ELEMENTWISE,
        rules.INIT,
    )
    overwritable = True

    def shape(self, call: Call) -> Shape:
        _normalized(call)
        rules.check_initializers(self, call)
        return call.input

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes, *_normalized_axes(call))

    def weights(self, call: Call) -> dict[str, Shape]:
        return {"weight": _normalized(call)} if call.flag("elementwise_affine") else {}

    def code(self, call: Call) -> Code:
        return rules.module(self, call, "nn.RMSNorm", {"normalized_shape": _printed(_normalized(call))})

    def label(self, call: Call) -> str:
        return "RMS norm"


@register
class LocalResponseNorm(Operation):
    """Local response normalisation (Krizhevsky, Sutskever & Hinton, 2012): torch.nn.LocalResponseNorm.

    ``y_c = x_c / (k + alpha / size * sum of x_j^2 over the size channels j around c) ^ beta``. As in torch,
    ``alpha`` is divided by ``size``; the paper's formula does not divide.
    """

    name = "lrn"
    kind = "norm"
    doc = "Local response normalisation: division by the energy of neighbouring channels."
    parameters = (
        Parameter("size", whole(1), doc="neighbouring channels that take part, the channel itself included"),
        Parameter("alpha", real(), 1e-4, "factor on the sum of squares, divided by `size` as in torch"),
        Parameter("beta", real(), 0.75, "exponent"),
        Parameter("k", real(), 1.0, "added to the sum"),
    )
    overwritable = True

    def shape(self, call: Call) -> Shape:
        return rules.ranked(call, 2, None, "[channels, height, width]")

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes, 0)

    def code(self, call: Call) -> Code:
        return rules.module(self, call, "nn.LocalResponseNorm", {"size": call.whole("size")})

    def label(self, call: Call) -> str:
        return "LRN"


@register
class Scale(Operation):
    """A learned scale for each channel: CaiT's and ConvNeXt's LayerScale (Touvron et al., 2021)."""

    name = "scale"
    kind = "norm"
    doc = "Multiplication of each channel by a learned number, 1 at first unless `init` says otherwise."
    parameters = (
        Parameter("dim", integer(), 1, "the dimension that has a number for each index, the batch being 0"),
        rules.INIT,
    )
    bare = True
    overwritable = True

    def shape(self, call: Call) -> Shape:
        rules.dimension(call, "dim", call.whole("dim"))
        rules.check_initializers(self, call)
        return call.input

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes, rules.dimension(call, "dim", call.whole("dim")))

    def weights(self, call: Call) -> dict[str, Shape]:
        index = rules.dimension(call, "dim", call.whole("dim"))
        return {"weight": (call.input[index], *(1,) * (len(call.input) - index - 1))}

    def code(self, call: Call) -> Code:
        return rules.parameter(self.weights(call)["weight"], "{1} * {0}", initial="torch.ones({})")
