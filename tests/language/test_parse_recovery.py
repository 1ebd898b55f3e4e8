"""All syntax errors of a file are told, each once, and what can be understood is in the tree."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from netcompiler import syntax
from netcompiler.diagnostics import SpecError
from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.parse import parse_expression, parse_file, recover_file
from netcompiler.parse.mistakes import curated, names
from netcompiler.parse.recovery import Recovery
from netcompiler.parse.tokens import Token, scan
from netcompiler.source import Source
from tests.errors.golden import goldens

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.net"))


def recovered(text: str) -> tuple[syntax.File, list[str]]:
    file, found = recover_file(Source("a.net", text))
    return file, [f"{d.span.line}:{d.code}" for d in found if d.span is not None]


def outline(file: syntax.File) -> dict[str, int]:
    """The definitions, and how many statements each has."""
    return {
        item.name.name: len(item.body.statements)
        for item in file.items
        if isinstance(item, syntax.Definition)
    }


def test_several_errors_and_all_that_is_right() -> None:
    text = """\
block a {
  relu
  conv(8, 3
  gelu
}
let x = = 3
block b { relu -> ) }
net n {
  input image [3, 8, 8]
  conv(8 3)
  first = relu
  import torch
  conv(8, ]
  relu
}
"""
    file, found = recovered(text)
    assert found == ["3:E105", "6:E104", "7:E105", "10:E104", "11:E104", "12:E104", "13:E105"]
    # A comma and a colon were clearly meant: those statements are there.
    assert outline(file) == {"a": 3, "b": 0, "n": 5}


def test_a_definition_without_a_head_is_left_out_with_its_body() -> None:
    file, found = recovered("block {\n  relu\n  conv(\n}\n\nblock b { relu }\n")
    assert found[0] == "1:E104"
    assert outline(file) == {"b": 1}


def test_a_body_in_the_manner_of_python_is_one_error() -> None:
    file, found = recovered("net n:\n  let a = 3\n  conv(a, 3)\n\nblock b { relu }\n")
    assert found == ["1:E104"]
    assert outline(file) == {"b": 1}


HALF_TYPED = [
    *("con", "conv(", "conv(8,", "conv(8, padding", "conv(8, padding=", "a:", "a: conv ->", "let", "let a ="),
    *(
        "for i in",
        "residual {",
        "if channels ==",
        'conv(8, padding="sa',
        "from",
        "from conv1 ->",
        "repeat.",
        "2",
    ),
]


def test_a_line_that_is_half_typed() -> None:
    head = "net n {\n  input image [3, 8, 8]\n  conv1: conv(8, 3)\n"
    for typed in HALF_TYPED:
        file, found = recovered(f"{head}  {typed}\n  relu\n}}\n\nblock after {{ relu }}\n")
        assert {"n", "after"} <= outline(file).keys(), typed
        assert outline(file)["n"] >= 2, typed
        assert len(found) <= 1 + ('"' in typed), typed


def test_a_brace_that_is_not_closed_takes_no_other_definition_with_it() -> None:
    file, found = recovered("block a {\n  residual {\n    relu\n}\n\nblock b { relu }\n\nnet n { a -> b }\n")
    assert found == ["2:E105"]
    assert outline(file) == {"a": 1, "b": 1, "n": 1}


def test_nothing_follows_from_a_mistake_in_characters() -> None:
    for line in ("a += 3", "conv(8, ?)", "@block", "f(x) := 3", "conv(8; 3)", "'a b"):
        _, found = recovered(f"net n {{\n  relu\n  {line}\n  gelu\n}}\n")
        assert [place.partition(":")[0] for place in found] == ["3"], line


def test_at_most_so_many_are_told() -> None:
    _, found = recovered("net n {\n" + "  a b\n" * 500 + "}\n")
    assert len(found) == DEFAULT_LIMITS.diagnostics


def test_an_expression() -> None:
    assert isinstance(parse_expression(Source("a", "1 + 2")), syntax.Binary)
    for text in ("", "1 +", "1 2", "(1", "1)", "a = 3", "“x”"):
        with pytest.raises(SpecError):
            parse_expression(Source("a", text))


# ---- one change of a good spec -------------------------------------------------------------------


def changed(text: str, tokens: list[Token], chance: random.Random) -> str:
    """The text with one token taken out, written twice or exchanged for another."""
    token = chance.choice(tokens)
    change = chance.randrange(3)
    if change == 0:
        return text[: token.start] + text[token.end :]
    if change == 1:
        return f"{text[: token.end]} {token.text}{text[token.end :]}"
    others = [
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        '"',
        "'",
        "->",
        "=",
        ":",
        ",",
        "5",
        "foo",
        "if",
        "net",
        "\n",
        ";",
        "é",
    ]
    return text[: token.start] + chance.choice(others) + text[token.end :]


def test_one_mistake_is_told_once() -> None:
    """Of 700 mistakes nearly all give one diagnostic; it is near, and other definitions are not lost."""
    chance = random.Random(7)
    told: Counter[int] = Counter()
    far = 0
    for place in SPECS:
        text = place.read_text(encoding="utf-8")
        tokens = [t for t in scan(Source("a.net", text)).tokens if t.kind != "_NEWLINE"]
        whole = len(recover_file(Source("a.net", text))[0].items)
        for _ in range(25):
            file, found = recover_file(Source("a.net", changed(text, tokens, chance)))
            told[len(found)] += 1
            far += len(file.items) < whole - 2
            starts = [d.span.start for d in found if d.span is not None]
            assert starts == sorted(starts)
    mistakes = told.total() - told[0]
    assert mistakes > 500
    assert told[1] > 0.95 * mistakes
    assert max(told) <= 4
    assert far <= 0.02 * mistakes


def test_parse_raises_exactly_what_recovery_finds() -> None:
    chance = random.Random(3)
    text = SPECS[0].read_text(encoding="utf-8")
    tokens = scan(Source("a.net", text)).tokens
    for _ in range(40):
        source = Source("a.net", changed(text, tokens, chance))
        _, found = recover_file(source)
        if found:
            with pytest.raises(SpecError) as error:
                parse_file(source)
            assert error.value.diagnostics == found
        else:
            parse_file(source)


def test_every_mistake_has_an_example(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each function of mistakes.py and slips.py speaks in one of tests/errors."""
    from netcompiler.parse import messages, mistakes

    spoke = set()

    def noted(trouble: object) -> object:
        for mistake in mistakes._MISTAKES:
            if mistake(trouble) is not None:  # type: ignore[arg-type]
                spoke.add(mistake.__name__)
                break
        return curated(trouble)  # type: ignore[arg-type]

    monkeypatch.setattr(messages, "curated", noted)
    for golden in goldens():
        if golden.code in ("E104", "E106"):
            Recovery(Source("a.net", golden.spec), golden.limits, "start").file()
    assert spoke == set(names())


# ---- time ----------------------------------------------------------------------------------------

HEAD = "net n {\n  input x [3, 8, 8]\n"
HALF_A_MEGABYTE = 2**19


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "pad([" + "1," * 49_000 + "])\n}",
        HEAD + "pad(" + "1+" * 49_000 + "1)\n}",
        HEAD + "pad(" + "1**" * 33_000 + "1)\n}",
        HEAD + "a\n" * 49_000 + "}",
        HEAD + "a b\n" * 33_000 + "}",
        HEAD + "a(" + "b=c," * 24_000 + ")\n}",
        "net a b\n" * 10_000,
        "}\n" * 49_000,
        "{(}" * 33_000,
        "({)}" * 24_000,
        "(" * 60 + "a " * 90_000 + "}",
        " " * 300_000 + "}(" * 45_000,
        ";" * HALF_A_MEGABYTE,
        '"' * HALF_A_MEGABYTE,
        '"' + '\\"' * (HALF_A_MEGABYTE // 2),
        '"' + '\\"(' * (HALF_A_MEGABYTE // 3),
        "f'" + "f" * HALF_A_MEGABYTE,
        "/*" * (HALF_A_MEGABYTE // 2),
        "-" * HALF_A_MEGABYTE,
        "=" * HALF_A_MEGABYTE,
        "." * HALF_A_MEGABYTE,
        "é" * HALF_A_MEGABYTE,
        "1" * HALF_A_MEGABYTE,
        "1e" * (HALF_A_MEGABYTE // 2),
        "\n#\n" * (HALF_A_MEGABYTE // 3),
        "\r" * HALF_A_MEGABYTE,
        " " * HALF_A_MEGABYTE,
        (HEAD + ("{" * 50 + "a" + "}" * 50 + "\n") * 900 + "}"),
    ],
    ids=lambda text: repr(text[-12:]),
)
def test_any_text_is_read_in_two_seconds(text: str) -> None:
    before = time.process_time()
    recover_file(Source("a.net", text))
    assert time.process_time() - before < 2
