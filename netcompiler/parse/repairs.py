"""What was meant by a token that cannot stand where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from netcompiler.parse import kinds as k
from netcompiler.parse.columns import Columns
from netcompiler.parse.mistakes import is_foreign
from netcompiler.parse.slips import end_of_label, statement_of_one, types_a_parameter
from netcompiler.parse.trouble import Trouble

_IN = k.NUMBER_OF["IN"]
_OUTPUT = k.NUMBER_OF["OUTPUT"]
_INPUT = k.NUMBER_OF["INPUT"]
_COMPARE = k.NUMBER_OF["COMPARE"]
_TEXTS = {
    k.COMMA: ",",
    k.ARROW: "->",
    k.NEWLINE: "\n",
    _IN: "in",
    _COMPARE: "==",
    _INPUT: "input",
    _OUTPUT: "output",
}


@dataclass(frozen=True)
class Repair:
    """Other tokens, by kind, in the place of the first ``taken`` ones.

    A token keeps the place of the one that it replaces, and its text where the new kind has none of its own;
    one more than these has no width.
    """

    kinds: tuple[int, ...]
    taken: int

    def put_into(self, tokens: Columns, at: int) -> None:
        """Change the tokens from ``at`` on."""
        place = tokens.starts[at]
        places = list(range(at, at + self.taken))[: len(self.kinds)]
        more = len(self.kinds) - len(places)
        stop = at + self.taken
        kept = [_TEXTS.get(kind, tokens.texts[p]) for kind, p in zip(self.kinds, places, strict=False)]
        tokens.texts[at:stop] = kept + [_TEXTS[kind] for kind in self.kinds[len(places) :]]
        tokens.starts[at:stop] = [tokens.starts[p] for p in places] + [place] * more
        tokens.ends[at:stop] = [tokens.ends[p] for p in places] + [place] * more
        tokens.kinds[at:stop] = self.kinds


def _candidates(trouble: Trouble) -> list[Repair]:
    """What could be meant, the likeliest first."""
    kind = trouble.kind
    found = _slips(trouble)
    if k.FIRST_KEYWORD <= kind < k.NEWLINE:
        found.append(Repair((k.NAME,), 1))
    if kind == k.EQUAL:
        found.append(Repair((k.COLON,), 1))
    if kind == k.COLON:
        found.append(Repair((k.EQUAL,), 1))
    if kind == k.COMMA:
        found.append(Repair((k.ARROW,), 1))
    inserted = [k.COMMA, k.ARROW, k.NEWLINE, _IN] if not trouble.begins_line else [k.NEWLINE, k.COMMA]
    found += [Repair((extra,), 0) for extra in inserted]
    if kind not in k.OPENING and kind not in k.OPENED_BY and kind not in (k.END, k.NEWLINE):
        found.append(Repair((), 1))
    return found


def _slips(trouble: Trouble) -> list[Repair]:
    """What those of slips.py stand for."""
    kind = trouble.kind
    small = trouble.text.lower()
    if kind == k.NAME and small in k.KEYWORDS and small != trouble.text:
        return [Repair((k.NUMBER_OF[small.upper()],), 1)]
    if kind == k.NEWLINE and trouble.kind_at(1) == k.LBRACE:
        return [Repair((), 1)]
    if trouble.text == "-" and trouble.text_at(1) == ">":
        return [Repair((k.ARROW,), 2)]
    if types_a_parameter(trouble):
        return [Repair((), 2)]
    if kind == k.EQUAL and _COMPARE in trouble.expected:
        return [Repair((_COMPARE,), 1)]
    if kind == k.NUMBER and trouble.kind_at(-1) == k.DOT:
        return [Repair((k.NAME,), 1)]
    if last := end_of_label(trouble):
        return [Repair((), last)]
    if word := statement_of_one(trouble):
        return [Repair((k.NEWLINE, k.NUMBER_OF[word.upper()]), 1)]
    return []


def repair(trouble: Trouble) -> Repair | None:
    """The likeliest change after which the rest of the statement can follow; None when there is none."""
    if trouble.kind == k.END or is_foreign(trouble):
        return None
    for candidate in _candidates(trouble):
        if trouble.would_help(list(candidate.kinds), candidate.taken):
            return candidate
    return None
