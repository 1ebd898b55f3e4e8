"""The shipped specs have no warnings, and every rule has its code."""

from __future__ import annotations

from pathlib import Path

import pytest

from netcompiler import check
from netcompiler.diagnostics import CODES
from netcompiler.diagnostics.codes import add_code
from netcompiler.lint import RULES

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.net"))


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_no_warnings(spec: Path) -> None:
    assert [d.render() for d in check(spec)] == []


def test_codes_are_in_order_and_those_of_rules_are_warnings() -> None:
    assert list(CODES) == sorted(CODES)
    assert all(code.startswith("W1") and code in CODES for code in RULES)


def test_a_code_has_one_meaning() -> None:
    with pytest.raises(ValueError, match="W101"):
        add_code("W101", "something else")
