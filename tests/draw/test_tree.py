"""Condensing, folding and collapsing: every layer is accounted for."""

from __future__ import annotations

from collections import Counter

import pytest

from netcompiler.draw.collapse import nodes_at
from netcompiler.draw.condense import condense
from netcompiler.draw.fold import fold
from netcompiler.draw.options import Options
from netcompiler.draw.styles.graph import plan
from netcompiler.draw.tree import Box, Leaf, boxes, layers, leaves


def accounted(tree):
    return Counter(layer.id for layer in layers(tree.root)) + Counter(layer.id for layer in tree.hidden)


def leaf_of(tree, path):
    return next(leaf for leaf in leaves(tree.root) if any(layer.path == path for layer in leaf.layers))


@pytest.mark.parametrize("depth", [None, 0, 1])
def test_every_layer_is_in_the_tree_once(every, depth, graph_of):
    graph = graph_of(every)
    tree = plan(graph, Options(depth=depth))
    assert accounted(tree) == Counter(layer.id for layer in graph.layers())


def test_every_flow_joins_leaves_of_the_tree(every, graph_of):
    tree = plan(graph_of(every))
    known = set(leaves(tree.root))
    assert all(flow.source in known and flow.target in known for flow in tree.flows)
    for leaf in known:
        if leaf.role not in {"input"} and not any(layer.operation.kind == "input" for layer in leaf.layers):
            assert tree.flows.into(leaf), leaf.title


def test_only_passing_layers_are_hidden(every, graph_of):
    for layer in condense(graph_of(every)).hidden:
        assert layer.operation.name in {"identity", "exchange", "gather"}


def test_normalisation_and_activation_join_their_layer(graph_of):
    leaf = leaf_of(condense(graph_of("resnet50")), "layer1.0.conv1")
    assert [layer.path for layer in leaf.layers][:2] == ["layer1.0.conv1", "layer1.0.bn1"]
    assert leaf.title == "1×1 conv, 64"
    assert leaf.after == ("batch norm", "ReLU")
    assert leaf.name == "conv1"


def test_pre_activation_joins_the_layer_after_it(graph_of):
    leaf = next(leaf for leaf in leaves(condense(graph_of("densenet")).root) if leaf.before)
    assert leaf.before == ("batch norm", "ReLU")
    assert leaf.title == "3×3 conv, 12"


def test_dropout_joins_the_layer_after_it(graph_of):
    leaf = leaf_of(condense(graph_of("alexnet_one")), "classifier.1")
    assert leaf.title == "fc 4096"
    assert leaf.before == ("dropout 0.5",)


def test_scope_with_one_node_is_no_box(graph_of):
    tree = condense(graph_of("resnet50"))
    leaf = leaf_of(tree, "layer1.0.downsample.0")
    assert leaf.name == "downsample"
    assert not any(box.name == "downsample" for box in boxes(tree.root))


def test_scope_entered_twice_is_no_box(graph_of):
    tree = condense(graph_of("interleaved"))
    assert [box.path for box in boxes(tree.root)] == [""]
    at = {leaf: index for index, leaf in enumerate(leaves(tree.root))}
    assert all(at[flow.source] < at[flow.target] for flow in tree.flows)


def test_second_run_of_a_block_is_a_box_of_its_own(graph_of):
    tree = condense(graph_of("siamese"))
    first, second = [box for box in boxes(tree.root) if box.name == "tower"]
    assert second.definition == "same weights again"
    assert not any(layer.reuses for layer in layers(first))
    assert all(layer.reuses for layer in layers(second))


@pytest.mark.parametrize(
    ("net", "counts"),
    [
        ("resnet18", [[2], [1, 1], [1, 1], [1, 1]]),
        ("resnet50", [[1, 2], [1, 3], [1, 5], [1, 2]]),
        ("resnet152", [[1, 2], [1, 7], [1, 35], [1, 2]]),
        ("resnet1202", [[200], [1, 199], [1, 199]]),
    ],
)
def test_stages_show_their_first_block_and_the_rest_as_one(net, counts, graph_of):
    tree = condense(graph_of(net))
    fold(tree)
    stages = [child for child in tree.root.children if isinstance(child, Box)]
    found = [[child.times for child in stage.children] for stage in stages]
    # A stage that is one run of blocks is shown as that run.
    assert found == counts


def test_blocks_that_differ_in_shapes_alone_are_folded_and_marked(graph_of):
    tree = condense(graph_of("densenet"))
    fold(tree)
    dense = next(box for box in boxes(tree.root) if box.times > 1)
    assert (dense.times, dense.varies) == (6, True)
    assert dense.shape == (16 + 6 * 12, 32, 32)


def test_inline_repeats_are_folded(graph_of):
    tree = condense(graph_of("inline"))
    fold(tree)
    assert [(type(item), item.times) for item in tree.root.children if item.times > 1] == [
        (Box, 7),
        (Leaf, 5),
    ]


def test_value_read_in_the_middle_of_a_run_stops_folding(graph_of):
    tree = condense(
        graph_of("""
        block b { conv(8, 3, padding=1) -> relu -> conv(8, 3, padding=1) }
        net tapped {
          input image [8, 16, 16]
          b * 3
          middle: b
          b * 3
          concat(middle)
        }
        """)
    )
    fold(tree)
    # The run goes on to the block that is read elsewhere and ends with it.
    assert [item.times for item in tree.root.children if isinstance(item, Box)] == [4, 3]


def test_first_of_equal_blocks_that_reads_something_else_is_not_folded(graph_of):
    tree = condense(
        graph_of("""
        block b { residual { conv(8, 3, padding=1) } }
        net different { input image [8, 16, 16]
          b -> relu -> b -> conv(8, 1) -> b
        }
        """)
    )
    fold(tree)
    assert all(item.times == 1 for item in tree.root.children)


def test_depth_makes_blocks_single_nodes(graph_of):
    tree = plan(graph_of("resnet50"), Options(depth=0))
    summaries = [leaf for leaf in leaves(tree.root) if leaf.role == "summary"]
    assert [leaf.title for leaf in summaries] == ["layer1", "layer2", "layer3", "layer4"]
    assert all("parameters" in leaf.after[1] for leaf in summaries)
    assert list(boxes(tree.root)) == [tree.root]
    tree = plan(graph_of("resnet50"), Options(depth=1))
    assert [leaf.times for leaf in leaves(tree.root) if leaf.role == "summary"] == [1, 2, 1, 3, 1, 5, 1, 2]


def test_nodes_at_counts_what_each_depth_shows(graph_of):
    tree = condense(graph_of("resnet18"))
    fold(tree)
    for depth, count in enumerate(nodes_at(tree)):
        shown = condense(graph_of("resnet18"))
        fold(shown)
        from netcompiler.draw.collapse import collapse

        collapse(shown, depth)
        assert sum(1 for _ in leaves(shown.root)) == count
