"""A stage between its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from netcompiler.stages import Passed, Stage


class StageModule(nn.Module):
    """Runs a stage's part of the net, and hands on what others read.

    It takes and gives tensors in the order of `Stage.receives` and `Stage.sends`; the last stage gives what
    the net gives. In evaluation what only training needs is left out.

    Attributes:
        part: the generated module of the stage's group.
        layouts: the memory layouts of what it gives, once they are agreed on: a value arrives as its bytes,
            in whatever layout the receiver expects.
    """

    def __init__(self, stage: Stage, part: nn.Module, outputs: Sequence[Passed]) -> None:
        super().__init__()
        self.part = part
        self.layouts: tuple[torch.memory_format, ...] = ()
        self._stage = stage
        self._sends = stage.sends or tuple(outputs)

    def forward(self, *received: Tensor) -> tuple[Tensor, ...]:
        """One micro-batch."""
        stage = self._stage
        values = dict(zip(self._now(stage.receives), received, strict=True))
        if self.part.training or not stage.training_only:
            given = self.part(*(values.get(id) for id in stage.graph.inputs))
            values |= zip(
                self._now(stage.given), (given,) if isinstance(given, Tensor) else given, strict=True
            )
        sent = [values[id] for id in self._now(self._sends)]
        layouts = self.layouts or tuple(map(layout_of, sent))
        pairs = zip(sent, layouts, strict=True)
        return tuple(value.contiguous(memory_format=layout) for value, layout in pairs)

    def _now(self, passed: Sequence[Passed]) -> list[str]:
        return [p.value for p in passed if self.part.training or not p.training_only]


def layout_of(value: Tensor) -> torch.memory_format:
    """The layout that a value lies in, or the usual one where it lies in none that can be asked for."""
    for layout, rank in ((torch.channels_last, 4), (torch.channels_last_3d, 5)):
        if value.dim() == rank and not value.is_contiguous() and value.is_contiguous(memory_format=layout):
            return layout
    return torch.contiguous_format
