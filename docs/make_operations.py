"""Write docs/operations.md from the declarations of the operations: ``python docs/make_operations.py``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import netcompiler
from netcompiler import Layer, operations
from netcompiler.operations import OPERATIONS
from netcompiler.operations.arguments import literal_text
from netcompiler.operations.base import Call, Operation, Parameter, ShapeError
from netcompiler.operations.initializers import INITIALIZERS

PAGE = Path(__file__).with_name("operations.md")

HEAD = """\
# Operations

All operations, by family. This page is generated from their declarations by `docs/make_operations.py`; the
language around them is in [language.md](language.md).

- Arguments have torch.nn's names and order; the input's size is left out, it is known. Arguments without a
  default must be given. All can be given by name, and in the order shown without.
- Shapes leave the batch dimension out: `[channels, height, width]`, `[tokens, features]`, `[features]`.
  An operation with "by the input's rank" takes `[channels, length]`, `[channels, height, width]` or
  `[channels, depth, height, width]`.
- Arguments that name a dimension (`dim`, `dims`, `start_dim` …) count as torch does: 0 is the batch, 1 the
  first dimension of the shape, -1 the last. An operation that would touch the batch is an error.
- An extent for several dimensions is one number for all, or a list with one for each: `conv(64, [3, 5])`.
- Weights and saved state (buffers) are shown in the examples, with their names below the layer's own in the
  state dict, and their shapes.
- `init` sets the weights whose names end in `weight`, `bias_init` those that end in `bias`; see
  [initialisers](#initialisers). Without them they start as torch.nn's do.
- An example reads: input's shape → the step → output's shape.

"""

FAMILIES: dict[str, ModuleType] = {
    "Convolutions": operations.convolution,
    "Linear": operations.linear,
    "Pools": operations.pooling,
    "Normalisation": operations.normalization,
    "Activations": operations.activation,
    "Arithmetic": operations.arithmetic,
    "Dropout": operations.dropout,
    "Merges": operations.merging,
    "Shapes": operations.shaping,
    "Resampling": operations.resampling,
    "Attention": operations.attention,
    "Embeddings": operations.embedding,
    "Sources": operations.tensors,
}

MERGING = """\
A merge takes the current value and named earlier ones, `add(a, b)`, or branches in braces, one a line; see
[language.md](language.md#merges). Its own arguments are given by name. Nothing is broadcast, cut or projected
unless the spec says so.

"""

SOURCES = """\
A source takes no value: its step begins a chain, like `from`. What it gives is the same for all samples; see
[language.md](language.md#sources). It has no module around it: its key in the state dict is its name alone.

"""

EXAMPLES: dict[str, tuple[str, ...]] = {
    "conv": ("[3, 32, 32] conv(16, 3, stride=2, padding=1)", "[16, 100] conv(32, 5, groups=16)"),
    "conv_transpose": ("[32, 8, 8] conv_transpose(16, 2, stride=2)",),
    "linear": ("[256] linear(10)", "[197, 64] linear(128, bias=false)"),
    "maxpool": ("[64, 55, 55] maxpool(3, stride=2)", "[64, 54, 54] maxpool(3, stride=2, ceil_mode=true)"),
    "avgpool": ("[64, 32, 32] avgpool(2)",),
    "adaptive_avgpool": ("[512, 7, 7] adaptive_avgpool(1)", "[512, 7, 9] adaptive_avgpool([none, 3])"),
    "adaptive_maxpool": ("[512, 7, 7] adaptive_maxpool(1)",),
    "mean": ("[512, 7, 7] mean([2, 3])", "[196, 64] mean(1, keepdim=true)"),
    "batchnorm": ("[64, 32, 32] batchnorm",),
    "frozen_batchnorm": ("[64, 32, 32] frozen_batchnorm",),
    "instancenorm": ("[64, 32, 32] instancenorm(affine=true)",),
    "groupnorm": ("[64, 32, 32] groupnorm(8)",),
    "layernorm": (
        "[197, 64] layernorm",
        "[64, 32, 32] layernorm([64, 32, 32])",
        "[64, 32, 32] layernorm(channels_first=true)",
    ),
    "rmsnorm": ("[197, 64] rmsnorm",),
    "lrn": ("[96, 55, 55] lrn(5, k=2)",),
    "scale": ("[64, 32, 32] scale(init=1e-6)", "[197, 64] scale(dim=2)"),
    "prelu": ("[64, 32, 32] prelu(64)",),
    "glu": ("[197, 64] glu",),
    "add": ("[64, 8, 8] [64, 8, 8] add", "[64, 8, 8] [64, 1, 1] add(broadcast=true)"),
    "subtract": ("[64, 8, 8] [64, 8, 8] subtract",),
    "multiply": ("[64, 8, 8] [64, 1, 1] multiply(broadcast=true)",),
    "maximum": ("[64, 8, 8] [64, 8, 8] maximum",),
    "concat": ("[64, 8, 8] [32, 8, 8] concat", "[16, 8] [16, 24] concat(dim=2)"),
    "stack": ("[16, 8] [16, 8] stack",),
    "matmul": ("[16, 8] [8, 24] matmul",),
    "index_select": ("[169, 3] [2401] index_select",),
    "times": ("[64, 8] times(0.125)",),
    "clamp": ("[64, 8] clamp(max=4.6)",),
    "roll": ("[8, 8, 96] roll([-3, -3], [1, 2])",),
    "shifted_window_mask": ("[4, 3, 49, 49] shifted_window_mask(14, 7, 3)",),
    "embedding": ("[256] embedding(1000, 64)",),
    "parameter": ("parameter([169, 3], init=trunc_normal(std=0.02))",),
    "relative_position_index": ("relative_position_index(7)", "relative_position_index(7, flat=false)"),
    "relative_coords_table": ("relative_coords_table(8)",),
    "flatten": ("[256, 6, 6] flatten", "[64, 14, 14] flatten(2)"),
    "reshape": ("[784] reshape([1, 28, 28])", "[64, 8, 8] reshape([4, 16, -1])"),
    "permute": ("[64, 8, 12] permute([0, 2, 3, 1])",),
    "transpose": ("[64, 196] transpose(1, 2)",),
    "unsqueeze": ("[16] unsqueeze(1)",),
    "squeeze": ("[1, 16] squeeze(1)",),
    "select": ("[197, 64] select(1, 0)",),
    "narrow": ("[64, 8, 8] narrow(1, 0, 32)",),
    "pad": ("[3, 32, 30] pad([1, 1, 0, 0])", "[16, 8, 8] pad([0, 0, 0, 0, 0, 16])"),
    "crop": ("[64, 68, 68] crop(56)",),
    "upsample": (
        "[64, 8, 8] upsample(scale_factor=2)",
        '[64, 8, 8] upsample([20, 24], mode="bilinear", align_corners=true)',
    ),
    "channel_shuffle": ("[64, 8, 8] channel_shuffle(4)",),
    "pixel_shuffle": ("[36, 8, 8] pixel_shuffle(3)",),
    "pixel_unshuffle": ("[4, 24, 24] pixel_unshuffle(3)",),
    "attention": ("[197, 64] attention(4)",),
    "cross_attention": ("[16, 64] [77, 32] cross_attention(num_heads=4)",),
    "scaled_dot_product_attention": (
        "[8, 197, 64] [8, 77, 64] [8, 77, 64] scaled_dot_product_attention(is_causal=true)",
    ),
    "class_token": ("[196, 64] class_token",),
    "position_embedding": ("[197, 64] position_embedding",),
    "channel_dropout": ("[64, 8, 8] channel_dropout(0.2)",),
}
"""Input shapes and the step, by operation; those that keep every shape and learn nothing need none."""

SHAPES: dict[str, str] = {
    "linear": "`out_features` replaces the last extent, and the others stay.",
    "maxpool": (
        "the channels stay; each spatial extent becomes"
        " `floor((in + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1`. With `ceil_mode` the"
        " division rounds up, and a last window that would start in the right padding is left out."
    ),
    "avgpool": "as of `maxpool`, with a dilation of 1.",
    "adaptive_avgpool": "the channels stay; the spatial extents become `output_size`.",
    "adaptive_maxpool": "the channels stay; the spatial extents become `output_size`.",
    "mean": "the dimensions in `dim` go, or have an extent of 1 with `keepdim`.",
    "glu": "the extent of `dim`, which must be even, is halved.",
    "concat": "the extents of `dim` are summed; all others must be the same.",
    "stack": "a new dimension, as long as there are values.",
    "index_select": "the extent of `dim` becomes the number of numbers.",
    "embedding": "`embedding_dim` is added to the extents.",
    "parameter": "`shape`.",
    "relative_position_index": "`[h * w * h * w]`, or `[h * w, h * w]` without `flat`.",
    "relative_coords_table": "`[2 * h - 1, 2 * w - 1, 2]`.",
    "matmul": "`[*, rows, inner]` and `[*, inner, columns]` give `[*, rows, columns]`.",
    "flatten": "the dimensions from `start_dim` to `end_dim` become one, their product.",
    "reshape": "`shape`, with as many elements as the input; -1 stands for what is left.",
    "permute": "the extents in the new order.",
    "transpose": "the two extents swapped.",
    "unsqueeze": "an extent of 1 more.",
    "squeeze": "an extent of 1 less.",
    "select": "the dimension goes.",
    "narrow": "the dimension's extent becomes `length`.",
    "pad": "each padded extent grows by the two numbers of its pair; negative numbers cut off.",
    "crop": "the channels stay; the spatial extents become `size`.",
    "upsample": "the channels stay; the spatial extents become `size`, or `floor(in * scale_factor)`.",
    "pixel_shuffle": "`[c * r * r, h, w]` becomes `[c, h * r, w * r]`.",
    "pixel_unshuffle": "`[c, h * r, w * r]` becomes `[c * r * r, h, w]`.",
    "cross_attention": "that of the query, the first value.",
    "scaled_dot_product_attention": (
        "`[*, rows, inner]`, `[*, tokens, inner]` and `[*, tokens, features]` give `[*, rows, features]`."
    ),
    "class_token": "one token more.",
    "conv": '`out_channels`, then each spatial extent by the formula above; "same" keeps the extents.',
    "conv_transpose": "`out_channels`, then each spatial extent by the formula above.",
}
"""The rule in words, by operation; without an entry the output has the input's shape."""

BROADCASTING = (
    "that of all values, which must be the same; with `broadcast`, extents of 1 stand for the others."
)


def page() -> str:
    """The whole page."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_lines())).rstrip() + "\n"


def undocumented() -> set[str]:
    """Operations that the page does not show, or shows without an example where one is needed."""
    shown = {operation.name for module in FAMILIES.values() for operation in _family(module)}
    needed = {name for name in shown if _needs_example(OPERATIONS[name])}
    transfers = {operation.name for operation in _family(operations.transfer)}
    return (OPERATIONS.keys() - shown - transfers) | (needed - EXAMPLES.keys()) | (EXAMPLES.keys() - shown)


def _lines() -> Iterator[str]:
    yield HEAD.rstrip()
    yield ""
    for title, module in FAMILIES.items():
        names = ", ".join(f"`{operation.name}`" for operation in _family(module))
        yield f"- [{title}](#{title.lower()}): {names}"
    yield "- [Initialisers](#initialisers)"
    yield ""
    yield "`input`, `exchange` and `gather` are words of the language:"
    yield "[inputs](language.md#inputs-and-outputs), [placement](language.md#placement-groups)."
    for title, module in FAMILIES.items():
        yield from ("", f"## {title}", "")
        if title == "Merges":
            yield MERGING.rstrip()
            yield ""
        if title == "Sources":
            yield SOURCES.rstrip()
            yield ""
        yield from _section(_family(module))
    yield from _initialisers()


def _family(module: ModuleType) -> list[Operation]:
    """The operations that a module declares, in the order of its text."""
    return [operation for operation in OPERATIONS.values() if type(operation).__module__ == module.__name__]


def _section(family: list[Operation]) -> Iterator[str]:
    plain = [o for o in family if not o.parameters and o.name not in EXAMPLES]
    if plain:
        yield "Without arguments; the output has the input's shape:"
        yield from ("", "| operation | | torch |", "|---|---|---|")
        for operation in plain:
            yield f"| `{operation.name}` | {_cell(operation.doc)} | {_cell(_torch(operation))} |"
        yield ""
    for operation in family:
        if operation not in plain:
            yield from _entry(operation)


def _entry(operation: Operation) -> Iterator[str]:
    yield f"### {operation.name}"
    yield ""
    yield f"    {operation.name}({', '.join(map(_argument, operation.parameters))})"
    yield ""
    first, *rest = inspect.getdoc(type(operation)).replace("``", "`").split("\n\n")
    yield operation.doc
    yield ""
    for paragraph in [first, *rest]:
        yield paragraph
        yield ""
    if operation.parameters:
        yield from ("| argument | takes | default | |", "|---|---|---|---|")
        for p in operation.parameters:
            default = "" if p.required else f"`{_text(p.default)}`"
            yield f"| `{p.name}` | {_takes(p)} | {default} | {_cell(p.doc)} |"
        yield ""
    yield f"- Shape: {_shape_rule(operation)}"
    for example in EXAMPLES.get(operation.name, ()):
        yield f"- Example: {_example(example)}"
    yield ""


def _shape_rule(operation: Operation) -> str:
    if operation.name in SHAPES:
        return SHAPES[operation.name]
    if operation.parameter("broadcast") is not None:
        return BROADCASTING
    return "the output has the input's shape."


def _example(example: str) -> str:
    """The example with what it gives, as the compiler says."""
    shapes, step = _parts(example)
    layer = _layer(shapes, step)
    takes = " and ".join(f"`{s}`" for s in shapes) + " → " if shapes else ""
    text = f"{takes}`{step}` → `{list(layer.output)}`"
    for what, tensors in (("weights", layer.weights), ("buffers", layer.buffers)):
        if tensors:
            text += f"; {what} " + ", ".join(f"`{name} {list(shape)}`" for name, shape in tensors.items())
    return text


def _parts(example: str) -> tuple[list[str], str]:
    shapes = []
    while example.startswith("["):
        shape, _, example = example.partition("] ")
        shapes.append(shape + "]")
    return shapes, example


def _layer(shapes: list[str], step: str) -> Layer:
    """The layer that a step becomes after inputs of these shapes."""
    names = ["a", "b", "c"][: len(shapes)]
    inputs = "".join(f"  input {name} {shape}\n" for name, shape in zip(names, shapes, strict=True))
    if len(names) > 1:
        name, _, rest = step.partition("(")
        given = [*names[1:], rest.removesuffix(")")] if rest else names[1:]
        step = f"{name}({', '.join(given)})"
    begin = "from a -> " if names else ""
    return netcompiler.loads(f"net example {{\n{inputs}  {begin}it: {step}\n}}\n").layer("it")


def _needs_example(operation: Operation) -> bool:
    """True when it merges, learns something, or changes a shape it can be tried on."""
    if operation.merges or any(p.name == "init" for p in operation.parameters):
        return True
    if any(p.required and p.name != "p" for p in operation.parameters):
        return operation.kind != "activation"
    args = {p.name: p.default for p in operation.parameters}
    try:
        return any(operation.shape(Call((shape,), args)) != shape for shape in ((8, 8, 8), (8, 8)))
    except (ShapeError, KeyError, TypeError):
        return operation.kind != "dropout"


def _takes(parameter: Parameter) -> str:
    if parameter.name in ("init", "bias_init"):
        return "an [initialiser](#initialisers), a number or none"
    return _cell(parameter.type.expects)


def _argument(parameter: Parameter) -> str:
    return parameter.name if parameter.required else f"{parameter.name}={_text(parameter.default)}"


def _text(value: object) -> str:
    """A default as a spec writes it; long fractions are cut."""
    return f"{value:.4g}" if isinstance(value, float) and len(repr(value)) > 8 else literal_text(value)


def _torch(operation: Operation) -> str:
    """The part of the class's first line that names its reference in torch."""
    first = inspect.getdoc(type(operation)).partition("\n")[0]
    return first.rpartition(": ")[2].rstrip(".") if ": torch." in first else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _initialisers() -> Iterator[str]:
    yield from ("", "## Initialisers", "")
    yield "Values for `init` and `bias_init`, from torch.nn.init and with its arguments:"
    yield "`init=normal(std=0.01)`, `init=kaiming_normal`. A number stands for a constant: `bias_init=0`."
    yield "`none` keeps torch.nn's own."
    yield from ("", "| initialiser | arguments |", "|---|---|")
    for name, parameters in INITIALIZERS.items():
        arguments = "; ".join(
            f"`{_argument(p)}`: {_cell(p.type.expects)}{f' – {_cell(p.doc)}' if p.doc else ''}"
            for p in parameters
        )
        yield f"| `{name}` | {arguments} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
