"""What holds for a comparison of any two nets."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from netcompiler.comparison.compare import compare
from netcompiler.comparison.lines import differences
from netcompiler.comparison.plain import plain
from netcompiler.comparison.text import write
from netcompiler.graph import Edge, Graph
from netcompiler.operations.base import OPERATIONS
from tests.draw.test_any_graph import random_graph

SEEDS = range(60)


def edited(graph, seed):
    """A graph with some layers taken out, some changed, and some under other names."""
    pick = random.Random(seed)
    ids = {}
    result = Graph(graph.name, groups=graph.groups, scopes=dict(graph.scopes), title=graph.title)
    replaced = {}
    for layer in graph.layers():
        sources = [replaced.get(edge.source, edge.source) for edge in graph.operands(layer.id)]
        given = {output.layer for output in graph.outputs}
        if len(sources) == 1 and pick.random() < 0.15 and layer.id not in given:
            replaced[layer.id] = sources[0]
            continue
        new = layer
        if layer.operation.name in {"relu", "identity"} and pick.random() < 0.2:
            gelu = OPERATIONS["gelu"]
            new = replace(layer, operation=gelu, args={p.name: p.default for p in gelu.parameters})
        if layer.operation.name == "conv" and pick.random() < 0.2:
            new = replace(layer, args={**layer.args, "bias": False})
        if layer.operation.kind != "input" and pick.random() < 0.15:
            path = f"{layer.path}_new"
            new = replace(new, id=path, path=path)
        replaced[layer.id] = ids[layer.id] = new.id
        result.add_layer(new)
        if new.operation.kind == "input":
            result.inputs.append(new.id)
        for argument, source in enumerate(sources):
            result.add_edge(Edge(source, new.id, argument, False, False, False, 1024))
    result.outputs = [replace(output, layer=ids[output.layer]) for output in graph.outputs]
    return result


PAIRS = [
    *(
        (f"{seed} edited", lambda seed=seed: (random_graph(seed), edited(random_graph(seed), seed)))
        for seed in SEEDS
    ),
    *(
        (f"{seed} and {seed + 1}", lambda seed=seed: (random_graph(seed), random_graph(seed + 1)))
        for seed in SEEDS
    ),
]


@pytest.fixture(params=[make for _, make in PAIRS], ids=[name for name, _ in PAIRS])
def pair(request):
    return request.param()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_net_is_the_same_as_itself(seed) -> None:
    graph = random_graph(seed)
    found = compare(graph, random_graph(seed))
    assert found.equal
    assert [(p.before.id, p.after.id) for p in found.pairs] == [(id, id) for id in graph.nx]
    assert differences(found) == []
    assert "are the same" in write(found)


def test_every_layer_is_accounted_for(pair) -> None:
    before, after = pair
    found = compare(before, after)
    assert sorted([p.before.id for p in found.pairs] + [x.id for x in found.removed]) == sorted(before.nx)
    assert sorted([p.after.id for p in found.pairs] + [x.id for x in found.added]) == sorted(after.nx)


def test_costs_add_up(pair) -> None:
    before, after = pair
    found = compare(before, after)
    first, second = found.totals
    for cost in ("parameters", "macs"):
        changes = sum(c.after - c.before for p in found.changed for c in p.changes if c.what == cost)
        difference = changes + sum(getattr(x, cost) for x in found.added)
        difference -= sum(getattr(x, cost) for x in found.removed)
        assert difference == getattr(second, cost) - getattr(first, cost)


def test_the_other_way_round_is_the_mirror_image(pair) -> None:
    before, after = pair
    there, back = compare(before, after), compare(after, before)
    assert {(p.before.id, p.after.id) for p in there.pairs} == {(p.after.id, p.before.id) for p in back.pairs}
    assert [x.id for x in there.added] == [x.id for x in back.removed]
    assert [x.id for x in there.removed] == [x.id for x in back.added]
    assert {(b, a) for a, b in there.scopes.items()} == set(back.scopes.items())
    changes = {
        p.before.id: {(c.what, c.name, repr(c.before), repr(c.after)) for c in p.changes} for p in there.pairs
    }
    for p in back.pairs:
        assert {(c.what, c.name, repr(c.after), repr(c.before)) for c in p.changes} == changes[p.after.id]


def test_the_lines_tell_of_every_difference(pair) -> None:
    found = compare(*pair)
    lines = [line for line in differences(found) if not line.subject.startswith("output ")]
    signs = {line.sign for line in lines}
    assert ("+" in signs) == bool(found.added)
    assert ("-" in signs) == bool(found.removed)
    assert ("~" in signs) == bool(found.changed)
    assert len(differences(found)) - len(lines) == len(found.outputs)
    record = plain(found)
    assert [x["id"] for x in record["added"]] == [x.id for x in found.added]
    assert [x["id"] for x in record["removed"]] == [x.id for x in found.removed]
    assert len(record["changed"]) == len(found.changed)
