"""Tokens as four lists, one entry a token in each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress


@dataclass(slots=True)
class Columns:
    """The kinds (numbers of kinds.py), texts, first characters and ends of tokens."""

    kinds: list[int]
    texts: list[str]
    starts: list[int]
    ends: list[int]

    def only(self, wanted: list[bool]) -> Columns:
        """Those for which ``wanted`` is true."""
        return Columns(
            list(compress(self.kinds, wanted)),
            list(compress(self.texts, wanted)),
            list(compress(self.starts, wanted)),
            list(compress(self.ends, wanted)),
        )

    def append(self, kind: int, text: str, start: int, end: int) -> None:
        """Add one token."""
        self.kinds.append(kind)
        self.texts.append(text)
        self.starts.append(start)
        self.ends.append(end)
