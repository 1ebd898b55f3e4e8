"""Which text made which layers: kept for tools that write a spec anew."""

from __future__ import annotations

from dataclasses import dataclass, field

from netcompiler import syntax
from netcompiler.graph import Layer
from netcompiler.operations.base import Shape


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a piece of text: it made the layers ``start`` to ``stop - 1``, in the order of elaboration.

    Attributes:
        item: what the variable of a ``for`` stood for in it.
        shape: of the value that a step gave; None when it is not known.
    """

    start: int
    stop: int
    item: object = None
    shape: Shape | None = None


@dataclass(eq=False, slots=True)
class Trace:
    """What ran, by the `id` of the syntax tree's nodes, which are compared by identity.

    Attributes:
        steps: runs of a step, all its copies together.
        copies: runs of the copies of a repeated step.
        items: runs of the body of a ``for``.
        reached: ids of the definitions that ran.
        layers: all layers, in the order of elaboration.
        values: for references, how many layers there were, and the layer that gives the value meant.
    """

    steps: dict[int, list[Run]] = field(default_factory=dict)
    copies: dict[int, list[Run]] = field(default_factory=dict)
    items: dict[int, list[Run]] = field(default_factory=dict)
    reached: set[int] = field(default_factory=set)
    layers: list[Layer] = field(default_factory=list)
    values: dict[int, list[tuple[int, str]]] = field(default_factory=dict)

    def value(self, reference: syntax.Reference, start: int, stop: int) -> str | None:
        """The id of the layer that a reference meant while layers ``start`` to ``stop`` were made."""
        found = (id for count, id in self.values.get(id(reference), ()) if start <= count <= stop)
        return next(found, None)
