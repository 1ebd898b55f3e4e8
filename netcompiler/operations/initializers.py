"""The initialisers of torch.nn.init, with their arguments."""

from __future__ import annotations

from netcompiler.operations.arguments import choice, real, whole
from netcompiler.operations.base import Parameter

_MODE = Parameter("mode", choice("fan_in", "fan_out"), "fan_in", "which fan keeps its variance")
_NONLINEARITY = Parameter(
    "nonlinearity", choice("linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu"), "leaky_relu"
)
_SLOPE = Parameter("a", real(), 0.0, "negative slope of the leaky ReLU that follows")
_GAIN = Parameter("gain", real(), 1.0, "factor on the standard deviation")

INITIALIZERS: dict[str, tuple[Parameter, ...]] = {
    "uniform": (Parameter("a", real(), 0.0), Parameter("b", real(), 1.0)),
    "normal": (Parameter("mean", real(), 0.0), Parameter("std", real(0.0), 1.0)),
    "trunc_normal": (
        Parameter("mean", real(), 0.0),
        Parameter("std", real(0.0), 1.0),
        Parameter("a", real(), -2.0),
        Parameter("b", real(), 2.0),
    ),
    "constant": (Parameter("val", real()),),
    "ones": (),
    "zeros": (),
    "dirac": (Parameter("groups", whole(1), 1),),
    "xavier_uniform": (_GAIN,),
    "xavier_normal": (_GAIN,),
    "kaiming_uniform": (_SLOPE, _MODE, _NONLINEARITY),
    "kaiming_normal": (_SLOPE, _MODE, _NONLINEARITY),
    "orthogonal": (_GAIN,),
}
"""By the name in torch.nn.init without its underscore. `Initializer.args` holds what the spec gave alone."""
