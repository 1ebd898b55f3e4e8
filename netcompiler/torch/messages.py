"""Where the process of one placement group talks to those of the others."""

from __future__ import annotations

from collections.abc import Sequence

from netcompiler.partition import Message, partition
from netcompiler.torch.literals import string
from netcompiler.torch.steps import Communication, Plan, Step


def with_messages(plan: Plan, group: str) -> None:
    """Put the messages of a group's process between the steps of its layers.

    A value that comes from another group has the same id as there. What the net gives is a value of its own,
    on the group that computes it too: there it also stands for the gradient that comes back once.
    """
    layers = {step.id: step for step in plan.steps}
    part = partition(plan.graph).parts[group]
    plan.steps = [
        _communication(plan, number, step, group) if isinstance(step, Message) else layers[step]
        for number, step in enumerate(part.steps)
    ]


def _communication(plan: Plan, number: int, message: Message, group: str) -> Step:
    reads = tuple(v for v, source in zip(message.values, message.sources, strict=True) if source == group)
    brought = tuple(v for v, source in zip(message.values, message.sources, strict=True) if source != group)
    if message.kind == "output":
        brought = (f"{message.values[0]}>",)
        plan.given[message.values[0]] = brought[0]
    elif group not in message.targets:
        brought = ()
    layer = plan.graph.layer(message.values[0])
    code = Communication(message, group)
    return Step(f"message {number}", "", code, reads, layer, group, message.training_only, brought=brought)


def begin(plan: Plan, inputs: Sequence[str]) -> str:
    """The text of the call with which a forward pass begins to talk."""
    varies = any(message.training_only for message in partition(plan.graph).messages)
    return f"begin({', '.join([*inputs, *['training=self.training'] * varies])})"


def call(communication: Communication, talk: str) -> str:
    """The text of a call, with ``{0}`` for the value that it takes; ``talk`` is what it goes through."""
    message, group = communication.message, communication.group
    end = "" if message.differentiable or message.kind == "output" else ", gradient=False"
    if message.kind == "exchange":
        return f"{talk}.exchange({{0}}, {', '.join(map(string, message.sources))}{end})"
    if message.kind == "output":
        value = "{0}" if group in message.sources else "None"
        return f"{talk}.output({value}, {string(message.sources[0])})"
    if group in message.sources:
        return f"{talk}.send({{0}}, {string(message.targets[0])}{end})"
    return f"{talk}.receive({string(message.sources[0])}{end})"
