"""Which layers of two nets are taken for each other."""

from __future__ import annotations

import random
import time
from itertools import pairwise
from pathlib import Path

import pytest

import netcompiler
from netcompiler.comparison.compare import compare
from netcompiler.comparison.lines import differences
from netcompiler.comparison.repeats import runs
from netcompiler.comparison.sequence import NEVER, align, increasing
from netcompiler.graph import Edge, Graph, Layer, Scope
from netcompiler.operations.base import OPERATIONS
from netcompiler.source import Source, Span

SPECS = Path(__file__).parents[2] / "specs"

BLOCK = """
block basic(width, stride=1) {
  residual {
    conv1: conv(width, 3, stride=stride, padding=1) -> bn1: batchnorm -> relu
    conv2: conv(width, 3, padding=1)                -> bn2: batchnorm
  } skip down: { if stride > 1 or channels != width { conv(width, 1, stride=stride) } else { identity } }
  relu
}
"""


def graph(text: str):
    return netcompiler.loads(text)._graph


def net(body: str, before: str = "input image [3, 32, 32]"):
    return graph(BLOCK + "net n {\n" + before + "\n" + body + "\n}")


def compared(first: str, second: str):
    return compare(net(first), net(second))


def matched(found) -> dict[str, str]:
    return {pair.before.id: pair.after.id for pair in found.pairs}


def resnets(first: str, second: str):
    return compare(*(netcompiler.load(SPECS / "resnet.net", name)._graph for name in (first, second)))


# ---- names, structure, order ---------------------------------------------------------------------


def test_more_blocks_of_the_same_kind_are_added_at_the_end_of_each_stage() -> None:
    found = resnets("resnet18", "resnet34")
    assert not found.removed
    assert not found.changed
    assert not found.renamed
    scopes = {layer.scope.removesuffix(".downsample") for layer in found.added}
    assert scopes == {
        "layer1.2", "layer2.2", "layer2.3", "layer3.2", "layer3.3", "layer3.4", "layer3.5", "layer4.2"
    }  # fmt: skip


def test_another_block_under_the_same_names_is_changed_in_place() -> None:
    found = resnets("resnet18", "resnet50")
    assert all(pair.before.path == pair.after.path for pair in found.pairs if pair.before.named)
    conv = next(pair for pair in found.pairs if pair.before.path == "layer1.0.conv1")
    assert [(c.what, c.name, c.before, c.after) for c in conv.changes] == [
        ("argument", "kernel_size", 3, 1),
        ("argument", "padding", 1, 0),
        ("parameters", "", 36_864, 4_096),
        ("macs", "", 115_605_504, 12_845_056),
    ]


def test_layers_without_names_are_matched_by_what_they_do() -> None:
    found = compared(
        "conv(8, 3) -> relu -> conv(16, 3) -> relu -> maxpool(2)",
        "conv(8, 3) -> relu -> conv(8, 1) -> relu -> conv(16, 3) -> relu -> maxpool(2)",
    )
    assert [layer.label for layer in found.added] == ["1×1 conv, 8", "ReLU"]
    assert not found.removed
    assert not found.changed


def test_the_last_of_equal_layers_in_a_row_are_the_new_ones() -> None:
    vgg16, vgg19 = (netcompiler.load(SPECS / "vgg.net", name)._graph for name in ("vgg16", "vgg19"))
    found = compare(vgg16, vgg19)
    assert [x.id for x in found.added] == [f"features.{n}" for n in (16, 17, 25, 26, 34, 35)]
    assert not found.removed
    assert not found.changed


def test_a_block_put_between_others_is_added_there() -> None:
    found = compared(
        "s: { basic(8) -> basic(8) -> basic(8) }", "s: { basic(8) -> basic(12) -> basic(8) -> basic(8) }"
    )
    assert {layer.scope.removesuffix(".down") for layer in found.added} <= {"s.1", "s.2"}
    assert sum(layer.output[0] == 12 for layer in found.added) >= 6


def test_names_come_before_structure() -> None:
    found = compared("a: conv(8, 3) -> b: conv(8, 3)", "b: conv(8, 3) -> a: conv(8, 3)")
    assert matched(found)["a"] == "a"
    assert matched(found)["b"] == "b"


def test_other_names_are_recognised() -> None:
    found = compared(
        "conv1: conv(8, 3) -> bn1: batchnorm -> relu -> layer1: basic(8) * 3 -> fc: conv(2, 1)",
        "stem: conv(8, 3) -> norm: batchnorm -> relu -> stage: basic(8) * 3 -> head: conv(2, 1)",
    )
    assert not found.added
    assert not found.removed
    assert not found.changed
    assert matched(found)["layer1.1.conv2"] == "stage.1.conv2"
    assert found.scopes["layer1"] == "stage"


@pytest.mark.parametrize("into", ["before", "after"])
def test_layers_put_into_a_block_or_taken_out_of_it(into: str) -> None:
    flat = (
        "conv1: conv(8, 3) -> relu -> layer1: basic(8) * 2 -> layer2: basic(16, stride=2) * 2 -> conv(2, 1)"
    )
    deep = "body: {" + flat.replace("-> conv(2, 1)", "} -> conv(2, 1)")
    found = compared(*((flat, deep) if into == "after" else (deep, flat)))
    assert not found.added
    assert not found.removed
    assert not found.changed
    assert len(found.renamed) >= 30
    assert ("layer2.1" in found.scopes) == (into == "after")


def test_branches_in_another_order_are_no_difference_in_layers() -> None:
    branches = ["{ conv(4, 1) -> conv(8, 3, padding=1) }", "{ conv(6, 1) -> conv(4, 5, padding=2) }"]
    first, second = ("concat {\n" + "\n".join(order) + "\n}" for order in (branches, branches[::-1]))
    found = compared(first, second)
    assert not found.added
    assert not found.removed
    inputs = [c for pair in found.changed for c in pair.changes]
    assert {change.what for change in inputs} == {"input"}
    assert len(inputs) == 2


def test_one_operation_for_another_of_its_family() -> None:
    found = compared("conv(8, 3) -> relu -> maxpool(2)", "conv(8, 3) -> gelu -> avgpool(2)")
    changed = [(pair.before.operation.name, pair.after.operation.name) for pair in found.changed]
    assert changed == [("relu", "gelu"), ("maxpool", "avgpool")]


def test_what_only_looks_alike_is_no_pair() -> None:
    """One activation is as good as another: that two blocks have one each does not make them correspond."""
    found = compared(
        "conv(8, 3) -> a: { conv(4, 5) -> relu -> conv_transpose(8, 5) } -> maxpool(2)",
        "conv(8, 3) -> b: { linear(7) -> batchnorm -> relu -> linear(9) } -> maxpool(2)",
    )
    assert not any(pair.before.operation.name == "relu" for pair in found.pairs)


def test_inputs_stay_inputs() -> None:
    first = net("conv(8, 3)", "input image [3, 32, 32]")
    second = net("image: conv(8, 3)", "input picture [3, 32, 32]")
    assert matched(compare(first, second)) == {"input:image": "input:picture", "0": "image"}


# ---- what has changed ----------------------------------------------------------------------------


def changes(found, id: str):
    (pair,) = [pair for pair in found.pairs if pair.after.id == id]
    return [(c.what, c.name, c.before, c.after) for c in pair.changes]


def test_another_input_is_a_change_and_a_layer_in_between_is_none() -> None:
    body = "a: conv(3, 1) -> b: conv(3, 1) -> {0} -> c: concat({1}) -> conv(2, 1)"
    found = compared(
        body.replace("{0}", "relu").replace("{1}", "a"), body.replace("{0}", "relu").replace("{1}", "b")
    )
    assert changes(found, "c") == [("input", "2", "a", "b")]
    found = compared("a: conv(3, 1) -> c: conv(3, 1)", "a: conv(3, 1) -> batchnorm -> c: conv(3, 1)")
    assert changes(found, "c") == []


def test_one_input_more() -> None:
    found = compared(
        "a: conv(3, 1) -> b: conv(3, 1) -> c: concat(a) -> conv(2, 1)",
        "a: conv(3, 1) -> b: conv(3, 1) -> c: concat(a, image) -> conv(2, 1)",
    )
    assert changes(found, "c") == [
        ("input", "3", None, "input:image"),
        ("output", "", (6, 32, 32), (9, 32, 32)),
    ]


def test_groups_and_shared_weights() -> None:
    text = "net n { group a, b\n input x [4]\n on a { l: linear(4) }\n on a { m: linear(4) }\n"
    text += "on b { linear(2) } }"
    first, second = graph(text), graph(text.replace("on a { m", "on b { m"))
    assert ("group", "", "a", "b") in changes(compare(first, second), "m")
    text = "net n { input x [4]\n l: linear(4) -> m: linear(4) -> linear(2) }"
    found = compare(graph(text), graph(text.replace("m: linear(4)", "reuse(l)")))
    assert {layer.path for layer in found.removed} | {p.before.path for p in found.changed} >= {"m"}


def test_outputs() -> None:
    text = "net n { input x [4]\n a: linear(4) -> b: linear(4)\n output b\n output a }"
    first = graph(text)
    found = compare(first, graph(text.replace("output a", "output a if training")))
    assert [(x.before.training_only, x.after.training_only) for x in found.outputs] == [(False, True)]
    assert not found.changed
    assert not found.equal
    found = compare(first, graph(text.replace("\n output a", "")))
    assert [(x.before.name, x.after) for x in found.outputs] == [("a", None)]


# ---- sequences -----------------------------------------------------------------------------------


def score(first, second):
    return lambda i, j: 1.0 if first[i] == second[j] else NEVER


@pytest.mark.parametrize("seed", range(30))
def test_sequences_are_aligned_as_well_as_can_be(seed: int) -> None:
    pick = random.Random(seed)
    first, second = ([pick.choice("abc") for _ in range(pick.randint(0, 12))] for _ in range(2))
    pairs = align(first, second, score(first, second))
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs))
    assert all(first[i] == second[j] for i, j in pairs)
    # The longest common subsequence, but for what a gap fewer is worth.
    best = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i in range(len(first)):
        for j in range(len(second)):
            longer = max(best[i][j + 1], best[i + 1][j])
            best[i + 1][j + 1] = max(longer, best[i][j] + 1) if first[i] == second[j] else longer
    assert best[-1][-1] - 2 <= len(pairs) <= best[-1][-1]


def test_long_sequences_with_many_gaps() -> None:
    pick = random.Random(1)
    first = [pick.choice("abcd") for _ in range(6000)]
    second = [x for x in first if pick.random() > 0.1]
    pairs = align(first, second, score(first, second))
    assert len(pairs) > 0.97 * len(second)


def test_the_most_that_increases() -> None:
    assert increasing([(0, 5), (1, 1), (2, 2), (3, 0), (4, 3)]) == [(1, 1), (2, 2), (4, 3)]
    assert increasing([]) == []


def test_runs() -> None:
    def found(text: str):
        return [(run.start, run.length, run.times) for run in runs(text)]

    assert found("abababc") == [(0, 2, 3), (6, 1, 1)]
    assert found("aaab") == [(0, 1, 3), (3, 1, 1)]
    assert found("") == []


# ---- speed ---------------------------------------------------------------------------------------


def test_large_resnets_take_a_moment() -> None:
    graphs = [netcompiler.load(SPECS / "resnet.net", name)._graph for name in ("resnet101", "resnet152")]
    start = time.process_time()
    compare(*graphs)
    assert time.process_time() - start < 1


def chain(widths, named: bool):
    """Convolutions and activations in a row, made without a spec: reading one takes longer than comparing."""
    span = Span(Source("test", ""), 0, 0)
    made = Graph("chain", scopes={"": Scope("", None, {}, None, None, span)})
    shape, last = (3, 8, 8), "input:x"
    made.inputs.append(last)
    made.add_layer(Layer(last, "x", OPERATIONS["input"], {}, (), shape, "", None, (), False, True, span))
    relu = {p.name: p.default for p in OPERATIONS["relu"].parameters}
    conv = {p.name: p.default for p in OPERATIONS["conv"].parameters} | {"kernel_size": 1}
    for number, width in enumerate(widths):
        for name, args in (("conv", conv | {"out_channels": width}), ("relu", relu)):
            path = f"{name}{number}" if named else str(len(made.nx) - 1)
            output = (width, 8, 8)
            made.add_layer(
                Layer(path, path, OPERATIONS[name], args, (shape,), output, "", None, (), False, named, span)
            )
            made.add_edge(Edge(last, path, 0, False, False, False, 4))
            shape, last = output, path
    return made


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda widths: [5] * 20 + widths, True),
        (lambda widths: [width + 1 for width in widths], True),
        (lambda widths: [w for index, w in enumerate(widths) if index % 7], False),
        (lambda widths: widths[::-1], False),
    ],
    ids=["more", "wider", "fewer", "turned round"],
)
def test_ten_thousand_layers_take_seconds(change, named: bool) -> None:
    pick = random.Random(1)
    widths = [pick.choice([4, 6, 8, 10]) for _ in range(5000)]
    first, second = chain(widths, named), chain(change(widths), named)
    start = time.process_time()
    differences(compare(first, second))
    assert time.process_time() - start < 20
