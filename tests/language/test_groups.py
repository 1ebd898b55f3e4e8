"""Placement groups: on, columns, exchange, gather, transfers and undeclared crossings."""

from __future__ import annotations

import pytest

from netcompiler import loads
from tests.language.nets import by_path, found, net, reads, wrong

TWO = "group a, b\n"


def groups(body: str, before: str = "") -> dict[str, str | None]:
    return {layer.id: layer.group for layer in net(TWO + body, before).layers[1:]}


def test_a_net_without_groups_has_one_place() -> None:
    built = net("conv(8, 3) -> relu")
    assert built.groups == ()
    assert {layer.group for layer in built.layers} == {None}
    assert not any(e.crosses for e in built._graph.edges())


def test_on_places_layers_and_entering_it_is_a_declared_transfer() -> None:
    built = net(TWO + "on a { conv(8, 1) -> relu }\non b { gelu -> on_too: b1 }", "block b1 { silu }")
    assert groups("on a { conv(8, 1) -> relu }\non b { gelu -> x: b1 }", "block b1 { silu }") == {
        "0": "a",
        "1": "a",
        "2": "b",
        "x.0": "b",
    }
    assert [(t.layer, t.source, t.target, t.bytes) for t in built.transfers()] == [
        ("1", "a", "b", 8 * 32 * 32 * 4)
    ]


def test_inputs_go_to_whoever_reads_them() -> None:
    built = net(TWO + "on a { x: relu }\nfrom image -> on b { gelu -> y: silu }\nfrom x -> on b { add(y) }")
    assert [t.layer for t in built.transfers()] == ["x"]
    assert by_path(built)["input:image"].group is None


def test_on_again_goes_on_where_it_stands() -> None:
    assert groups("on a { relu }\non a { gelu } -> on b { silu }") == {"0": "a", "1": "a", "2": "b"}


def test_an_on_without_layers_passes_the_same_value_on() -> None:
    built = net("group b\non b { relu -> concat {\n  on b { identity }\n  gelu\n} }")
    assert reads(built)["3"] == ["~0", "2"]


def test_a_transfer_counts_once_for_all_its_readers() -> None:
    body = "on a { x: relu }\non b { concat {\n conv(1, 1)\n conv(2, 1)\n identity\n} }"
    (moved,) = net(TWO + body).transfers()
    assert moved.bytes == 3 * 32 * 32 * 4
    assert moved.readers == ("1", "2", "4")


def test_columns_lay_the_same_layers_on_each_group_with_their_own_weights() -> None:
    built = net(TWO + "columns a, b { first: conv(8, 1) -> relu }\non a { gather -> gelu }")
    assert reads(built) == {
        "a.first": ["input:image"],
        "a.1": ["a.first"],
        "b.first": ["input:image"],
        "b.1": ["b.first"],
        "0": ["a.1", "b.1"],
        "1": ["0"],
    }
    assert by_path(built)["a.first"].columns == ("a", "b")
    assert by_path(built)["0"].output == (16, 32, 32)
    assert built.parameters == 2 * 32
    assert {s.path: s.column for s in built._graph.scopes.values()} == {"": None, "a": "a", "b": "b"}


def test_exchange_gives_every_column_all_columns_values() -> None:
    built = net(TWO + "columns a, b { conv(8, 1) -> exchange -> conv(4, 1) }\non b { gather }")
    assert reads(built)["a.1"] == reads(built)["b.1"] == ["a.0", "b.0"]
    assert by_path(built)["a.1"].output == (16, 32, 32)
    edges = {(e.source, e.target): (e.crosses, e.declared) for e in built._graph.edges()}
    assert edges["b.0", "a.1"] == (True, True)
    assert edges["a.0", "a.1"] == (False, False)
    assert [(t.source, t.target, t.bytes) for t in built.transfers()] == [
        ("a", "b", 8 * 1024 * 4),
        ("b", "a", 8 * 1024 * 4),
        ("a", "b", 4 * 1024 * 4),
    ]


def test_columns_go_on_in_the_same_scope() -> None:
    body = "columns a, b { x: conv(4, 1) }\ncolumns a, b { relu -> add(x) }\non a { gather }"
    assert reads(net(TWO + body))["b.2"] == ["b.1", "~b.x"]


def test_columns_in_a_named_scope_and_blocks_in_columns() -> None:
    built = net(
        TWO + "trunk: columns a, b { unit -> unit * 2 }\non a { gather }", "block unit { conv(3, 1) }"
    )
    assert list(by_path(built))[1:] == [
        *("trunk.a.0.0", "trunk.a.1.0", "trunk.a.2.0"),
        *("trunk.b.0.0", "trunk.b.1.0", "trunk.b.2.0"),
        "1",
    ]


def test_residuals_merges_and_reuse_within_a_column_stay_in_it() -> None:
    body = "columns a, b { c: conv(3, 1) -> residual { relu } -> reuse(c) -> concat(c) }\non a { gather }"
    built = net(TWO + body)
    assert reads(built)["b.4"] == ["b.c@2", "~b.c"]
    assert len(built.transfers()) == 1


def test_three_columns() -> None:
    built = net("group a, b, c\ncolumns a, b, c { conv(2, 1) -> exchange -> relu }\non c { gather }")
    assert by_path(built)["b.1"].output == (6, 32, 32)
    assert len(built.transfers()) == 6 + 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("on a { x: relu }\non b { gelu -> add(x) }", "E304"),
        ("on a { x: relu }\nfrom x -> on b { gelu }\non b { silu -> add(x) }", "E304"),
        (
            "columns a, b { x: relu }\non a { y: gather }\ncolumns a, b { gelu -> add(y) }\non a { gather }",
            "E304",
        ),
        ("on a { relu }\ngelu\non b { silu }", "E303"),
        ("columns a, b { relu }", "E305"),
        ("columns a, b { relu }\non a { gelu }", "E305"),
        ("columns a, b { relu }\ngelu\non a { silu }", "E305"),
        ("on a { relu }\non b { gelu }\non a { gather }", "E305"),
        ("columns a, b { exchange }\non a { gather }", "E305"),
        ("on a { exchange }\non b { relu }", "E215"),
        ("gather", "E215"),
        ("columns a, b { gather }", "E215"),
        ("columns a, b { on a { relu } }", "E215"),
        ("columns a, b { columns a, b { relu } }", "E215"),
        ("columns a, b { relu -> exchange(1) }\non a { gather }", "E202"),
        ("on c { relu }", "E201"),
        ("columns a, a { relu }", "E206"),
        ("on a { relu }", "E307"),
    ],
)
def test_nothing_is_communicated_in_silence(body: str, code: str) -> None:
    assert code in set(wrong(TWO + body))


def test_both_ends_of_an_undeclared_crossing_are_named() -> None:
    from netcompiler import SpecError

    with pytest.raises(SpecError) as error:
        net(TWO + "on a { x: relu }\non b { y: gelu -> z: add(x) }")
    (found,) = error.value.diagnostics
    text = found.render()
    assert "`z` on group b reads `x` of group a" in text
    assert "12,288 bytes" in text


def test_every_layer_is_placed_when_groups_are_declared() -> None:
    assert wrong("group a\nrelu -> on a { gelu }") == ["E303"]


@pytest.mark.parametrize("name", ["forward", "state_dict"])
def test_groups_become_modules_and_so_cannot_have_every_name(name: str) -> None:
    assert "E219" in wrong(f"group {name}\non {name} {{ relu }}")


def test_a_group_is_declared_once_and_by_the_net_that_is_loaded() -> None:
    assert "E206" in wrong("group a, a\non a { relu }")
    text = "net m {\n input x [3, 8, 8]\n group a\n on a { relu }\n}\nnet n {\n input y [3, 8, 8]\n m\n}"
    assert found(text) == ["E215"]


def test_a_column_and_a_layer_do_not_share_a_name() -> None:
    assert "E206" in wrong(TWO + "on a { a: relu }\ncolumns a, b { gelu }\non a { gather }")


def test_columns_of_other_groups_in_one_scope_do_not_collide_in_silence() -> None:
    text = "group a, b, c\ncolumns a, b { relu }\non a { gather }\ncolumns b, c { relu }\non a { gather }"
    assert wrong(text) == ["E206"]


def test_the_order_is_column_after_column_between_exchanges() -> None:
    built = loads(
        "net n {\n group a, b\n input x [4]\n"
        " columns a, b { linear(2) -> relu -> exchange -> linear(2) }\n on a { gather }\n}"
    )
    assert list(by_path(built)) == ["input:x", "a.0", "a.1", "b.0", "b.1", "a.2", "a.3", "b.2", "b.3", "0"]
