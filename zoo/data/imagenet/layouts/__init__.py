"""The layouts in which ImageNet is had, one a file: which one a folder has, and what it lacks.

A module here has a ``Layout`` called ``LAYOUT``, and nothing else lists it. A folder that has several layouts
is read by the first that it has whole.
"""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from zoo.data.imagenet.devkit import Devkit
from zoo.data.imagenet.part import Part
from zoo.data.imagenet.prepare import journal
from zoo.errors import UserError

if TYPE_CHECKING:
    from zoo.data.imagenet.source import ImageNetOptions


@dataclass(frozen=True)
class Look:
    """What of a layout is there, and what is missing; both in words."""

    there: Sequence[str]
    missing: Sequence[str] = ()


@dataclass(frozen=True)
class Found:
    """The data in one layout.

    Without ``val``, a share of ``train`` is to be held out. ``classes`` are names for those whose wnids are
    not known; a part's ``wnids`` are then these names too. ``notes`` are what the user should know.
    """

    train: Part
    val: Part | None
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    kit: Devkit | None = None
    notes: Sequence[str] = ()


class Layout(Protocol):
    """One layout; ``about`` says it to users, and of several the one with the lowest ``rank`` is read."""

    name: str
    rank: int
    about: str

    def look(self, root: Path) -> Look | None:
        """What of it is in a folder; None when nothing is."""

    def read(self, root: Path, options: "ImageNetOptions") -> Found:
        """The data of a folder that has it whole.

        Raises:
            UserError: it is damaged, or its parts do not fit together.
        """


def layouts() -> dict[str, Layout]:
    """All of them, by name; those that are read fastest first."""
    modules = (importlib.import_module(f"{__name__}.{own.name}") for own in pkgutil.iter_modules(__path__))
    found: list[Layout] = sorted((module.LAYOUT for module in modules), key=lambda own: own.rank)
    return {layout.name: layout for layout in found}


def detect(root: Path, wanted: str | None) -> Layout:
    """The layout that a folder has; ``wanted`` is the one that the user names.

    Raises:
        UserError: it has none whole; says what is missing.
    """
    if not root.is_dir():
        raise UserError(f"data.root={root}: {'not a folder' if root.exists() else 'no such folder'}")
    journal.refuse_unfinished(root)
    known = {wanted: layouts()[wanted]} if wanted is not None else layouts()
    looks = {name: look for name, layout in known.items() if (look := layout.look(root)) is not None}
    whole = next((name for name, look in looks.items() if not look.missing), None)
    if whole is not None:
        return known[whole]
    if looks:
        name, best = min(looks.items(), key=lambda own: (len(own[1].missing), -len(own[1].there)))
        raise UserError(
            f"data.root={root}: ImageNet as {known[name].about}: {', '.join(best.there)} is there, and "
            f"missing: {'; '.join(best.missing)}"
        )
    what = "; or ".join(layout.about for layout in known.values())
    raise UserError(f"data.root={root}: no ImageNet in it. It can be {what}")
