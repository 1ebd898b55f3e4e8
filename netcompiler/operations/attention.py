"""Multi-head attention (Vaswani et al., 2017)."""

from __future__ import annotations

from math import prod
from types import MappingProxyType

from netcompiler.code import Code, ExpressionCode, Literal
from netcompiler.diagnostics import shape_text
from netcompiler.operations import rules
from netcompiler.operations.arguments import boolean, extents, optional, real, whole
from netcompiler.operations.base import Call, Operation, Parameter, Shape, ShapeError, register

_ATTENTION = '''
class Attention(nn.MultiheadAttention):
    """Multi-head attention on (batch, tokens, features) that gives its values alone.

    Without a key it is self-attention; without a value the key is the value too.
    With `causal`, no token sees a later one.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        kdim: int | None = None,
        vdim: int | None = None,
        causal: bool = False,
    ) -> None:
        super().__init__(embed_dim, num_heads, dropout, bias, kdim=kdim, vdim=vdim, batch_first=True)
        self.causal = causal

    def forward(  # type: ignore[override]
        self, query: Tensor, key: Tensor | None = None, value: Tensor | None = None
    ) -> Tensor:
        key = query if key is None else key
        value = key if value is None else value
        mask = None
        if self.causal:
            size = (query.shape[1], key.shape[1])
            mask = torch.ones(size, dtype=torch.bool, device=query.device).triu(1)
        output, _ = super().forward(
            query, key, value, need_weights=False, attn_mask=mask, is_causal=self.causal
        )
        return output
'''


class _Attention(Operation):
    """``softmax(Q K^T / sqrt(d)) V`` in each head, between learned projections: torch.nn.MultiheadAttention.

    Its state dict has the names of torch.nn.MultiheadAttention.
    """

    sizes = MappingProxyType({"embed_dim": 0})
    kind = "attention"
    parameters = (
        Parameter("num_heads", whole(1), doc="heads, which divide the features among them"),
        Parameter(
            "dropout", real(0.0, 1.0), 0.0, "probability that an attention weight is dropped in training"
        ),
        Parameter("bias", boolean(), True, "add learned biases to the projections"),
        Parameter("causal", boolean(), False, "let no token see a later one"),
        rules.INIT,
        rules.BIAS_INIT,
    )
    overwritable = True

    def shape(self, call: Call) -> Shape:
        query = rules.ranked(call, 2, 2, "[tokens, features]", rules.tokens_help(call))
        rules.divides(call.whole("num_heads"), query[1], "num_heads", "features")
        rules.check_initializers(self, call)
        return query

    def weights(self, call: Call) -> dict[str, Shape]:
        query, key, value = _roles(call)
        width = query[1]
        weights: dict[str, Shape] = {}
        if key[1] == value[1] == width:
            weights["in_proj_weight"] = (3 * width, width)
        else:
            weights["q_proj_weight"] = (width, width)
            weights["k_proj_weight"] = (width, key[1])
            weights["v_proj_weight"] = (width, value[1])
        if call.flag("bias"):
            weights["in_proj_bias"] = (3 * width,)
        weights["out_proj.weight"] = (width, width)
        if call.flag("bias"):
            weights["out_proj.bias"] = (width,)
        return weights

    def macs(self, call: Call) -> int:
        query, key, value = _roles(call)
        width = query[1]
        projections = query[0] * width * 2 * width + key[0] * width * (key[1] + value[1])
        return projections + 2 * query[0] * key[0] * width

    def code(self, call: Call) -> Code:
        query, key, value = _roles(call)
        positional: dict[str, Literal] = {"embed_dim": query[1], "num_heads": call.whole("num_heads")}
        code = rules.module(self, call, "Attention", positional, helper=_ATTENTION)
        return (
            code if key[1] == value[1] == query[1] else rules.with_keywords(code, kdim=key[1], vdim=value[1])
        )

    def label(self, call: Call) -> str:
        return f"attention, {call.whole('num_heads')} heads"


def _roles(call: Call) -> tuple[Shape, Shape, Shape]:
    """The shapes of query, key and value."""
    query = call.inputs[0]
    key = call.inputs[1] if len(call.inputs) > 1 else query
    return query, key, call.inputs[2] if len(call.inputs) > 2 else key


@register
class Attention(_Attention):
    """Self-attention: each token is query, key and value."""

    name = "attention"
    doc = "Multi-head self-attention on [tokens, features]."


@register
class CrossAttention(_Attention):
    """Attention from one value's tokens to another's: query, key and, where it is not the key, value."""

    name = "cross_attention"
    doc = "Multi-head attention of a query to a key and, where it is not the key, a value."
    merges = True

    def shape(self, call: Call) -> Shape:
        given = ", ".join(map(shape_text, call.inputs))
        if not 2 <= len(call.inputs) <= 3:
            raise ShapeError(
                "E204", f"takes a query, a key and at most a value, got {len(call.inputs)} values"
            )
        query, key, value = _roles(call)
        if not len(query) == len(key) == len(value) == 2:
            raise ShapeError("E204", "takes values of shape [tokens, features]", notes=(f"got {given}",))
        if key[0] != value[0]:
            raise ShapeError(
                "E204", "key and value have different numbers of tokens", notes=(f"got {given}",)
            )
        return super().shape(call)

    def label(self, call: Call) -> str:
        return f"cross-attention, {call.whole('num_heads')} heads"


_DOT_PRODUCT_ATTENTION = '''
class DotProductAttention(nn.Module):
    """`scaled_dot_product_attention` that drops attention weights in training."""

    def __init__(self, dropout_p: float, is_causal: bool = False, scale: float | None = None) -> None:
        super().__init__()
        self.dropout_p, self.is_causal, self.scale = dropout_p, is_causal, scale

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return nn.functional.scaled_dot_product_attention(
            query,
            key,
            value,
            dropout_p=self.dropout_p if self.training else 0.0,
            is_causal=self.is_causal,
            scale=self.scale,
        )
'''


@register
class ScaledDotProductAttention(Operation):
    """``softmax(Q K^T * scale) V`` and nothing learned: torch.nn.functional.scaled_dot_product_attention.

    For attention whose projections have other names or shapes than `attention`'s, as GPT-2's.
    """

    name = "scaled_dot_product_attention"
    kind = "attention"
    doc = "Attention of queries to keys and values, [*, tokens, features], without projections."
    parameters = (
        Parameter(
            "dropout_p", real(0.0, 1.0), 0.0, "probability that an attention weight is dropped in training"
        ),
        Parameter("is_causal", boolean(), False, "let no token see a later one"),
        Parameter("scale", optional(real(0.0)), None, "factor on the scores; none is 1 / sqrt(features)"),
    )
    merges = True

    def shape(self, call: Call) -> Shape:
        given = ", ".join(map(shape_text, call.inputs))
        if len(call.inputs) != 3:
            raise ShapeError("E204", f"takes a query, a key and a value, got {len(call.inputs)} values")
        query, key, value = call.inputs
        if min(map(len, call.inputs)) < 2:
            raise ShapeError("E204", "takes values of shape [*, tokens, features]", notes=(f"got {given}",))
        if query[:-2] != key[:-2] or key[:-1] != value[:-1] or query[-1] != key[-1]:
            raise ShapeError(
                "E204",
                "query, key and value do not fit: "
                "[*, rows, inner], [*, tokens, inner], [*, tokens, features]",
                notes=(f"got {given}",),
            )
        return (*query[:-1], value[-1])

    def macs(self, call: Call) -> int:
        query, key, value = call.inputs
        return prod(query[:-1]) * key[-2] * (key[-1] + value[-1])

    def code(self, call: Call) -> Code:
        if call.args["dropout_p"]:
            positional = {"dropout_p": call.literal("dropout_p")}
            return rules.module(self, call, "DotProductAttention", positional, helper=_DOT_PRODUCT_ATTENTION)
        given = "".join(
            f", {p.name}={call.literal(p.name)!r}"
            for p in self.parameters
            if p.name != "dropout_p" and call.args[p.name] != p.default
        )
        return ExpressionCode(f"nn.functional.scaled_dot_product_attention({{0}}, {{1}}, {{2}}{given})")

    def label(self, call: Call) -> str:
        return "causal attention" if call.flag("is_causal") else "attention"


_WINDOW_MASK = '''
class ShiftedWindowMask(nn.Module):
    """Adds -100 to the scores of tokens that share a window only because a shift went over the edge."""

    mask: Tensor

    def __init__(
        self, size: tuple[int, int], window_size: tuple[int, int], shift_size: tuple[int, int]
    ) -> None:
        super().__init__()
        regions = []
        for extent, window, shift in zip(size, window_size, shift_size):
            place = torch.arange(extent)
            regions.append((place >= extent - window).long() + (place >= extent - shift).long())
        region = 3 * regions[0][:, None] + regions[1]
        windows = region.unflatten(1, (-1, window_size[1])).unflatten(0, (-1, window_size[0]))
        windows = windows.transpose(1, 2).reshape(-1, 1, window_size[0] * window_size[1])
        mask = (windows[..., None] != windows[..., None, :]) * -100.0
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, scores: Tensor) -> Tensor:
        return scores + self.mask
'''


@register
class ShiftedWindowMask(Operation):
    """The mask of shifted windows (Swin; Liu et al., 2021), on the scores before the softmax.

    `roll` brings tokens from one edge of the map to the other, into windows with tokens that were never near
    them. The scores of such pairs are lowered by 100, which is 0 after the softmax.
    """

    name = "shifted_window_mask"
    kind = "attention"
    doc = (
        "Lowers by 100 the scores, [windows, heads, tokens, tokens], of tokens that a shift brought together."
    )
    parameters = (
        Parameter("size", extents(1), doc="height and width of the map, which the windows divide"),
        Parameter("window_size", extents(1), doc="height and width of a window"),
        Parameter("shift_size", extents(0), doc="by how much the map is rolled up and to the left"),
    )
    overwritable = True

    def shape(self, call: Call) -> Shape:
        size, window, shift = (call.extents(name, 2) for name in ("size", "window_size", "shift_size"))
        if any(extent % w for extent, w in zip(size, window, strict=True)):
            raise ShapeError("E205", f"windows of {rules.by(window)} do not divide {rules.by(size)}")
        if any(s >= w for s, w in zip(shift, window, strict=True)):
            raise ShapeError("E205", "`shift_size` is smaller than `window_size`")
        tokens = prod(window)
        windows = prod(size) // tokens
        if len(call.input) != 4 or (call.input[0], *call.input[2:]) != (windows, tokens, tokens):
            expects = f"[{windows}, heads, {tokens}, {tokens}]"
            raise ShapeError("E210", f"expects an input of shape {expects}, got {shape_text(call.input)}")
        return call.input

    def code(self, call: Call) -> Code:
        sizes = {p.name: call.extents(p.name, 2) for p in self.parameters}
        return rules.module(self, call, "ShiftedWindowMask", sizes, helper=_WINDOW_MASK)

    def label(self, call: Call) -> str:
        return "window mask"
