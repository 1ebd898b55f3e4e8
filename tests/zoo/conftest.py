"""What the zoo's tests share: a folder of their own, a small net, some pictures, and the command."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch
from PIL import Image

from zoo import cli, config
from zoo.schema import Config

SPEC = """\
net tiny(classes=10, width=8) {
  input image [1, 8, 8]
  conv(width, 3, padding=1, bias=false) -> batchnorm -> relu -> maxpool(2)
  dropout(0.1) -> flatten -> fc: linear(classes)
}
"""

COLOURS = {"blue": (30, 40, 200), "green": (30, 180, 40), "red": (200, 30, 30)}


class Ran(NamedTuple):
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test in a folder of its own, on one thread."""
    monkeypatch.chdir(tmp_path)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def zoo(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """The command ``zoo``, in this process."""

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        try:
            code = cli.main(arguments)
        except SystemExit as end:  # argparse
            code = int(end.code or 0)
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A small net that learns digits fast; batch norm and dropout make state and randomness matter."""
    path = tmp_path / "tiny.net"
    path.write_text(SPEC, encoding="utf-8")
    return path


@pytest.fixture
def configure(spec: Path) -> Callable[..., Config]:
    """The config of a short run of the small net, by overrides."""

    def make(*overrides: str) -> Config:
        given = [f"model.spec={spec}", "trainer.progress=none", "trainer.epochs=2", *overrides]
        return config.one(*given)

    return make


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Three classes of plain colours with noise, nine images each, JPEG and PNG, of different sizes."""
    root = tmp_path / "photos"
    rng = np.random.default_rng(0)
    for name, colour in COLOURS.items():
        (root / name).mkdir(parents=True)
        for i in range(9):
            height, width = 20 + 3 * i, 40 - 2 * i
            noise = rng.integers(-25, 26, (height, width, 3))
            pixels = np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(root / name / f"{i}.{'png' if i % 3 == 2 else 'jpg'}")
    return root
