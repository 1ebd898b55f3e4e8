"""How much memory a run has used."""

import re
import resource
import sys
from pathlib import Path

import torch


def peak() -> float:
    """The most memory used so far, in MiB: of the GPU where there is one in use, or of this process."""
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        return torch.cuda.max_memory_allocated() / 2**20
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says on Linux counts in the program that started this one
        found = re.search(r"^VmHWM:\s+(\d+) kB$", status.read_text(encoding="utf-8"), flags=re.MULTILINE)
        if found:
            return int(found[1]) / 2**10
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
