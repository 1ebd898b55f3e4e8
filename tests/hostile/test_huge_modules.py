"""A net that is too large for the machine is refused before memory is asked for."""

from __future__ import annotations

import resource

import pytest
import torch

from netcompiler import loads

assert torch.get_default_device().type == "cpu"  # its import is not what is measured


@pytest.mark.parametrize(
    ("size", "steps"),
    [
        (10**9, "linear(1000000000)"),
        (4000, "{ linear(1000000) -> linear(4000) } * 100"),  # each would fit
        (2**53, "linear(9007199254740992)"),  # more numbers than 64 bits can count
    ],
)
def test_weights_that_do_not_fit(size: int, steps: str) -> None:
    net = loads(f"net n {{\n  input x [{size}]\n  {steps}\n}}")
    torch.nn.Linear(1, 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(MemoryError, match=r"the weights of n take .* and cpu has .*; module\('meta'\)"):
        net.module()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kilobytes
