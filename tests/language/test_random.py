"""Generated specs and damaged ones: a graph or diagnostics, nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netcompiler import SpecError, loads, pipeline
from netcompiler.diagnostics import CODES, Diagnostic
from netcompiler.limits import Limits
from netcompiler.read import from_bytes
from netcompiler.source import Source
from tests.language.test_expand import assert_round_trip

LIMITS = Limits(layers=2000, steps=50_000, list_items=1000, source_bytes=100_000)
QUICK = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
SPECS = [
    p.read_text(encoding="utf-8").replace("(200)", "(2)")
    for p in sorted((Path(__file__).parents[2] / "specs").glob("*.net"))
]


def check(source: Source) -> list[Diagnostic]:
    """What is wrong with a source; every diagnostic can be shown in every form."""
    found = pipeline.check(source, LIMITS, {})
    for diagnostic in found:
        assert diagnostic.code in CODES
        assert diagnostic.render()
        assert diagnostic.to_json()["code"] == diagnostic.code
        assert diagnostic.to_github().count("\n") == 0
    return found


# ---- whole specs ---------------------------------------------------------------------------------

numbers = st.one_of(st.integers(-2, 12), st.sampled_from([0.5, 1e3, 2**40])).map(str)
names = st.sampled_from(["a", "b", "c", "x", "image", "w", "n", "unit", "relu", "in", "i"])
expressions = st.recursive(
    st.one_of(numbers, names, st.sampled_from(["true", "none", '"same"', "channels", "shape", "a.height"])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "//", "/", "%", "**", "==", "<", "and"]), inner).map(
            " ".join
        ),
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        st.tuples(inner, inner).map(lambda t: f"{t[0]}[{t[1]}]"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        inner.map(lambda e: f"(-{e})"),
    ),
    max_leaves=4,
)
calls = st.one_of(
    st.sampled_from(["relu", "batchnorm", "flatten", "identity", "unit", "unit(3)", "exchange", "gather"]),
    st.builds("conv({}, {}, padding={})".format, expressions, numbers, numbers),
    st.builds("linear({})".format, expressions),
    st.builds("maxpool({})".format, numbers),
    st.builds("add({})".format, names),
    st.builds("concat({}, {})".format, names, names),
    st.builds("reuse({})".format, names),
    st.builds("expect({})".format, expressions),
)


def body(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner, max_size=3).map(lambda lines: "{\n" + "\n".join(lines) + "\n}")


lines = st.recursive(
    st.one_of(
        calls,
        st.builds("{}: {}".format, names, calls),
        st.builds("{} -> {}".format, calls, calls),
        st.builds("from {} -> {}".format, names, calls),
        st.builds("{} * {}".format, calls, numbers),
        st.builds("let {} = {}".format, names, expressions),
        st.builds("default conv(padding={})".format, numbers),
        st.builds("output {}".format, names),
        st.builds("output {} if training".format, names),
    ),
    lambda inner: st.one_of(
        body(inner),
        st.builds("{}: {}".format, names, body(inner)),
        st.builds("residual {}".format, body(inner)),
        st.builds("residual {} skip {}".format, body(inner), calls),
        st.builds("{} {}".format, st.sampled_from(["add", "concat", "a: multiply"]), body(inner)),
        st.builds("if {} {} else {}".format, expressions, body(inner), body(inner)),
        st.builds("for i in {} {}".format, expressions, body(inner)),
        st.builds("on g {}".format, body(inner)),
        st.builds("columns g, h {}".format, body(inner)),
    ),
    max_leaves=6,
)
specs = st.builds(
    "{}net m(w=2, n=1) {{\n{}input image [4, 8, 8]\n{}\n}}\nblock unit(w=4) {}\n{}".format,
    st.sampled_from(["", "let n = 2\n", "default conv(bias=false)\n"]),
    st.sampled_from(["", "group g, h\n"]),
    st.lists(lines, max_size=5).map("\n".join),
    body(lines),
    st.sampled_from(["", "net k = m(3)\n", "net k = m(q=3)\n"]),
)


@given(specs)
@QUICK
def test_random_specs_give_a_graph_or_diagnostics(text: str) -> None:
    found = check(Source("a.net", text))
    if any(d.severity == "error" for d in found):
        return
    assert_round_trip(loads(text, "m"))


# Steps that fit any image, so that most of these are right.
fitting = st.recursive(
    st.sampled_from(
        ["relu", "batchnorm", "conv(channels, 3, padding=1)", "identity", "unit", "conv(4, 1)", "gelu * 2"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(" -> ".join),
        inner.map("{{ {} }}".format),
        inner.map("residual {{ {} -> conv(in_channels, 1) }}".replace("in_channels", "4").format),
        st.lists(inner, min_size=2, max_size=3).map(
            lambda xs: "concat {\n" + "\n".join(xs) + "\n} -> conv(4, 1)"
        ),
        st.tuples(inner, inner).map(lambda t: f"if channels > 3 {{ {t[0]} }} else {{ {t[1]} }}"),
    ),
    max_leaves=5,
)


@given(st.lists(fitting, min_size=1, max_size=6), st.booleans(), st.booleans())
@QUICK
def test_random_nets_keep_their_graph_when_expanded(steps: list[str], named: bool, grouped: bool) -> None:
    steps = ["conv(4, 1)", *steps]
    if named:
        steps = [f"s{i}: {{ {step} -> conv(4, 1) }}" for i, step in enumerate(steps)]
        steps += ["reuse(s1)", "add(s0)", "concat(image, s1, s0)"]
    text = "\n".join(steps) + "\nrelu"
    if grouped:
        text = f"columns g, h {{\n{text}\nexchange -> conv(2, 1)\n}}\non h {{ gather }}"
    head = "block unit { conv(4, 1) -> relu }\nnet m {\n"
    head += "  group g, h\n" if grouped else ""
    assert_round_trip(loads(f"{head}  input image [4, 6, 6]\n{text}\n}}", "m"))


# ---- damage --------------------------------------------------------------------------------------


@given(st.binary(max_size=300))
@QUICK
def test_any_bytes(data: bytes) -> None:
    try:
        source = from_bytes(data, "a.net", LIMITS)
    except SpecError:
        return
    check(source)


@given(st.text(alphabet='net blockifors{}()[],:=->*."\n #0123456789x+/%<!\\', max_size=120))
@QUICK
def test_any_text_of_the_languages_characters(text: str) -> None:
    check(Source("a.net", text))


words = [
    *(
        "net",
        "block",
        "use",
        "default",
        "let",
        "input",
        "output",
        "group",
        "on",
        "columns",
        "residual",
        "skip",
    ),
    *("from", "for", "in", "if", "else", "reuse", "add", "a", "n", "3", "0.5", '"', '"a"', "->", "**", ".."),
    *"()[]{},:=*+-.\n\n\n",
]
tokens = st.lists(st.sampled_from(words), max_size=40)


@given(tokens)
@QUICK
def test_any_tokens(chosen: list[str]) -> None:
    check(Source("a.net", " ".join(chosen)))
    check(Source("a.net", "net n {\n input x [3]\n" + " ".join(chosen) + "\n}"))


@given(st.sampled_from(SPECS), st.data())
@settings(QUICK, max_examples=100)
def test_damaged_reference_specs(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    inserted = data.draw(st.one_of(st.just(""), st.text(max_size=3), st.sampled_from(list('{}()[]:=,*\n"0'))))
    if data.draw(st.booleans()):
        other = data.draw(st.integers(0, len(text)))
        inserted += text[other : other + 15]
    check(Source("a.net", text[:start] + inserted + text[end:]))


@pytest.mark.parametrize("text", SPECS, ids=lambda t: t[:20])
def test_reference_specs_cut_off_anywhere(text: str) -> None:
    for end in range(0, len(text), 37):
        check(Source("a.net", text[:end]))
