"""What was found out about two nets: matched layers with what changed, added ones, removed ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from netcompiler.cost import Totals, totals
from netcompiler.graph import Graph, Layer, Output

What = Literal["operation", "argument", "input", "group", "weights", "output", "parameters", "macs"]
"""What can change about a layer. ``weights`` is whether it has its own or runs those of an earlier layer."""

_FOLLOWS = frozenset({"output", "parameters", "macs"})


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not the same in both nets.

    Attributes:
        what: what it is.
        name: the argument's name, or the position of the input, from 1; "" for the rest.
        before: its value in the first net. None where it has none.
        after: its value in the second.
    """

    what: What
    name: str
    before: object
    after: object

    @property
    def follows(self) -> bool:
        """True for sizes and costs, which may change because of what the layer reads."""
        return self.what in _FOLLOWS


@dataclass(frozen=True, slots=True)
class Pair:
    """A layer of the first net and the one that takes its place in the second."""

    before: Layer
    after: Layer
    changes: tuple[Change, ...] = ()

    @property
    def renamed(self) -> bool:
        """True when its path, and so its keys in the state dict, are not the same."""
        return self.before.path != self.after.path

    @property
    def resized(self) -> bool:
        """True when nothing but sizes and costs has changed."""
        return bool(self.changes) and all(change.follows for change in self.changes)


@dataclass(frozen=True, slots=True)
class OutputChange:
    """A value that only one of the nets gives, or that they do not give in the same way."""

    before: Output | None
    after: Output | None


@dataclass(frozen=True)
class Comparison:
    """Two nets, layer by layer.

    Every layer of the first net is in `pairs` or in `removed`, every layer of the second in `pairs` or in
    `added`.

    Attributes:
        before: the first net.
        after: the second.
        pairs: layers that correspond, in the order of the first net.
        removed: layers that only the first has.
        added: layers that only the second has.
        outputs: what differs about the values that they give.
        scopes: scopes that correspond, by path: those of the first net to those of the second.
    """

    before: Graph
    after: Graph
    pairs: tuple[Pair, ...]
    removed: tuple[Layer, ...]
    added: tuple[Layer, ...]
    outputs: tuple[OutputChange, ...]
    scopes: Mapping[str, str]

    @cached_property
    def changed(self) -> tuple[Pair, ...]:
        """The pairs that differ in more than their names."""
        return tuple(pair for pair in self.pairs if pair.changes)

    @cached_property
    def renamed(self) -> tuple[Pair, ...]:
        """The pairs whose paths differ."""
        return tuple(pair for pair in self.pairs if pair.renamed)

    @property
    def equal(self) -> bool:
        """True when both have the same layers under the same names, wired alike, and the same outputs."""
        return not (self.removed or self.added or self.changed or self.renamed or self.outputs)

    @cached_property
    def totals(self) -> tuple[Totals, Totals]:
        """The sums over the layers of each net."""
        return totals(self.before.layers()), totals(self.after.layers())
