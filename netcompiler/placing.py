"""A planned cut as a spec: the author's own text where that can be cut, the flat net otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from netcompiler import pipeline, syntax
from netcompiler.diagnostics import SpecError
from netcompiler.elaborate.trace import Trace
from netcompiler.elaborate.values import Block, Given, is_data
from netcompiler.expand import expand
from netcompiler.graph import Graph
from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.operations.arguments import literal_text
from netcompiler.pipeline import Origin
from netcompiler.placement.plan import Plan
from netcompiler.placement.rewrite import CutInsideError, Rewriter
from netcompiler.source import Source


def check_names(names: Sequence[str]) -> None:
    """Raise ValueError unless groups can have these names."""
    steps = "".join(f"  on {name} {{ relu }}\n" for name in names)
    text = f"net n {{\n  group {', '.join(names)}\n  input x [1]\n{steps}}}"
    try:
        pipeline.build_graph(pipeline.analyse(Source("names", text), DEFAULT_LIMITS), "n", ())
    except SpecError as error:
        message = error.diagnostics[0].message
        raise ValueError(f"groups cannot be called {', '.join(names)}: {message}") from None


def flat_spec(plan: Plan) -> str:
    """The net without blocks, in its groups."""
    text = expand(plan.graph)
    analysis = pipeline.analyse(Source("<placed>", text), DEFAULT_LIMITS)
    assert same(pipeline.build_graph(analysis, None, ()), plan.graph), "the flat net is another one"
    return text


def own_spec(plan: Plan, origin: Origin, note: str) -> str:
    """The author's text with the net in its groups, and without the nets and blocks that it does not need.

    Raises `CutInsideError`, which says why, where a cut lies inside a block's call or another piece of text
    that cannot be divided.
    """
    trace = Trace()
    graph = pipeline.build_graph(origin.analysis, origin.net, origin.given, origin.shapes, trace)
    if len(plan.graph.nx) != len(graph.nx):
        raise CutInsideError("a value that goes to several groups, or past one")
    definitions = _definitions(origin)
    definition, own = definitions[-1], origin.analysis.source
    if not isinstance(definition, syntax.Definition) or any(
        # A syntax tree that was read before has a source of its own, with the same text.
        (d.span.source.path, d.span.source.text) != (own.path, own.text)
        for d in definitions
    ):
        raise CutInsideError(f"a net of another file, {definition.span.source.name}")
    places = [plan.place.get(layer.id) for layer in graph.layers()]
    shapes = {name: "[" + ", ".join(map(str, shape)) + "]" for name, shape in origin.shapes.items()}
    body = Rewriter(trace, places, plan.place, shapes).body(definition.body, plan.graph.groups, note)
    edits = [(definition.body.span.start, definition.body.span.end, body), *_parameters(origin, definitions)]
    for unneeded in (_unreached(origin, definitions, trace), _nets(origin, definitions)):
        text = _edited(origin.analysis.source.text, [*edits, *map(_without, unneeded)])
        if _is_the_net(text, plan, origin):
            return text
    raise CutInsideError("a piece of text that reads differently when it is divided")


def same(first: Graph, second: Graph) -> bool:
    """Whether two graphs have the same layers on the same groups, wired alike, and give the same."""
    return _facts(first) == _facts(second)


def _facts(graph: Graph) -> tuple[object, ...]:
    layers = [
        (x.id, x.operation.name, dict(x.args), x.inputs, x.output, x.group, x.reuses) for x in graph.layers()
    ]
    edges = {(e.source, e.target, e.argument, e.skip) for e in graph.edges()}
    outputs = [(o.layer, o.training_only) for o in graph.outputs]
    return layers, edges, outputs, graph.groups, graph.inputs


def _is_the_net(text: str, plan: Plan, origin: Origin) -> bool:
    old = origin.analysis.source
    try:
        analysis = pipeline.analyse(Source(old.name, text, old.path, old.root), origin.analysis.limits)
        return same(pipeline.build_graph(analysis, plan.graph.name, ()), plan.graph)
    except SpecError:
        return False


# ---- definitions ---------------------------------------------------------------------------------


def _definitions(origin: Origin) -> list[syntax.Definition | syntax.Variant]:
    """The net's definition: what it is a variant of comes after it."""
    block: Block | None = pipeline.choose(origin.analysis, origin.net).block
    found = []
    while block is not None:
        definition = block.definition
        found.append(definition)
        base = definition.base.name if isinstance(definition, syntax.Variant) else ""
        block = block.frame.blocks.get(base)
    return found


def _parameters(
    origin: Origin, definitions: Sequence[syntax.Definition | syntax.Variant]
) -> Iterable[tuple[int, int, str]]:
    """Edits that make the given parameters defaults."""
    for given in origin.given:
        for definition in definitions:
            found = next((p for p in definition.parameters if p.name == given.name), None)
            if found is not None:
                yield found.span.start, found.span.end, f"{found.name}={_value(given)}"
                break


def _value(given: Given) -> str:
    if given.span is not None:
        return given.span.text.strip()
    if is_data(given.value):
        return literal_text(given.value)
    raise CutInsideError(f"the parameter `{given.name}`, whose value has no text")


def _unreached(
    origin: Origin, definitions: Sequence[object], trace: Trace
) -> list[syntax.Definition | syntax.Variant]:
    """Definitions that the net does without."""
    kept = {id(d) for d in definitions} | trace.reached
    items = origin.analysis.definitions.file.items
    return [x for x in items if isinstance(x, (syntax.Definition, syntax.Variant)) and id(x) not in kept]


def _nets(origin: Origin, definitions: Sequence[object]) -> list[syntax.Definition | syntax.Variant]:
    """All other nets: they would stand in groups that were cut for this one."""
    kept = {id(d) for d in definitions}
    return [
        x
        for x in origin.analysis.definitions.file.items
        if id(x) not in kept
        and (isinstance(x, syntax.Variant) or (isinstance(x, syntax.Definition) and x.kind == "net"))
    ]


# ---- text ----------------------------------------------------------------------------------------


def _without(definition: syntax.Definition | syntax.Variant) -> tuple[int, int, str]:
    """An edit that takes a definition out, with the comment right above it and the one after it."""
    text = definition.span.source.text
    start = text.rfind("\n", 0, definition.span.start) + 1
    end = text.find("\n", definition.span.end)
    end = len(text) if end == -1 else end + 1
    while start:
        above = text.rfind("\n", 0, start - 1) + 1
        if not above or not text[above:start].lstrip().startswith("#"):
            break
        start = above
    return start, end, ""


def _edited(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"
