"""What torchvision says of its checkpoints: how images are prepared for each, and where it lies."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from zoo import yamls

FILE = Path(__file__).parent / "torchvision.yaml"
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""ImageNet's, of values in [0, 1]."""


@dataclass(frozen=True)
class Published:
    """One checkpoint; sides are in pixels, mean and std of values in [0, 1]."""

    model: str
    name: str
    file: str
    resize: int
    crop: int
    bicubic: bool = False
    mean: tuple[float, ...] = MEAN
    std: tuple[float, ...] = STD

    @property
    def url(self) -> str:
        """Where torchvision fetches it."""
        return f"{_content()['base']}{self.file}"

    @property
    def digits(self) -> str:
        """The first digits of the file's SHA-256, which its name ends in."""
        found = re.search(r"-([0-9a-f]{8,})\.pth$", self.file)
        return found[1] if found else ""


@cache
def checkpoints() -> tuple[Published, ...]:
    """Every one."""
    return tuple(_made(values) for values in _content()["checkpoints"])


def recognised(sha256: str) -> Published | None:
    """The checkpoint that a file is, by its checksum."""
    return next((each for each in checkpoints() if each.digits and sha256.startswith(each.digits)), None)


def first(model: str) -> Published | None:
    """The first that was published of a model, whose preparation is its paper's as a rule."""
    return next((each for each in checkpoints() if each.model == model), None)


def _made(values: Mapping[str, Any]) -> Published:
    own: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in values.items()
    }
    return Published(**own)


@cache
def _content() -> dict[str, Any]:
    return yamls.load(FILE.read_text(encoding="utf-8"))
