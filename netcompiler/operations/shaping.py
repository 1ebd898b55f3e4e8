"""Operations that pass values on in another shape, or pick some of them. None computes anything."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from netcompiler.code import Code, ExpressionCode
from netcompiler.diagnostics import shape_text
from netcompiler.operations import rules
from netcompiler.operations.arguments import integer, integer_or_integers, integers, whole
from netcompiler.operations.base import Axes, Call, Operation, Parameter, Shape, ShapeError, register


@register
class Identity(Operation):
    """The value itself."""

    name = "identity"
    kind = "shape"
    doc = "Passes the value on."

    def shape(self, call: Call) -> Shape:
        return call.input

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes)

    def code(self, call: Call) -> Code:
        return ExpressionCode("{0}")


@register
class Flatten(Operation):
    """Several dimensions made one: torch.flatten."""

    name = "flatten"
    kind = "shape"
    doc = "Makes one dimension of the dimensions from `start_dim` to `end_dim`, of all by default."
    parameters = (
        Parameter("start_dim", integer(), 1, "the first dimension, the batch being 0"),
        Parameter("end_dim", integer(), -1, "the last dimension"),
    )

    def shape(self, call: Call) -> Shape:
        start = rules.dimension(call, "start_dim", call.whole("start_dim"))
        end = rules.dimension(call, "end_dim", call.whole("end_dim"))
        if start > end:
            raise ShapeError("E205", "`start_dim` comes after `end_dim`")
        return (*call.input[:start], prod(call.input[start : end + 1]), *call.input[end + 1 :])

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        start = rules.dimension(call, "start_dim", call.whole("start_dim"))
        end = rules.dimension(call, "end_dim", call.whole("end_dim"))
        kept = rules.same_axes(axes, *range(start, end + 1))
        return kept and rules.without(kept, range(start, end))

    def code(self, call: Call) -> Code:
        start, end = call.whole("start_dim"), call.whole("end_dim")
        return ExpressionCode(f"torch.flatten({{0}}, {start}{'' if end == -1 else f', {end}'})")


@register
class Reshape(Operation):
    """The same elements, in the same order, in another shape: torch.Tensor.reshape."""

    name = "reshape"
    kind = "shape"
    doc = "Gives the sample another shape with as many elements; one extent may be -1."
    parameters = (
        Parameter("shape", integers(-1), doc="the new shape, the batch left out; -1 stands for the rest"),
    )

    def shape(self, call: Call) -> Shape:
        shape = call.wholes("shape")
        if not shape or 0 in shape or shape.count(-1) > 1:
            raise ShapeError(
                "E205", f"`shape` is {shape_text(shape)}: it needs extents of 1 or more, and one may be -1"
            )
        elements, known = prod(call.input), prod(n for n in shape if n != -1)
        if elements % known or (-1 not in shape and elements != known):
            raise ShapeError(
                "E205",
                f"`shape` is {shape_text(shape)}, which does not fit {elements} elements",
                notes=(f"input is {shape_text(call.input)}",),
            )
        return tuple(elements // known if n == -1 else n for n in shape)

    def code(self, call: Call) -> Code:
        shape = call.wholes("shape")
        if len(shape) == 1:
            return ExpressionCode("torch.flatten({0}, 1)")
        # Neither call can mix samples, whatever the extents are when the module runs.
        return ExpressionCode(f"{{0}}.flatten(1).unflatten(1, {shape})")


@register
class Permute(Operation):
    """The dimensions in another order: torch.Tensor.permute."""

    name = "permute"
    kind = "shape"
    doc = "Puts the dimensions in another order; the batch, 0, stays first."
    parameters = (
        Parameter("dims", integers(), doc="all dimensions in their new order, the batch first: [0, 2, 3, 1]"),
    )

    def shape(self, call: Call) -> Shape:
        dims, rank = call.wholes("dims"), len(call.input) + 1
        order = [d % rank for d in dims]
        if any(not -rank <= d < rank for d in dims) or sorted(order) != list(range(rank)):
            raise ShapeError(
                "E205",
                f"`dims` is {shape_text(dims)}, which must name each dimension from 0 to {rank - 1} once",
                notes=(f"input is {shape_text(call.input)}, and dimension 0 is the batch",),
            )
        if order[0] != 0:
            raise ShapeError("E205", "`dims` moves the batch dimension, 0, which must stay first")
        return tuple(call.input[d - 1] for d in order[1:])

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        kept = rules.same_axes(axes)
        if kept is None:
            return None
        order = [d % (len(call.input) + 1) - 1 for d in call.wholes("dims")][1:]
        return order.index(kept[0]), order.index(kept[1])

    def code(self, call: Call) -> Code:
        return ExpressionCode(f"{{0}}.permute({', '.join(map(str, call.wholes('dims')))})")


@register
class Transpose(Operation):
    """Two dimensions swapped: torch.Tensor.transpose."""

    name = "transpose"
    kind = "shape"
    doc = "Swaps two dimensions."
    parameters = (
        Parameter("dim0", integer(), doc="the one dimension, the batch being 0"),
        Parameter("dim1", integer(), doc="the other"),
    )

    def shape(self, call: Call) -> Shape:
        first = rules.dimension(call, "dim0", call.whole("dim0"))
        second = rules.dimension(call, "dim1", call.whole("dim1"))
        shape = list(call.input)
        shape[first], shape[second] = shape[second], shape[first]
        return tuple(shape)

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        kept = rules.same_axes(axes)
        first = rules.dimension(call, "dim0", call.whole("dim0"))
        second = rules.dimension(call, "dim1", call.whole("dim1"))
        moved = {first: second, second: first}
        return kept and (moved.get(kept[0], kept[0]), moved.get(kept[1], kept[1]))

    def code(self, call: Call) -> Code:
        return ExpressionCode(f"{{0}}.transpose({call.whole('dim0')}, {call.whole('dim1')})")


@register
class Unsqueeze(Operation):
    """A new dimension with an extent of 1: torch.Tensor.unsqueeze."""

    name = "unsqueeze"
    kind = "shape"
    doc = "Inserts a dimension with an extent of 1."
    parameters = (Parameter("dim", integer(), doc="where it stands in the output, the batch being 0"),)

    def shape(self, call: Call) -> Shape:
        index = rules.dimension(call, "dim", call.whole("dim"), extra=1)
        return (*call.input[:index], 1, *call.input[index:])

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        index = rules.dimension(call, "dim", call.whole("dim"), extra=1)
        kept = rules.same_axes(axes)
        return kept and (kept[0] + (index <= kept[0]), kept[1] + (index <= kept[1]))

    def code(self, call: Call) -> Code:
        return ExpressionCode(f"{{0}}.unsqueeze({call.whole('dim')})")


@register
class Squeeze(Operation):
    """A dimension with an extent of 1 left out: torch.Tensor.squeeze, which is silent about other extents."""

    name = "squeeze"
    kind = "shape"
    doc = "Leaves out a dimension, which must have an extent of 1."
    parameters = (Parameter("dim", integer(), doc="the dimension, the batch being 0"),)

    def shape(self, call: Call) -> Shape:
        index = rules.dimension(call, "dim", call.whole("dim"))
        if call.input[index] != 1:
            raise ShapeError(
                "E205",
                f"`dim` is {call.whole('dim')}, whose extent is {call.input[index]} and not 1",
                notes=(f"input is {shape_text(call.input)}",),
            )
        return (*call.input[:index], *call.input[index + 1 :])

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        index = rules.dimension(call, "dim", call.whole("dim"))
        kept = rules.same_axes(axes, index)
        return kept and rules.without(kept, [index])

    def code(self, call: Call) -> Code:
        return ExpressionCode(f"{{0}}.squeeze({call.whole('dim')})")


def _within(call: Call, name: str, value: int, extent: int) -> None:
    if not -extent <= value < extent:
        raise ShapeError(
            "E205",
            f"`{name}` is {value}, but the dimension has {extent} entries",
            notes=(f"input is {shape_text(call.input)}",),
        )


@register
class Select(Operation):
    """One entry of a dimension, which goes: torch.Tensor.select. Takes the class token of a ViT."""

    name = "select"
    kind = "shape"
    doc = "Takes one entry of a dimension; the dimension goes."
    parameters = (
        Parameter("dim", integer(), doc="the dimension, the batch being 0"),
        Parameter("index", integer(), doc="which entry; -1 is the last"),
    )

    def shape(self, call: Call) -> Shape:
        index = rules.dimension(call, "dim", call.whole("dim"))
        _within(call, "index", call.whole("index"), call.input[index])
        return (*call.input[:index], *call.input[index + 1 :])

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        index = rules.dimension(call, "dim", call.whole("dim"))
        kept = rules.same_axes(axes, index)
        return kept and rules.without(kept, [index])

    def code(self, call: Call) -> Code:
        return ExpressionCode(f"{{0}}.select({call.whole('dim')}, {call.whole('index')})")


@register
class Narrow(Operation):
    """A range of a dimension: torch.Tensor.narrow. Two of them split a value, as ShuffleNet v2 does."""

    name = "narrow"
    kind = "shape"
    doc = "Takes `length` entries of a dimension, from `start` on."
    parameters = (
        Parameter("dim", integer(), doc="the dimension, the batch being 0"),
        Parameter("start", integer(), doc="the first entry; negative numbers count from the end"),
        Parameter("length", whole(1), doc="how many entries"),
    )

    def shape(self, call: Call) -> Shape:
        index = rules.dimension(call, "dim", call.whole("dim"))
        extent, start, length = call.input[index], call.whole("start"), call.whole("length")
        _within(call, "start", start, extent)
        if start % extent + length > extent:
            raise ShapeError(
                "E205",
                f"{length} entries from {start} on, but the dimension has {extent}",
                notes=(f"input is {shape_text(call.input)}",),
            )
        return (*call.input[:index], length, *call.input[index + 1 :])

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes, rules.dimension(call, "dim", call.whole("dim")))

    def code(self, call: Call) -> Code:
        dim, start, length = (call.whole(name) for name in ("dim", "start", "length"))
        return ExpressionCode(f"{{0}}.narrow({dim}, {start}, {length})")


@register
class Roll(Operation):
    """Entries moved along dimensions, those that leave at one end coming back at the other: torch.roll.

    Swin's windows are shifted so: up and to the left, and back after the attention.
    """

    name = "roll"
    kind = "shape"
    doc = "Moves the entries along dimensions; what leaves at one end comes back at the other."
    parameters = (
        Parameter(
            "shifts", integer_or_integers(), doc="by how many places, for each dimension; negative: back"
        ),
        Parameter("dims", integer_or_integers(), doc="the dimensions, the batch being 0"),
    )
    overwritable = True

    def shape(self, call: Call) -> Shape:
        shifts, dims = call.wholes("shifts"), call.wholes("dims")
        if len(shifts) != len(dims):
            raise ShapeError("E205", f"`shifts` has {len(shifts)} numbers, and `dims` has {len(dims)}")
        for dim in dims:
            rules.dimension(call, "dims", dim)
        return call.input

    def code(self, call: Call) -> Code:
        return ExpressionCode(f"torch.roll({{0}}, {call.wholes('shifts')}, {call.wholes('dims')})")
