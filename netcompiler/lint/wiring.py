"""A net as the rules see it: which layers read which."""

from __future__ import annotations

from functools import cached_property

from netcompiler.graph import Graph, Layer


class Wiring:
    """The layers of a net by what reads what.

    Attributes:
        graph: the net.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._sources: dict[str, list[tuple[int, str]]] = {}
        self._readers: dict[str, list[str]] = {}
        for edge in graph.edges():
            self._sources.setdefault(edge.target, []).append((edge.argument, edge.source))
            self._readers.setdefault(edge.source, []).append(edge.target)

    def sources(self, layer: Layer) -> list[Layer]:
        """The layers that it reads, by argument."""
        return [self.graph.layer(id) for _, id in sorted(self._sources.get(layer.id, ()))]

    def source(self, layer: Layer) -> Layer | None:
        """The only layer that it reads; None when it reads none or several."""
        found = self._sources.get(layer.id, ())
        return self.graph.layer(found[0][1]) if len(found) == 1 else None

    def readers(self, layer: Layer) -> list[Layer]:
        """The layers that read it; one that reads it twice is there twice."""
        return [self.graph.layer(id) for id in self._readers.get(layer.id, ())]

    def only_reader(self, layer: Layer) -> bool:
        """Whether its value goes to a single layer, and is nothing that the net gives."""
        return len(self._readers.get(layer.id, ())) == 1 and layer.id not in self.given

    @cached_property
    def given(self) -> frozenset[str]:
        """The ids of the layers whose values the net gives."""
        return frozenset(output.layer for output in self.graph.outputs)

    @cached_property
    def reused(self) -> frozenset[str]:
        """The paths of the layers that run more than once."""
        return frozenset(layer.path for layer in self.graph.layers() if layer.reuses)

    def where(self, layer: Layer) -> str:
        """Which layer of which net it is: a note for a step that a block's calls run many times."""
        return f"layer `{layer.path}` of net `{self.graph.name}`"
