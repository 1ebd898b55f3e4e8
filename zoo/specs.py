"""Where the shipped specs lie: ``zoo/specs`` in a wheel, ``specs`` beside the package in a checkout."""

from pathlib import Path


def folder() -> Path:
    """The folder of the shipped ``.net`` files."""
    here = Path(__file__).parent
    shipped = here / "specs"
    return shipped if shipped.is_dir() else here.parent / "specs"
