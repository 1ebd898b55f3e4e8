"""Warnings of what a file says: names, defaults, steps that are written to do nothing."""

from __future__ import annotations

import pytest

from tests.lint.warned import found, steps, warned

NET = "net n { input image [8, 8, 8]\n  %s }\n"


@pytest.mark.parametrize(
    ("text", "unused"),
    [
        ("block b(width, stride=1) { conv(width, 3) }\n" + NET % "b(4)", ["stride"]),
        ("block b(width, also=width) { conv(also, 3) }\n" + NET % "b(4)", []),
        ('block b(n) { "conv{n}": conv(4, 3) }\n' + NET % "b(4)", []),
        ('block b(n) { "conv{ n }": conv(4, 3) }\n' + NET % "b(4)", []),
        ("block b(other) { conv(8, 1) -> add(other) }\n" + NET % "b(image)", []),
        ("block b(other) { from other -> conv(8, 1) }\n" + NET % "b(image)", []),
        ("block b(act) { act }\n" + NET % "b(relu)", []),
        ("block b(kernels) { conv(4, kernels[0]) }\n" + NET % "b([3])", []),
        ("block b(n) { relu }\nblock c(unit) { unit(1) }\n" + NET % "c(b)", []),
        ("block b(n, m=1) { relu }\nblock c(unit) { unit(1) }\n" + NET % "c(b(m=2))", []),
        ("block b(n) { relu }\nblock c(unit=b) { unit(1) }\n" + NET % "c", []),
        ("block b(_stride) { conv(4, 3) }\n" + NET % "b(2)", []),
        ("net n(width, deep=2) { input image [8, 8, 8]\n conv(width, 3) }\nnet m = n(4)\n", ["deep"]),
        ("net n(width) { input image [8, 8, 8]\n conv(width, 3) }\nnet m(by=2) = n(4)\n", ["by"]),
        ("net n(width) { input image [8, 8, 8]\n conv(width, 3) }\nnet m(by=2) = n(2 * by)\n", []),
        ("let f(x, y) = 2 * x\n" + NET % "conv(f(1, 2), 3)", ["y"]),
        ("let f(x) = [x for x in 0..2]\n" + NET % "conv(f(1)[1], 3)", ["x"]),
        ("block b(at) { for i in 0..at { relu } }\n" + NET % "b(1)", []),
        ("block b(n) { relu * n }\n" + NET % "b(1)", []),
        ("block b(n) { if channels == 1 { relu } else if channels == n { gelu } }\n" + NET % "b(1)", []),
        ("block b(n) { relu\n if true == false { let n = 3\n conv(n, 1) } }\n" + NET % "b(1)", ["n"]),
    ],
)
def test_unused_parameters(text: str, unused: list[str]) -> None:
    said = [d for d in found(text) if d.code == "W101"]
    assert [d.span and d.span.text for d in said] == unused


@pytest.mark.parametrize(
    ("text", "unused"),
    [
        ("let a = 4\n" + NET % "relu", ["W105 a"]),
        (NET % "let a = 4\n relu", ["W105 a"]),
        (NET % "let _a = 4\n relu", []),
        ("let a = 4\nlet b = a\n" + NET % "conv(b, 3)", []),
        (NET % "conv(late, 3)" + "let late = 4\n", []),
        ("let f(x) = g(x)\nlet g(x) = x\n" + NET % "conv(f(4), 3)", []),
        (NET % "let w = [1, 2]\n conv(w[1], 3)", []),
        (NET % "for i in 0..2 { relu }", ["W111 relu"]),
    ],
)
def test_unused_values(text: str, unused: list[str]) -> None:
    assert warned(text) == unused


def test_a_function_may_name_its_parameters_as_it_likes() -> None:
    text = (
        "let double(x) = 2 * x\nnet n(x=4) { let f(x) = double(x)\n input image [8, 8, 8]\n conv(f(x), 3) }\n"
    )
    assert warned(text) == []


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (NET % "for i in 0..2 { for i in 0..2 { conv(i + 4, 1) } }", ["W109 i"]),
        (NET % "let w = 4\n { let w = 5\n conv(w, 1) }\n conv(w, 1)", ["W109 w"]),
        (NET % "{ let w = 5\n conv(w, 1) }\n { let w = 6\n conv(w, 1) }", []),
        ("let w = 4\n" + NET % "let v = w\n { let w = 5\n conv(w + v, 1) }", []),
        (NET % "if channels == 8 { let w = 5\n conv(w, 1) } else { let w = 6\n conv(w, 1) }", []),
    ],
)
def test_hidden_names(text: str, hidden: list[str]) -> None:
    assert warned(text) == hidden


@pytest.mark.parametrize(
    ("text", "idle"),
    [
        ("default linear(bias=false)\n" + NET % "conv(4, 3)", ["W108 default linear(bias=false)"]),
        ("default conv(bias=false)\n" + NET % "conv(4, 3)", []),
        (NET % "conv(4, 3)\n default conv(bias=false)", ["W108 default conv(bias=false)"]),
        ("default conv(bias=false)\nblock b(op) { op(4, 3) }\n" + NET % "b(conv)", []),
        ("block b(op) { default conv(bias=false)\n op(4, 3) }\n" + NET % "b(conv)", []),
        ("block b(op) { default conv(bias=false)\n op }\n" + NET % "b(conv(4, 3))", []),
        ("block b { default conv(bias=false)\n let c = conv(4)\n c(3) }\n" + NET % "b", []),
        (NET % "default add(broadcast=true)\n residual { conv(8, 1) }", []),
        (NET % "{ default conv(bias=false) }\n conv(4, 3)", ["W108 default conv(bias=false)"]),
    ],
)
def test_unused_defaults(text: str, idle: list[str]) -> None:
    assert warned(text) == idle


@pytest.mark.parametrize(
    ("text", "idle"),
    [
        ("dropout(0)", ["W110 dropout(0)"]),
        ("dropout(p=0.0)", ["W110 dropout(p=0.0)"]),
        ("dropout", []),
        ("let p = 0\ndropout(p)", []),
        ("times(1)", ["W110 times(1)"]),
        ("maxpool(1)", ["W110 maxpool(1)"]),
        ("maxpool(1, stride=2)", []),
        ("maxpool(1, 2)", []),
        ("upsample(scale_factor=1)", ["W110 upsample(scale_factor=1)"]),
        ("conv(8, 1) * 1", ["W110 1"]),
        ("let n = 1\nconv(8, 1) * n", []),
    ],
)
def test_idle_steps(text: str, idle: list[str]) -> None:
    assert steps(f"conv(8, 3)\n{text}") == idle
