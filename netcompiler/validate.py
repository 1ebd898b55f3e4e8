"""Checks of the whole graph: what no single step can see."""

from __future__ import annotations

from netcompiler.code import Literal
from netcompiler.diagnostics import Diagnostic, Label, Reporter, call_text, chain_text, shape_text
from netcompiler.graph import Edge, Graph, Layer
from netcompiler.operations.arguments import literal_text

_NAMED = 3
"""How many of the layers without a group an error names."""


def validate(graph: Graph, reporter: Reporter) -> None:
    """Report everything that is wrong with a graph."""
    _unused(graph, reporter)
    _placement(graph, reporter)


def _unused(graph: Graph, reporter: Reporter) -> None:
    """Layers and inputs that no output needs."""
    needed = _needed(graph)
    for layer in graph.layers():
        if layer.id in needed:
            continue
        if layer.operation.kind == "input":
            reporter.report(
                Diagnostic(
                    "E302",
                    f"nothing that the net gives depends on the input `{layer.path}`",
                    layer.span,
                    help="read it with `from " + layer.path + " -> …`, or take it out",
                    labels=_given(graph),
                )
            )
        elif not graph.consumers(layer.id):
            # The last layer of a dead chain alone: the ones before it are used, by it.
            reporter.report(
                Diagnostic(
                    "E301",
                    f"the result of {_shown(layer)}, {shape_text(layer.output)}, is never used",
                    layer.span.head,
                    _calls(graph, layer),
                    help="merge it, name it in an `output` line, or take the layer out",
                    labels=_given(graph),
                )
            )


def _given(graph: Graph) -> tuple[Label, ...]:
    """What the net gives instead."""
    return tuple(Label(graph.layer(o.layer).span.head, "the net gives this") for o in graph.outputs[:3])


def _calls(graph: Graph, layer: Layer) -> tuple[str, ...]:
    """The blocks that a layer stands in, innermost first, and where each was called."""
    calls = []
    path = layer.scope
    while path:
        scope = graph.scopes.get(path)
        path = path.rpartition(".")[0]
        if scope is not None and scope.definition is not None:
            values = [f"{name}={_shortened(value)}" for name, value in scope.arguments.items()]
            calls.append((f"`{call_text(scope.definition, values)}`", scope.span))
    return chain_text(calls)


def _shortened(value: Literal) -> str:
    return "[…]" if isinstance(value, tuple) and len(value) > 8 else literal_text(value)[:40]


def _needed(graph: Graph) -> set[str]:
    """The ids of the layers that some output depends on."""
    waiting = [output.layer for output in graph.outputs]
    needed = set(waiting)
    while waiting:
        for before in graph.nx.predecessors(waiting.pop()):
            if before not in needed:
                needed.add(before)
                waiting.append(before)
    return needed


def _placement(graph: Graph, reporter: Reporter) -> None:
    if not graph.groups:
        return
    used = {layer.group for layer in graph.layers()}
    unplaced = [x for x in graph.layers() if x.group is None and x.operation.kind != "input"]
    if unplaced:
        reporter.report(_unplaced(graph, unplaced))
    for edge in graph.edges():
        if edge.crosses and not edge.declared and not reporter.full:
            reporter.report(_undeclared(graph, edge))
    root = graph.scopes[""]
    for group in graph.groups:
        if group not in used:
            message = f"no layer stands in the placement group `{group}` of net `{graph.name}`"
            help = f"put layers into `on {group} {{ … }}`, or take the group out"
            reporter.report(Diagnostic("E307", message, graph.group_spans.get(group, root.span), help=help))


def _unplaced(graph: Graph, layers: list[Layer]) -> Diagnostic:
    """One error for all layers that stand in no group: most often, a whole net is still to be placed."""
    first = layers[0]
    names = ", ".join(map(_shown, layers[:_NAMED])) + (", …" if len(layers) > _NAMED else "")
    verb, them = ("stands", "it") if len(layers) == 1 else ("stand", "them")
    counted = names if len(layers) == 1 else f"{len(layers):,} layers, {names},"
    places = dict.fromkeys(layer.span.head for layer in layers[1:_NAMED])
    others = (Label(place, "and this") for place in places if place != first.span.head)
    return Diagnostic(
        "E303",
        f"{counted} {verb} in no placement group, and the net has {', '.join(graph.groups)}",
        first.span.head,
        _calls(graph, first),
        f"put {them} into `on {graph.groups[0]} {{ … }}` or into `columns`",
        labels=(Label(next(iter(graph.group_spans.values())), "groups are declared here"), *others),
    )


def _undeclared(graph: Graph, edge: Edge) -> Diagnostic:
    source, target = graph.layer(edge.source), graph.layer(edge.target)
    given = f"{shape_text(source.output)}, {edge.bytes:,} bytes a sample"
    return Diagnostic(
        "E304",
        f"{_shown(target)} on group {target.group} reads {_shown(source)} of group {source.group}",
        target.span.head,
        notes=("values go from group to group only where the spec declares it", *_calls(graph, target)),
        help=(
            f"take it over with `from {source.path} -> on {target.group} {{ … }}`, "
            "or with `exchange` or `gather` after columns"
        ),
        label=f"read here, on group {target.group}",
        labels=(Label(source.span.head, f"made here, on group {source.group}: {given}"),),
    )


def _shown(layer: Layer) -> str:
    """A layer as messages call it: a position says little without its operation."""
    return f"`{layer.path}`" if layer.named else f"`{layer.path}` ({layer.operation.name})"
