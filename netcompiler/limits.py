"""Bounds that keep a spec of any size or nesting to bounded time and memory.

The defaults are several times what any net of `specs/` takes, and so low that the worst that fits in them is
checked within two seconds and 500 MB: time goes with ``layers``, ``steps`` and ``source_bytes``, and a spec
can exhaust all three of them. `tests/hostile` holds the worst that is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any


def _limit(default: int, words: str) -> Any:
    return field(default=default, metadata={"words": words})


@dataclass(frozen=True, slots=True)
class Limits:
    """What a spec may use. Exceeding one is a diagnostic, never a crash.

    `DESCRIPTIONS` says what each of them counts.

    Raises ValueError for a limit below 1.
    """

    source_bytes: int = _limit(2**19, "bytes of a file and of all the files that it uses, together")
    tokens: int = _limit(100_000, "words, numbers and symbols of a file")
    files: int = _limit(100, "files taken in by `use`, the first included")
    nesting: int = _limit(64, "brackets, braces, blocks and operators inside one another")
    digits: int = _limit(30, "characters of one number")
    layers: int = _limit(20_000, "layers of all nets that are put together, all repeats unrolled")
    steps: int = _limit(300_000, "statements and expressions evaluated; what is long counts as several")
    list_items: int = _limit(10_000, "items of one list, those of lists inside it counted")
    text: int = _limit(10_000, "characters of one string")
    drawn: int = _limit(15_000, "layers of a net in a picture, and connections between them")
    dimension: int = _limit(2**53, "elements of one value, and the largest whole number an expression gives")
    diagnostics: int = _limit(100, "errors that are reported, and warnings likewise")

    def __post_init__(self) -> None:
        for one in fields(self):
            if getattr(self, one.name) < 1:
                raise ValueError(f"the limit {one.name} is 1 or more, not {getattr(self, one.name)}")


DEFAULT_LIMITS = Limits()

DESCRIPTIONS: dict[str, str] = {one.name: one.metadata["words"] for one in fields(Limits)}
"""What each limit counts."""


def how_to_raise(name: str) -> str:
    """What the help of a diagnostic says about a limit that is exceeded."""
    return f"`--limit {name}=N` allows more"


def limits_from_text(texts: Iterable[str]) -> Limits:
    """The default limits but for these, each ``name=value``. Raises ValueError for anything else."""
    chosen: dict[str, int] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"`{text}` is not name=value")
        if name not in DESCRIPTIONS:
            raise ValueError(f"there is no limit `{name}`; the limits are {', '.join(DESCRIPTIONS)}")
        if name in chosen:
            raise ValueError(f"`{name}` is given twice")
        chosen[name] = _whole(value, text)
    return Limits(**chosen)


def _whole(value: str, text: str) -> int:
    """A positive whole number; Python's ``1_000_000`` is one too."""
    try:
        number = int(value)
    except ValueError:
        number = 0
    if number < 1:
        shown = text if len(text) <= 60 else text[:59] + "…"
        raise ValueError(f"`{shown}`: a limit is a whole number, 1 or more")
    return number
