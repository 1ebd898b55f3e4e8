"""What the shape rules of several operations share.

Shapes leave the batch dimension out. Arguments that name a dimension (``dim``, ``start_dim``, ``permute``'s
list) count as torch's do, the batch being 0; an operation that would touch the batch is an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from types import MappingProxyType

from netcompiler.code import Argument, Literal, ModuleCode, ParameterCode
from netcompiler.diagnostics import shape_text
from netcompiler.operations.arguments import Initializer, initializer
from netcompiler.operations.base import Axes, Call, Operation, Parameter, Shape, ShapeError
from netcompiler.operations.initializers import INITIALIZERS

INIT = Parameter("init", initializer(), None, "initialiser of its weights; none keeps torch.nn's own")
BIAS_INIT = Parameter("bias_init", initializer(), None, "initialiser of its biases, like `init`")

_NEEDS_MATRIX = frozenset(
    {"xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal", "orthogonal"}
)
_IMAGE = "[channels, height, width]"


def module(
    operation: Operation,
    call: Call,
    constructor: str,
    positional: Mapping[str, Literal] = MappingProxyType({}),
    *,
    unprinted: tuple[str, ...] = (),
    helper: str | None = None,
) -> ModuleCode:
    """A constructor call: ``positional`` first, then every other argument that is not its default, by name.

    Arguments in ``unprinted`` are not the constructor's, nor are the initialisers.
    """
    arguments = [Argument(name, value, positional=True) for name, value in positional.items()]
    hidden = {*positional, *unprinted, "init", "bias_init"}
    for parameter in operation.parameters:
        name = parameter.name
        if name not in hidden and call.args[name] != parameter.default:
            arguments.append(Argument(name, call.literal(name)))
    return ModuleCode(constructor, tuple(arguments), helper)


def parameter(shape: Shape, template: str, *, initial: str = "torch.zeros({})") -> ParameterCode:
    """A learned tensor of this shape, without a module around it."""
    extents = tuple(Argument(f"extent{i}", n, positional=True) for i, n in enumerate(shape))
    return ParameterCode("nn.Parameter", extents, initial=initial, template=template)


def buffer(arguments: tuple[int, ...], initial: str, helper: str, template: str) -> ParameterCode:
    """A saved tensor that is not learned, without a module: what a helper makes of the arguments."""
    given = tuple(Argument(f"argument{i}", value, positional=True) for i, value in enumerate(arguments))
    return ParameterCode("nn.Buffer", given, helper, initial=initial, template=template)


def with_keywords(code: ModuleCode, **keywords: Literal) -> ModuleCode:
    """The same call with more arguments by name."""
    more = tuple(Argument(name, value) for name, value in keywords.items())
    return ModuleCode(code.constructor, code.arguments + more, code.helper)


def spatial(call: Call) -> Shape:
    """The spatial extents of ``[channels, *spatial]`` with one to three of them."""
    if 2 <= len(call.input) <= 4:
        return call.input[1:]
    raise ShapeError(
        "E210",
        f"expects an input of shape {_IMAGE}, or with one or three spatial dimensions, "
        f"got {shape_text(call.input)}",
        help="`reshape` gives features a spatial shape" if len(call.input) == 1 else None,
    )


def ranked(call: Call, lowest: int, highest: int | None, expects: str, help: str | None = None) -> Shape:
    """The input's shape, when its rank is from ``lowest`` to ``highest``; ``expects`` says it in words."""
    rank = len(call.input)
    if rank < lowest or (highest is not None and rank > highest):
        message = f"expects an input of shape {expects}, got {shape_text(call.input)}"
        raise ShapeError("E210", message, help=help)
    return call.input


def tokens_help(call: Call) -> str | None:
    """What to do when an image meets an operation on tokens."""
    image = len(call.input) == 3
    return "`flatten(2) -> transpose(1, 2)` makes tokens of an image" if image else None


def dimension(call: Call, name: str, value: int, *, extra: int = 0) -> int:
    """The index into the sample's shape of a dimension counted as torch does, the batch being 0.

    ``extra`` is the number of dimensions the output has more than the input.
    """
    rank = len(call.input) + 1 + extra
    if not -rank <= value < rank:
        raise ShapeError(
            "E205",
            f"`{name}` is {value}, but with the batch as dimension 0 there are only {rank} dimensions",
            notes=(f"input is {shape_text(call.input)}",),
        )
    index = value % rank
    if index == 0:
        raise ShapeError(
            "E205",
            f"`{name}` is {value}, which is the batch dimension",
            notes=(f"input is {shape_text(call.input)}",),
            help="dimensions count as in torch: 0 is the batch, 1 the channels",
        )
    return index - 1


def same_axes(axes: Sequence[Axes | None], *fixed: int) -> Axes | None:
    """The axes that all inputs have; None where they differ, or where one of the ``fixed`` is among them."""
    first = axes[0]
    alike = first is not None and all(each == first for each in axes)
    return first if alike and not set(first or ()) & set(fixed) else None


def without(axes: Axes, dims: Sequence[int]) -> Axes:
    """Where the axes stand once other dimensions have gone."""
    height, width = (axis - sum(dim < axis for dim in dims) for axis in axes)
    return height, width


def image_axes(call: Call, axes: Sequence[Axes | None]) -> Axes | None:
    """The axes of ``[channels, height, width]``; None where the input is something else."""
    return (1, 2) if len(call.input) == 3 and axes[0] == (1, 2) else None


def divides(divisor: int, extent: int, name: str, what: str) -> None:
    """Raise unless ``divisor``, the argument ``name``, divides ``extent``."""
    if extent % divisor:
        fitting = [n for n in range(1, min(extent, 1000) + 1) if extent % n == 0]
        listed = ", ".join(map(str, fitting[:8])) + (" …" if len(fitting) > 8 else "")
        message = f"`{name}` is {divisor}, which does not divide {extent} {what}"
        raise ShapeError("E205", message, help=f"these divide it: {listed}")


def check_initializers(operation: Operation, call: Call) -> None:
    """Raise when an initialiser cannot fill a weight.

    ``init`` is for the weights whose name ends in ``weight``, ``bias_init`` for those that end in ``bias``.
    """
    for argument, suffix in (("init", "weight"), ("bias_init", "bias")):
        chosen = call.args.get(argument)
        if not isinstance(chosen, Initializer):
            continue
        for name, shape in operation.weights(call).items():
            if name.endswith(suffix):
                _check_initializer(chosen, argument, name, shape)


def _check_initializer(chosen: Initializer, argument: str, name: str, shape: Shape) -> None:
    values = {p.name: p.default for p in INITIALIZERS[chosen.name]} | dict(chosen.args)
    wrong = None
    if chosen.name in _NEEDS_MATRIX and len(shape) < 2:
        wrong = "which needs a weight of two dimensions or more"
    if chosen.name == "dirac" and not 3 <= len(shape) <= 5:
        wrong = "which needs the weight of a convolution"
    if chosen.name == "dirac" and wrong is None and shape[0] % _number(values["groups"]):
        wrong = f"whose groups do not divide {shape[0]} channels"
    if chosen.name in ("uniform", "trunc_normal") and _number(values["a"]) > _number(values["b"]):
        wrong = "whose `a` is above its `b`"
    if chosen.name == "trunc_normal" and _number(values["std"]) == 0:
        wrong = "whose `std` is 0"
    if wrong is not None:
        note = f"{name} is {shape_text(shape)}"
        raise ShapeError("E205", f"`{argument}` is {chosen}, {wrong}", notes=(note,))


def _number(value: object) -> float:
    if not isinstance(value, (int, float)):
        raise TypeError(f"{value!r} is no number")
    return value


def by(extents: tuple[int, ...]) -> str:
    """Extents as pictures show them: ``3×3``."""
    return "×".join(map(str, extents))


def stride_text(stride: tuple[int, ...]) -> str:
    """``, /2`` for a stride of 2, nothing for a stride of 1."""
    if prod(stride) == 1:
        return ""
    return ", /" + (str(stride[0]) if len(set(stride)) == 1 else by(stride))
