"""FILE:NET: a spec file and one of its nets."""

from __future__ import annotations

from pathlib import Path


def split_target(target: str, net: str | None = None) -> tuple[str, str | None]:
    """Take ``path:net`` apart; a path that exists is never cut."""
    head, colon, tail = target.rpartition(":")
    if net is None and colon and head and tail.isidentifier() and not Path(target).exists():
        return head, tail
    return target, net
