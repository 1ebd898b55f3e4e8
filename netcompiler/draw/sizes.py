"""Spatial sizes of values: ``(56, 56)`` of an image, ``(197,)`` of tokens, ``()`` of a vector and of 1×1."""

from __future__ import annotations

from math import prod

from netcompiler.draw.parts import Fork, Part, Step
from netcompiler.draw.tree import Leaf
from netcompiler.graph import Graph, Layer
from netcompiler.operations.base import Shape

_FEATURES_LAST = frozenset({"linear", "attention", "embedding", "layernorm", "rmsnorm"})
"""Operations, by name or by kind, whose values are ``[tokens, features]``."""

_FEATURES_FIRST = frozenset({"conv", "batchnorm", "groupnorm", "instancenorm", "lrn"})

_TURNING = frozenset({"transpose", "permute"})
"""Operations that make ``[channels, tokens]`` of ``[tokens, channels]``, and the other way round."""

_IMAGE = 3
"""Dimensions from which on a value keeps its spatial ones."""


class Sizes:
    """The spatial sizes of a net's values."""

    def __init__(self, graph: Graph) -> None:
        self._features_last: dict[str, bool] = {}
        self._sizes: dict[str, Shape] = {}
        for layer in graph.layers():
            last = self._has_features_last(layer, graph)
            self._features_last[layer.id] = last
            extents = layer.output[:-1] if last else layer.output[1:]
            self._sizes[layer.id] = extents if prod(extents) > 1 else ()

    def _has_features_last(self, layer: Layer, graph: Graph) -> bool:
        operation = layer.operation
        if {operation.name, operation.kind} & _FEATURES_LAST:
            return True
        if {operation.name, operation.kind} & _FEATURES_FIRST:
            return False
        operands = graph.operands(layer.id)
        if not operands:
            return len(layer.output) < _IMAGE
        turns = operation.name in _TURNING and len(layer.output) < _IMAGE
        return self._features_last[operands[0].source] != turns

    def of_leaf(self, leaf: Leaf) -> Shape:
        """The size of what a node gives, before it is flattened."""
        image = next((layer for layer in reversed(leaf.layers) if len(layer.output) >= _IMAGE), None)
        return self._sizes[(image or leaf.layers[-1]).id]

    def of(self, part: Part) -> Shape:
        """The size of what a part gives; of branches that do not meet, what the last one gives."""
        while not isinstance(part, Step):
            if part.merge is not None:
                part = part.merge
            elif isinstance(part, Fork):
                part = next(branch[-1] for branch in reversed(part.branches) if branch)
            else:
                part = part.inside[-1]
        return self.of_leaf(part.leaf)
