"""Learned vectors of words, tokens and positions."""

from __future__ import annotations

from netcompiler.code import Code
from netcompiler.operations import rules
from netcompiler.operations.arguments import whole
from netcompiler.operations.base import Call, Operation, Parameter, Shape, register


@register
class Embedding(Operation):
    """A learned vector for each number: torch.nn.Embedding. The input holds whole numbers, such as words'."""

    name = "embedding"
    kind = "embedding"
    doc = "A learned vector for each whole number of the input, normal(std=1) unless `init` says otherwise."
    parameters = (
        Parameter("num_embeddings", whole(1), doc="how many numbers there are: 0 to `num_embeddings` - 1"),
        Parameter("embedding_dim", whole(1), doc="features of a vector"),
        rules.INIT,
    )
    indices = (0,)
    overwritable = True

    def shape(self, call: Call) -> Shape:
        rules.check_initializers(self, call)
        return (*call.input, call.whole("embedding_dim"))

    def weights(self, call: Call) -> dict[str, Shape]:
        return {"weight": (call.whole("num_embeddings"), call.whole("embedding_dim"))}

    def code(self, call: Call) -> Code:
        sizes = {name: call.whole(name) for name in ("num_embeddings", "embedding_dim")}
        return rules.module(self, call, "nn.Embedding", sizes)

    def label(self, call: Call) -> str:
        return f"embedding, {call.whole('num_embeddings')}"


@register
class ClassToken(Operation):
    """ViT's class token, 0 at first."""

    name = "class_token"
    kind = "embedding"
    doc = "Puts a learned token before the others, 0 at first unless `init` says otherwise."
    parameters = (rules.INIT,)
    bare = True
    overwritable = True

    def shape(self, call: Call) -> Shape:
        tokens, features = rules.ranked(call, 2, 2, "[tokens, features]", rules.tokens_help(call))
        rules.check_initializers(self, call)
        return (tokens + 1, features)

    def weights(self, call: Call) -> dict[str, Shape]:
        return {"weight": (1, 1, call.input[1])}

    def code(self, call: Call) -> Code:
        template = "torch.cat([{1}.expand({0}.shape[0], -1, -1), {0}], dim=1)"
        return rules.parameter(self.weights(call)["weight"], template)

    def label(self, call: Call) -> str:
        return "class token"


@register
class PositionEmbedding(Operation):
    """ViT's position embedding, drawn from N(0, 0.02) at first."""

    name = "position_embedding"
    kind = "embedding"
    doc = (
        "Adds a learned number to each element of the sample, normal(std=0.02) unless `init` says otherwise."
    )
    parameters = (rules.INIT,)
    bare = True
    overwritable = True

    def shape(self, call: Call) -> Shape:
        rules.check_initializers(self, call)
        return call.input

    def weights(self, call: Call) -> dict[str, Shape]:
        return {"weight": (1, *call.input)}

    def code(self, call: Call) -> Code:
        initial = "torch.empty({}).normal_(std=0.02)"
        return rules.parameter(self.weights(call)["weight"], "{0} + {1}", initial=initial)

    def label(self, call: Call) -> str:
        return "position embedding"
