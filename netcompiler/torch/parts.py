"""The layers of each scope in runs that one call of a method can do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from netcompiler.torch.steps import Communication, Part, Plan, Step, Transfer, trail


def divide(plan: Plan) -> None:
    """Fill in a plan's parts, with what each takes and gives."""
    steps = plan.steps
    plan.root = _build(
        plan, "", [(step, trail(step.scope)) for step in steps], 0, _passes(steps), training_only=False
    )
    _connect(plan)


def _passes(steps: Sequence[Step]) -> dict[tuple[str, str], int]:
    """For scopes that are run several times as a whole: the number of the run each step belongs to."""
    reused = {scope for step in steps if step.layer.reuses for scope in trail(step.scope)} - {""}
    inside: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        for scope in trail(step.scope):
            if scope in reused and not isinstance(step.code, Transfer):
                inside[scope].append(step)
    passes = {}
    for scope, found in inside.items():
        for step, number in zip(found, _number_passes(found), strict=True):
            passes[scope, step.id] = number
    return passes


def _number_passes(steps: Sequence[Step]) -> list[int]:
    """For each step of a scope, which run of the whole scope it belongs to.

    Where the steps are not one sequence over and over, the first run ends with the scope's last own layer;
    what later runs through all of these layers in order is another whole run.
    """
    paths = [step.layer.path for step in steps]
    period = _period(paths)
    if period < len(paths):
        return [i // period for i in range(len(paths))]
    own = 1 + max(i for i, step in enumerate(steps) if not step.layer.reuses)
    numbers, after_whole = [0] * own, False
    while len(numbers) < len(paths):
        i = len(numbers)
        whole = paths[i] == paths[0] and paths[i : i + own] == paths[:own]
        numbers += [numbers[-1] + (whole or after_whole)] * (own if whole else 1)
        after_whole = whole
    return numbers


def _period(paths: Sequence[str]) -> int:
    """The length of the sequence that, repeated as often as its rarest path, gives the paths."""
    times = min(Counter(paths).values())
    period = len(paths) // times
    if period * times != len(paths) or any(paths[i] != paths[i % period] for i in range(len(paths))):
        return len(paths)
    return period


@dataclass(slots=True, eq=False)
class _Run:
    """Steps of one child scope that will become one call."""

    index: int
    part: Part
    steps: list[tuple[Step, tuple[str, ...]]]


def _build(
    plan: Plan,
    scope: str,
    steps: Sequence[tuple[Step, tuple[str, ...]]],
    depth: int,
    passes: dict[tuple[str, str], int],
    *,
    training_only: bool,
) -> Part:
    """One part of a scope.

    A step of a scope inside joins that scope's last run when everything it reads is there or earlier;
    otherwise it begins a new run, which becomes another method. So nothing ever runs before what it reads.
    """
    part = Part(scope, training_only)
    plan.parts.setdefault(scope, []).append(part)
    where: dict[str, int] = {}
    runs: list[_Run] = []
    current: dict[tuple[str, int, bool], _Run] = {}
    for step, path in steps:
        if len(path) == depth + 1:
            where.update(dict.fromkeys(step.values, len(part.items)))
            part.items.append(step)
            if isinstance(step.code, Communication):
                current.clear()  # what comes after a message stays after it: others may wait for the message
            continue
        child = path[depth + 1]
        key = (child, passes.get((child, step.id), 0), step.training_only)
        run = current.get(key)
        if run is None or any(where.get(read, -1) > run.index for read in step.reads):
            run = current[key] = _Run(len(part.items), Part(child, step.training_only), [])
            part.items.append(run.part)
            runs.append(run)
        run.steps.append((step, path))
        where[step.id] = run.index
    for run in runs:
        part.items[run.index] = _build(
            plan, run.part.scope, run.steps, depth + 1, passes, training_only=run.part.training_only
        )
    return part


def _connect(plan: Plan) -> None:
    """Fill in what every part takes from outside and gives to it."""
    around: dict[str, tuple[Part, ...]] = dict.fromkeys(plan.graph.inputs, (plan.root,))
    _walk(plan.root, (plan.root,), around)
    readers: dict[str, list[tuple[Part, ...]]] = defaultdict(list)
    for step in plan.steps:
        for read in step.reads:
            inside = around[step.id]
            readers[read].append(inside)
            for part in inside[_shared(around[read], inside) :]:
                part.inputs[read] = None
    for output in plan.graph.outputs:
        readers[plan.output(output.layer)].append((plan.root,))
    for id in plan.step_of:
        for reader in readers[id]:
            for part in around[id][_shared(around[id], reader) :]:
                part.outputs[id] = None


def _walk(part: Part, parts: tuple[Part, ...], around: dict[str, tuple[Part, ...]]) -> None:
    for item in part.items:
        if isinstance(item, Part):
            _walk(item, (*parts, item), around)
        else:
            around[item.id] = parts
            around.update(dict.fromkeys(item.values, parts))


def _shared(a: tuple[Part, ...], b: tuple[Part, ...]) -> int:
    """How many parts two values have around them in common."""
    count = 0
    for x, y in zip(a, b, strict=False):
        if x is not y:
            break
        count += 1
    return count
