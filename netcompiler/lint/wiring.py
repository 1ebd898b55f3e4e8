"""A net as the rules see it: which layers read which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from netcompiler.graph import Graph, Layer

_FAR = 8
"""How many layers are gone up at the most: thousands of layers may stand below a chain of thousands."""

_MANY = 50
"""A value that more layers read than this is not gone into."""


class Wiring:
    """The layers of a net by what reads what.

    Every net that is checked is looked at so, and some have a hundred thousand layers: what is kept is
    little, and made in one pass.

    Attributes:
        graph: the net.
        layers: its layers by id.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.layers: dict[str, Layer] = dict(graph.nx.nodes(data="layer"))
        # Of each layer the ones that read it, by id, with the positions among their arguments.
        self._readers: dict[str, Mapping[str, Mapping[int, Any]]] = dict(graph.nx.adjacency())
        self._source: dict[str, str | None] = {}
        self._twice: dict[str, str] = {}
        source = self._source
        for id, readers in self._readers.items():
            for reader, positions in readers.items():
                source[reader] = None if reader in source else id
                if len(positions) > 1:
                    source[reader] = None
                    self._twice.setdefault(reader, id)

    def sources(self, layer: Layer) -> list[Layer]:
        """The layers that it reads, by argument."""
        return [self.layers[edge.source] for edge in self.graph.operands(layer.id)]

    def source(self, layer: Layer) -> Layer | None:
        """The only layer that it reads; None when it reads none or several."""
        id = self._source.get(layer.id)
        return None if id is None else self.layers[id]

    def read_twice(self, layer: Layer) -> Layer | None:
        """A layer that it reads more than once; None when there is none."""
        id = self._twice.get(layer.id)
        return None if id is None else self.layers[id]

    def way_up(self, layer: Layer) -> Iterator[Layer]:
        """The layer that it reads, the one that that reads, and so on, while each reads one: a few."""
        for _ in range(_FAR):
            source = self.source(layer)
            if source is None:
                return
            yield source
            layer = source

    def readers(self, layer: Layer) -> Sequence[Layer] | None:
        """The layers that read it; None when they are very many."""
        ids = self._readers[layer.id]
        return None if len(ids) > _MANY else [self.layers[id] for id in ids]

    def only_reader(self, layer: Layer) -> bool:
        """Whether its value goes to a single layer, and is nothing that the net gives."""
        readers = self._readers[layer.id]
        return len(readers) == 1 and len(*readers.values()) == 1 and layer.id not in self.given

    @cached_property
    def given(self) -> frozenset[str]:
        """The ids of the layers whose values the net gives."""
        return frozenset(output.layer for output in self.graph.outputs)

    @cached_property
    def reused(self) -> frozenset[str]:
        """The paths of the layers that run more than once."""
        return frozenset(layer.path for layer in self.layers.values() if layer.reuses)

    def where(self, layer: Layer) -> str:
        """Which layer of which net it is: a note for a step that a block's calls run many times."""
        return f"layer `{layer.path}` of net `{self.graph.name}`"
