"""The paper that a spec names in the comment above a net: ``Title (Author & Author, year)``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """Where a net was published."""

    title: str
    authors: str
    year: int

    def __str__(self) -> str:
        return f"{self.title} ({self.authors}, {self.year})"


def paper(comment: Sequence[str]) -> Paper | None:
    """The paper that the comment's lines begin with; None where they begin otherwise."""
    found = re.match(r"(?P<title>[^()]+) \((?P<authors>[^()]+), (?P<year>\d{4})\)", " ".join(comment))
    return found and Paper(found["title"], found["authors"], int(found["year"]))
