"""Plain functions, element by element or along a dimension, that no layer of torch.nn stands for."""

from __future__ import annotations

from collections.abc import Sequence

from netcompiler.code import Code, ExpressionCode
from netcompiler.operations import rules
from netcompiler.operations.arguments import integer, optional, real, small
from netcompiler.operations.base import Axes, Call, Operation, Parameter, Shape, ShapeError, register


class _Function(Operation):
    kind = "activation"

    def shape(self, call: Call) -> Shape:
        return call.input

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes)


@register
class Exp(_Function):
    """The exponential: torch.exp."""

    name = "exp"
    doc = "exp(x)."

    def code(self, call: Call) -> Code:
        return ExpressionCode("torch.exp({0})")


@register
class Times(_Function):
    """The product with a number that is not learned: torch.mul. `scale` has one that is."""

    name = "times"
    doc = "`factor` * x."
    parameters = (Parameter("factor", real(), doc="the number"),)
    overwritable = True

    def code(self, call: Call) -> Code:
        return ExpressionCode(f"{call.number('factor')!r} * {{0}}")

    def label(self, call: Call) -> str:
        return f"× {call.number('factor'):.4g}"


@register
class Clamp(_Function):
    """Clipping to an interval that may be open on one side: torch.clamp."""

    name = "clamp"
    doc = "x, but no less than `min` and no more than `max`."
    parameters = (
        Parameter("min", optional(real()), None, "smallest value; none for no limit"),
        Parameter("max", optional(real()), None, "largest value; none for no limit"),
    )

    def shape(self, call: Call) -> Shape:
        given = self._limits(call)
        if not given:
            raise ShapeError("E205", "needs `min`, `max` or both")
        if len(given) == 2 and given["min"] > given["max"]:
            raise ShapeError("E205", "`min` is above `max`")
        return call.input

    def _limits(self, call: Call) -> dict[str, float]:
        return {name: call.number(name) for name in ("min", "max") if call.args[name] is not None}

    def code(self, call: Call) -> Code:
        limits = [f"{name}={value!r}" for name, value in self._limits(call).items()]
        return ExpressionCode(f"torch.clamp({{0}}, {', '.join(limits)})")


@register
class Normalize(_Function):
    """Division by the length along a dimension: torch.nn.functional.normalize.

    The product of two vectors of length 1 is their cosine.
    """

    name = "normalize"
    kind = "norm"
    doc = "Division by the `p`-norm along a dimension, or by `eps` where that is larger."
    parameters = (
        Parameter("p", real(0.0, exclusive_minimum=True), 2.0, "exponent of the norm"),
        Parameter("dim", integer(), 1, "the dimension, the batch being 0"),
        Parameter("eps", small(), 1e-12, "smallest divisor"),
    )

    def shape(self, call: Call) -> Shape:
        rules.dimension(call, "dim", call.whole("dim"))
        return call.input

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes, rules.dimension(call, "dim", call.whole("dim")))

    def code(self, call: Call) -> Code:
        given = [
            f", {p.name}={call.number(p.name)!r}" for p in self.parameters if call.args[p.name] != p.default
        ]
        return ExpressionCode(f"nn.functional.normalize({{0}}{''.join(given)})")
