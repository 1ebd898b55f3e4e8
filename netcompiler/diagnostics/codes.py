"""What can be wrong with a spec, by code. docs/errors.md has a section for each."""

from __future__ import annotations

CODES: dict[str, str] = {
    "E101": "file cannot be read",
    "E102": "file is not UTF-8 text",
    "E103": "file is too large",
    "E104": "syntax error",
    "E105": "bracket is not closed",
    "E106": "character or literal that the language does not have",
    "E107": "nested too deeply",
    "E108": "file named in `use` cannot be used",
    "E201": "unknown name",
    "E202": "unknown argument",
    "E203": "missing argument",
    "E204": "merged values have different shapes",
    "E205": "argument has a wrong type or value",
    "E206": "name is given twice",
    "E207": "recursion",
    "E208": "operator does not fit its operands",
    "E209": "index or division is impossible",
    "E210": "operation does not accept a value of this shape",
    "E211": "kernel is larger than its input",
    "E212": "`expect` does not hold",
    "E213": "`reuse` does not fit",
    "E214": "no value to work on",
    "E215": "statement stands where it has no meaning",
    "E216": "net has parameters without a value",
    "E217": "limit exceeded",
    "E218": "value of a wrong kind",
    "E219": "name that a PyTorch module cannot have",
    "E301": "layer is never used",
    "E302": "input is never read",
    "E303": "layer stands in no placement group",
    "E304": "undeclared communication between placement groups",
    "E305": "value is spread over several groups",
    "E306": "net has no output",
    "E307": "placement group is empty",
    "E308": "net cannot be cut into these groups",
    "E309": "no cut fits into the memory",
    "W102": "block is never used",
    "W103": "code can never run",
}
"""Codes and what they stand for: E1xx text and syntax, E2xx meaning, E3xx the whole graph, W1xx warnings."""


def add_code(code: str, title: str) -> None:
    """Add a warning's code; the rule that gives it declares it. Raises ValueError for one with two titles."""
    if CODES.setdefault(code, title) != title:
        raise ValueError(f"{code} is {CODES[code]!r}, and cannot be {title!r} too")
    ordered = sorted(CODES.items())
    CODES.clear()
    CODES.update(ordered)
