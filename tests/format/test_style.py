"""What the form looks like, piece by piece."""

from __future__ import annotations

import time
from textwrap import dedent

import pytest

from netcompiler import pipeline
from netcompiler.diagnostics import SpecError
from netcompiler.format import format_source
from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.source import Source

LONG = "a_name_of_forty_characters_and_no_fewer_"


def formatted(text: str) -> str:
    return format_source(Source("a.net", text))


def in_net(text: str) -> str:
    """Statements in their form."""
    result = formatted("net a {\n" + text + "\n}\n")
    assert result.startswith("net a {\n")
    return dedent(result.removeprefix("net a {\n").removesuffix("}\n"))


def lines(text: str) -> str:
    return dedent(text).lstrip("\n")


@pytest.mark.parametrize(
    ("careless", "formed"),
    [
        ("a:conv( 3 ,k = - 1 )", "a: conv(3, k=-1)"),
        ("let a=-b**-2<3 and not(c)", "let a = -b ** -2 < 3 and not (c)"),
        ("let a = [ ] + [ 1 ,2, ]", "let a = [] + [1, 2]"),
        ("let f( x,y = 1 )=x [ 0 ] . shape[-1]", "let f(x, y=1) = x[0].shape[-1]"),
        ("let a = 1E-3 if t else-1", "let a = 1e-3 if t else -1"),
        ("for i in -1 .. n-1{relu}", "for i in -1..n - 1 { relu }"),
        ("input x[3]", "input x [3]"),
        ('from "a.b"->relu*( n-1 )', 'from "a.b" -> relu * (n - 1)'),
        ("a:{}", "a: { }"),
        ("group a,b", "group a, b"),
        ("if: relu", "if: relu"),
        ("let x = in.channels-in [0]", "let x = in.channels - in[0]"),
    ],
)
def test_blanks(careless: str, formed: str) -> None:
    assert in_net(careless) == f"{formed}\n"


def test_lines_of_the_text_that_say_something_stay() -> None:
    text = lines("""
        conv(
          16, 3,
          padding=1,
        )
          -> batchnorm
          -> relu
        if x { identity }
        else { relu }
        block: {
          relu
        }
        f([
          [1, 2], [3],

          [4],
        ], 2)
    """)
    assert in_net(text) == text


def test_other_line_ends_go() -> None:
    assert in_net("a:\nrelu ->\ngelu\nresidual { relu }\nskip gelu\nlet x =\n3\nf(1,\n2)") == lines("""
        a: relu
          -> gelu
        residual { relu } skip gelu
        let x = 3
        f(1, 2)
    """)


def test_chains_break_before_named_steps() -> None:
    text = f"conv1: {LONG}(64, 3) -> {LONG}(1) -> bn1: batchnorm -> relu"
    assert in_net(text) == f"conv1: {LONG}(64, 3) -> {LONG}(1)\n  -> bn1: batchnorm -> relu\n"


def test_one_line_bodies_break_at_else_and_then_in_braces() -> None:
    text = f"if x {{ {LONG} }} else {{ {LONG} -> {LONG} }}"
    assert in_net(text) == f"if x {{ {LONG} }}\nelse {{ {LONG} -> {LONG} }}\n"
    text = f"residual {{ {LONG} -> {LONG} -> relu }} skip {LONG}"
    assert in_net(text) == f"residual {{\n  {LONG} -> {LONG} -> relu\n}} skip {LONG}\n"


def test_brackets_open_the_longest_and_fill_with_words_and_numbers() -> None:
    numbers = ", ".join(map(str, range(100, 140)))
    result = in_net(f"let a = [{numbers}]")
    assert result.startswith("let a = [\n  100, 101, ")
    assert result.endswith(" 139,\n]\n")
    assert result.count("\n") == 4
    assert in_net(f"f({LONG}=1 + 1, b={LONG}, c={LONG})") == lines(f"""
        f(
          {LONG}=1 + 1,
          b={LONG},
          c={LONG},
        )
    """)
    assert in_net(f"let a = [{LONG} + i * 2 for i in {LONG} + {LONG}]") == lines(f"""
        let a = [
          {LONG} + i * 2
          for i in {LONG} + {LONG}
        ]
    """)


def test_the_only_list_is_opened_instead_of_its_call() -> None:
    rows = ", ".join(f"[{LONG}, {i}]" for i in range(3))
    assert formatted(f"net b = a([{rows}], 7, x=2)\n") == lines(f"""
        net b = a([
          [{LONG}, 0],
          [{LONG}, 1],
          [{LONG}, 2],
        ], 7, x=2)
    """)


def test_neighbours_that_are_alike_are_tables() -> None:
    text = lines("""
        conv1: conv(64, 7, stride=2) -> bn1: batchnorm  -> relu
        conv22: conv(64, 7)          -> bn22: batchnorm -> relu
        conv(3)
        linear(100) -> relu
        conv(3) -> relu
        layer1: { unit(64)            -> unit(64)  * (depths[0] - 1) }
        layer2: { unit(128, stride=2) -> unit(128) * (depths[1] - 1) }

        layer3: { unit(2) -> relu }
        # apart
        layer3: { unit(2444) -> relu }
        if a       { relu }
        if a and b { relu }
    """)
    assert in_net(text.replace("  ", " ").replace("  ", " ").replace("  ", " ")) == text


def test_tables_that_get_too_wide_are_none() -> None:
    text = f"conv(1) -> {LONG} -> {LONG}\nconv({LONG}) -> relu\n"
    assert in_net(text) == text


def test_comments_stand_in_one_column_and_stay_with_their_lines() -> None:
    assert in_net(
        "relu# a\n gelu ->   # b\n #c\n relu # d \n#---\nf(x # e\n, y)\nif x {relu} # f\nelse{ # g\n}"
    ) == lines("""
        relu                                           # a
        gelu                                           # b
          # c
          -> relu                                      # d
        #---
        f(
          x,                                           # e
          y,
        )
        if x { relu }                                  # f
        else {                                         # g
        }
    """)


def test_a_comment_goes_above_a_line_that_is_broken() -> None:
    text = f"relu\n\n{LONG} -> {LONG} -> {LONG} # netc: ignore[W101]"
    assert in_net(text) == f"relu\n\n# netc: ignore[W101]\n{LONG} -> {LONG}\n  -> {LONG}\n"


def test_empty_lines_part_definitions_and_never_change_titles() -> None:
    body = " {\n  input x [3]\n  relu\n}\n"
    assert (
        formatted(f"\n\nnet a{body}\n\n\nnet b{body}net c{body}") == f"net a{body}\nnet b{body}\nnet c{body}"
    )
    text = f"# Head.\n\n# Both.\nnet a{body}net b{body}net c = a\n"
    assert formatted(text) == text
    loose = f"net a{body}# Own.\nnet b{body}\nblock c {{\n\n relu\n\n}}\nnet d{body}"
    for one in (text, loose):
        assert titles(formatted(one)) == titles(one)


def titles(text: str) -> list[tuple[str, ...]]:
    analysis = pipeline.analyse(Source("a.net", text), DEFAULT_LIMITS)
    return [pipeline.choose(analysis, name).title for name in "ab"]


def test_text_with_mistakes_has_no_form() -> None:
    with pytest.raises(SpecError):
        formatted("net a {")


@pytest.mark.parametrize(
    "text",
    [
        "net a {\n" + " -> ".join(["relu"] * 8000) + "\n}\n",
        "let a = [" + ", ".join(["1"] * 8000) + "]\n",
        "let a = " + " + ".join(["f(1)"] * 4000) + "\n",
        "net a {\n" + " -> ".join(["{ relu }"] * 5000) + "\n}\n",
        "net a {\n" + "conv(1, 3) -> relu # c\n" * 2500 + "}\n",
        "block a {\n relu\n}\n" * 3000,
    ],
    ids=["chain", "list", "sum", "bodies", "rows", "blocks"],
)
def test_time_is_in_proportion_to_length(text: str) -> None:
    start = time.process_time()
    formatted(text)
    assert time.process_time() - start < 5
