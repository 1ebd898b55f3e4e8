"""The parse table: Lark compiles grammar.lark once, and what it found is kept in the user's cache folder.

Start-up then loads no Lark. The table is plain data (JSON): lists and numbers, so that a file that somebody
else wrote could at worst make the parser refuse text.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from netcompiler.parse import kinds as k

STARTS = ("start", "expression")
"""What can be parsed: a file, an expression."""

_FORMAT = 1


class Rule(NamedTuple):
    """A rule of the grammar, without optional parts.

    Attributes:
        origin: the symbol that it makes.
        name: what builds its node; None where there is none: the value is that of the only child, or,
            of a symbol that begins with ``__``, the list of all children.
        size: how many symbols it takes.
        picks: which of these are the node's children, in order; -1 is a part that is absent.
        splices: the one of them that is a list of children; -1 for none.
    """

    origin: str
    name: str | None
    size: int
    picks: tuple[int, ...]
    splices: int


@dataclass(frozen=True)
class Tables:
    """An LALR(1) parse table.

    Attributes:
        actions: for each state, by the kind of the next token: the state to go to, or ``~rule``.
        gotos: for each state, by the symbol that was made there: the state to go to.
        starts: for each of `STARTS`, the first state and the one in which the text may end.
    """

    rules: tuple[Rule, ...]
    actions: tuple[dict[int, int], ...]
    gotos: tuple[dict[str, int], ...]
    starts: dict[str, tuple[int, int]]


@cache
def tables() -> Tables:
    """The table of the language."""
    text = files(__package__).joinpath("grammar.lark").read_text(encoding="utf-8")
    digest = hashlib.sha256(f"{_FORMAT}\n{text}".encode()).hexdigest()[:16]
    folder = _cache_folder()
    place = folder / f"grammar-{digest}.json" if folder is not None else None
    if place is not None:
        try:
            return _from_plain(json.loads(place.read_bytes()))
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            # Not there yet, or not whole: it is made anew.
            pass
    plain = _compile(text)
    if place is not None:
        _keep(place, plain)
    return _from_plain(plain)


def _from_plain(plain: dict[str, Any]) -> Tables:
    rules = tuple(
        Rule(origin, name, size, tuple(picks), splices)
        for origin, name, size, picks, splices in plain["rules"]
    )
    actions = []
    gotos = []
    for terminals, symbols in plain["states"]:
        actions.append({k.NUMBER_OF[kind]: int(action) for kind, action in terminals})
        gotos.append({str(symbol): int(state) for symbol, state in symbols})
    starts = {name: (int(plain["starts"][name][0]), int(plain["starts"][name][1])) for name in STARTS}
    return Tables(rules, tuple(actions), tuple(gotos), starts)


# ---- from Lark ---------------------------------------------------------------------------------


def _compile(grammar: str) -> dict[str, Any]:
    """The table as plain data, from that of Lark's own parser."""
    from lark import Lark
    from lark.parsers.lalr_analysis import Shift

    lark = Lark(grammar, parser="lalr", lexer="basic", start=list(STARTS), maybe_placeholders=True)
    table = lark.parser.parser._parse_table  # noqa: SLF001  (Lark shows it nowhere else)
    number_of = {state: number for number, state in enumerate(table.states)}
    rules: dict[Any, int] = {}
    states = []
    for row in table.states.values():
        terminals, symbols = [], []
        for name, (action, argument) in row.items():
            if action is not Shift:
                terminals.append([name, ~rules.setdefault(argument, len(rules))])
            elif name in k.NUMBER_OF:
                terminals.append([name, number_of[argument]])
            else:
                symbols.append([name, number_of[argument]])
        states.append([terminals, symbols])
    starts = {
        name: [number_of[table.start_states[name]], number_of[table.end_states[name]]] for name in STARTS
    }
    return {"rules": [_rule(rule) for rule in rules], "states": states, "starts": starts}


def _rule(rule: Any) -> list[object]:
    """What `Rule` has, from a rule of Lark's."""
    origin = rule.origin.name
    empty = "".join(str(int(absent)) for absent in rule.options.empty_indices or ())
    absent = [len(ones) for ones in empty.split("0")] if empty else [0] * (len(rule.expansion) + 1)
    picks: list[int] = []
    splices = -1
    for at, symbol in enumerate(rule.expansion):
        picks += [-1] * absent[at]
        if symbol.name.startswith("__"):
            splices = at
        if not (symbol.is_term and symbol.filter_out):
            picks.append(at)
    picks += [-1] * absent[-1]
    only = len(picks) == 1 and splices == -1
    passes = only and not rule.alias and (rule.options.expand1 or origin.startswith("_"))
    name = None if origin.startswith("__") or passes else rule.alias or origin
    return [origin, name, len(rule.expansion), picks, splices]


# ---- the folder --------------------------------------------------------------------------------


def _keep(place: Path, plain: dict[str, Any]) -> None:
    """Write the table, whole or not at all."""
    try:
        with tempfile.NamedTemporaryFile("w", dir=place.parent, delete=False, encoding="utf-8") as file:
            json.dump(plain, file, separators=(",", ":"))
        Path(file.name).replace(place)
    except OSError:
        # A full disk costs 200 ms at each start, nothing else.
        pass


def _cache_folder() -> Path | None:
    """A folder of the user's own, which nobody else can write to."""
    from platformdirs import user_cache_path

    try:
        folder = user_cache_path("netcompiler")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        info = folder.stat()
    except (OSError, RuntimeError):
        return None
    if hasattr(os, "geteuid") and (info.st_uid != os.geteuid() or info.st_mode & 0o022):
        return None
    return folder
