"""A net whose placement groups come one after another as the stages of a pipeline.

A value goes from a stage to the next one only. What a later stage reads is handed on by those between, and
everything that the net gives reaches the last stage, where the loss is computed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from netcompiler.graph import Edge, Graph, Layer, Output, Scope
from netcompiler.operations.base import OPERATIONS


@dataclass(frozen=True, slots=True)
class Passed:
    """A value on its way from one stage to the next.

    Attributes:
        value: id of the layer, or input of the net, that gives it.
        training_only: True when it is on its way in training only.
    """

    value: str
    training_only: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a pipeline: the layers of one placement group.

    Attributes:
        group: the group.
        graph: its layers as a net of their own, which takes what they read from elsewhere and gives what is
            read elsewhere, in the order of the layers. Paths, and so keys of weights, are the whole net's.
        receives: what arrives, in order; the net's inputs at the first stage.
        sends: what goes on to the next stage, in order; nothing at the last.
        given: what `graph` gives, in order.
        training_only: True when only outputs for training need any of it.
    """

    group: str
    graph: Graph
    receives: tuple[Passed, ...]
    sends: tuple[Passed, ...]
    given: tuple[Passed, ...]
    training_only: bool


def stages(graph: Graph) -> tuple[Stage, ...]:
    """The stages of a valid net, in order.

    Groups that do not read from each other stand in the order of their declaration.

    Raises:
        ValueError: the net has no groups, or some of them wait for each other.
    """
    if not graph.groups:
        raise ValueError(
            f"net {graph.name} has no placement groups, and so no stages: declare them with `group a, b` "
            "and put its layers into `on a { … }`, `on b { … }`"
        )
    order = _order(graph)
    way = _Way(graph, order)
    passed = [way.after(number) for number in range(len(order) - 1)]
    inputs = tuple(Passed(id, id not in way.evaluated) for id in graph.inputs)
    return tuple(
        _stage(graph, group, way, receives, sends)
        for group, receives, sends in zip(order, [inputs, *passed], [*passed, ()], strict=True)
    )


# ---- the order -----------------------------------------------------------------------------------


def _order(graph: Graph) -> list[str]:
    """The groups, each after those it reads from."""
    import networkx as nx

    between: nx.DiGraph = nx.DiGraph()
    between.add_nodes_from(graph.groups)
    for edge in graph.edges():
        source, target = graph.layer(edge.source).group, graph.layer(edge.target).group
        if source is not None and source != target and not between.has_edge(source, target):
            between.add_edge(source, target, edge=edge)
    if not nx.is_directed_acyclic_graph(between):
        circle = [between.edges[pair]["edge"] for pair in nx.find_cycle(between)]
        raise ValueError(_circle(graph, circle))
    return list(nx.lexicographical_topological_sort(between, key=graph.groups.index))


def _circle(graph: Graph, circle: Sequence[Edge]) -> str:
    """The message for groups that wait for each other: a line for each edge of the circle."""
    groups = [graph.layer(edge.source).group for edge in circle]
    lines = [
        f"net {graph.name} is no pipeline: its groups {' and '.join(map(str, groups))} wait for each other"
    ]
    for edge in circle:
        source, target = graph.layer(edge.source), graph.layer(edge.target)
        lines.append(
            f"  {target.span}: {_shown(target)} on {target.group} reads {_shown(source)} of {source.group}, "
            f"at {source.span}"
        )
    lines.append(
        "  a pipeline's groups come one after another: what comes back to a group needs a group of its own"
    )
    return "\n".join(lines)


def _shown(layer: Layer) -> str:
    return f"`{layer.path}`" if layer.named else f"`{layer.path}` ({layer.operation.name})"


# ---- what travels --------------------------------------------------------------------------------


class _Way:
    """How far each value travels.

    Attributes:
        number: of each group's stage.
        evaluated: ids of layers and inputs that evaluation needs.
    """

    def __init__(self, graph: Graph, order: Sequence[str]) -> None:
        self.graph = graph
        self.number = {group: number for number, group in enumerate(order)}
        self.evaluated = _evaluated(graph)
        self._last: dict[str, int] = defaultdict(int)
        self._last_evaluated: dict[str, int] = defaultdict(int)
        for edge in graph.edges():
            target = graph.layer(edge.target)
            self._reach(edge.source, self._at(target), evaluated=edge.target in self.evaluated)
        for output in graph.outputs:
            self._reach(output.layer, len(order) - 1, evaluated=not output.training_only)

    def _at(self, layer: Layer) -> int:
        return 0 if layer.group is None else self.number[layer.group]

    def _reach(self, value: str, stage: int, *, evaluated: bool) -> None:
        self._last[value] = max(self._last[value], stage)
        if evaluated:
            self._last_evaluated[value] = max(self._last_evaluated[value], stage)

    def after(self, stage: int) -> tuple[Passed, ...]:
        """What goes from a stage to the next."""
        return tuple(
            Passed(layer.id, self._last_evaluated[layer.id] <= stage)
            for layer in self.graph.layers()
            if self._at(layer) <= stage < self._last[layer.id]
        )

    def leaves(self, layer: Layer) -> bool:
        """True for a value that is read on another stage, or that the net gives."""
        given = any(output.layer == layer.id for output in self.graph.outputs)
        return given or self._last[layer.id] > self._at(layer)

    def leaves_evaluated(self, layer: Layer) -> bool:
        """True when that is so in evaluation."""
        given = any(output.layer == layer.id and not output.training_only for output in self.graph.outputs)
        return given or self._last_evaluated[layer.id] > self._at(layer)


def _evaluated(graph: Graph) -> set[str]:
    found = {output.layer for output in graph.outputs if not output.training_only}
    for layer in reversed(list(graph.layers())):
        if layer.id in found:
            found.update(graph.nx.predecessors(layer.id))
    return found


# ---- a stage as a net ----------------------------------------------------------------------------


def _stage(
    graph: Graph, group: str, way: _Way, receives: tuple[Passed, ...], sends: tuple[Passed, ...]
) -> Stage:
    own = [layer for layer in graph.layers() if layer.group == group]
    given = tuple(Passed(x.id, not way.leaves_evaluated(x)) for x in own if way.leaves(x))
    idle = all(value.training_only for value in given)
    part = Graph(f"{graph.name}_{group}", title=(f"Group {group} of net {graph.name}.", *graph.title))
    part.scopes = _scopes(graph, own)
    for layer in _inputs(graph, own):
        part.add_layer(layer)
        part.inputs.append(layer.id)
    for layer in own:
        part.add_layer(replace(layer, group=None, columns=()))
        for edge in graph.operands(layer.id):
            part.add_edge(replace(edge, crosses=False, declared=False))
    names = {output.layer: output.name for output in graph.outputs}
    for value in given:
        layer = graph.layer(value.value)
        # A net gives something in evaluation; a stage that has nothing to do then is not asked.
        only = value.training_only and not idle
        part.outputs.append(Output(names.get(layer.id, layer.name), layer.id, layer.output, only, layer.span))
    return Stage(group, part, receives, sends, given, idle)


def _inputs(graph: Graph, own: Sequence[Layer]) -> Iterator[Layer]:
    """What some layers read from elsewhere, as inputs with the same ids."""
    inside = {layer.id for layer in own}
    outside = {edge.source for layer in own for edge in graph.operands(layer.id)} - inside
    for layer in graph.layers():
        if layer.id in outside:
            yield Layer(
                layer.id, layer.path, OPERATIONS["input"], {}, (), layer.output, "", None, (), False,
                layer.named, layer.span,
            )  # fmt: skip


def _scopes(graph: Graph, own: Sequence[Layer]) -> dict[str, Scope]:
    around = {""}
    for layer in own:
        scope: str | None = layer.scope
        while scope:
            around.add(scope)
            scope = graph.scopes[scope].parent
    return {path: scope for path, scope in graph.scopes.items() if path in around}
