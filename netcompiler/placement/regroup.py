"""The same net with its layers in placement groups."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from netcompiler.graph import Edge, Graph, Layer
from netcompiler.operations.base import OPERATIONS


def regroup(graph: Graph, groups: Sequence[str], place: Mapping[str, str]) -> Graph:
    """The net with layer ``id`` on group ``place[id]``.

    Where a layer needs several values of other groups, or one that is not the value it works on, an
    ``identity`` on its group brings each of these there: a spec declares one value with every ``on``.
    """
    return _Regrouping(graph, tuple(groups), place).result()


class _Regrouping:
    def __init__(self, graph: Graph, groups: tuple[str, ...], place: Mapping[str, str]) -> None:
        self.old = graph
        self.place = place
        self.new = Graph(
            graph.name,
            scopes=dict(graph.scopes),
            groups=groups,
            inputs=list(graph.inputs),
            outputs=list(graph.outputs),
            title=graph.title,
        )
        self.taken = {layer.path for layer in graph.layers()} | set(graph.scopes)
        self.carried: dict[tuple[str, str], str] = {}
        self.edges: list[Edge] = []

    def result(self) -> Graph:
        for layer in self.old.layers():
            group = self.place.get(layer.id)
            edges = self.old.operands(layer.id)
            if group is not None:
                edges = self._brought(edges, group)
            self.new.add_layer(replace(layer, group=group))
            self.edges += edges
        for edge in self.edges:
            self.new.add_edge(edge)
        return self.new

    def _brought(self, edges: list[Edge], group: str) -> list[Edge]:
        edges = [self._marked(edge, group) for edge in edges]
        abroad = [edge for edge in edges if edge.crosses]
        if not abroad or _enters(abroad, edges):
            return edges
        first = abroad[0]
        if _enters([e for e in abroad if e.source == first.source], edges):
            abroad = [e for e in abroad if e.source != first.source]
        return [self._carried(edge, group) if edge in abroad else edge for edge in edges]

    def _marked(self, edge: Edge, group: str) -> Edge:
        crosses = self.place.get(edge.source, group) != group
        return replace(edge, crosses=crosses, declared=crosses)

    def _carried(self, edge: Edge, group: str) -> Edge:
        """The edge from a copy of the value on this group."""
        known = self.carried.get((edge.source, group))
        if known is None:
            known = self._carry(edge, group)
        return replace(edge, source=known, crosses=False, declared=False)

    def _carry(self, edge: Edge, group: str) -> str:
        source = self.old.layer(edge.source)
        name = re.sub(r"\W", "_", source.path) + f"_on_{group}"
        name = f"value_{name}" if name[0].isdigit() else name
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        self.carried[edge.source, group] = name
        self.new.add_layer(_identity(name, source, group))
        self.edges.append(replace(edge, target=name, argument=0, skip=False))
        return name


def _enters(abroad: list[Edge], edges: list[Edge]) -> bool:
    """Whether values of other groups can come in by entering ``on``, of all that a layer reads.

    That is one value, which goes past other layers, or which is the one that the layer works on.
    """
    if len({edge.source for edge in abroad}) > 1:
        return False
    works_on = len(abroad) == 1 and abroad[0].argument == 0 and all(edge.skip for edge in edges[1:])
    return works_on or all(edge.skip for edge in abroad)


def _identity(name: str, source: Layer, group: str) -> Layer:
    return Layer(
        id=name,
        path=name,
        operation=OPERATIONS["identity"],
        args={},
        inputs=(source.output,),
        output=source.output,
        scope="",
        group=group,
        columns=(),
        reuses=False,
        named=True,
        span=source.span,
    )
