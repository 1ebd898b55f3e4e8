"""How alike two layers are, and two scopes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

from netcompiler.comparison.parts import Part, inner
from netcompiler.comparison.sequence import NEVER
from netcompiler.graph import Layer
from netcompiler.operations.arguments import Initializer
from netcompiler.operations.base import ArgumentValue

SAME = 10.0
"""Two layers that do the same with the same shapes."""

_SAME_ARGUMENTS = 8.0
_SAME_OPERATION = 4.0
_OPERATION_TO_ARGUMENTS = 3.0
_SAME_FAMILY = 3.0
_SAME_NAME = 3.0
_OTHER_FAMILY = 1.0
_SAME_POSITION = 0.3
"""Enough to decide between equal layers, and nothing more."""

_SAME_PLACE = 0.15
"""The same for scopes, as a part of what they could score. The third block of a stage stays the third block,
unless another is clearly more like it.
"""

ALIKE = 5.5
"""From here on two layers are taken for each other whatever they stand in: the same operation, and arguments
that are half the same.
"""

_LEAST_SHARE = 0.25
"""Scopes that share less of their layers are taken for each other only under the same name."""


class Likeness:
    """Scores of pairs, for one comparison. Whatever was looked at once is known by a number from then on."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._facts: dict[Layer, tuple[int, int, int]] = {}
        self._given: dict[Layer, frozenset[str]] = {}
        self._exact: dict[Part, int] = {}
        self._keys: dict[Part, int] = {}
        self._counts: dict[Part, tuple[Counter[int], Counter[int], Counter[int]]] = {}
        self._scores: dict[tuple[int, int], float] = {}

    def number(self, thing: Hashable) -> int:
        """Equal for equal things."""
        return self._numbers.setdefault(thing, len(self._numbers))

    def facts(self, layer: Layer) -> tuple[int, int, int]:
        """Numbers for its operation; for that with its arguments; and for these with its shapes."""
        if layer not in self._facts:
            operation = self.number(layer.operation.name)
            values = tuple((name, repr(value)) for name, value in layer.args.items())
            arguments = self.number((operation, values))
            shapes = self.number((arguments, layer.inputs, layer.output, layer.reuses))
            self._facts[layer] = operation, arguments, shapes
        return self._facts[layer]

    def learn(self, root: Part) -> None:
        """Look at a scope and all in it, inner ones first."""
        for scope in reversed(inner(root)):
            counts: tuple[Counter[int], ...] = (Counter(), Counter(), Counter())
            for child in scope.children:
                if child.is_scope:
                    for count, more in zip(counts, self._counts[child], strict=True):
                        count.update(more)
                    continue
                facts = self.facts(child.layers[0])
                for count, fact in zip(counts, facts, strict=True):
                    count[fact] += 1
                self._put(child, facts[2])
            self._counts[scope] = (counts[0], counts[1], counts[2])
            self._put(scope, self.number((scope.definition, tuple(self._keys[c] for c in scope.children))))

    def _put(self, part: Part, exact: int) -> None:
        self._exact[part] = exact
        self._keys[part] = self.number((exact, part.name if part.named else ""))

    def key(self, part: Part) -> int:
        """Equal for parts that do the same under the same name, or both without one."""
        return self._keys[part]

    def of_parts(self, a: Part, b: Part) -> float:
        """How alike two parts of corresponding scopes are."""
        keys = self._keys[a], self._keys[b]
        if keys not in self._scores:
            self._scores[keys] = self._of_parts(a, b)
        score = self._scores[keys]
        if a.named or b.named or a.name != b.name or score == NEVER:
            return score
        if not a.is_scope:
            return score + _SAME_POSITION
        return score + _SAME_PLACE * SAME * min(self.size(a), self.size(b))

    def _of_parts(self, a: Part, b: Part) -> float:
        same_name = a.named and b.named and a.name == b.name
        if a.is_scope and b.is_scope:
            return self._of_scopes(a, b) + (_SAME_NAME if same_name else 0.0)
        if a.is_scope or b.is_scope:
            return NEVER
        found = self.of_layers(a.layers[0], b.layers[0])
        if same_name:
            inputs = {a.layers[0].operation.kind, b.layers[0].operation.kind} & {"input"}
            return max(found, NEVER if inputs else _OTHER_FAMILY) + _SAME_NAME
        return found

    def of_layers(self, a: Layer, b: Layer) -> float:
        """How alike two layers are, their names left out."""
        _, arguments, shapes = self.facts(a)
        _, other_arguments, other_shapes = self.facts(b)
        if shapes == other_shapes:
            return SAME
        if arguments == other_arguments:
            return _SAME_ARGUMENTS
        if a.operation is b.operation:
            return _SAME_OPERATION + _OPERATION_TO_ARGUMENTS * self._nearness(a, b)
        return _SAME_FAMILY if a.operation.kind == b.operation.kind else NEVER

    def _nearness(self, a: Layer, b: Layer) -> float:
        """How near the arguments of two calls are, from 0 to 1."""
        given = self._given_to(a) | self._given_to(b)
        return sum(_near(a.args[name], b.args[name]) for name in given) / len(given) if given else 1.0

    def _given_to(self, layer: Layer) -> frozenset[str]:
        if layer not in self._given:
            self._given[layer] = _given(layer)
        return self._given[layer]

    def _of_scopes(self, a: Part, b: Part) -> float:
        """Scopes count as much as the layers in them would; the order of these is left out."""
        if self._exact[a] == self._exact[b]:
            return SAME * self.size(a) + _SAME_POSITION
        score = self._shared(a, b)
        share = self._share(a, b)
        inside = [self._share(a, child) for child in b.children if self._may_hold(child, a)]
        inside += [self._share(child, b) for child in a.children if self._may_hold(child, b)]
        if share < max(_LEAST_SHARE, *inside, 0.0):
            return NEVER
        return score + (_SAME_POSITION if a.definition == b.definition else 0.0)

    def _may_hold(self, child: Part, other: Part) -> bool:
        """True when a scope in one of two scopes could be what corresponds to the whole of the other."""
        return child.is_scope and 2 * self.size(child) >= self.size(other)

    def size(self, part: Part) -> int:
        """How many layers a part has."""
        return self._counts[part][0].total() if part.is_scope else 1

    def _share(self, a: Part, b: Part) -> float:
        return self._shared(a, b) / (SAME * max(self.size(a), self.size(b)))

    def _shared(self, a: Part, b: Part) -> float:
        operations, arguments, shapes = (
            (x & y).total() for x, y in zip(self._counts[a], self._counts[b], strict=True)
        )
        with_arguments = (_SAME_ARGUMENTS - _SAME_OPERATION) * arguments
        return _SAME_OPERATION * operations + with_arguments + (SAME - _SAME_ARGUMENTS) * shapes


def _given(layer: Layer) -> frozenset[str]:
    """The arguments of a layer that are not left at their defaults; initialisers do not count."""
    return frozenset(
        parameter.name
        for parameter in layer.operation.parameters
        if (value := layer.args[parameter.name]) != parameter.default and not isinstance(value, Initializer)
    )


def _near(x: ArgumentValue, y: ArgumentValue) -> float:
    """How near two values are, from 0 to 1."""
    if x == y:
        return 1.0
    if isinstance(x, bool) or isinstance(y, bool):
        return 0.0
    if isinstance(x, int | float) and isinstance(y, int | float) and min(x, y) > 0:
        return min(x, y) / max(x, y)
    return 0.0
