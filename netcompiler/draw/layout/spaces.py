"""Distances between things, in points."""

STEP = 19.0
"""Between a node and the next."""

SHORT = 11.0
"""To or from a merge or a junction."""

FAN = 28.0
"""Between a node and branches side by side."""

BESIDE = 16.0
"""Between branches side by side."""

ARC = 13.0
"""Between what stands in a branch and the arc past it."""

GUTTER = 40.0
"""Between columns."""

TURN = 16.0
"""How far above and below a column the way to the next column runs."""

PADDING = 12.0
"""Inside a block."""

HEADER = 27.0
"""For a block's title."""
