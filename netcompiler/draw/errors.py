"""What can go wrong with a picture."""

from __future__ import annotations


class DrawError(Exception):
    """A picture that cannot be made. The message says what to install or what to do instead."""
