"""Damaged specs: a graph or diagnostics, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.parse.tokens import scan
from netcompiler.source import Source
from tests.fuzz.nets import Spec, specs
from tests.fuzz.nothing_but_ours import LIMITS, look, look_at_bytes
from tests.fuzz.wild import wild

QUICK = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)
ROOT = Path(__file__).parents[2]
SHIPPED = [
    p.read_text(encoding="utf-8").replace("(200)", "(2)") for p in sorted((ROOT / "specs").glob("*.net"))
]
WORDS = [
    *("net", "block", "use", "default", "let", "input", "output", "group", "on", "columns", "residual"),
    *("skip", "from", "for", "in", "if", "else", "reuse", "add", "a", "n", "3", "0.5", "->", "**", ".."),
    *('"', '"a"', "channels", "true", "none", "1e400", "'", "→", "#", "\\", "\t", "\r", "\0", "\u2028", "é"),
    "x" * 300,
    *"()[]{},:=*+-.\n\n\n",
]


def pieces(text: str) -> list[str]:
    """A text in pieces, each a token with what stands before it."""
    tokens = [
        token for token in scan(Source("a.net", text), DEFAULT_LIMITS).tokens if token.start < token.end
    ]
    ends = [token.end for token in tokens]
    return [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)], strict=True)]


@st.composite
def damaged(draw: Callable[[st.SearchStrategy[object]], object], texts: st.SearchStrategy[str]) -> str:
    """A text with some tokens taken out, doubled, exchanged or put in."""
    found = pieces(draw(texts))
    for _ in range(draw(st.integers(1, 4))):
        if not found:
            break
        i = draw(st.integers(0, len(found) - 1))
        j = draw(st.integers(0, len(found) - 1))
        kind = draw(st.sampled_from(["out", "double", "exchange", "word", "copy", "run"]))
        if kind == "out":
            del found[i]
        elif kind == "double":
            found.insert(i, found[i])
        elif kind == "exchange":
            found[i], found[j] = found[j], found[i]
        elif kind == "word":
            found.insert(i, " " + draw(st.sampled_from(WORDS)))
        elif kind == "copy":
            found[i:i] = found[j : j + draw(st.integers(1, 12))]
        else:
            del found[i : i + draw(st.integers(1, 12))]
    return "".join(found)


@given(damaged(specs().map(lambda spec: spec.text)))
@QUICK
def test_damaged_nets(text: str) -> None:
    look(text)


@given(damaged(st.sampled_from(SHIPPED)))
@QUICK
def test_damaged_shipped_specs(text: str) -> None:
    look(text)


@given(st.sampled_from(SHIPPED), st.data())
@QUICK
def test_damaged_bytes(text: str, data: st.DataObject) -> None:
    raw = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    look_at_bytes(bytes(raw))


@given(st.binary(max_size=300))
@QUICK
def test_any_bytes(data: bytes) -> None:
    look_at_bytes(data)


@given(st.text(alphabet='net blockifors{}()[],:=->*."\n #0123456789x+/%<!\\', max_size=120))
@QUICK
def test_any_text_of_the_languages_characters(text: str) -> None:
    look(text)


@given(st.lists(st.sampled_from(WORDS), max_size=40))
@QUICK
def test_any_words(chosen: list[str]) -> None:
    look(" ".join(chosen))
    look("net n {\n input x [3]\n" + " ".join(chosen) + "\n}")


@given(wild)
@QUICK
def test_nets_of_steps_that_may_not_fit(text: str) -> None:
    look(text)


@given(specs(), st.data())
@QUICK
def test_small_limits(spec: Spec, data: st.DataObject) -> None:
    """Any limit may be the one that is exceeded, anywhere."""
    name = data.draw(st.sampled_from([one.name for one in fields(LIMITS)]))
    look(spec.text, replace(LIMITS, **{name: data.draw(st.integers(1, 60))}))


@pytest.mark.parametrize("text", SHIPPED, ids=lambda t: t[:20])
def test_shipped_specs_cut_off_anywhere(text: str) -> None:
    for end in range(0, len(text), 311):
        look(text[:end])
