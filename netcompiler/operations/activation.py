"""Activations: torch.nn's, element by element unless they name a dimension."""

from __future__ import annotations

from collections.abc import Sequence

from netcompiler.code import Code
from netcompiler.operations import rules
from netcompiler.operations.arguments import choice, integer, real, whole
from netcompiler.operations.base import Axes, Call, Operation, Parameter, Shape, ShapeError, register


class _Activation(Operation):
    kind = "activation"
    torch_name: str

    def shape(self, call: Call) -> Shape:
        return call.input

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes)

    def code(self, call: Call) -> Code:
        required = {p.name: call.literal(p.name) for p in self.parameters if p.required}
        return rules.module(self, call, f"nn.{self.torch_name}", required)

    def label(self, call: Call) -> str:
        return self.torch_name


@register
class Relu(_Activation):
    """Rectified linear unit (Nair & Hinton, 2010): torch.nn.ReLU."""

    name = "relu"
    doc = "max(0, x)."
    inplace = True
    torch_name = "ReLU"


@register
class Relu6(_Activation):
    """ReLU clipped at 6 (Krizhevsky, 2010): torch.nn.ReLU6."""

    name = "relu6"
    doc = "min(max(0, x), 6)."
    inplace = True
    torch_name = "ReLU6"


@register
class LeakyRelu(_Activation):
    """ReLU with a small negative slope (Maas, Hannun & Ng, 2013): torch.nn.LeakyReLU."""

    name = "leaky_relu"
    doc = "x above 0, `negative_slope` * x below."
    parameters = (Parameter("negative_slope", real(0.0), 0.01, "slope below 0"),)
    inplace = True
    torch_name = "LeakyReLU"


@register
class Prelu(_Activation):
    """ReLU with a learned negative slope (He, Zhang, Ren & Sun, 2015): torch.nn.PReLU."""

    name = "prelu"
    doc = "x above 0, a learned slope times x below, 0.25 at first unless `init` says otherwise."
    parameters = (
        Parameter("num_parameters", whole(1), 1, "slopes: one for all channels, or one for each"),
        rules.INIT,
    )
    torch_name = "PReLU"

    def shape(self, call: Call) -> Shape:
        slopes = call.whole("num_parameters")
        channels = call.input[0] if call.input else 1
        if slopes not in (1, channels):
            message = f"`num_parameters` is {slopes} for {channels} channels"
            raise ShapeError("E205", message, help=f"it is {channels}, or 1 for all of them")
        rules.check_initializers(self, call)
        return call.input

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes, *(() if call.whole("num_parameters") == 1 else (0,)))

    def weights(self, call: Call) -> dict[str, Shape]:
        return {"weight": (call.whole("num_parameters"),)}


@register
class Rrelu(_Activation):
    """Randomized leaky ReLU (Xu, Wang, Chen & Li, 2015): torch.nn.RReLU."""

    name = "rrelu"
    doc = "x above 0, a random slope times x below; their mean in evaluation."
    parameters = (
        Parameter("lower", real(0.0), 1 / 8, "smallest slope"),
        Parameter("upper", real(0.0), 1 / 3, "largest slope"),
    )
    inplace = True
    torch_name = "RReLU"

    def shape(self, call: Call) -> Shape:
        if call.number("lower") > call.number("upper"):
            raise ShapeError("E205", "`lower` is above `upper`")
        return call.input


@register
class Elu(_Activation):
    """Exponential linear unit (Clevert, Unterthiner & Hochreiter, 2015): torch.nn.ELU."""

    name = "elu"
    doc = "x above 0, `alpha` * (exp(x) - 1) below."
    parameters = (Parameter("alpha", real(0.0), 1.0, "minus the limit below 0"),)
    inplace = True
    torch_name = "ELU"


@register
class Selu(_Activation):
    """Scaled exponential linear unit (Klambauer et al., 2017): torch.nn.SELU."""

    name = "selu"
    doc = "The ELU scaled so that activations keep mean 0 and variance 1."
    inplace = True
    torch_name = "SELU"


@register
class Celu(_Activation):
    """Continuously differentiable ELU (Barron, 2017): torch.nn.CELU."""

    name = "celu"
    doc = "x above 0, `alpha` * (exp(x / alpha) - 1) below."
    parameters = (Parameter("alpha", real(0.0, exclusive_minimum=True), 1.0, "minus the limit below 0"),)
    inplace = True
    torch_name = "CELU"


@register
class Gelu(_Activation):
    """Gaussian error linear unit (Hendrycks & Gimpel, 2016): torch.nn.GELU."""

    name = "gelu"
    doc = "x * Phi(x), with the normal distribution's Phi."
    parameters = (
        Parameter("approximate", choice("none", "tanh"), "none", '"tanh" takes the approximation with tanh'),
    )
    torch_name = "GELU"


@register
class Silu(_Activation):
    """Sigmoid linear unit, also called swish (Ramachandran, Zoph & Le, 2017): torch.nn.SiLU."""

    name = "silu"
    doc = "x * sigmoid(x), also called swish."
    inplace = True
    torch_name = "SiLU"


@register
class Mish(_Activation):
    """Mish (Misra, 2019): torch.nn.Mish."""

    name = "mish"
    doc = "x * tanh(softplus(x))."
    inplace = True
    torch_name = "Mish"


@register
class Sigmoid(_Activation):
    """Logistic function: torch.nn.Sigmoid."""

    name = "sigmoid"
    doc = "1 / (1 + exp(-x))."
    torch_name = "Sigmoid"

    def label(self, call: Call) -> str:
        return "sigmoid"


@register
class Tanh(_Activation):
    """Hyperbolic tangent: torch.nn.Tanh."""

    name = "tanh"
    doc = "tanh(x)."
    torch_name = "Tanh"

    def label(self, call: Call) -> str:
        return "tanh"


@register
class Hardsigmoid(_Activation):
    """Piecewise linear sigmoid (Howard et al., 2019): torch.nn.Hardsigmoid."""

    name = "hardsigmoid"
    doc = "min(max(0, x + 3), 6) / 6."
    inplace = True
    torch_name = "Hardsigmoid"

    def label(self, call: Call) -> str:
        return "hard sigmoid"


@register
class Hardswish(_Activation):
    """Swish with the piecewise linear sigmoid (Howard et al., 2019): torch.nn.Hardswish."""

    name = "hardswish"
    doc = "x * hardsigmoid(x)."
    inplace = True
    torch_name = "Hardswish"

    def label(self, call: Call) -> str:
        return "hard swish"


@register
class Hardtanh(_Activation):
    """Clipping to an interval: torch.nn.Hardtanh."""

    name = "hardtanh"
    doc = "min(max(`min_val`, x), `max_val`)."
    parameters = (
        Parameter("min_val", real(), -1.0, "smallest value"),
        Parameter("max_val", real(), 1.0, "largest value"),
    )
    inplace = True
    torch_name = "Hardtanh"

    def shape(self, call: Call) -> Shape:
        if call.number("min_val") >= call.number("max_val"):
            raise ShapeError("E205", "`min_val` is not below `max_val`")
        return call.input

    def label(self, call: Call) -> str:
        return "hard tanh"


@register
class Softplus(_Activation):
    """Smooth ReLU: torch.nn.Softplus."""

    name = "softplus"
    doc = "log(1 + exp(beta * x)) / beta, and x itself where beta * x is above `threshold`."
    parameters = (
        Parameter("beta", real(), 1.0, "sharpness"),
        Parameter("threshold", real(), 20.0, "where it goes over to x"),
    )
    torch_name = "Softplus"

    def label(self, call: Call) -> str:
        return "softplus"


@register
class Softsign(_Activation):
    """Softsign: torch.nn.Softsign."""

    name = "softsign"
    doc = "x / (1 + |x|)."
    torch_name = "Softsign"

    def label(self, call: Call) -> str:
        return "softsign"


@register
class LogSigmoid(_Activation):
    """Logarithm of the sigmoid: torch.nn.LogSigmoid."""

    name = "logsigmoid"
    doc = "log(sigmoid(x))."
    torch_name = "LogSigmoid"

    def label(self, call: Call) -> str:
        return "log sigmoid"


@register
class Tanhshrink(_Activation):
    """x minus its hyperbolic tangent: torch.nn.Tanhshrink."""

    name = "tanhshrink"
    doc = "x - tanh(x)."
    torch_name = "Tanhshrink"

    def label(self, call: Call) -> str:
        return "tanh shrink"


_LAMBD = Parameter("lambd", real(0.0), 0.5, "values at most this far from 0 become 0")


@register
class Softshrink(_Activation):
    """Soft threshold: torch.nn.Softshrink."""

    name = "softshrink"
    doc = "x moved towards 0 by `lambd`, and 0 where that would pass it."
    parameters = (_LAMBD,)
    torch_name = "Softshrink"

    def label(self, call: Call) -> str:
        return "soft shrink"


@register
class Hardshrink(_Activation):
    """Hard threshold: torch.nn.Hardshrink."""

    name = "hardshrink"
    doc = "x, and 0 where x is at most `lambd` from 0."
    parameters = (_LAMBD,)
    torch_name = "Hardshrink"

    def label(self, call: Call) -> str:
        return "hard shrink"


@register
class Threshold(_Activation):
    """Threshold: torch.nn.Threshold."""

    name = "threshold"
    doc = "x above `threshold`, `value` elsewhere."
    parameters = (
        Parameter("threshold", real(), doc="values up to it are replaced"),
        Parameter("value", real(), doc="what replaces them"),
    )
    inplace = True
    torch_name = "Threshold"

    def label(self, call: Call) -> str:
        return "threshold"


class _AlongDimension(_Activation):
    parameters = (Parameter("dim", integer(), doc="the dimension whose entries sum to 1, the batch being 0"),)

    def shape(self, call: Call) -> Shape:
        rules.dimension(call, "dim", call.whole("dim"))
        return call.input

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes, rules.dimension(call, "dim", call.whole("dim")))

    def label(self, call: Call) -> str:
        return self.name.replace("_", " ")


@register
class Softmax(_AlongDimension):
    """Normalised exponential: torch.nn.Softmax."""

    name = "softmax"
    doc = "exp(x) divided by its sum along a dimension."
    torch_name = "Softmax"


@register
class LogSoftmax(_AlongDimension):
    """Logarithm of the softmax: torch.nn.LogSoftmax."""

    name = "log_softmax"
    doc = "Logarithm of the softmax along a dimension."
    parameters = (
        Parameter(
            "dim", integer(), doc="the dimension along which the exponentials sum to 1, the batch being 0"
        ),
    )
    torch_name = "LogSoftmax"


@register
class Softmin(_AlongDimension):
    """Softmax of -x: torch.nn.Softmin."""

    name = "softmin"
    doc = "exp(-x) divided by its sum along a dimension."
    torch_name = "Softmin"


@register
class Glu(_AlongDimension):
    """Gated linear unit (Dauphin, Fan, Auli & Grangier, 2016): torch.nn.GLU."""

    name = "glu"
    doc = "The first half of a dimension times the sigmoid of its second half."
    parameters = (Parameter("dim", integer(), -1, "the dimension that is halved, the batch being 0"),)
    torch_name = "GLU"

    def shape(self, call: Call) -> Shape:
        index = rules.dimension(call, "dim", call.whole("dim"))
        extent = call.input[index]
        if extent % 2:
            raise ShapeError("E205", f"the halved dimension must have an even extent, got {extent}")
        return (*call.input[:index], extent // 2, *call.input[index + 1 :])

    def label(self, call: Call) -> str:
        return "GLU"
