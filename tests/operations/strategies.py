"""Generated inputs and arguments for every operation, those that do not fit included."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from netcompiler.operations import OPERATIONS
from netcompiler.operations.base import ShapeError
from tests.operations.rendering import call_of

Example = tuple[tuple[tuple[int, ...], ...], dict[str, Any]]
"""The shapes of the inputs, and the arguments."""

CHANNELS = st.integers(1, 8)
BOOLEANS = st.booleans()
DIMENSIONS = st.integers(-5, 5)
PROBABILITIES = st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])


def shapes(lowest: int = 1, highest: int = 4, extent: int = 6) -> st.SearchStrategy[tuple[int, ...]]:
    return st.lists(st.integers(1, extent), min_size=lowest, max_size=highest).map(tuple)


@st.composite
def images(draw: st.DrawFn, /, lowest: int = 1, highest: int = 3) -> tuple[int, ...]:
    """A shape with channels, and rarely one of the wrong rank."""
    if draw(st.integers(0, 19)) == 0:
        return draw(st.sampled_from([(4,), (2, 3, 3, 3, 3)]))
    rank = draw(st.integers(lowest, highest))
    spatial = draw(st.lists(st.integers(1, {1: 12, 2: 9, 3: 5}[rank]), min_size=rank, max_size=rank))
    return (draw(CHANNELS), *spatial)


@st.composite
def extents(draw: st.DrawFn, /, rank: int, low: int, high: int) -> int | tuple[int, ...]:
    """One number, or one for each dimension."""
    number = st.integers(low, high)
    return draw(number | st.lists(number, min_size=rank, max_size=rank).map(tuple))


@st.composite
def some(draw: st.DrawFn, /, inputs: Any, **args: Any) -> Example:
    """One input, and each argument given or left to its default when it is in a one-item list."""
    given: dict[str, Any] = {}
    for name, strategy in args.items():
        if not isinstance(strategy, list):
            given[name] = draw(strategy)
        elif draw(BOOLEANS):
            given[name] = draw(strategy[0])
    return (draw(inputs),), given


def spatial_rank(shape: tuple[int, ...]) -> int:
    return min(max(len(shape) - 1, 1), 3)


@st.composite
def conv(draw: st.DrawFn) -> Example:
    shape = draw(images())
    rank = spatial_rank(shape)
    args: dict[str, Any] = {"out_channels": draw(CHANNELS), "kernel_size": draw(extents(rank, 1, 4))}
    if draw(BOOLEANS):
        args["stride"] = draw(extents(rank, 1, 3))
    if draw(BOOLEANS):
        args["padding"] = draw(extents(rank, 0, 4) | st.sampled_from(["same", "valid"]))
    if draw(BOOLEANS):
        args["dilation"] = draw(extents(rank, 1, 3))
    if draw(BOOLEANS):
        args["groups"] = draw(st.sampled_from([1, 2, shape[0]]))
    if draw(BOOLEANS):
        args["bias"] = draw(BOOLEANS)
    if draw(BOOLEANS):
        args["padding_mode"] = draw(st.sampled_from(["zeros", "reflect", "replicate", "circular"]))
    return (shape,), args


@st.composite
def conv_transpose(draw: st.DrawFn) -> Example:
    shape = draw(images())
    rank = spatial_rank(shape)
    args: dict[str, Any] = {"out_channels": draw(CHANNELS), "kernel_size": draw(extents(rank, 1, 4))}
    for name, low, high in (
        ("stride", 1, 3),
        ("padding", 0, 3),
        ("output_padding", 0, 2),
        ("dilation", 1, 3),
    ):
        if draw(BOOLEANS):
            args[name] = draw(extents(rank, low, high))
    if draw(BOOLEANS):
        args["groups"] = draw(st.sampled_from([1, 2, shape[0]]))
    if draw(BOOLEANS):
        args["bias"] = draw(BOOLEANS)
    return (shape,), args


@st.composite
def pool(draw: st.DrawFn, /, **more: Any) -> Example:
    shape = draw(images())
    rank = spatial_rank(shape)
    args: dict[str, Any] = {"kernel_size": draw(extents(rank, 1, 5))}
    if draw(BOOLEANS):
        args["stride"] = draw(st.none() | extents(rank, 1, 4))
    if draw(BOOLEANS):
        args["padding"] = draw(extents(rank, 0, 3))
    if draw(BOOLEANS):
        args["ceil_mode"] = draw(BOOLEANS)
    if "dilation" in more and draw(BOOLEANS):
        args["dilation"] = draw(extents(rank, 1, 3))
    if "count_include_pad" in more and draw(BOOLEANS):
        args["count_include_pad"] = draw(BOOLEANS)
    if "divisor_override" in more and draw(st.integers(0, 3)) == 0:
        args["divisor_override"] = draw(st.none() | st.integers(1, 5))
    return (shape,), args


@st.composite
def adaptive_pool(draw: st.DrawFn) -> Example:
    shape = draw(images())
    rank = spatial_rank(shape)
    size = st.integers(1, 7)
    listed = st.lists(st.none() | size, min_size=rank, max_size=rank).map(tuple)
    return (shape,), {"output_size": draw(size | listed)}


@st.composite
def normalized(draw: st.DrawFn, /, **more: Any) -> Example:
    shape = draw(shapes())
    args: dict[str, Any] = {}
    if draw(BOOLEANS):
        last = draw(st.integers(1, len(shape)))
        args["normalized_shape"] = draw(st.sampled_from([shape[-1], shape[-last:], (*shape, 2), shape[:1]]))
    for name, strategy in more.items():
        if draw(BOOLEANS):
            args[name] = draw(strategy)
    return (shape,), args


@st.composite
def reshape(draw: st.DrawFn) -> Example:
    shape = draw(shapes())
    new = draw(st.permutations([*shape, *draw(st.sampled_from([[], [1], [2]]))]))
    if draw(BOOLEANS):
        new[draw(st.integers(0, len(new) - 1))] = draw(st.sampled_from([-1, 0, 3]))
    return (shape,), {"shape": tuple(new) if draw(st.integers(0, 29)) else ()}


@st.composite
def permute(draw: st.DrawFn) -> Example:
    shape = draw(shapes())
    dims = [0, *draw(st.permutations(range(1, len(shape) + 1)))]
    if draw(BOOLEANS):
        dims = [d - len(dims) if draw(BOOLEANS) else d for d in dims]
    if draw(st.integers(0, 3)) == 0:
        dims[draw(st.integers(0, len(dims) - 1))] = draw(DIMENSIONS)
    return (shape,), {"dims": tuple(dims)}


@st.composite
def pad(draw: st.DrawFn) -> Example:
    shape = draw(shapes(1, 4, 5))
    mode = draw(st.sampled_from(["constant", "constant", "reflect", "replicate", "circular"]))
    length = draw(st.integers(1, 4)) * 2
    low = -2 if mode == "constant" else 0
    args: dict[str, Any] = {"padding": tuple(draw(st.integers(low, 3)) for _ in range(length)), "mode": mode}
    if draw(st.integers(0, 4)) == 0:
        args["value"] = draw(st.sampled_from([0, 1.5, -2]))
    return (shape,), args


@st.composite
def crop(draw: st.DrawFn) -> Example:
    shape = draw(images())
    rank = spatial_rank(shape)
    args: dict[str, Any] = {"size": draw(extents(rank, 1, 6))}
    if draw(BOOLEANS):
        args["offset"] = draw(st.none() | extents(rank, 0, 3))
    return (shape,), args


@st.composite
def upsample(draw: st.DrawFn) -> Example:
    shape = draw(images())
    rank = spatial_rank(shape)
    args: dict[str, Any] = {}
    which = draw(st.sampled_from(["size", "scale_factor", "size", "scale_factor", "both", "none"]))
    if which in ("size", "both"):
        args["size"] = draw(extents(rank, 1, 12))
    factor = st.sampled_from([0.2, 0.5, 1, 1.3, 2, 2.5, 3.0])
    if which in ("scale_factor", "both"):
        args["scale_factor"] = draw(factor | st.lists(factor, min_size=rank, max_size=rank).map(tuple))
    fitting = {1: "linear", 2: "bilinear", 3: "trilinear"}[rank]
    modes = ["nearest", "nearest-exact", "area", "linear", "bilinear", "bicubic", "trilinear"]
    if draw(BOOLEANS):
        args["mode"] = draw(st.sampled_from([fitting] * 3 + modes))
    if draw(st.integers(0, 3)) == 0:
        args["align_corners"] = draw(st.none() | BOOLEANS)
    return (shape,), args


@st.composite
def select(draw: st.DrawFn) -> Example:
    return (draw(shapes()),), {"dim": draw(DIMENSIONS), "index": draw(st.integers(-7, 7))}


@st.composite
def narrow(draw: st.DrawFn) -> Example:
    args = {"dim": draw(DIMENSIONS), "start": draw(st.integers(-7, 7)), "length": draw(st.integers(1, 6))}
    return (draw(shapes()),), args


@st.composite
def squeeze(draw: st.DrawFn) -> Example:
    shape = list(draw(shapes()))
    if draw(BOOLEANS):
        shape[draw(st.integers(0, len(shape) - 1))] = 1
    return (tuple(shape),), {"dim": draw(DIMENSIONS)}


@st.composite
def alike(draw: st.DrawFn, /, **args: Any) -> Example:
    """Two to four shapes, equal or nearly so."""
    shape = draw(shapes())
    inputs = [shape] * draw(st.integers(2, 4))
    for i in range(len(inputs)):
        if draw(st.integers(0, 3)) == 0:
            changed = list(shape)
            changed[draw(st.integers(0, len(shape) - 1))] = draw(st.sampled_from([1, 1, 2, 7]))
            inputs[i] = tuple(changed) if draw(st.integers(0, 9)) else (*changed, 2)
    return tuple(inputs), {name: draw(strategy) for name, strategy in args.items() if draw(BOOLEANS)}


@st.composite
def joined(draw: st.DrawFn, *, dim: bool) -> Example:
    """One to four shapes that differ along one dimension, and sometimes along another."""
    shape = draw(shapes())
    index = draw(st.integers(0, len(shape) - 1)) if dim else 0
    inputs = []
    for _ in range(draw(st.integers(1, 4))):
        changed = list(shape)
        changed[index] = draw(CHANNELS)
        if draw(st.integers(0, 9)) == 0:
            changed[-1] += 1
        inputs.append(tuple(changed) if draw(st.integers(0, 19)) else (*changed, 2))
    if not dim:
        return tuple(inputs), {}
    return tuple(inputs), {"dim": draw(st.sampled_from([index + 1, index - len(shape), 0, 5]))}


@st.composite
def matmul(draw: st.DrawFn) -> Example:
    rows, inner, columns = (draw(st.integers(1, 5)) for _ in range(3))
    lead = draw(shapes(0, 2, 3))
    a, b = (*lead, rows, inner), (*lead, inner, columns)
    wrong = draw(st.integers(0, 5))
    if wrong == 0:
        b = (*lead, inner + 1, columns)
    if wrong == 1:
        a = a[1:]
    return (a, b), {}


@st.composite
def attention(draw: st.DrawFn, *, cross: bool) -> Example:
    heads = draw(st.integers(1, 3))
    width = heads * draw(st.integers(1, 4)) + (draw(st.integers(0, 9)) == 0)
    query = (draw(st.integers(1, 5)), width)
    args: dict[str, Any] = {"num_heads": heads}
    if draw(BOOLEANS):
        args |= {"dropout": draw(PROBABILITIES), "bias": draw(BOOLEANS), "causal": draw(BOOLEANS)}
    if not cross:
        return (query if draw(st.integers(0, 9)) else draw(shapes()),), args
    key = (draw(st.integers(1, 5)), draw(st.sampled_from([width, width + 1])))
    value = (key[0] + (draw(st.integers(0, 9)) == 0), draw(st.sampled_from([width, width + 2])))
    third = (value,) if draw(BOOLEANS) else ()
    return (query, key, *third), args


@st.composite
def dot_product_attention(draw: st.DrawFn) -> Example:
    lead = draw(shapes(0, 2, 3))
    rows, tokens, inner, features = (draw(st.integers(1, 5)) for _ in range(4))
    query, key, value = (*lead, rows, inner), (*lead, tokens, inner), (*lead, tokens, features)
    wrong = draw(st.integers(0, 9))
    if wrong == 0:
        key = (*lead, tokens, inner + 1)
    if wrong == 1:
        value = (*lead, tokens + 1, features)
    args: dict[str, Any] = {}
    if draw(BOOLEANS):
        args |= {"dropout_p": draw(PROBABILITIES), "is_causal": draw(BOOLEANS)}
        args["scale"] = draw(st.none() | st.sampled_from([0.125, 1.0]))
    return (query, key, value), args


@st.composite
def index_select(draw: st.DrawFn) -> Example:
    shape = draw(shapes(1, 3))
    numbers = (draw(st.integers(1, 7)),) if draw(st.integers(0, 5)) else draw(shapes(2, 3))
    return (shape, numbers), {"dim": draw(DIMENSIONS)}


@st.composite
def roll(draw: st.DrawFn) -> Example:
    number = draw(st.integers(1, 3))
    several = st.lists(st.integers(-4, 4), min_size=number, max_size=number).map(tuple)
    dims = draw(st.lists(DIMENSIONS, min_size=number, max_size=number).map(tuple))
    shifts: Any = draw(several) if draw(st.integers(0, 5)) else draw(st.integers(-3, 3))
    return (draw(shapes()),), {"shifts": shifts, "dims": dims[0] if draw(BOOLEANS) else dims}


@st.composite
def linear(draw: st.DrawFn) -> Example:
    args: dict[str, Any] = {"out_features": draw(CHANNELS)}
    if draw(BOOLEANS):
        args["bias"] = draw(BOOLEANS)
    if draw(st.integers(0, 3)) == 0:
        args["unbiased"] = tuple(draw(st.lists(st.integers(0, 8), min_size=2, max_size=2)))
    return (draw(shapes()) if draw(st.integers(0, 29)) else (),), args


@st.composite
def windows(draw: st.DrawFn) -> Example:
    window = draw(st.lists(st.integers(1, 3), min_size=2, max_size=2))
    rows = draw(st.lists(st.integers(1, 3), min_size=2, max_size=2))
    shift = [draw(st.integers(0, max(w - (draw(st.integers(0, 9)) > 0), 0))) for w in window]
    size = [w * n + (draw(st.integers(0, 9)) == 0) for w, n in zip(window, rows, strict=True)]
    tokens = window[0] * window[1]
    shape = (rows[0] * rows[1] + (draw(st.integers(0, 9)) == 0), draw(st.integers(1, 3)), tokens, tokens)
    return (shape,), {"size": tuple(size), "window_size": tuple(window), "shift_size": tuple(shift)}


@st.composite
def source(draw: st.DrawFn, /, **args: Any) -> Example:
    """No input, and the arguments."""
    return (), {name: draw(strategy) for name, strategy in args.items()}


def elementwise(**args: Any) -> st.SearchStrategy[Example]:
    """Any shape, rarely that of a single number."""
    rarely = st.integers(0, 29).flatmap(lambda n: shapes() if n else st.just(()))
    return some(rarely, **args)


AFFINE = {"affine": [BOOLEANS], "track_running_stats": [BOOLEANS], "eps": [st.sampled_from([1e-5, 1e-3])]}
NUMBERS = st.sampled_from([-1.5, 0, 0.3, 2.0])
POSITIVE = st.sampled_from([0.1, 1, 2.5])
EPS = st.sampled_from([1e-5, 1e-3, 0.1])
NOT_NEGATIVE = st.sampled_from([0, 0.1, 1, 2.5])

STRATEGIES: dict[str, st.SearchStrategy[Example]] = {
    "adaptive_avgpool": adaptive_pool(),
    "adaptive_maxpool": adaptive_pool(),
    "add": alike(broadcast=BOOLEANS),
    "alpha_dropout": elementwise(p=[PROBABILITIES]),
    "attention": attention(cross=False),
    "avgpool": pool(count_include_pad=True, divisor_override=True),
    "batchnorm": some(shapes(1, 5), momentum=[st.sampled_from([None, 0.1, 0.3])], **AFFINE),
    "celu": elementwise(alpha=[POSITIVE]),
    "channel_dropout": some(images(), p=[PROBABILITIES]),
    "channel_shuffle": some(images(), groups=st.integers(1, 4)),
    "clamp": elementwise(min=[st.none() | NUMBERS], max=[st.none() | NUMBERS]),
    "class_token": some(shapes(1, 3)),
    "concat": joined(dim=True),
    "conv": conv(),
    "conv_transpose": conv_transpose(),
    "crop": crop(),
    "cross_attention": attention(cross=True),
    "dropout": elementwise(p=[PROBABILITIES]),
    "elu": elementwise(alpha=[NOT_NEGATIVE]),
    "embedding": elementwise(num_embeddings=CHANNELS, embedding_dim=CHANNELS),
    "exchange": joined(dim=False),
    "exp": elementwise(),
    "flatten": elementwise(start_dim=[DIMENSIONS], end_dim=[DIMENSIONS]),
    "frozen_batchnorm": some(shapes(1, 5), eps=[st.sampled_from([1e-5, 1e-3])]),
    "gather": joined(dim=False),
    "gelu": elementwise(approximate=[st.sampled_from(["none", "tanh"])]),
    "glu": elementwise(dim=[DIMENSIONS]),
    "groupnorm": elementwise(num_groups=st.integers(1, 4), affine=[BOOLEANS], eps=[EPS]),
    "hardshrink": elementwise(lambd=[NOT_NEGATIVE]),
    "hardsigmoid": elementwise(),
    "hardswish": elementwise(),
    "hardtanh": elementwise(min_val=[NUMBERS], max_val=[NUMBERS]),
    "identity": elementwise(),
    "index_select": index_select(),
    "input": shapes().map(lambda shape: ((shape,), {"shape": shape})),
    "instancenorm": some(images(), momentum=[st.sampled_from([0.1, 0.3])], **AFFINE),
    "layernorm": normalized(eps=EPS, elementwise_affine=BOOLEANS, bias=BOOLEANS, channels_first=BOOLEANS),
    "leaky_relu": elementwise(negative_slope=[NOT_NEGATIVE]),
    "linear": linear(),
    "log_softmax": elementwise(dim=DIMENSIONS),
    "logsigmoid": elementwise(),
    "lrn": some(shapes(1, 5), size=st.integers(1, 6), alpha=[POSITIVE], beta=[POSITIVE], k=[POSITIVE]),
    "matmul": matmul(),
    "maximum": alike(broadcast=BOOLEANS),
    "maxpool": pool(dilation=True),
    "mean": elementwise(
        dim=DIMENSIONS | st.lists(DIMENSIONS, min_size=1, max_size=3).map(tuple), keepdim=[BOOLEANS]
    ),
    "mish": elementwise(),
    "multiply": alike(broadcast=BOOLEANS),
    "narrow": narrow(),
    "normalize": elementwise(p=[st.sampled_from([0.5, 1, 2.0, 3])], dim=[DIMENSIONS], eps=[EPS]),
    "pad": pad(),
    "parameter": source(shape=shapes(0, 4)),
    "permute": permute(),
    "pixel_shuffle": some(shapes(2, 4, 9), upscale_factor=st.integers(1, 3)),
    "pixel_unshuffle": some(shapes(2, 4, 9), downscale_factor=st.integers(1, 3)),
    "position_embedding": some(shapes(1, 3)),
    "prelu": elementwise(num_parameters=[st.integers(1, 6)]),
    "relative_coords_table": source(window_size=extents(2, 1, 4)),
    "relative_position_index": source(window_size=extents(2, 1, 4), flat=BOOLEANS),
    "relu": elementwise(),
    "relu6": elementwise(),
    "reshape": reshape(),
    "rmsnorm": normalized(eps=st.none() | EPS, elementwise_affine=BOOLEANS),
    "roll": roll(),
    "rrelu": elementwise(lower=[NOT_NEGATIVE], upper=[NOT_NEGATIVE]),
    "scaled_dot_product_attention": dot_product_attention(),
    "scale": elementwise(dim=[DIMENSIONS]),
    "select": select(),
    "selu": elementwise(),
    "shifted_window_mask": windows(),
    "sigmoid": elementwise(),
    "silu": elementwise(),
    "softmax": elementwise(dim=DIMENSIONS),
    "softmin": elementwise(dim=DIMENSIONS),
    "softplus": elementwise(beta=[POSITIVE], threshold=[POSITIVE]),
    "softshrink": elementwise(lambd=[NOT_NEGATIVE]),
    "softsign": elementwise(),
    "squeeze": squeeze(),
    "stack": alike(dim=DIMENSIONS),
    "stochastic_depth": elementwise(p=PROBABILITIES, mode=[st.sampled_from(["row", "batch"])]),
    "subtract": alike(broadcast=BOOLEANS),
    "tanh": elementwise(),
    "tanhshrink": elementwise(),
    "threshold": elementwise(threshold=NUMBERS, value=NUMBERS),
    "times": elementwise(factor=NUMBERS),
    "transpose": elementwise(dim0=DIMENSIONS, dim1=DIMENSIONS),
    "unsqueeze": elementwise(dim=DIMENSIONS),
    "upsample": upsample(),
}


def fitting(name: str) -> st.SearchStrategy[Example]:
    """Those examples that the operation takes."""

    def fits(example: Example) -> bool:
        try:
            OPERATIONS[name].shape(call_of(name, example[0], **example[1]))
        except ShapeError:
            return False
        return True

    return STRATEGIES[name].filter(fits)


def examples(number: int) -> settings:
    """So many examples, the same ones each time."""
    return settings(
        max_examples=number,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
