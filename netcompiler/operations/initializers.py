"""The initialisers of torch.nn.init, with their arguments."""

from __future__ import annotations

from netcompiler.operations.arguments import choice, real, whole
from netcompiler.operations.base import Parameter

_MODE = Parameter("mode", choice("fan_in", "fan_out"), "fan_in", "which fan keeps its variance")
_NONLINEARITY = Parameter(
    "nonlinearity",
    choice("linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu"),
    "leaky_relu",
    "the activation that follows, which sets the gain",
)
_SLOPE = Parameter("a", real(), 0.0, "negative slope of the leaky ReLU that follows")
_GAIN = Parameter("gain", real(0.0), 1.0, "factor on the standard deviation")
_MEAN = Parameter("mean", real(), 0.0, "mean of the normal distribution")
_STD = Parameter("std", real(0.0), 1.0, "standard deviation of the normal distribution")

INITIALIZERS: dict[str, tuple[Parameter, ...]] = {
    "uniform": (
        Parameter("a", real(), 0.0, "lower bound"),
        Parameter("b", real(), 1.0, "upper bound"),
    ),
    "normal": (_MEAN, _STD),
    "trunc_normal": (
        _MEAN,
        _STD,
        Parameter("a", real(), -2.0, "lowest value"),
        Parameter("b", real(), 2.0, "highest value"),
    ),
    "constant": (Parameter("val", real(), doc="the value"),),
    "ones": (),
    "zeros": (),
    "dirac": (Parameter("groups", whole(1), 1, "groups of the convolution"),),
    "xavier_uniform": (_GAIN,),
    "xavier_normal": (_GAIN,),
    "kaiming_uniform": (_SLOPE, _MODE, _NONLINEARITY),
    "kaiming_normal": (_SLOPE, _MODE, _NONLINEARITY),
    "orthogonal": (_GAIN,),
}
"""By the name in torch.nn.init without its underscore. `Initializer.args` holds what the spec gave alone."""
