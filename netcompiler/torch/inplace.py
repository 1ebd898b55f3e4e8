"""Which steps may overwrite what they read."""

from __future__ import annotations

from netcompiler.code import ExpressionCode
from netcompiler.torch.steps import Communication, Part, Plan, Step, Transfer


def find_in_place(plan: Plan) -> None:
    """Mark the steps that may overwrite what they read: nobody else reads it, nor does the backward pass.

    Dropout is left out: its fused kernel on CUDA, which is faster, does not work in place. A value from
    outside the part is never overwritten, since callers and hooks may hold it.
    """
    refused: set[str] = set()
    for parts in plan.parts.values():
        for part in parts:
            for step in part.items:
                if not isinstance(step, Step) or not _can_overwrite(step):
                    continue
                if _is_safe(plan, part, step.reads[0]):
                    plan.in_place.add(step.id)
                else:
                    refused.add(step.layer.path)
    # A module that runs several times has one `inplace` for all of them.
    plan.in_place = {
        id
        for id in plan.in_place
        if not plan.step_of[id].is_module or plan.step_of[id].layer.path not in refused
    }


def _can_overwrite(step: Step) -> bool:
    if isinstance(step.code, (Transfer, Communication)):
        return False
    if isinstance(step.code, ExpressionCode):
        return step.code.inplace is not None
    operation = step.layer.operation
    return operation.inplace and operation.kind != "dropout"


def _is_safe(plan: Plan, part: Part, value: str) -> bool:
    """Whether a step of the part may overwrite a value.

    What a transfer gives may be its source itself, and what a message brings shares memory with others.
    """
    source = plan.step_of.get(value)
    return (
        source is not None
        and not isinstance(source.code, (Transfer, Communication))
        and source.layer.operation.overwritable
        and plan.uses[value] == 1
        and value not in part.inputs
    )
