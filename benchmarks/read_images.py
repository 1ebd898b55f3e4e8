"""Photographs of 500×375 → training batches of 224×224, by one core: the zoo's reader against torchvision's.

All do the same work on the same files, from the file to a batch of normalised floats: decode, random resized
crop, flip, scale, normalise. The peers are the pipelines of torchvision's reference for classification: PIL,
and the transforms of v2 on PIL's images and on tensors. All run in this process, without workers; time is
processor time of one thread. The photographs are those that scikit-learn ships, cut and scaled.
"""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import torch
from PIL import Image
from sklearn.datasets import load_sample_images
from torch.utils.data import DataLoader

from benchmarks.measure import compare
from tests.peers import import_torchvision
from zoo.augment.crop import CropOptions
from zoo.data.imagefolder import ImageFolder, ImageFolderOptions
from zoo.data.photos import MEAN, STD
from zoo.input import ToInput
from zoo.loader import Loader
from zoo.transform import training

BATCH, BATCHES, ROUNDS = 32, 4, 11
WIDTH, HEIGHT, SIDE = 500, 375, 224
QUALITY = 96
"""Gives files of 0.1 MB, which is what ImageNet's photographs of this size have."""


def main() -> None:
    """Prints images/s of the zoo's reader, and a ratio for each peer."""
    torch.set_num_threads(1)
    with TemporaryDirectory() as folder:
        root = Path(folder)
        size = _write(root)
        print(f"times are for {BATCH * BATCHES} photographs of {WIDTH}×{HEIGHT}, {size / 1000:.0f} kB each")
        ours = _ours(root)
        for name, transform in _peers().items():
            title = f"reading images, zoo / torchvision {name}"
            compare(title, ours, _theirs(root, transform), ROUNDS, process_time)


def _write(root: Path) -> float:
    """A folder with training and validation photographs of two classes; their mean size in bytes."""
    for name, pixels in zip(("building", "flower"), load_sample_images().images, strict=True):
        photo = Image.fromarray(pixels)
        for i in range(BATCH * BATCHES // 2):
            width = photo.height * WIDTH // HEIGHT
            left = (photo.width - width) * i // (BATCH * BATCHES // 2 - 1)
            part = photo.crop((left, 0, left + width, photo.height)).resize((WIDTH, HEIGHT))
            for split in ("train", "val"):
                path = root / split / name / f"{i}.jpg"
                path.parent.mkdir(parents=True, exist_ok=True)
                part.save(path, quality=QUALITY)
    sizes = [path.stat().st_size for path in root.rglob("*.jpg")]
    return sum(sizes) / len(sizes)


def _ours(root: Path) -> Callable[[], object]:
    data = ImageFolder(ImageFolderOptions(root=str(root))).open()
    suits = CropOptions(name="crop")
    transform = training(suits, suits, SIDE, data.centre, data.mean)
    loader = Loader(data.train, transform, BATCH, 0, training=True, workers=0)
    to_input = ToInput(data.mean, data.std, torch.device("cpu"), torch.channels_last)

    def read() -> None:
        for batch in loader.epoch(0):
            to_input(batch.images)

    return read


def _theirs(root: Path, transform: Callable[[Any], torch.Tensor]) -> Callable[[], object]:
    images = import_torchvision().datasets.ImageFolder(str(root / "train"), transform)
    loader: DataLoader[Any] = DataLoader(images, BATCH, shuffle=True, drop_last=True)

    def read() -> None:
        for _batch in loader:
            pass

    return read


def _peers() -> dict[str, Callable[[Any], torch.Tensor]]:
    """The transforms of references/classification/presets.py, with its defaults; v2 in both its backends."""
    import_torchvision()
    from torchvision import transforms as v1
    from torchvision.transforms import v2

    old = [v1.RandomResizedCrop(SIDE, antialias=True), v1.RandomHorizontalFlip()]
    old_end = [v1.ConvertImageDtype(torch.float), v1.Normalize(MEAN, STD)]
    new = [v2.RandomResizedCrop(SIDE, antialias=True), v2.RandomHorizontalFlip()]
    new_end = [v2.ToDtype(torch.float, scale=True), v2.Normalize(MEAN, STD)]
    return {
        "PIL": v1.Compose([*old, v1.PILToTensor(), *old_end]),
        "v2 on PIL": v2.Compose([*new, v2.PILToTensor(), *new_end]),
        "v2 on tensors": v2.Compose([v2.PILToTensor(), *new, *new_end]),
    }


if __name__ == "__main__":
    main()
