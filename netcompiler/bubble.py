"""How long the processes of a pipeline wait: the share of a step that is idle, by schedule."""

from __future__ import annotations

SCHEDULES = ("gpipe", "1f1b", "interleaved")
"""The schedules by name.

- ``gpipe``: all micro-batches forward, then all backward. Huang et al., *GPipe*, NeurIPS 2019.
- ``1f1b``: after a warm-up, one forward and one backward in turn: the same time with fewer activations held.
  Narayanan et al., *Memory-Efficient Pipeline-Parallel DNN Training* (PipeDream-Flush), ICML 2021.
- ``interleaved``: 1F1B with several stages on each process, dealt out in turn. Narayanan et al., *Efficient
  Large-Scale Language Model Training on GPU Clusters Using Megatron-LM*, SC 2021.
"""


def check_schedule(schedule: str, stages: int, processes: int, microbatches: int) -> None:
    """See to it that a schedule can run.

    Args:
        schedule: one of `SCHEDULES`.
        stages: how many stages the net is cut into.
        processes: how many processes run one copy of the net.
        microbatches: how many parts a batch is cut into.

    Raises:
        ValueError: there is no such schedule, the stages cannot be dealt out evenly, or the schedule does not
            take this number of micro-batches.
    """
    if schedule not in SCHEDULES:
        raise ValueError(f"there is no schedule {schedule!r}; there are {', '.join(SCHEDULES)}")
    if microbatches < 1:
        raise ValueError(f"a batch is cut into at least 1 micro-batch, not {microbatches}")
    _check_stages(schedule, stages, processes)
    if schedule == "1f1b" and microbatches < processes:
        raise ValueError(
            f"1f1b on {processes} processes needs at least {processes} micro-batches, not {microbatches}; "
            "gpipe takes fewer"
        )
    rounds = _rounds(processes, microbatches)
    if schedule == "interleaved" and microbatches % rounds:
        raise ValueError(
            f"interleaved on {processes} processes runs {microbatches} micro-batches in {rounds} rounds, and "
            f"that does not divide them; take {microbatches // processes * processes} micro-batches"
        )


def _check_stages(schedule: str, stages: int, processes: int) -> None:
    if processes < 1 or stages % processes or (schedule != "interleaved" and stages != processes):
        some = f"{stages} stage{'s' * (stages != 1)}"
        places = f"{processes} process{'es' * (processes != 1)}"
        fitting = ", ".join(str(n) for n in range(1, stages + 1) if stages % n == 0)
        raise ValueError(
            f"{some} cannot run on {places} with the schedule {schedule}: "
            f"gpipe and 1f1b run on {stages}, one stage each; interleaved on {fitting}"
        )


def idle_fraction(schedule: str, stages: int, processes: int, microbatches: int) -> float:
    """The share of a step's time in which a process waits for others: the pipeline's bubble.

    All stages are taken to need the same time, and sending to need none. With p processes, v = stages / p
    stages on each and m micro-batches a process works for v·m of v·max(m, p) + min(m, p) - 1 slots, a slot
    being a micro-batch forward and backward through one stage. For m ≥ p that is the papers' bubble,
    (p - 1) / (v·m + p - 1) of the step: GPipe, section 2.3, and Megatron-LM, section 2.2, which gives it as
    (p - 1) / (v·m) of the time in which work is done. `gpipe` and `1f1b` have v = 1 and are equally fast.

    Raises:
        ValueError: as `check_schedule`.
    """
    check_schedule(schedule, stages, processes, microbatches)
    work = stages // processes * microbatches
    slots = stages // processes * max(microbatches, processes) + min(microbatches, processes) - 1
    return 1 - work / slots


def held_activations(schedule: str, stages: int, processes: int, microbatches: int) -> list[int]:
    """For each process, how many micro-batches' activations it holds at most, a stage each.

    A stage's activations are held from its forward to its backward. `gpipe` holds all m micro-batches, `1f1b`
    p - rank of them, and `interleaved` its warm-up of (v - 1)·p + 2·(p - rank - 1) and one more; each
    with m as the bound for a stage. (Activations of one stage are 1/v of what a process computes.)

    Raises:
        ValueError: as `check_schedule`.
    """
    check_schedule(schedule, stages, processes, microbatches)
    if schedule == "gpipe":
        return [microbatches] * processes
    if schedule == "1f1b":
        return [processes - rank for rank in range(processes)]
    chunks = stages // processes
    round_ = microbatches // _rounds(processes, microbatches)
    warm_up = [(chunks - 1) * round_ + 2 * (processes - rank - 1) for rank in range(processes)]
    return [min(count + 1, chunks * microbatches) for count in warm_up]


def _rounds(processes: int, microbatches: int) -> int:
    """How many rounds `interleaved` makes: the micro-batches of one go through a stage before a process turns
    to its next stage. A round has at least as many as there are processes, where there are so many.
    """
    return max(1, microbatches // processes)
