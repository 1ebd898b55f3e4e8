"""Where layers are placed while they are elaborated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """The ``on`` or ``columns`` that a step stands in.

    Attributes:
        groups: one group for ``on``, all of them for ``columns``.
        columns: True inside ``columns``.
    """

    groups: tuple[str, ...]
    columns: bool
