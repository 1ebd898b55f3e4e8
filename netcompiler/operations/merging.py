"""Merges: operations on several values. None broadcasts, truncates or projects unless it is told to."""

from __future__ import annotations

from collections.abc import Sequence

from netcompiler.code import Code, ExpressionCode
from netcompiler.diagnostics import shape_text
from netcompiler.operations import rules
from netcompiler.operations.advice import same_extents, same_shape
from netcompiler.operations.arguments import boolean, integer
from netcompiler.operations.base import Axes, Call, Operation, Parameter, Shape, ShapeError, register

_BROADCAST = Parameter(
    "broadcast", boolean(), False, "let an extent of 1 stand for the other branches' extent: squeeze-excite"
)


def _mismatch(call: Call, message: str, help: str | None = None) -> ShapeError:
    """The error; what gives each of the shapes is shown where a spec is read."""
    given = (f"branch {i} gives {shape_text(shape)}" for i, shape in enumerate(call.inputs, 1))
    return ShapeError("E204", message, notes=(", ".join(given),), help=help)


def _at_least(call: Call, values: int) -> None:
    if len(call.inputs) < values:
        raise _mismatch(call, f"merges at least {values} values, got {len(call.inputs)}")


class _Elementwise(Operation):
    kind = "merge"
    parameters = (_BROADCAST,)
    merges = True
    broadcasts = True
    overwritable = True
    operator: str

    def shape(self, call: Call) -> Shape:
        _at_least(call, 2)
        if len(set(call.inputs)) == 1:
            return call.input
        if not call.flag("broadcast"):
            help = self._help(call) or same_shape(call.inputs)
            raise _mismatch(call, "branches have different shapes", help)
        if len(set(map(len, call.inputs))) > 1:
            raise _mismatch(call, "branches have different numbers of dimensions", same_shape(call.inputs))
        return tuple(self._common(call, extents) for extents in zip(*call.inputs, strict=True))

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        """Inputs that change have the same extents there; one that never does broadcasts."""
        same = rules.same_axes([own for own in axes if own is not None])
        if same is None or min(map(len, call.inputs)) <= max(same):
            return None
        found = [(own, shape[same[0]], shape[same[1]]) for shape, own in zip(call.inputs, axes, strict=True)]
        extents = {(height, width) for own, height, width in found if own is not None}
        fixed = {(height, width) for own, height, width in found if own is None}
        return same if len(extents) == 1 and fixed <= {(1, 1)} else None

    def _common(self, call: Call, extents: tuple[int, ...]) -> int:
        wide = set(extents) - {1}
        if len(wide) > 1:
            raise _mismatch(call, "branches have different shapes, which cannot broadcast")
        return wide.pop() if wide else 1

    def _help(self, call: Call) -> str | None:
        if len(set(map(len, call.inputs))) > 1:
            return None
        if any(len(set(extents) - {1}) > 1 for extents in zip(*call.inputs, strict=True)):
            return None
        return f"`{self.name}(broadcast=true)` lets extents of 1 stand for the others"

    def code(self, call: Call) -> Code:
        names = [f"{{{i}}}" for i in range(len(call.inputs))]
        return ExpressionCode(f" {self.operator} ".join(names))


@register
class Add(_Elementwise):
    """The sum of values of one shape: the merge of residual connections (He, Zhang, Ren & Sun, 2015)."""

    name = "add"
    doc = "Sum of values of the same shape."
    operator = "+"

    def code(self, call: Call) -> Code:
        names = [f"{{{i}}}" for i in range(len(call.inputs))]
        in_place = len(names) == 2 and call.input == self.shape(call)
        return ExpressionCode(" + ".join(names), "{0} += {1}" if in_place else None)

    def label(self, call: Call) -> str:
        return "+"


@register
class Subtract(_Elementwise):
    """The first value minus all others."""

    name = "subtract"
    doc = "The first value minus the others, all of the same shape."
    operator = "-"

    def label(self, call: Call) -> str:
        return "−"


@register
class Multiply(_Elementwise):
    """The product of values of one shape: gates and squeeze-excite (Hu, Shen & Sun, 2017)."""

    name = "multiply"
    doc = "Product, element by element, of values of the same shape."
    operator = "*"

    def label(self, call: Call) -> str:
        return "×"


@register
class Maximum(_Elementwise):
    """The largest of values of one shape: maxout (Goodfellow et al., 2013)."""

    name = "maximum"
    doc = "Maximum, element by element, of values of the same shape."
    operator = "maximum"

    def code(self, call: Call) -> Code:
        template = "{0}"
        for i in range(1, len(call.inputs)):
            template = f"torch.maximum({template}, {{{i}}})"
        return ExpressionCode(template)

    def label(self, call: Call) -> str:
        return "max"


def concatenated(call: Call, index: int) -> Shape:
    """The shape of the concatenation along the sample's dimension ``index``."""
    if len(set(map(len, call.inputs))) > 1:
        raise _mismatch(call, "branches have different numbers of dimensions", same_shape(call.inputs))
    if not call.input:
        raise _mismatch(call, "single numbers have no channels to concatenate")
    others = {(*shape[:index], *shape[index + 1 :]) for shape in call.inputs}
    if len(others) > 1:
        along = "channels" if index == 0 else f"dimension {index + 1}"
        help = same_extents(len(call.input)) if index == 0 and len(call.input) in (3, 4) else None
        raise _mismatch(call, f"branches differ in more than their {along}", help)
    return (*call.input[:index], sum(shape[index] for shape in call.inputs), *call.input[index + 1 :])


@register
class Concat(Operation):
    """Concatenation: torch.cat."""

    name = "concat"
    kind = "merge"
    doc = "Concatenation, along the channels unless `dim` is given."
    parameters = (Parameter("dim", integer(), 1, "the dimension that grows, the batch being 0"),)
    merges = True
    overwritable = True

    def shape(self, call: Call) -> Shape:
        _at_least(call, 1)
        return concatenated(call, rules.dimension(call, "dim", call.whole("dim")))

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes, rules.dimension(call, "dim", call.whole("dim")))

    def code(self, call: Call) -> Code:
        return ExpressionCode(f"torch.cat([{{*}}], {call.whole('dim')})")


@register
class Stack(Operation):
    """Values of one shape along a new dimension: torch.stack."""

    name = "stack"
    kind = "merge"
    doc = "Values of the same shape side by side along a new dimension."
    parameters = (Parameter("dim", integer(), 1, "the new dimension, the batch being 0"),)
    merges = True
    overwritable = True

    def shape(self, call: Call) -> Shape:
        _at_least(call, 1)
        if len(set(call.inputs)) > 1:
            raise _mismatch(call, "branches have different shapes", same_shape(call.inputs))
        index = rules.dimension(call, "dim", call.whole("dim"), extra=1)
        return (*call.input[:index], len(call.inputs), *call.input[index:])

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        index = rules.dimension(call, "dim", call.whole("dim"), extra=1)
        same = rules.same_axes(axes)
        return same and (same[0] + (index <= same[0]), same[1] + (index <= same[1]))

    def code(self, call: Call) -> Code:
        return ExpressionCode(f"torch.stack([{{*}}], {call.whole('dim')})")


@register
class Matmul(Operation):
    """The matrix product of the last two dimensions: torch.matmul."""

    name = "matmul"
    kind = "merge"
    doc = "Matrix product of two values over their last two dimensions; the dimensions before must agree."
    merges = True
    broadcasts = True
    overwritable = True

    def shape(self, call: Call) -> Shape:
        if len(call.inputs) != 2:
            raise _mismatch(call, f"takes two values, got {len(call.inputs)}")
        a, b = call.inputs
        if len(a) < 2 or len(b) < 2:
            raise _mismatch(call, "takes two matrices")
        if a[:-2] != b[:-2] or a[-1] != b[-2]:
            raise _mismatch(call, "matrices do not fit: [*, rows, inner] and [*, inner, columns]")
        return (*a[:-1], b[-1])

    def macs(self, call: Call) -> int:
        rows, columns = self.shape(call)[-2:]
        batch = 1
        for extent in call.input[:-2]:
            batch *= extent
        return batch * rows * columns * call.input[-1]

    def code(self, call: Call) -> Code:
        return ExpressionCode("{0} @ {1}")


@register
class IndexSelect(Operation):
    """Entries of a dimension by their numbers: torch.index_select, with numbers of each sample's own.

    The second value holds the numbers, in one dimension. torch checks them when it runs. Rows of a table
    that all samples share, a `parameter`, are what an `embedding` gives; so two layers use one table.
    """

    name = "index_select"
    kind = "merge"
    doc = "Takes those entries of a dimension whose numbers the second value holds."
    parameters = (Parameter("dim", integer(), 1, "the dimension, the batch being 0"),)
    merges = True
    broadcasts = True
    indices = (1,)

    def shape(self, call: Call) -> Shape:
        if len(call.inputs) != 2:
            raise _mismatch(
                call, f"takes a value and the numbers of its entries, got {len(call.inputs)} values"
            )
        index = rules.dimension(call, "dim", call.whole("dim"))
        numbers = call.inputs[1]
        if len(numbers) != 1:
            raise _mismatch(call, "takes the numbers in one dimension")
        return (*call.input[:index], *numbers, *call.input[index + 1 :])

    def code(self, call: Call) -> Code:
        index = rules.dimension(call, "dim", call.whole("dim"))
        if call.shared[:1] == (True,) and len(call.input) == 2 and index == 0:
            return ExpressionCode("nn.functional.embedding({1}, {0}.squeeze(0))")
        place = ["None"] * len(call.input)
        place[index] = ":"
        numbers = "{1}" if len(place) == 1 else f"{{1}}[:, {', '.join(place)}]"
        return ExpressionCode(f"torch.take_along_dim({{0}}, {numbers}, {index + 1})")

    def label(self, call: Call) -> str:
        return "index select"
