"""Skip connections and branches: residual and skip, merges by braces and by names, from, skip edges."""

from __future__ import annotations

import pytest

from tests.language.nets import by_path, net, paths, reads, wrong


def test_residual_adds_the_input_to_the_body() -> None:
    built = net("conv(8, 1) -> residual { conv(8, 3, padding=1) -> relu } -> gelu")
    assert reads(built)["3"] == ["2", "~0"]
    assert by_path(built)["3"].operation.name == "add"
    assert reads(built)["4"] == ["3"]


def test_skip_replaces_the_plain_input() -> None:
    built = net("residual { conv(8, 1) } skip conv(8, 1)")
    assert reads(built) == {"0": ["input:image"], "1": ["input:image"], "2": ["0", "~1"]}


def test_skip_takes_a_name_a_block_and_a_group() -> None:
    body = "residual { conv(8, 1) } skip down: { conv(8, 1) -> batchnorm }"
    assert paths(body) == ["0", "down.0", "down.1", "2"]
    assert paths("residual { conv(8, 1) } skip b", "block b { conv(8, 1) }") == ["0", "1.0", "2"]
    assert paths("residual {\nconv(8, 1)\n}\nskip b", "block b { conv(8, 1) }") == ["0", "1.0", "2"]


def test_a_named_identity_as_skip_is_a_layer() -> None:
    assert reads(net("residual { relu } skip down: identity"))["2"] == ["0", "~down"]


def test_residuals_nest() -> None:
    assert reads(net("residual { residual { relu } -> gelu }")) == {
        "0": ["input:image"],
        "1": ["0", "~input:image"],
        "2": ["1"],
        "3": ["2", "~input:image"],
    }


def test_a_named_residual_is_a_scope() -> None:
    assert paths("a: residual { relu } -> gelu") == ["a.0", "a.1", "1"]


@pytest.mark.parametrize(
    ("merge", "channels"),
    [("add", 8), ("concat", 16), ("multiply", 8), ("subtract", 8), ("maximum", 8), ("concat()", 16)],
)
def test_branches_stand_one_a_line_from_the_current_value(merge: str, channels: int) -> None:
    built = net(f"conv(8, 1) -> {merge} {{\n  relu\n  gelu -> silu\n}}")
    assert reads(built) == {"0": [*("input:image",)], "1": ["0"], "2": ["0"], "3": ["2"], "4": ["1", "3"]}
    assert by_path(built)["4"].output == (channels, 32, 32)


def test_a_branch_without_layers_is_a_skip() -> None:
    built = net("a: conv(8, 1) -> relu -> add {\n  gelu\n  identity\n  from a\n  from a -> silu\n}")
    assert reads(built)["5"] == ["2", "~1", "~a", "4"]


def test_branches_may_go_on_over_lines_and_hold_lets() -> None:
    built = net("concat {\n  let w = 4\n  conv(w, 1)\n    -> relu\n  conv(w + 1, 1)\n}")
    assert by_path(built)["3"].output == (9, 32, 32)


def test_loops_and_conditions_make_branches() -> None:
    body = "concat {\n  for i in 1..4 { conv(i, 1) }\n  if channels > 2 { relu } else { gelu\n gelu }\n}"
    assert by_path(net(body))["4"].output == (1 + 2 + 3 + 3, 32, 32)
    body = (
        "concat {\n  relu\n  if channels > 3 { gelu } else if channels == 3 { silu\n elu } else { relu }\n}"
    )
    assert [x.operation.name for x in net(body).layers[1:]] == ["relu", "silu", "elu", "concat"]


def test_merges_by_name() -> None:
    built = net("a: conv(8, 1) -> b: relu -> gelu -> add(a, b)")
    assert reads(built)["3"] == ["2", "~a", "~b"]


def test_merges_by_name_reach_any_length_back_and_into_scopes() -> None:
    built = net('s: { a: relu -> b: { c: relu } } -> gelu -> concat(s.a, s.b.c, "s.b", image, dim=2)')
    assert reads(built)["2"] == ["1", "~s.a", "~s.b.c", "~s.b.c", "~input:image"]
    assert built.layers[-1].output == (3, 160, 32)


def test_a_value_is_an_argument_like_any_other() -> None:
    built = net("a: relu -> gelu -> b(a)", "block b(other) { silu -> add(other) }")
    assert reads(built)["2.1"] == ["2.0", "~a"]


def test_braces_and_names_together() -> None:
    built = net("a: relu -> gelu -> concat(a) {\n  silu\n  elu\n}")
    assert reads(built)["4"] == ["2", "3", "~a"]


def test_concat_takes_a_dimension() -> None:
    assert net("concat(dim=3) {\n  relu\n  gelu\n}").layers[-1].output == (3, 32, 64)


def test_a_named_merge() -> None:
    assert paths("merged: add {\n  relu\n  gelu\n}") == ["merged.0", "merged.1", "merged.2"]


def test_from_starts_a_chain_at_a_named_value() -> None:
    built = net("a: relu -> b: gelu\nfrom a -> silu -> add(b)")
    assert reads(built)["2"] == ["a"]
    assert wrong("a: relu\nfrom c -> gelu") == ["E201"]


def test_from_in_is_a_blocks_input() -> None:
    built = net("relu -> b", "block b { gelu -> a: silu\nfrom in -> elu -> add(a) }")
    assert reads(built)["1.2"] == ["0"]


def test_a_block_sees_none_of_its_callers_names() -> None:
    assert wrong("a: relu -> b", "block b { gelu -> add(a) }") == ["E201"]
    assert wrong("b -> add(a)", "block b { a: gelu }") == ["E201"]
    assert reads(net("c: b -> relu -> add(c.a)", "block b { a: gelu -> silu }"))["2"] == ["1", "~c.a"]


def test_names_in_a_scope_see_what_is_around() -> None:
    assert reads(net("a: relu -> s: { gelu -> add(a) }"))["s.1"] == ["s.0", "~a"]
    assert wrong("s: { a: relu } -> add(a)") == ["E201"]


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("add", ["E203"]),
        ("add { relu }", ["E203"]),
        ("add { }", ["E203"]),
        ("conv(8, 1) -> add(image)", ["E204"]),
        ("add {\n relu\n conv(8, 1)\n}", ["E204"]),
        ("concat {\n relu\n maxpool(2)\n}", ["E204"]),
        ("residual { conv(8, 1) }", ["E204"]),
        ("residual { relu } skip conv(8, 1)", ["E204"]),
        ("relu { gelu }", ["E215"]),
        ("a: relu -> add(3)", ["E218"]),
        ("a: relu -> add(b)", ["E201"]),
        ("adaptive_avgpool(1) -> multiply(image)", ["E204"]),
    ],
)
def test_merges_never_broadcast_truncate_or_guess(body: str, codes: list[str]) -> None:
    assert wrong(body) == codes


def test_broadcasting_is_asked_for() -> None:
    built = net("adaptive_avgpool(1) -> multiply(image, broadcast=true)")
    assert built.layers[-1].output == (3, 32, 32)


def test_a_named_merge_without_layers_in_its_branches_has_the_name_itself() -> None:
    built = net("a: relu -> b: gelu -> c: add {\n  from a -> identity\n  from b -> identity\n}\nreuse(c, a)")
    assert reads(built)["c"] == ["a", "b"]
    assert reads(built)["c@2"] == ["c", "~a"]
    assert list(built._graph.scopes) == [""]


def test_a_merge_runs_again_on_other_values() -> None:
    built = net("a: relu -> b: add(a) -> c: gelu -> reuse(b, c) -> reuse(b) {\n  silu\n  from a\n}")
    assert reads(built)["b@2"] == ["c", "~c"]
    assert reads(built)["b@3"] == ["4", "~a"] or reads(built)["b@3"] == ["5", "~a"]
    assert wrong("a: relu -> b: gelu -> reuse(b, a)") == ["E213"]
