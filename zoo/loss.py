"""The training loss of a net with one output or several."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor
from torch.nn.functional import cross_entropy


@dataclass(frozen=True)
class Loss:
    """Cross entropy of the output ``main``, plus ``aux_weight`` times that of each in ``auxiliary``."""

    main: str
    auxiliary: Sequence[str] = ()
    aux_weight: float = 0.0

    def logits(self, result: Any) -> Tensor:
        """The classifying output, float32 [batch, classes]: the result itself, or its field ``main``."""
        return self._output(result, self.main)

    def __call__(self, result: Any, labels: Tensor) -> tuple[Tensor, Tensor]:
        """What to minimise, and the main output's part of it; each a mean over the batch."""
        own = cross_entropy(self.logits(result), labels)
        total = own
        for name in self.auxiliary:
            total = total + self.aux_weight * cross_entropy(self._output(result, name), labels)
        return total, own

    @staticmethod
    def _output(result: Any, name: str) -> Tensor:
        logits = result if isinstance(result, Tensor) else getattr(result, name)
        assert isinstance(logits, Tensor)
        return logits.float()
