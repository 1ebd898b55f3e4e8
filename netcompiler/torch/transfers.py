"""Where values move between placement groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from netcompiler.graph import Layer
from netcompiler.torch.steps import Plan, Step, Transfer, trail


def with_transfers(plan: Plan, layers: Sequence[Layer], steps: list[Step]) -> list[Step]:
    """The steps with a transfer for each value and group that reads it from elsewhere.

    A transfer stands in the innermost scope around all its readers that spans several groups and can tell
    where the group is; the scopes inside know nothing of devices.
    """
    position = {step.id: i for i, step in enumerate(steps)}
    group = {layer.id: layer.group for layer in layers}
    readers: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for step in steps:
        assert step.group is not None, f"layer {step.id} stands in no group"
        for read in dict.fromkeys(step.reads):
            if group[read] != step.group:
                readers[read, step.group].append(step)
    inserted: dict[int, list[Step]] = defaultdict(list)
    starts = _RunStarts(steps)
    for (value, target), found in readers.items():
        scope = _common(step.scope for step in found)
        while scope and (len(plan.placed[scope]) < 2 or (scope, target) not in plan.anchors):
            scope = scope.rpartition(".")[0]
        first = max(starts.before(scope, position[found[0].id]), position.get(value, -1) + 1)
        training_only = all(step.training_only for step in found)
        layer = plan.graph.layer(value)
        inserted[first].append(
            Step(f"{value}>{target}", scope, Transfer(target), (value,), layer, target, training_only)
        )
    result: list[Step] = []
    for i, step in enumerate(steps):
        moved = tuple(r if group[r] == step.group else f"{r}>{step.group}" for r in step.reads)
        result += inserted[i]
        result.append(replace(step, reads=moved))
    return result


class _RunStarts:
    """Finds where the run of layers of one scope begins that a layer stands in."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._scopes = [step.scope for step in steps]
        self._known: dict[str, tuple[int, int]] = {}

    def before(self, scope: str, index: int) -> int:
        """Where the run of layers starts that the layer at ``index`` is in, within a child of ``scope``."""
        inside = self._scopes[index]
        if inside == scope:
            return index
        head = len(scope) + 1 if scope else 0
        end = inside.find(".", head)
        child = inside if end == -1 else inside[:end]
        first, last = self._known.get(child, (-1, -1))
        start = index
        while start > 0 and start != last + 1 and _within(self._scopes[start - 1], child):
            start -= 1
        if last != -1 and first <= start <= last + 1:
            start = first
        self._known[child] = (start, index)
        return start


def _within(scope: str, outer: str) -> bool:
    return scope == outer or scope.startswith(outer + ".")


def _common(scopes: Iterable[str]) -> str:
    """The innermost scope around all of some scopes."""
    common: tuple[str, ...] | None = None
    for scope in scopes:
        here = trail(scope)
        common = here if common is None else tuple(a for a, b in zip(common, here, strict=False) if a == b)
    return common[-1] if common else ""
