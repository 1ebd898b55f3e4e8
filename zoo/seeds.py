"""Everything random, from one seed.

What a step draws (dropout, mixup) depends on the seed, the step and the process's place alone, and what an
image's augmentation draws on the seed, the epoch and the image. So there is no state of generators to save,
and a run that goes on in the middle draws what it would have drawn.
"""

import random

import numpy as np
import torch

STEP, IMAGE, ORDER = 1, 2, 3
"""What numbers are drawn for: each has a stream of its own."""


def seed_everything(seed: int) -> None:
    """Seed Python's, numpy's and torch's global generators, on all devices."""
    random.seed(seed)
    np.random.seed(seed)  # for code that draws from it; ours has generators of its own
    torch.manual_seed(seed)


def for_step(seed: int, step: int, replica: int, place: int = 0) -> np.random.Generator:
    """Seed torch for one step of one process, and give a generator for what else the step draws.

    The generator is the same for all processes of a replica, which take the same images. torch draws dropout,
    in layers that a process has alone, so that each ``place`` has numbers of its own.
    """
    sequence = np.random.SeedSequence((seed, STEP, step, replica))
    own = np.random.SeedSequence((seed, STEP, step, replica, place)) if place else sequence
    number = int(own.generate_state(1, np.uint64)[0] >> 1)
    torch.default_generator.manual_seed(number)
    if torch.cuda.is_available():
        torch.cuda.manual_seed(number)
    return np.random.default_rng(sequence)


class ForImage:
    """Gives the generator of one image's augmentation in one epoch, the same at every call.

    It is made when something is drawn: validation draws nothing, and making one takes longer than cutting a
    small image.
    """

    __slots__ = ("_key", "_made")

    def __init__(self, seed: int, epoch: int, index: int) -> None:
        self._key = (seed, IMAGE, epoch, index)
        self._made: np.random.Generator | None = None

    def __call__(self) -> np.random.Generator:
        if self._made is None:
            self._made = np.random.default_rng(self._key)
        return self._made


def for_order(seed: int, epoch: int) -> np.random.Generator:
    """The generator of the order of an epoch's images."""
    return np.random.default_rng((seed, ORDER, epoch))


def be_deterministic() -> None:
    """Ask torch for algorithms that give the same result each time; the CPU's do as it is."""
    import os
    import warnings

    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.backends.cudnn.benchmark = False
    # Some operations have no such algorithm; stopping the run for one would help nobody.
    torch.use_deterministic_algorithms(True, warn_only=True)
    warnings.filterwarnings("ignore", message=".*does not have a deterministic implementation")
