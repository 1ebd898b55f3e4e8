"""How far apart two colours look, to people with any kind of colour vision."""

from __future__ import annotations

import math

Linear = tuple[float, ...]

VISIONS = {
    "trichromacy": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""Matrices on linear sRGB, at severity 1. Machado, Oliveira and Fernandes, A Physiologically-based Model for
Simulation of Color Vision Deficiency, IEEE Transactions on Visualization and Computer Graphics 15 (6), 2009.
"""

_TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_WHITE = (0.95047, 1.0, 1.08883)


def lightness(color: str) -> float:
    """CIE L*, 0 (black) to 100 (white): what is left of a colour in a copy in black and white."""
    return _lab(_linear(color))[0]


def distance(color: str, other: str, vision: str) -> float:
    """The distance in CIELAB of two colours as they are seen; about 2 is the least that can be noticed."""
    return math.dist(*(_lab(_seen(_linear(c), vision)) for c in (color, other)))


def _seen(linear: Linear, vision: str) -> Linear:
    return tuple(min(1.0, max(0.0, value)) for value in _times(VISIONS[vision], linear))


def _linear(color: str) -> Linear:
    parts = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)


def _lab(linear: Linear) -> tuple[float, float, float]:
    x, y, z = (
        t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116
        for t in (value / white for value, white in zip(_times(_TO_XYZ, linear), _WHITE, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _times(matrix: tuple[Linear, ...], vector: Linear) -> Linear:
    return tuple(sum(m * v for m, v in zip(row, vector, strict=True)) for row in matrix)
