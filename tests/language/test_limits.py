"""Specs that ask for too much end in one clear error, quickly."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from netcompiler import SpecError, loads
from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.read import from_bytes
from tests.language.nets import by_path, found, net, wrong

SECONDS = 5  # far more than any of these takes, on a machine with other work


@pytest.fixture(autouse=True)
def quickly():
    before = time.process_time()
    yield
    assert time.process_time() - before < SECONDS


HEAD = "net n {\n  input x [3, 8, 8]\n"
FEW = replace(DEFAULT_LIMITS, steps=20_000)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("relu * 1000000000000", "E217"),
        ("relu * 99999999999999999999", "E217"),
        ("identity * 200001", "E217"),
        ("for i in 0..1000000000000 { relu }", "E217"),
        ("pad([sum(0..1000000000000), 0])", "E217"),
        ("pad([min(0..1000000000000), 0])", "E217"),
        ("pad([9 ** 9 ** 9, 0])", "E217"),
        ("pad([2 ** 60, 0])", "E217"),
        ("pad([2.0 ** 5000, 0])", "E217"),
        ("pad([len([0] * 1000000000), 0])", "E217"),
        ("let a = [0] * 100000\nlet b = a + a\nrelu", "E217"),
        ("pad([" + "1" * 31 + ", 0])", "E217"),
        ("pad([0." + "1" * 5000 + ", 0])", "E217"),
        ("conv(4294967296, 1) -> conv(4294967296, 1)", None),
        ("conv(9007199254740992, 1)", "E217"),
        ('"' + "a" * 201 + '": relu', "E217"),
        ('"' + "a" * 10001 + '": relu', "E217"),
        ("(" * 10 + "relu" + ")" * 10, "E104"),
        ("pad([" + "(" * 5000 + "1" + ")" * 5000 + ", 0])", "E107"),
        ("pad([" + "(" * 50 + "1" + ")" * 50 + ", 0])", None),
        ("pad([" + "[" * 5000 + "]" * 5000 + ", 0])", "E107"),
        ("{" * 5000 + "relu" + "}" * 5000, "E107"),
        ("{" * 50 + "relu" + "}" * 50, None),
        ("residual {" * 50 + "relu" + "}" * 50, None),
        ("pad([" + "1 + " * 5000 + "1, 0])", None),
        ("pad([1 if " + "true and " * 5000 + "true else 0, 0])", None),
        ("pad([" + "- " * 5000 + "1, 0])", "E107"),
        ("pad([1 if " + "not " * 5000 + "true else 0, 0])", "E107"),
        ("pad([" + "1 if false else " * 5000 + "1, 0])", "E107"),
        ("pad([" + "1 ** " * 5000 + "1, 0])", "E107"),
        ("pad([[1]" + "[0]" * 5000 + ", 0])", "E107"),
        ("relu" + "()" * 2000, "E104"),
        ("a: relu -> gelu -> add(a" + ".a" * 5000 + ")", "E107"),
        ("relu -> " * 5000 + "relu", None),
        ("if false { relu } else " * 5000 + "{ relu }", None),
        ("concat {\n" + "relu\n" * 5000 + "}", None),
        ("y" * 100000, "E201"),
        ("#" + "x" * 1000000 + "\nrelu", None),
        ("\n" * 100000 + "# c\n" * 20000 + "relu", None),
    ],
    ids=lambda x: x[:30] if isinstance(x, str) else None,
)
def test_one_body(body: str, code: str | None) -> None:
    codes = {c for c in found(f"{HEAD}{body}\n}}") if c[0] == "E"}
    assert codes == ({code} if code else set())


def test_repeats_in_repeats_and_loops_in_loops_are_bounded_by_steps() -> None:
    for body in (
        "{ { identity * 1000 } * 1000 } * 1000",
        "for i in 0..1000 { for j in 0..1000 { for k in 0..1000 { let x = i } } }",
        "{ { let a = [0] * 90000 } * 90000 } * 90000",
    ):
        assert found(f"{HEAD}{body}\nrelu\n}}", FEW) == ["E217"]


def test_the_default_steps_end_in_bounded_time() -> None:
    body = "for i in 0..1000 { for j in 0..100000 { } }\nrelu"
    limits = replace(DEFAULT_LIMITS, steps=500_000)
    assert found(f"{HEAD}{body}\n}}", limits) == ["E217"]


def test_layers_are_counted() -> None:
    few = replace(DEFAULT_LIMITS, layers=100)
    assert found(f"{HEAD}conv(3, 1) * 99\n}}", few) == []
    assert found(f"{HEAD}conv(3, 1) * 100\n}}", few) == ["E217"]
    assert found(f"{HEAD}for i in 0..50 {{ conv(3, 1) -> gelu }}\n}}", few) == ["E217"]


def test_blocks_that_double() -> None:
    blocks = "".join(f"block b{i} {{ b{i + 1} -> b{i + 1} }}\n" for i in range(40)) + "block b40 { relu }\n"
    few = replace(DEFAULT_LIMITS, layers=1000)
    assert found(f"{blocks}{HEAD}b0\n}}", few) == ["E217"]
    chain = "".join(f"block b{i} {{ b{i + 1} }}\n" for i in range(300)) + "block b300 { relu }\n"
    assert set(found(f"{chain}{HEAD}b0\n}}")) == {"E107"}
    assert found(f"{chain}{HEAD}b260\n}}") != ["E107"]


def test_lists_that_double() -> None:
    lets = "let a0 = [1, 1]\n" + "".join(f"let a{i + 1} = [a{i}, a{i}]\n" for i in range(60))
    assert found(f"{lets}{HEAD}pad(a60)\n}}") == ["E217"]


def test_strings_that_double() -> None:
    lets = 'let a0 = "xx"\n' + "".join(f"let a{i + 1} = a{i} + a{i}\n" for i in range(60))
    assert found(f"{lets}{HEAD}upsample(mode=a60)\n}}") == ["E217"]


def test_many_errors_are_cut_off() -> None:
    body = "\n".join(f"no_such_operation_{i}" for i in range(5000))
    assert found(f"{HEAD}{body}\n}}") == ["E201"] * 100


def test_warnings_never_push_out_errors() -> None:
    blocks = "".join(f"block b{i} {{ if true {{ relu }} else {{ gelu }} }}\n" for i in range(150))
    codes = found(f"{blocks}{HEAD}conv\n}}")
    assert codes.count("W103") == 100
    assert "E203" in codes


def test_an_error_in_a_block_called_often_is_found_once() -> None:
    text = f"block b {{ rellu }}\n{HEAD}b * 10000 -> relu\n}}"
    assert found(text) == ["E201"]


def test_long_lines_are_cut_in_messages() -> None:
    with pytest.raises(SpecError) as error:
        net("relu -> " * 3000 + "rellu -> " + "relu -> " * 3000 + "relu")
    assert max(map(len, str(error.value).splitlines())) < 300
    assert "rellu" in str(error.value).splitlines()[2]


def test_files_that_are_too_large() -> None:
    data = b"#" * (DEFAULT_LIMITS.source_bytes + 1)
    with pytest.raises(SpecError, match="E103"):
        from_bytes(data, "a.net", DEFAULT_LIMITS)


@pytest.mark.parametrize("data", [b"\xff\xfe", b"net \xff", b"\x80", "é".encode("latin-1"), b"\xed\xa0\x80"])
def test_bytes_that_are_no_text(data: bytes) -> None:
    with pytest.raises(SpecError, match="E102"):
        from_bytes(data, "a.net", DEFAULT_LIMITS)


@pytest.mark.parametrize(
    "text", ["\0", "net n {\0}", "\x1b[2J", "\u202e", "\ufeff\ufeff", "\u2028", "\x85", "\r", "\f"]
)
def test_odd_characters(text: str) -> None:
    for code in found(text):
        assert code in ("E104", "E105", "E106")


def test_messages_do_not_steer_the_terminal() -> None:
    with pytest.raises(SpecError) as error:
        loads('net n {\n  input x [3]\n  "\x1b[31m\u202ea": relu\n}')
    assert "\x1b" not in str(error.value)
    assert "\u202e" not in str(error.value)


@pytest.mark.parametrize(
    "name",
    ["__import__", "__init__", "eval", "os", "x" * 200, "_" * 200, "lambda", "print", "O0oIl1", "nn", "self"],
)
def test_hostile_names_are_names_or_errors(name: str) -> None:
    codes = wrong(f"{name}: relu")
    assert codes in ([], ["E219"])
    if not codes:
        assert name in by_path(net(f"{name}: relu"))


def test_every_call_takes_part_in_one_budget() -> None:
    nets = "".join(f"net n{i} {{\n input x [3]\n relu * 1000\n}}\n" for i in range(30))
    assert "E217" in found(nets, replace(DEFAULT_LIMITS, steps=15_000))
