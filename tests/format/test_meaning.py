"""The form changes nothing that a spec says, loses no comment, and has no other form."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from netcompiler.format import format_source
from netcompiler.source import Source
from tests.format.mangle import comments, mangled, tree

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.net"))

ODD = """
net a(x=1, y=[1, 2]) {
  input: relu
  a: { } -> b: maxpool(2) * (x - 1)
  if x == 1 { relu } else if x == 2 { gelu } else { silu -> relu }
  residual { relu } skip c: { relu }
  let z = a if -x ** -2 < 3 and not (x) else [i * 2 for i in 0..x - 1][0]
  f([[1], [2, 3]], k=[-1], g(h(1, 2), -x)) -> from_: f(a=1,)
  from "a.{x}" -> on top { gather } -> columns a, b { exchange }
  output b if training
  concat(dim=2) {
    identity
  }
}
use "a.net": b, c
let f(x, by=8) = max(by, floor(x + by / 2) // by * by) if x > in.channels else (x + 1) * 2
net b = a(1)
"""

TEXTS = {path.name: path.read_text(encoding="utf-8") for path in SPECS} | {"odd": ODD}


def formatted(text: str) -> str:
    return format_source(Source("a.net", text))


def check(text: str) -> str:
    """What the form of any text must be like."""
    result = formatted(text)
    assert formatted(result) == result
    assert tree(result) == tree(text)
    assert comments(result) == comments(text)
    lines = result.split("\n")
    assert not any(line != line.rstrip() or "\t" in line for line in lines)
    assert "\n\n\n" not in result
    assert result.endswith("\n")
    assert not result.endswith("\n\n")
    return result


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
def test_shipped_specs_have_the_form(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert check(text) == text, f"run: netc fmt {path}"


@settings(deadline=None, max_examples=120)
@given(st.sampled_from(sorted(TEXTS)), st.integers(0, 10**9), st.sampled_from([0.0, 0.02, 0.1, 0.5]))
@example("odd", 0, 1.0)
def test_any_way_to_write_a_spec_gets_a_form(name: str, seed: int, density: float) -> None:
    check(mangled(TEXTS[name], seed, density=density))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**9), st.sampled_from([0.05, 0.3, 0.9]))
def test_any_way_to_write_odd_things_gets_a_form(seed: int, density: float) -> None:
    wide = ODD.replace(("relu", "f(", "x", "b")[seed % 4], "n" * (seed % 99 + 1) + "(" * (seed % 4 == 1))
    check(mangled(wide, seed, density=density))


@pytest.mark.parametrize("width", range(60, 130, 7))
def test_wide_things_are_broken_to_the_same(width: int) -> None:
    name = "n" * width
    check(ODD.replace("relu", name).replace("maxpool", name).replace("floor", name))
