"""A share of every class, held out for validation where the data has no split of its own."""

from collections.abc import Sequence


def hold_out(labels: Sequence[int], share: float, seed: int) -> tuple[list[int], list[int]]:
    """The indices of those to train on, and of those held out, by class and then in their order.

    At least one of each class is held out, where it has two; for the same seed always the same. None is where
    every class has one alone.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    by_class: dict[int, list[int]] = {}
    for index, label in enumerate(labels):
        by_class.setdefault(label, []).append(index)
    train: list[int] = []
    val: list[int] = []
    for _, own in sorted(by_class.items()):
        held = 0 if len(own) < 2 else min(len(own) - 1, max(1, round(len(own) * share)))
        out = set(rng.permutation(len(own))[:held].tolist())
        train += [index for i, index in enumerate(own) if i not in out]
        val += [index for i, index in enumerate(own) if i in out]
    return train, val
