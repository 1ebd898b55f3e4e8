"""How much memory a run has used."""

import resource
import sys

import torch


def peak() -> float:
    """The most memory used so far, in MiB: of the GPU where there is one in use, or of this process."""
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        return torch.cuda.max_memory_allocated() / 2**20
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
