"""What is drawn: a tree of boxes and leaves, and the flows of values between leaves.

A `Leaf` is one node of the picture and stands for one layer or several; a `Box` is a scope that is drawn as a
cluster. `condense` makes the tree, `fold` and `collapse` make it smaller; layouts only read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from netcompiler.graph import Graph, Layer
from netcompiler.operations.base import Shape

Role = Literal["layer", "merge", "input", "output", "junction", "summary"]
"""What a leaf is: ``junction`` is the point where a value forks, ``summary`` a whole block in one node."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What an item takes a sample.

    Attributes:
        parameters: its parameters.
        macs: its multiply-accumulates.
        each: True for those of one of several copies.
    """

    parameters: int
    macs: int
    each: bool = False


@dataclass(eq=False)
class Leaf:
    """One node of the picture.

    Attributes:
        role: what it is.
        layers: the layers it stands for, in order; for an output, none.
        title: its main line.
        before: small words above it: what is done before the main layer.
        after: small words below it: what is done after it.
        name: its name in the spec, or "".
        kind: the family of operations that gives its colour.
        shape: the shape of the value it gives.
        group: its placement group.
        times: how many identical copies in a row it stands for.
        copies: the copies that were folded into it.
        training_only: True for an output that is given in training only.
        number: the numbers of the blocks it stands for, where only these tell it from its neighbours.
        costs: what it takes, if that is to be shown.
    """

    role: Role
    layers: list[Layer]
    title: str
    kind: str
    shape: Shape
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    name: str = ""
    group: str | None = None
    times: int = 1
    copies: list[Item] = field(default_factory=list)
    training_only: bool = False
    number: str = ""
    costs: Costs | None = None


@dataclass(eq=False)
class Box:
    """A scope with the items in it, drawn as a cluster.

    Attributes:
        name: what it is called in the spec; "" for one that is called by its position.
        definition: the block it calls; "" for a named group.
        children: what stands in it, in an order in which it can be computed.
        shape: the shape of the value it gives.
        path: its path in the net; for identical copies in a row that have no scope of their own, "".
        times: how many identical copies in a row it stands for.
        copies: the items of the copies that were folded into it.
        varies: True when the copies have the same layers, but shapes that differ.
        group: its placement group.
        lane: the number of the placement group that this box is all of; None for a block.
        around: paths of the scopes around it that hold nothing else.
        shown: ``all`` for a block that is shown with all that is in it whatever the depth, ``node`` for one
            that is shown as one node.
        number: its number, or those of the blocks it stands for, where only these tell it from others.
        costs: what is in it takes, if that is to be shown.
    """

    name: str
    definition: str
    children: list[Item]
    shape: Shape
    path: str = ""
    times: int = 1
    copies: list[Item] = field(default_factory=list)
    varies: bool = False
    group: str | None = None
    lane: int | None = None
    around: tuple[str, ...] = ()
    shown: Literal["", "all", "node"] = ""
    number: str = ""
    costs: Costs | None = None


Item = Leaf | Box


@dataclass(frozen=True, eq=False)
class Flow:
    """A value on its way from one leaf to another.

    Attributes:
        source: the leaf that gives it.
        target: the leaf that reads it.
        argument: its position among what the target reads.
        shape: the value's shape.
        skip: True for a skip connection.
        crosses: True when it goes from one placement group to another.
        bytes: its size a sample.
    """

    source: Leaf
    target: Leaf
    argument: int
    shape: Shape
    skip: bool = False
    crosses: bool = False
    bytes: int = 0


class Flows:
    """All flows of a tree, by source and by target, each in a fixed order."""

    def __init__(self) -> None:
        self._ins: dict[Leaf, dict[Flow, None]] = {}
        self._outs: dict[Leaf, dict[Flow, None]] = {}

    def add(self, flow: Flow) -> None:
        """Take in a flow."""
        self._outs.setdefault(flow.source, {})[flow] = None
        self._ins.setdefault(flow.target, {})[flow] = None

    def remove(self, flow: Flow) -> None:
        """Take a flow out."""
        del self._outs[flow.source][flow]
        del self._ins[flow.target][flow]

    def into(self, leaf: Leaf) -> list[Flow]:
        """What a leaf reads."""
        return list(self._ins.get(leaf, ()))

    def out_of(self, leaf: Leaf) -> list[Flow]:
        """Who reads what a leaf gives."""
        return list(self._outs.get(leaf, ()))

    def __iter__(self) -> Iterator[Flow]:
        return (flow for flows in list(self._outs.values()) for flow in list(flows))


@dataclass(eq=False)
class Tree:
    """A net, ready to be laid out.

    Attributes:
        graph: the net.
        root: the net's own scope.
        flows: the values between leaves.
        hidden: layers that need no node: they only pass values on.
    """

    graph: Graph
    root: Box
    flows: Flows
    hidden: list[Layer] = field(default_factory=list)

    def homes(self) -> dict[Item, Box]:
        """The box in which each item stands."""
        return {child: box for box in boxes(self.root) for child in box.children}


def leaves(item: Item | Iterable[Item]) -> Iterator[Leaf]:
    """All leaves of an item, in order."""
    stack = [iter([item] if isinstance(item, Leaf | Box) else item)]
    while stack:
        for child in stack[-1]:
            if isinstance(child, Leaf):
                yield child
                continue
            stack.append(iter(child.children))
            break
        else:
            stack.pop()


def boxes(box: Box) -> Iterator[Box]:
    """A box and all boxes in it, outer ones first."""
    stack = [box]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(child for child in reversed(current.children) if isinstance(child, Box))


def layers(item: Item) -> Iterator[Layer]:
    """Every layer an item stands for, those of its folded copies included."""
    stack: list[Item] = [item]
    while stack:
        current = stack.pop()
        if isinstance(current, Leaf):
            yield from current.layers
        else:
            stack.extend(current.children)
        stack.extend(current.copies)
