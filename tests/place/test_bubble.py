"""The bubble's formulas against schedules run slot by slot: those of torch itself, where it gives them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from torch.distributed.pipelining import schedules

from netcompiler.bubble import SCHEDULES, check_schedule, held_activations, idle_fraction

FORWARD, BACKWARD = 1.0, 2.0
"""Times of a stage for a micro-batch. The formulas hold for any."""

Action = tuple[str, int, int]
"""``F`` or ``B``, the stage and the micro-batch."""

CASES = [
    *[("gpipe", p, p, m) for p in (1, 2, 4, 5) for m in (1, 2, 4, 7, 16)],
    *[("1f1b", p, p, m) for p in (1, 2, 4, 5) for m in (5, 8, 13)],
    *[
        ("interleaved", p * v, p, m)
        for p, m in ((2, 4), (4, 8), (4, 10), (4, 3), (4, 2), (3, 9))
        for v in (1, 2, 3)
    ],
]


def orders(schedule: str, stages: int, processes: int, microbatches: int) -> list[list[Action]]:
    """What each process does, in order."""
    if schedule == "1f1b":
        return [one_forward_one_backward(rank, processes, microbatches) for rank in range(processes)]
    made = SimpleNamespace(
        _num_stages=stages,
        _n_microbatches=microbatches,
        pp_group_size=processes,
        n_local_stages=stages // processes,
        microbatches_per_round=microbatches // max(1, microbatches // processes),
    )
    if schedule == "gpipe":
        found = schedules.ScheduleGPipe._get_pipeline_order(made)  # type: ignore[arg-type]
        assert found is not None
    else:
        make = schedules.ScheduleInterleaved1F1B._calculate_single_rank_operations
        found = {rank: make(made, rank) for rank in range(processes)}  # type: ignore[arg-type]
    return [
        [
            (a.computation_type.value, a.stage_index, a.microbatch_index)
            for a in found[rank]
            if a is not None and a.microbatch_index is not None and a.computation_type.value in ("F", "B")
        ]
        for rank in range(processes)
    ]


def one_forward_one_backward(rank: int, processes: int, microbatches: int) -> list[Action]:
    """What torch's Schedule1F1B does; the order that it prints for pictures is another."""
    warm_up = min(microbatches, processes - rank)
    actions = [("F", rank, m) for m in range(warm_up)]
    for m in range(microbatches):
        actions.append(("B", rank, m))
        if warm_up + m < microbatches:
            actions.append(("F", rank, warm_up + m))
    return actions


def simulate(order: list[list[Action]], stages: int) -> tuple[float, list[int]]:
    """When the last process is done, and the most forwards without their backward on each."""
    done: dict[Action, float] = {}
    clock = [0.0] * len(order)
    held, most, waiting = [0] * len(order), [0] * len(order), [list(actions) for actions in order]
    while any(waiting):
        before = len(done)
        for rank, actions in enumerate(waiting):
            while actions and all(need in done for need in needs(actions[0], stages)):
                action = actions.pop(0)
                start = max([clock[rank], *(done[need] for need in needs(action, stages))])
                clock[rank] = done[action] = start + (FORWARD if action[0] == "F" else BACKWARD)
                held[rank] += 1 if action[0] == "F" else -1
                most[rank] = max(most[rank], held[rank])
        assert len(done) > before, "the schedule waits for ever"
    return max(clock), most


def needs(action: Action, stages: int) -> list[Action]:
    kind, stage, m = action
    if kind == "F":
        return [("F", stage - 1, m)] if stage else []
    return [("F", stage, m), *([("B", stage + 1, m)] if stage < stages - 1 else [])]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_formulas_are_those_of_the_schedules(case: tuple[str, int, int, int]) -> None:
    _, stages, processes, microbatches = case
    time, held = simulate(orders(*case), stages)
    busy = stages / processes * microbatches * (FORWARD + BACKWARD)
    assert idle_fraction(*case) == pytest.approx(1 - busy / time)
    assert held_activations(*case) == held


def test_the_figures_of_the_papers() -> None:
    # GPipe, section 2.3: O((K - 1) / (M + K - 1)), negligible when M ≥ 4·K.
    assert idle_fraction("gpipe", 8, 8, 32) == pytest.approx(7 / 39)
    # Megatron-LM, section 2.2: the bubble over the ideal time is (p - 1) / m, and with v chunks a v-th of it.
    for schedule, stages in (("1f1b", 4), ("interleaved", 4), ("interleaved", 8), ("interleaved", 16)):
        idle = idle_fraction(schedule, stages, 4, 8)
        assert idle / (1 - idle) == pytest.approx(3 / 8 / (stages // 4))


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (("dfs", 2, 2, 2), "there is no schedule 'dfs'; there are gpipe, 1f1b, interleaved"),
        (("gpipe", 2, 2, 0), "at least 1 micro-batch, not 0"),
        (
            ("gpipe", 4, 2, 4),
            "4 stages cannot run on 2 processes with the schedule gpipe: .* run on 4",
        ),
        (("interleaved", 4, 3, 4), "interleaved on 1, 2, 4"),
        (("1f1b", 4, 4, 3), "needs at least 4 micro-batches, not 3; gpipe takes fewer"),
        (("interleaved", 8, 4, 9), "in 2 rounds, and that does not divide them; take 8"),
    ],
)
def test_what_cannot_run(case: tuple[str, int, int, int], message: str) -> None:
    for ask in (check_schedule, idle_fraction, held_activations):
        with pytest.raises(ValueError, match=message):
            ask(*case)


def test_interleaved_waits_least() -> None:
    idle = [idle_fraction("interleaved", 4 * v, 4, 8) for v in (1, 2, 4)]
    assert idle == sorted(idle, reverse=True)
    assert {idle_fraction(s, 1, 1, 4) for s in SCHEDULES} == {0}
