"""How long a layer takes on a device: the roofline model."""

from __future__ import annotations

from math import prod

from netcompiler.graph import BYTES_PER_ELEMENT, Layer
from netcompiler.placement.machines import Machine

BACKWARD = 2
"""The backward pass takes so many times the forward: a gradient for the input and one for the weights."""

_FREE = frozenset({"input", "shape"})
"""Kinds that move nothing: views of a value under another shape."""


def forward_seconds(layer: Layer, samples: float, machine: Machine, element: int) -> float:
    """The forward time of a layer for some samples.

    It computes at the device's speed or moves its values and weights at its memory's, whichever takes
    longer: the roofline model (Williams, Waterman & Patterson, CACM 2009). A layer that only gives a value
    another shape takes no time, and no other takes less than ``machine.launch``.
    """
    if layer.operation.kind in _FREE or layer.operation.name == "identity":
        return 0.0
    computing = 2 * layer.macs * samples / machine.speed
    return machine.launch + max(computing, moved_bytes(layer, samples, element) / machine.memory_bandwidth)


def moved_bytes(layer: Layer, samples: float, element: int) -> float:
    """Bytes that a layer's forward reads and writes: its inputs, its output, its weights."""
    values = sum(map(prod, layer.inputs)) + layer.neurons
    return values * samples * element + layer.parameters * BYTES_PER_ELEMENT


def step_seconds(layer: Layer, samples: float, machine: Machine, element: int) -> float:
    """Forward and backward."""
    return (1 + BACKWARD) * forward_seconds(layer, samples, machine, element)
