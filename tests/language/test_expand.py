"""The flat net is the same net."""

from __future__ import annotations

import pytest

from netcompiler import Net, load, loads
from tests.language.test_reference import ALL, SPECS

ODD = {
    "branches": """
net n {
  input image [3, 16, 16]
  stem: conv(8, 3, padding="same", init=kaiming_normal(mode="fan_out"), bias_init=0.5)
  concat(dim=1) {
    conv(4, 1) -> relu
    identity
    from image -> maxpool(3, stride=1, padding=1)
    from stem
    add {
      gelu
      identity
    }
  }
  last: residual { batchnorm -> mid: conv(31, [3, 1], padding=[1, 0]) } skip conv(31, 1)
  multiply("last.mid")
}""",
    "reuse": """
block unit { conv(8, 3, padding=1) -> batchnorm -> residual { relu } }
net n {
  input image [8, 8, 8]
  a: unit -> reuse(a)
  b: conv(8, 1) -> gelu -> reuse(b) -> reuse(a) -> add(b)
}""",
    "ends": """
net n {
  input left [3, 8, 8]
  input right [3, 8, 8]
  r: conv(4, 1)
  from left -> l: conv(4, 1) -> sum: add(r)
  flatten -> aux: linear(5)
  from sum -> pool: adaptive_avgpool(1) -> flatten -> end: linear(3)
  output aux if training
  output end
  output pool
}""",
    "training": """
net n {
  input x [4]
  a: linear(3)
  output a if training
  relu
}""",
    "one": 'net n {\n  input x [4]\n  linear(3)\n  "0.1": relu\n}'.replace(
        "  linear(3)\n", "  first: linear(3)\n"
    ),
    "columns": """
block unit(w) { conv(w, 1) -> c: relu }
net n {
  group a, b, c
  input image [3, 8, 8]
  on c { pre: conv(4, 3) -> relu }
  trunk: columns a, b {
    first: conv(4, 1) -> unit(3) * 2 -> exchange
    residual { unit(6) } -> keep: relu -> conv(2, 1) -> concat(keep) -> x: relu
    exchange
  }
  on b { gather -> unit(2) }
  columns a, b { conv(4, 1) -> exchange }
  on c { all: gather -> relu }
}""",
    "entering": """
net n {
  group a, b
  input image [3, 8, 8]
  on a { first: conv(4, 1) -> second: conv(4, 1) }
  from first -> on b { relu -> kept: identity }
  from second -> on b { add(kept) -> x: relu }
  from first -> on b { concat {
    conv(2, 1)
    identity
  } -> add {
    from x -> conv(6, 1)
    identity
  } -> far: relu }
  from second -> on b { batchnorm -> y: relu }
  from first -> on a { relu } -> on b { concat(x, y, far) }
}""",
}


def facts(net: Net) -> tuple[object, ...]:
    graph = net._graph
    layers = [
        (x.id, x.path, x.operation.name, dict(x.args), x.inputs, x.output, x.group, x.columns, x.reuses)
        for x in graph.layers()
    ]
    edges = sorted((e.source, e.target, e.argument, e.skip, e.crosses, e.declared) for e in graph.edges())
    outputs = [(o.layer, o.shape, o.training_only) for o in graph.outputs]
    return layers, edges, outputs, graph.groups, net.title


def assert_round_trip(net: Net) -> None:
    again = loads(net.expand())
    for ours, theirs in zip(facts(net), facts(again), strict=True):
        assert theirs == ours
    assert again.expand() == net.expand()


@pytest.mark.parametrize(
    ("file", "name"), [x for x in ALL if x[1] != "resnet1202"], ids=lambda x: getattr(x, "stem", x)
)
def test_shipped_nets(file, name: str) -> None:
    assert_round_trip(load(file, name))


def test_the_net_of_any_depth() -> None:
    assert_round_trip(load(SPECS / "resnet_cifar.net", "resnet_cifar", n=2))


@pytest.mark.parametrize("name", ODD)
def test_odd_nets(name: str) -> None:
    assert_round_trip(loads(ODD[name]))


def test_it_reads_as_one_would_write_it() -> None:
    lines = load(SPECS / "alexnet.net").expand().splitlines()
    assert lines[0].startswith("# ImageNet classification")
    assert "    conv1: conv(48, 11, stride=4, padding=2, init=normal(std=0.01), bias_init=0)" in lines
    assert '    "2.0": lrn(5, k=2)' in lines
    assert "  columns top, bottom {" in lines


def test_names_of_outputs_are_kept() -> None:
    net = loads(ODD["ends"])
    assert [o.layer for o in loads(net.expand()).outputs] == [o.layer for o in net.outputs]
