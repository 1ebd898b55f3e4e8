"""What training holds in memory: weights, gradients, the optimizer's state, activations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from netcompiler.bubble import SCHEDULES
from netcompiler.cost import memory
from netcompiler.graph import BYTES_PER_ELEMENT, Layer

OPTIMIZERS: dict[str, int] = {"sgd": 0, "momentum": 1, "adam": 2}
"""Numbers that an optimizer keeps for each parameter: momentum's velocity, Adam's two moments."""


@dataclass(frozen=True, slots=True)
class Training:
    """How a net is trained, as far as memory and time depend on it.

    Attributes:
        batch: samples a step, in one copy of the net.
        microbatches: how many parts a pipeline cuts the batch into.
        schedule: the pipeline's schedule: gpipe or 1f1b.
        optimizer: a key of `OPTIMIZERS`.
        element: bytes of an element of an activation: 4, or 2 under autocast to 16 bits. Parameters,
            gradients and the optimizer's state are in 32 bits.
    """

    batch: int = 32
    microbatches: int = 1
    schedule: str = "gpipe"
    optimizer: str = "momentum"
    element: int = BYTES_PER_ELEMENT

    def __post_init__(self) -> None:
        if self.schedule not in SCHEDULES[:2]:
            raise ValueError(f"there is no schedule {self.schedule!r} for it; there are gpipe and 1f1b")
        if self.optimizer not in OPTIMIZERS:
            raise ValueError(f"unknown optimizer {self.optimizer!r}; known are {', '.join(OPTIMIZERS)}")
        for name, value in (("batch", self.batch), ("microbatches", self.microbatches)):
            if value < 1:
                raise ValueError(f"{name} is {value}, and at least 1 is needed")

    @property
    def parameter(self) -> int:
        """Bytes for a parameter: itself, its gradient, and the optimizer's state."""
        return BYTES_PER_ELEMENT * (2 + OPTIMIZERS[self.optimizer])

    @property
    def microbatch(self) -> int:
        """Samples of the largest micro-batch."""
        return -(-self.batch // self.microbatches)

    def held(self, stage: int, stages: int) -> int:
        """Samples whose activations a stage holds at the most.

        GPipe holds all micro-batches; 1F1B as many as there are stages from this one on: see
        `netcompiler.bubble.held_activations`.
        """
        if self.schedule == "gpipe":
            return self.batch
        return min(self.batch, self.microbatch * (stages - stage))

    def activation(self, elements: int, samples: int) -> int:
        """Bytes of activations: so many elements a sample."""
        return elements * samples * self.element

    def whole(self, layers: Iterable[Layer]) -> int:
        """Bytes that some layers take on one device without a pipeline."""
        needs = memory(layers)
        parameters = needs.parameters // BYTES_PER_ELEMENT * self.parameter
        return parameters + self.activation(needs.activations // BYTES_PER_ELEMENT, self.batch)

    def on(self, element: int) -> Training:
        """The same with elements of this size."""
        return replace(self, element=element)
