"""Values: parameters, expressions, shapes, operations as values, inputs and outputs, variants, recursion."""

from __future__ import annotations

import pytest

from netcompiler import SpecError, loads, nets
from tests.language.nets import found, net, operations, paths, wrong


def value(expression: str, before: str = "", **parameters: object) -> object:
    """What an expression gives, as the size of a linear layer or the argument of a label."""
    built = loads(
        f"{before}\nnet n{_head(parameters)} {{\n input x [5, 7, 9]\n pad([{expression}, 0])\n}}",
        **parameters,
    )
    return built.layers[-1].args["padding"][0]


def _head(parameters: dict[str, object]) -> str:
    return f"({', '.join(parameters)})" if parameters else ""


# ---- expressions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("7 // 2", 3),
        ("7 % 4", 3),
        ("2 ** 3 ** 2", 512),
        ("2 - 3 - -4", 3),
        ("-2 ** 2 + 5", 1),
        ("+3", 3),
        ("[1, 2, 3][1]", 2),
        ("[1, 2, 3][-1]", 3),
        ("([1] + [2, 3])[2]", 3),
        ("([1, 2] * 2)[3]", 2),
        ("(3..9)[2]", 5),
        ("[[1, 2], [3, 4],][1][0]", 3),
        ("1 if 2 > 1 else 0", 1),
        ("1 if 2 < 1 else 2 if 1 == 2 else 3", 3),
        ("1 if 1 <= 1 and 2 >= 2 and 1 != 2 else 0", 1),
        ("1 if not true or false else 0", 0),
        ("1 if none == none else 0", 1),
        ("1 if [1, 2] == [1, 2] else 0", 1),
        ('1 if "a" + "b" == "ab" else 0', 1),
        ("1 if true != 1 else 0", 1),
        ("1 if relu == relu else 0", 1),
        ("1 if relu == gelu else 0", 0),
        ("min(3, 2, 5)", 2),
        ("max([3, 2, 5])", 5),
        ("sum([1, 2, 3])", 6),
        ("sum(0..5)", 10),
        ("len([1, 2, 3])", 3),
        ("abs(-3)", 3),
        ("floor(2.7)", 2),
        ("ceil(2.1)", 3),
        ("round(2.5)", 3),
        ("round(3.5)", 4),
        ("round(7 / 2)", 4),
        ("floor(1e2)", 100),
        ("channels", 5),
        ("height", 7),
        ("width", 9),
        ("features", 9),
        ("shape[1]", 7),
        ("len(shape)", 3),
        ("x.height", 7),
        ("x.shape[2]", 9),
    ],
)
def test_expressions(expression: str, expected: int) -> None:
    assert value(expression) == expected


def test_conditions_and_logic_look_no_further_than_they_need() -> None:
    assert value("1 if true or 1 // 0 > 1 else 0") == 1
    assert value("1 if false and 1 // 0 > 1 else 0") == 0
    assert value("1 if true else 1 // 0") == 1


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("a", "E201"),
        ("true + 1", "E208"),
        ('"a" * 2', "E208"),
        ("-true", "E208"),
        ("[1] < [2]", "E208"),
        ("1 // 0", "E209"),
        ("1 % 0", "E209"),
        ("0 ** -1", "E209"),
        ("(-8) ** 0.5", "E209"),
        ("1e999", "E209"),
        ("[1, 2][2]", "E209"),
        ("[1][-2]", "E209"),
        ("3[0]", "E218"),
        ("[1][true]", "E218"),
        ("[1][0.5]", "E218"),
        ("1 if 1 else 2", "E218"),
        ("not 1", "E218"),
        ("0..1.5", "E218"),
        ("3(4)", "E218"),
        ('"a".channels', "E218"),
        ("x.depth", "E201"),
        ("min()", "E208"),
        ("min(1)", "E208"),
        ("min([])", "E208"),
        ("max([1], [2])", "E208"),
        ("sum(1, 2)", "E208"),
        ("len(3)", "E208"),
        ("abs(true)", "E208"),
        ("round(1.234, 2)", "E208"),
        ("floor(x=1)", "E208"),
        ("in", "E214"),
        ("False", "E201"),
    ],
)
def test_expressions_that_have_no_value(expression: str, code: str) -> None:
    assert wrong(f"pad([{expression}, 0])") == [code]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("f(3)", 4),
        ("f(f(3))", 5),
        ("g(2)", 12),
        ("g(2, by=5)", 10),
        ("g(x=2, by=5)", 10),
        ("sum([f(i) for i in 0..4])", 10),
        ("len([[i, j] for i in [1, 2]])", 2),
        ("sum([sum([i * j for j in 0..3]) for i in [1, 2]])", 9),
        ("len([i for i in []])", 0),
        ("len(unique([1, 1, 2, 1]))", 2),
        ("count([1, 1, 2, 1], 1)", 3),
        ("count([true, 1], 1)", 1),
        ("len(unique([true, 1]))", 2),
        ("round(sqrt(49))", 7),
        ("round(log(8) / log(2))", 3),
    ],
)
def test_functions_of_the_spec_and_lists_by_a_rule(expression: str, expected: int) -> None:
    before = "let j = 7\nlet f(x) = x + 1\nlet g(x, by=f(5)) = x * by"
    assert value(expression, before) == expected


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("f()", "E203"),
        ("f(1, 2)", "E202"),
        ("f(1, y=1)", "E202"),
        ("f(1, x=2)", "E206"),
        ("f", "E205"),
        ("f(true)", "E208"),
        ("endless(1)", "E207"),
        ("[i for i in 3][0]", "E218"),
        ("[i for j in [1]][0]", "E201"),
        ("sqrt(-1)", "E208"),
        ("log(0)", "E208"),
        ("count(1, 1)", "E208"),
        ("unique(1)", "E208"),
    ],
)
def test_functions_of_the_spec_used_wrongly(expression: str, code: str) -> None:
    before = "let f(x) = x + 1\nlet endless(x) = other(x)\nlet other(x) = endless(x)"
    text = f"{before}\nnet n {{\n input x [5, 7, 9]\n pad([{expression}, 0])\n}}"
    assert found(text) == [code]


def test_a_function_sees_the_names_of_its_own_place() -> None:
    built = loads("""
        let base = 8
        let width(x) = base * x
        block unit(base) { conv(width(base), 1) }
        net n {
          input image [3, 8, 8]
          let half(x) = x // 2
          unit(2)
          conv(half(channels), 1)
        }
    """)
    assert [layer.output[0] for layer in built.layers] == [3, 16, 8]


def test_let_is_lexical_and_set_once_in_its_braces() -> None:
    body = "let w = 4\n{\n let w = w + 1\n conv(w, 1)\n}\nconv(w, 1)"
    assert [layer.output[0] for layer in net(body, "let w = 3").layers[1:]] == [5, 4]
    assert wrong("let w = 4\nlet w = 5\nconv(w, 1)") == ["E206"]
    assert wrong("{ let w = 4 }\nconv(w, 1)") == ["E201"]
    assert found("let w = 1\nlet w = 2\nnet n {\n input x [3]\n relu\n}") == ["E206"]


def test_blocks_see_their_files_variables_not_their_callers() -> None:
    assert net("b", "let w = 4\nblock b { conv(w, 1) }").layers[-1].output[0] == 4
    assert wrong("let w = 4\nb", "block b { conv(w, 1) }") == ["E201"]


# ---- if and for ----------------------------------------------------------------------------------


def test_if_else_chains() -> None:
    text = "if n == 1 { relu } else if n == 2 { gelu } else { silu }"
    assert [operations(text, f"let n = {n}") for n in (1, 2, 3)] == [["relu"], ["gelu"], ["silu"]]
    assert operations("if n > 1 { relu }\ngelu", "let n = 1") == ["gelu"]
    assert operations("if n > 1 {\nrelu\n}\n\nelse\n{ gelu }", "let n = 1") == ["gelu"]


def test_for_goes_through_ranges_and_lists() -> None:
    assert [x.output[0] for x in net("for w in [4, 8, 2] { conv(w, 1) }").layers[1:]] == [4, 8, 2]
    assert [x.output[0] for x in net("for i in 1..4 { conv(i, 1) }").layers[1:]] == [1, 2, 3]
    assert operations("for i in 3..1 { relu }\ngelu") == ["gelu"]
    assert operations("for i in [] { relu }\ngelu") == ["gelu"]
    assert operations("for f in [relu, gelu] { f }") == ["relu", "gelu"]


# ---- parameters ----------------------------------------------------------------------------------


def test_parameters_by_position_name_and_default() -> None:
    before = "block b(w, k=1, s=k) { conv(w, k, stride=s) }"
    layers = net("b(4) -> b(4, 3) -> b(k=3, w=4, s=1) -> b(4, s=2)", before).layers[1:]
    shown = [(x.args["out_channels"], x.args["kernel_size"], x.args["stride"]) for x in layers]
    assert shown == [(4, 1, 1), (4, 3, 3), (4, 3, 1), (4, 1, 2)]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("b", "E203"),
        ("b(1, 2)", "E202"),
        ("b(1, v=2)", "E202"),
        ("b(w=1, w=2)", "E206"),
        ("b(1, w=2)", "E206"),
    ],
)
def test_arguments_that_do_not_fit(call: str, code: str) -> None:
    assert wrong(call, "block b(w) { conv(w, 1) }") == [code]


def test_parameters_of_a_net_from_python() -> None:
    text = (
        "net n(unit, widths=[8], act=relu, deep=false) {\n input x [3, 8, 8]\n"
        " for w in widths { unit(w) -> act }\n if deep { gelu }\n}\nblock b(w) { conv(w, 1) }"
    )
    built = loads(text, unit="b", widths=[4, 5], act="silu", deep=True)
    assert [x.operation.name for x in built.layers] == ["input", "conv", "silu", "conv", "silu", "gelu"]
    with pytest.raises(SpecError, match=r"E216.*`unit`"):
        loads(text)
    with pytest.raises(SpecError, match="no operation or block is called that"):
        loads(text, unit="bb")
    with pytest.raises(SpecError, match=r"E202.*`depp`[\s\S]*`deep`"):
        loads(text, unit="b", depp=True)


def test_parameters_may_have_the_names_of_our_own_arguments() -> None:
    head = "net n(file, text, source, self)"
    text = head + " {\n input x [3]\n linear(file + text + source + self)\n}"
    built = loads(text, "n", file=2, text=3, source=4, self=6)
    assert built.layers[-1].output == (15,)


# ---- operations and blocks as values -------------------------------------------------------------


def test_operations_and_blocks_are_arguments() -> None:
    before = "block b(act=relu) { conv(3, 1) -> act }\nblock c(unit) { unit -> unit(gelu) }"
    assert operations("b -> b(silu) -> c(b) -> c(unit=b)", before) == [
        *("conv", "relu", "conv", "silu"),
        *("conv", "relu", "conv", "gelu") * 2,
    ]


def test_partial_calls_keep_their_arguments() -> None:
    before = "block unit(width, stride=1, bias=true) { conv(width, 3, stride=stride, bias=bias) }\n"
    before += "block s(u) { u(4) -> u(5, stride=1) }"
    layers = net("s(unit(stride=2, bias=false)) -> s(conv(kernel_size=1))", before).layers[1:]
    shown = [(x.args["out_channels"], x.args["stride"], x.args["bias"]) for x in layers]
    assert shown == [(4, 2, False), (5, 1, False), (4, 1, True), (5, 1, True)]


def test_lists_of_blocks_are_called_by_index() -> None:
    assert operations("units[1] -> units[0]()", "let units = [relu, leaky_relu(0.3)]") == [
        "leaky_relu",
        "relu",
    ]


def test_a_variable_hides_an_operation_unless_it_is_data() -> None:
    assert operations("b(gelu)", "block b(relu) { relu }") == ["gelu"]
    assert operations("b(3)", "block b(pad) { pad([pad, 0]) }") == ["pad"]


# ---- shapes --------------------------------------------------------------------------------------


def test_shape_names_are_the_current_values() -> None:
    body = (
        "conv(2 * channels, 3) -> conv(channels + 1, 3)\nadaptive_avgpool(1) -> flatten\nlinear(2 * features)"
    )
    assert [x.output for x in net(body).layers[1:]] == [(6, 30, 30), (7, 28, 28), (7, 1, 1), (7,), (14,)]


def test_in_is_the_blocks_input() -> None:
    body = "conv(8, 1) -> b"
    before = "block b { conv(4, 1) -> conv(in.channels, 1) -> add(in) }"
    assert net(body, before).layers[-1].output == (8, 32, 32)
    before = "block b { s: { conv(4, 1) -> { conv(in.channels, 1) } } }"
    assert net(body, before).layers[-1].output == (8, 32, 32)


def test_shapes_of_named_values() -> None:
    body = "a: { b: conv(8, 3, stride=2) }\nlinear(2)\nconv(a.b.channels, 1, padding=a.b.height - a.width)"
    assert net(body).layers[-1].output == (8, 15, 2)


def test_expect_asserts_and_costs_nothing() -> None:
    assert paths("conv(8, 1) -> expect([8, 32, 32]) -> relu -> expect(shape)") == ["0", "1"]
    assert paths("relu -> here: expect(shape) -> gelu -> add(here)") == ["0", "here", "2", "3"]
    assert wrong("expect([3, 32, 31])") == ["E212"]
    assert wrong("relu -> expect([3, 32])") == ["E212"]
    assert wrong("relu -> expect(3)") == ["E205"]
    assert wrong("relu -> expect(3, 32, 32)") == ["E203"]
    assert wrong("relu -> expect") == ["E203"]


# ---- inputs and outputs --------------------------------------------------------------------------


def test_several_inputs_and_outputs() -> None:
    built = loads(
        "net n {\n input left [3, 8, 8]\n input right [1, 8, 8]\n a: conv(4, 1)\n"
        " from left -> concat(a) -> b: relu\n output b\n output a\n}"
    )
    assert [x.path for x in built.inputs] == ["left", "right"]
    assert [(o.name, o.layer, o.shape) for o in built.outputs] == [
        ("b", "b", (7, 8, 8)),
        ("a", "a", (4, 8, 8)),
    ]


def test_the_last_value_is_the_output_without_output_lines() -> None:
    (output,) = net("conv(8, 1) -> relu").outputs
    assert (output.name, output.layer, output.training_only) == ("output", "1", False)


def test_outputs_in_training_only() -> None:
    built = net("a: conv(4, 1)\noutput a if training\nrelu")
    assert [(o.name, o.training_only) for o in built.outputs] == [("output", False), ("a", True)]
    assert wrong("a: relu\noutput a if evaluating") == ["E215"]


def test_inputs_and_outputs_that_are_none() -> None:
    assert wrong("output image\nrelu") == ["E301"]
    assert wrong("a: relu\noutput a\noutput a") == ["E206"]
    assert wrong("a: relu\noutput b") == ["E201"]
    assert found("net n {\n input x [3]\n input x [3]\n relu\n}") == ["E206"]
    assert found("net n {\n relu\n}") == ["E214"]
    assert found("net n {\n}") == ["E306"]
    assert found("net n {\n input x [3]\n}") == ["E306"]
    assert found("block b {\n input x [3]\n}\nnet n {\n input x [3]\n relu -> b\n}") == ["E215"]
    for shape in ("[]", "[0]", "[-3, 4]", "[1.5]", "[true]", '["a"]', "[[3]]"):
        assert found(f"net n {{\n input x {shape}\n relu\n}}") == ["E205"], shape


def test_unused_layers_and_inputs_are_errors() -> None:
    assert wrong("a: conv(8, 3)\nfrom image -> relu") == ["E301"]
    assert wrong("a: conv(8, 3) -> relu -> gelu\nfrom image -> relu") == ["E301"]
    assert found("net n {\n input x [3]\n input y [3]\n relu\n}") == ["E302"]


def test_loading_with_other_input_shapes() -> None:
    text = "net n {\n input x [3, 8, 8]\n conv(4, 3)\n}"
    assert loads(text, inputs=[1, 5, 5]).layers[-1].output == (4, 3, 3)
    assert loads(text, inputs={"x": (1, 5, 5)}).layers[-1].output == (4, 3, 3)
    with pytest.raises(SpecError, match="E211"):
        loads(text, inputs=[1, 2, 2])
    with pytest.raises(SpecError, match="has no input `y`"):
        loads(text, inputs={"y": [1, 5, 5]})
    variant = text + "\nnet m = n"
    assert loads(variant, "m", inputs=[1, 5, 5]).layers[-1].output == (4, 3, 3)


@pytest.mark.parametrize(
    "shape", [[0, 5, 5], [3, -1, 5], [True, 5, 5], ["3", 5, 5], [], [1.5, 5, 5], "abc", 7]
)
def test_input_shapes_that_are_none(shape: object) -> None:
    with pytest.raises(SpecError, match="E205"):
        loads("net n {\n input x [3, 8, 8]\n relu\n}", inputs=shape)
    with pytest.raises(SpecError, match="E205"):
        loads("net n {\n input x [3, 8, 8]\n relu\n}", inputs={"x": shape})


# ---- variants and nets as blocks -----------------------------------------------------------------


def test_variants_set_parameters_and_keep_the_others() -> None:
    text = "net a(w, k=1, classes=10) {\n input x [3, 8, 8]\n conv(w, k) -> flatten -> linear(classes)\n}\n"
    text += "net b = a(4)\nnet c(k=3) = a(4, k)\nnet d = c(5)\n"
    assert loads(text, "b").layers[1].output == (4, 8, 8)
    assert loads(text, "b", classes=7).layers[-1].output == (7,)
    assert loads(text, "c").layers[1].output == (4, 6, 6)
    assert loads(text, "c", k=1, classes=2).layers[1].output == (4, 8, 8)
    assert loads(text, "d").layers[1].output == (4, 4, 4)
    assert loads(text, "d").name == "d"
    with pytest.raises(SpecError, match="E202"):
        loads(text, "b", w=5)


def test_a_net_used_as_a_block() -> None:
    text = (
        "net tail(w=2) {\n input x [3, 8, 8]\n a: linear(w)\n b: relu\n output b\n output a if training\n}\n"
    )
    text += "net n {\n input y [1, 1, 4]\n linear(8) -> tail(5) -> gelu -> second: tail\n}"
    built = loads(text, "n")
    assert [x.path for x in built.layers] == ["y", "0", "1.a", "1.b", "2", "second.a", "second.b"]
    assert built.layers[-1].output == (1, 1, 2)
    with pytest.raises(SpecError, match="E210"):
        loads(text.replace("[1, 1, 4]", "[4]").replace("linear(8) ->", ""), "n")
    with pytest.raises(SpecError, match="E215"):
        loads(text.replace(" if training", ""), "n")
    two = text.replace("input x [3, 8, 8]", "input x [3, 8, 8]\n input z [3]")
    with pytest.raises(SpecError, match="E215"):
        loads(two, "n")


@pytest.mark.parametrize(
    "text",
    [
        "block a { relu -> a }",
        "block a { b }\nblock b { relu -> c }\nblock c { a }",
        "block a(u) { u(a) }\nblock b(v) { v(b) }\nnet m {\n input x [3]\n a(b)\n}",
        "net a = a",
        "net a = b\nnet b = a",
        "net m {\n input x [3]\n k\n}\nnet k = m",
    ],
)
def test_recursion_is_an_error(text: str) -> None:
    assert "E207" in found(text + "\nnet n {\n input x [3]\n a\n}".replace("a\n}", "relu\n}"))


def test_every_block_is_looked_through_even_if_nothing_calls_it() -> None:
    assert found("block b(n) { conv(n, 1) -> rellu }\nnet n {\n input x [3]\n relu\n}") == ["E201"]
    assert found("block b(n) { conv(n, 3, colour=n) }") == ["E202"]
    assert found("block b(n) { if n > 1 { rellu } else { gellu }\n for i in n { conv(i, 3, bias=0) } }") == [
        *("E201", "E201", "E205"),
    ]
    assert found("block b(n) { add {\n if n { relu }\n for i in n { gelu }\n} }") == []
    assert found("net n(w) {\n input x [3]\n linear(w) -> rellu\n}") == ["E201"]


def test_all_errors_of_a_file_at_once() -> None:
    text = (
        "block a { rellu -> conv(3, 1) }\nblock a { relu }\n"
        "net n {\n input x [3, 8, 8]\n a -> conv(2, 99)\n conv(y, 1)\n}\nnet m {\n input x [3]\n linear\n}"
    )
    assert found(text) == ["E201", "E206", "E201", "E203"]


def test_nets_lists_what_a_file_has(tmp_path) -> None:
    file = tmp_path / "a.net"
    file.write_text(
        "net n(unit, w=2 + 3, act=relu) {\n input x [3]\n linear(w) -> act -> unit\n}\nnet m = n(gelu)\n"
    )
    infos = {info.name: info for info in nets(file)}
    assert list(infos) == ["n", "m"]
    assert not infos["n"].loadable
    assert infos["m"].loadable
    assert infos["m"].parameters["w"] == 5
    assert repr(infos["n"].parameters["unit"]) == "REQUIRED"
