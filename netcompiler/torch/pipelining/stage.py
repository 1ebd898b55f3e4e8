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

    What travels lies in memory element by element, as gloo wants it. A value in channels_last goes with its
    channels as the last dimension: not a byte moves for that, and the gradient comes back in the same way.

    Attributes:
        part: the generated module of the stage's group.
        arrives: which of the tensors that it takes have their channels last.
        leaves: which of those that it sends do; None for as they come, which is then noted here.
    """

    def __init__(self, stage: Stage, part: nn.Module, outputs: Sequence[Passed]) -> None:
        super().__init__()
        self.part = part
        self.arrives: tuple[bool, ...] = ()
        self.leaves: tuple[bool, ...] | None = None
        self._stage = stage
        self._outputs = tuple(outputs)

    def expect(self, arrives: Sequence[bool], leaves: Sequence[bool] | None = None) -> None:
        """Set `arrives` and `leaves`."""
        self.arrives, self.leaves = tuple(arrives), None if leaves is None else tuple(leaves)

    def forward(self, *received: Tensor) -> tuple[Tensor, ...]:
        """One micro-batch."""
        stage = self._stage
        arrives = self.arrives or (False,) * len(received)
        taken = [x.movedim(-1, 1) if moved else x for x, moved in zip(received, arrives, strict=True)]
        values = dict(zip(self._now(stage.receives), taken, strict=True))
        if self.part.training or not stage.training_only:
            given = self.part(*(values.get(id) for id in stage.graph.inputs))
            given = (given,) if isinstance(given, Tensor) else given
            values |= zip(self._now(stage.given), given, strict=True)
        if not stage.sends:
            return tuple(values[id] for id in self._now(self._outputs))
        sent = [values[id] for id in self._now(stage.sends)]
        if self.leaves is None:
            self.leaves = tuple(map(is_channels_last, sent))
        pairs = zip(sent, self.leaves, strict=True)
        return tuple((x.movedim(1, -1) if moves else x).contiguous() for x, moves in pairs)

    def _now(self, passed: Sequence[Passed]) -> list[str]:
        return [p.value for p in passed if self.part.training or not p.training_only]


def is_channels_last(value: Tensor) -> bool:
    """True for images and volumes whose channels lie together in memory."""
    layout = {4: torch.channels_last, 5: torch.channels_last_3d}.get(value.dim())
    return layout is not None and not value.is_contiguous() and value.is_contiguous(memory_format=layout)
