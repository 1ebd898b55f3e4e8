"""Layers and flow: separators, names and positions, scopes, repeats, reuse, defaults, identity."""

from __future__ import annotations

import pytest

from tests.language.nets import by_path, found, net, operations, paths, reads, wrong

# ---- separators ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "relu -> gelu -> silu",
        "relu\ngelu\nsilu",
        "relu -> gelu\nsilu",
        "relu\n  -> gelu\n  -> silu",
        "relu ->\n gelu ->\n\n silu",
        "relu   # first\n\n# nothing\n   -> gelu # second\n\n silu",
        "\n\n\trelu\r\n\tgelu\r\nsilu\r\n\n",
        "{ relu } -> { gelu\nsilu }",
        "{\nrelu\n\n-> gelu\n}\nsilu",
    ],
)
def test_arrows_and_line_ends_mean_the_same(body: str) -> None:
    built = net(body)
    assert [layer.operation.name for layer in built.layers[1:]] == ["relu", "gelu", "silu"]
    assert reads(built) == {"0": ["input:image"], "1": ["0"], "2": ["1"]}


def test_line_ends_do_not_matter_inside_brackets() -> None:
    built = net("conv(\n  8,\n  kernel_size=[\n 3,\n 3\n ],\n)\nrelu")
    assert by_path(built)["0"].args["kernel_size"] == (3, 3)


def test_two_steps_on_a_line_need_an_arrow() -> None:
    assert wrong("relu gelu") == ["E104"]


def test_a_byte_order_mark_and_windows_line_ends_are_accepted() -> None:
    from netcompiler.limits import DEFAULT_LIMITS
    from netcompiler.read import from_bytes

    source = from_bytes(
        b"\xef\xbb\xbfnet n {\r\n  input image [3, 8, 8]\r\n  relu\r\n}\r\n", "a", DEFAULT_LIMITS
    )
    assert source.text.startswith("net")
    assert found(source.text) == []


# ---- steps ---------------------------------------------------------------------------------------


def test_a_step_is_an_operation_a_block_a_net_a_group_or_a_merge() -> None:
    before = "block b { gelu }\nnet m {\n input x [3, 32, 32]\n silu\n}"
    assert operations("relu -> relu() -> b -> b() -> m -> { elu } -> add { identity\nidentity }", before) == [
        "relu",
        "relu",
        "gelu",
        "gelu",
        "silu",
        "elu",
        "add",
    ]


def test_arguments_are_torchs_in_torchs_order() -> None:
    args = by_path(net("conv(8, 3, 2, 1, 1, 1, false)"))["0"].args
    shown = {k: args[k] for k in ("out_channels", "kernel_size", "stride", "padding", "groups", "bias")}
    assert shown == {
        "out_channels": 8,
        "kernel_size": 3,
        "stride": 2,
        "padding": 1,
        "groups": 1,
        "bias": False,
    }


@pytest.mark.parametrize(("shape", "output"), [("[3, 32]", (8, 30)), ("[3, 8, 9, 10]", (8, 6, 7, 8))])
def test_the_rank_follows_from_the_input(shape: str, output: tuple[int, ...]) -> None:
    assert net("conv(8, 3)", shape=shape).layers[-1].output == output


# ---- names and positions -------------------------------------------------------------------------


def test_unnamed_steps_are_called_by_their_position_among_all_steps() -> None:
    assert paths("conv1: conv(8, 3) -> relu -> conv2: conv(8, 3)\nrelu") == ["conv1", "1", "conv2", "3"]


def test_a_named_group_is_a_scope_and_a_group_without_a_name_a_bracket() -> None:
    assert paths("features: { conv(64, 3) -> relu }") == ["features.0", "features.1"]
    assert paths("{ conv(64, 3) -> relu } -> { gelu }") == ["0", "1", "2"]


def test_a_block_call_is_a_scope_named_or_not() -> None:
    before = "block b(n=1) { conv(8, 1) -> last: relu }"
    assert paths("b -> gelu -> stem: b", before) == ["0.0", "0.last", "1", "stem.0", "stem.last"]


def test_scopes_nest() -> None:
    body = "a: { b: { conv(8, 1) -> { relu } -> c: gelu } -> silu }"
    assert paths(body) == ["a.b.0", "a.b.1", "a.b.c", "a.1"]
    assert [s.path for s in net(body)._graph.scopes.values()] == ["", "a", "a.b"]


def test_repeats_have_weights_of_their_own_and_positions() -> None:
    assert paths("conv(3, 1) * 3") == ["0", "1", "2"]
    assert paths("stage: conv(3, 1) * 2 -> relu") == ["stage.0", "stage.1", "1"]
    assert paths("{ conv(3, 1) -> relu } * 2") == ["0.0", "0.1", "1.0", "1.1"]
    assert paths("s: { conv(3, 1) -> relu } * 2") == ["s.0.0", "s.0.1", "s.1.0", "s.1.1"]
    built = net("conv(3, 1) * 3")
    assert built.parameters == 3 * 12


def test_a_block_repeated_between_others_goes_on_counting() -> None:
    before = "block unit(width, stride=1) { conv(width, 3, stride=stride, padding=1) }"
    assert paths("layer1: { unit(8, stride=2) -> unit(8) * 2 }", before) == [
        "layer1.0.0",
        "layer1.1.0",
        "layer1.2.0",
    ]


def test_copies_of_one_repeat_share_its_number() -> None:
    scopes = net("b -> b * 2 -> b * 2", "block b { relu }")._graph.scopes
    repeats = [scopes[str(i)].repeat for i in range(5)]
    assert repeats[0] is None
    assert repeats[1] == repeats[2] != repeats[3] == repeats[4]
    assert None not in repeats[1:]


def test_repeating_no_times_passes_the_value_on() -> None:
    assert paths("conv(8, 1) * n -> relu", "let n = 0") == ["0"]
    assert wrong("relu -> gelu * (0 - 1)") == ["E205"]


def test_conditions_and_loops_take_no_position() -> None:
    assert paths("for i in 0..2 { conv(3, 1) }\nif true { relu }\ngelu") == ["0", "1", "2", "3"]


def test_identity_passes_on_and_a_named_one_is_a_layer() -> None:
    assert paths("relu -> identity -> gelu") == ["0", "2"]
    assert paths("relu -> here: identity -> gelu") == ["0", "here", "2"]
    assert paths("relu -> here: { identity } -> gelu") == ["0", "here", "2"]
    assert paths("relu -> b -> gelu", "block b { identity }") == ["0", "2"]
    assert "1" not in net("relu -> b -> gelu", "block b { identity }")._graph.scopes


def test_quoted_names_carry_dots_digits_and_variables() -> None:
    assert paths('"a.b": relu -> "7": gelu') == ["a.b", "7"]
    assert paths('for i in 1..3 { "conv{i}_{ name }": conv(3, 1) }', 'let name = "x"') == [
        "conv1_x",
        "conv2_x",
    ]
    assert net('"a.b.c": relu')._graph.scopes.keys() == {"", "a", "a.b"}


@pytest.mark.parametrize(
    "body",
    [
        "a: relu -> a: gelu",
        "a: relu -> a: { gelu }",
        '"1": relu -> gelu',
        'a: { relu } -> "a.0": gelu',
        'a: relu -> "a.b": gelu',
        '"a.b": relu -> a: gelu',
        "image: relu",
    ],
)
def test_a_name_is_given_once(body: str) -> None:
    assert wrong(body) == ["E206"]


@pytest.mark.parametrize(
    "name", ["forward", "training", "__class__", "state_dict", "__dict__", "named_modules"]
)
def test_names_of_module_attributes_are_refused(name: str) -> None:
    assert wrong(f"{name}: relu") == ["E219"]
    assert wrong(f'"a.{name}.b": relu') == ["E219"]


@pytest.mark.parametrize(
    "label", ["a b", "", ".", "a.", ".a", "a..b", "ä", "a/b", "../a", "a+b", "a\\nb", 'a\\"b', "{i}", "<b>"]
)
def test_quoted_names_that_are_none(label: str) -> None:
    assert wrong(f'"{label}": relu') in (["E219"], ["E201"])


@pytest.mark.parametrize(
    "name", ["class", "import", "lambda", "None", "self", "nn", "torch", "_", "x", "def"]
)
def test_other_words_of_python_are_names(name: str) -> None:
    assert paths(f"{name}: relu -> gelu -> add({name})") == [name, "1", "2"]


@pytest.mark.parametrize("name", ["input", "residual", "if", "net", "true", "in", "skip", "columns"])
def test_words_of_the_language_can_name_a_step(name: str) -> None:
    assert paths(f"{name}: relu") == [name]


# ---- reuse ---------------------------------------------------------------------------------------


def test_reuse_runs_a_layer_once_more() -> None:
    built = net("a: conv(3, 3, padding=1) -> relu -> reuse(a) -> gelu -> reuse(a)")
    assert reads(built) == {"a": ["input:image"], "1": ["a"], "a@2": ["1"], "3": ["a@2"], "a@3": ["3"]}
    again = by_path(built)["a@2"]
    assert again.path == "a"
    assert again.reuses
    assert again.weights == {}
    assert built.parameters == 84
    assert built.macs == 3 * by_path(built)["a"].macs


def test_reuse_runs_a_block_once_more() -> None:
    built = net("a: b -> reuse(a)", "block b { conv(3, 1) -> residual { relu } }")
    assert [layer.id for layer in built.layers] == [
        "input:image",
        *("a.0", "a.1", "a.2"),
        *("a.0@2", "a.1@2", "a.2@2"),
    ]
    assert reads(built)["a.2@2"] == ["a.1@2", "~a.0@2"]


def test_reuse_by_a_dotted_name_from_another_scope() -> None:
    built = net('a: { b: conv(3, 1) }\nc: { reuse(a.b) -> reuse("a.b") }')
    assert [layer.id for layer in built.layers[1:]] == ["a.b", "a.b@2", "a.b@3"]


def test_reuse_takes_the_arguments_and_variables_of_the_first_time() -> None:
    built = net('for i in 1..3 { "c{i}": conv(3, 1, padding=i) -> relu }\nreuse(c1)')
    assert by_path(built)["c1@2"].args["padding"] == 1


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("reuse(a)", ["E201"]),
        ("a: conv(8, 3) -> reuse(b)", ["E201"]),
        ("a: conv(8, 3) -> reuse(a)", ["E213"]),
        ("a: linear(8) -> flatten -> reuse(a)", ["E213"]),
        ("a: batchnorm -> flatten(2) -> reuse(a)", ["E213"]),
        ("a: { reuse(a) }", ["E201"]),
        ("relu -> reuse(image)", ["E213"]),
        ("relu -> reuse()", ["E203"]),
        ("relu -> reuse(1)", ["E203"]),
        (
            "if channels == 3 { a: { if height > 20 { relu } else { gelu } } }\nmaxpool(2) -> reuse(a)",
            ["E213"],
        ),
    ],
)
def test_reuse_that_does_not_fit(body: str, codes: list[str]) -> None:
    assert wrong(body) == codes


# ---- defaults ------------------------------------------------------------------------------------


def test_defaults_hold_from_where_they_stand_in_their_braces() -> None:
    body = """
      a: conv(3, 1)
      b: {
        default conv(bias=false)
        first: conv(3, 1) -> second: conv(3, 1, bias=true)
        default conv(bias=true)
        third: conv(3, 1)
      }
      c: conv(3, 1)
    """
    bias = {path: layer.args["bias"] for path, layer in by_path(net(body)).items() if "bias" in layer.args}
    assert bias == {"a": True, "b.first": False, "b.second": True, "b.third": True, "c": True}


def test_defaults_of_file_net_and_block_and_the_later_one_wins() -> None:
    text = """
      default conv(bias=false, padding=1)
      block b { default conv(padding=2)
        conv(3, 1) }
      default conv(stride=2)
    """
    layers = by_path(net("default conv(padding=3)\nb -> conv(3, 1)", text))
    first, second = layers["0.0"].args, layers["1"].args
    assert (first["bias"], first["padding"], first["stride"]) == (False, 2, 1)
    assert (second["bias"], second["padding"], second["stride"]) == (False, 3, 2)


def test_defaults_are_lexical_and_do_not_reach_into_blocks() -> None:
    layers = by_path(net("default conv(bias=false)\nb -> conv(3, 1)", "block b { conv(3, 1) }"))
    assert layers["0.0"].args["bias"] is True
    assert layers["1"].args["bias"] is False


def test_a_default_fills_required_arguments_too() -> None:
    assert by_path(net("default conv(kernel_size=5)\nconv(8)"))["0"].args["kernel_size"] == 5


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("default conv(8)", "E202"),
        ("default conv(colour=1)", "E202"),
        ("default block_of_mine(a=1)", "E201"),
        ("default conv(padding=-1)\nconv(8, 3)", "E205"),
    ],
)
def test_wrong_defaults(line: str, code: str) -> None:
    assert wrong(f"{line}\nrelu") == [code]
