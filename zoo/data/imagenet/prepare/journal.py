"""What is being written into a folder, so that the next run goes on with it, and nobody reads half of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from zoo.errors import UserError
from zoo.files import write_text

NAME = "prepare.json"


@dataclass(frozen=True)
class Journal:
    """The work's fingerprint, what it is made from, whether it is complete, and archives that were right."""

    fingerprint: str = ""
    source: str = ""
    complete: bool = False
    checked: Mapping[str, str] = field(default_factory=dict)


def read(folder: Path) -> Journal | None:
    """The journal of a folder; None without one.

    Raises:
        UserError: it is damaged.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    try:
        return Journal(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{path}: not what zoo data prepare writes: {error}") from error


def write(folder: Path, journal: Journal) -> None:
    """Keep a journal."""
    write_text(folder / NAME, json.dumps(asdict(journal), indent=1))


def refuse_unfinished(folder: Path) -> None:
    """Stop who would read a folder that is being written.

    Raises:
        UserError: it is.
    """
    found = read(folder)
    if found is not None and not found.complete:
        raise UserError(f"{folder}: not complete; run zoo data prepare again, with data.root={found.source}")
