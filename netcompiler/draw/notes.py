"""How pictures of stages show placement groups and outputs for training, and say that they do."""

from __future__ import annotations

from collections.abc import Sequence

from netcompiler.draw.stages import Stages

_WRITTEN_OUT = 3
"""Placement groups, at most, for which widths are written one by one."""


def summed(width: str, groups: int) -> str:
    """The width of a layer that stands on each of several placement groups: ``48 + 48``."""
    return " + ".join([width] * groups) if groups <= _WRITTEN_OUT else f"{groups} × {width}"


def on_groups(nets: Sequence[Stages]) -> list[str]:
    """How layers on several placement groups are shown."""
    found: list[str] = []
    for net in nets:
        together = {
            tuple(leaf.group or "" for leaf in step.leaves): None
            for step in net.steps()
            if len(step.leaves) > 1
        }
        found += [f"Sums stand for the groups {all_of(groups)}." for groups in together]
        if net.graph.groups and not together:
            found.append(f"The groups {all_of(net.graph.groups)} are not shown.")
    return list(dict.fromkeys(found))


def on_training(nets: Sequence[Stages]) -> list[str]:
    """What only serves outputs for training, which is in no stage."""
    outputs = [
        output.name for net in nets if net.aside for output in net.graph.outputs if output.training_only
    ]
    return [f"Not shown: what leads only to outputs for training, {all_of(outputs)}."] if outputs else []


def all_of(names: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
