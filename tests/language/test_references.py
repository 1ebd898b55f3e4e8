"""What names a value: a step, a parameter or variable that holds one, a quoted name with variables."""

from __future__ import annotations

import pytest

from netcompiler import Net, SpecError, loads


def reads(built: Net, path: str) -> list[str]:
    """The ids of the layers that a layer reads, in order."""
    edges = sorted(built.graph.in_edges(path, keys=True), key=lambda edge: edge[2])
    return [source for source, _, _ in edges]


def test_from_starts_at_a_value_that_a_parameter_holds() -> None:
    built = loads("""
        block up(other) { from other -> c: conv(4, 1) -> m: concat(other) }
        net n { input x [3, 8, 8]
          a: conv(8, 1) -> b: up(a) }
    """)
    assert reads(built, "b.c") == ["a"]
    assert reads(built, "b.m") == ["b.c", "a"]


def test_quoted_references_fill_in_variables() -> None:
    built = loads("""
        net n { input x [3, 8, 8]
          for i in 0..3 { "enc{i}": conv(3, 3, padding=1) }
          for i in 0..2 { "sum{i}": add("enc{i}") }
          let k = 1
          from "enc{k}" -> again: reuse("enc{k}") -> last: add("sum{k}") }
    """)
    assert reads(built, "sum0") == ["enc2", "enc0"]
    assert reads(built, "sum1") == ["sum0", "enc1"]
    assert reads(built, "enc1@2") == ["enc1"]
    assert reads(built, "last") == ["enc1@2", "sum1"]


def test_an_unknown_variable_in_a_reference_is_an_error() -> None:
    with pytest.raises(SpecError, match="E201") as error:
        loads('net n { input x [3, 8, 8]\n a: conv(3, 1) -> add("a{i}") }')
    assert "`{i}`" in str(error.value)


def test_a_later_call_replaces_what_an_earlier_one_gave_by_position() -> None:
    built = loads("""
        net n { input x [3]
          let slope = leaky_relu(0.2)
          slope -> slope(negative_slope=0.3) }
    """)
    assert [layer.args["negative_slope"] for layer in built.layers[1:]] == [0.2, 0.3]


def test_one_call_cannot_give_an_argument_twice() -> None:
    with pytest.raises(SpecError, match="E206"):
        loads("net n { input x [3]\n leaky_relu(0.2, negative_slope=0.3) }")
