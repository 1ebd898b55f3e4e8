"""Learned tokens and positions of transformers on images (ViT; Dosovitskiy et al., 2020)."""

from __future__ import annotations

from netcompiler.code import Code
from netcompiler.operations import rules
from netcompiler.operations.base import Call, Operation, Shape, register

_CLASS_EMBEDDING = '''
class ClassToken(nn.Module):
    """Puts a learned token before the others of (batch, tokens, features)."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1, 1, features))

    def forward(self, input: Tensor) -> Tensor:
        return torch.cat([self.weight.expand(input.shape[0], -1, -1), input], dim=1)
'''


@register
class ClassToken(Operation):
    """ViT's class token, 0 at first."""

    name = "class_token"
    kind = "embedding"
    doc = "Puts a learned token before the others, 0 at first unless `init` says otherwise."
    parameters = (rules.INIT,)
    overwritable = True

    def shape(self, call: Call) -> Shape:
        tokens, features = rules.ranked(call, 2, 2, "[tokens, features]", rules.tokens_help(call))
        rules.check_initializers(self, call)
        return (tokens + 1, features)

    def weights(self, call: Call) -> dict[str, Shape]:
        return {"weight": (1, 1, call.input[1])}

    def code(self, call: Call) -> Code:
        return rules.module(self, call, "ClassToken", {"features": call.input[1]}, helper=_CLASS_EMBEDDING)

    def label(self, call: Call) -> str:
        return "class token"


_POSITION_EMBEDDING = '''
class PositionEmbedding(nn.Module):
    """Adds a learned tensor of the sample's shape."""

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(1, *shape).normal_(std=0.02))

    def forward(self, input: Tensor) -> Tensor:
        return input + self.weight
'''


@register
class PositionEmbedding(Operation):
    """ViT's position embedding, drawn from N(0, 0.02) at first."""

    name = "position_embedding"
    kind = "embedding"
    doc = (
        "Adds a learned number to each element of the sample, normal(std=0.02) unless `init` says otherwise."
    )
    parameters = (rules.INIT,)
    overwritable = True

    def shape(self, call: Call) -> Shape:
        rules.check_initializers(self, call)
        return call.input

    def weights(self, call: Call) -> dict[str, Shape]:
        return {"weight": (1, *call.input)}

    def code(self, call: Call) -> Code:
        extents = {f"extent{i}": n for i, n in enumerate(call.input)}
        return rules.module(self, call, "PositionEmbedding", extents, helper=_POSITION_EMBEDDING)

    def label(self, call: Call) -> str:
        return "position embedding"
