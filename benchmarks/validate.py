"""Validation of ResNet-50 on a CPU, end to end: ``zoo evaluate`` against a plain script with torchvision.

Both read the same JPEG files of 500×375 with as many worker processes, take the centre crop of 224 of the
image at 256, and count errors in batches of the same size. The script is what torchvision's reference for
classification does: PIL, transforms, ImageFolder, DataLoader, torchvision's ResNet-50. Once both compute in
fp32; once the zoo computes as it does by default on this machine, and the script as it does by default, in
fp32. The photographs are those that scikit-learn ships, cut and scaled. Each side is a process of its own,
and the work is in turn. Times are of the wall: images are read by other processes.
"""

import multiprocessing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measure import compare
from benchmarks.read_images import HEIGHT, QUALITY, WIDTH
from benchmarks.side import Pause, Side

BATCH, IMAGES, WORKERS, THREADS, ROUNDS = 32, 64, 1, 1, 3
CLASSES = 2


def main() -> None:
    """Prints images/s of both, and the ratio of their times."""
    with TemporaryDirectory() as folder:
        _write(Path(folder))
        theirs = Side(_theirs, folder, parent=True)
        for precision in ("fp32", "auto"):
            ours = Side(_ours, folder, precision, parent=True)
            title = f"validating ResNet-50, zoo ({precision}) / torchvision (fp32)"
            a, b = compare(title, ours, theirs, ROUNDS)
            print(f"  images/s: {IMAGES / a:.1f} and {IMAGES / b:.1f}", flush=True)
            ours.end()
        theirs.end()


def _write(root: Path) -> None:
    """Photographs for training (one a class, for nothing but the layout) and validation."""
    from PIL import Image
    from sklearn.datasets import load_sample_images

    for name, pixels in zip(("building", "flower"), load_sample_images().images, strict=True):
        photo = Image.fromarray(pixels)
        for i in range(IMAGES // CLASSES):
            width = photo.height * WIDTH // HEIGHT
            left = (photo.width - width) * i // (IMAGES // CLASSES - 1)
            part = photo.crop((left, 0, left + width, photo.height)).resize((WIDTH, HEIGHT))
            for split in ("val", *(("train",) if i == 0 else ())):
                path = root / split / name / f"{i}.jpg"
                path.parent.mkdir(parents=True, exist_ok=True)
                part.save(path, quality=QUALITY)


def _ours(pause: Pause, folder: str, precision: str) -> None:
    """What ``zoo evaluate`` does once it has read its options: the panel, its loader and the counts."""
    import torch

    import netcompiler
    from zoo import allocator, checkpoint, fast, panel
    from zoo.data.imagefolder import ImageFolder, ImageFolderOptions
    from zoo.data.photos import MEAN, STD
    from zoo.protocols import PROTOCOLS

    _prepare()
    allocator.keep_pages()
    net = netcompiler.load("specs/resnet.net", "resnet50", classes=CLASSES)
    where = torch.device("cpu")
    trained_in = "bf16" if fast.gains_by_bf16(net, where) else "fp32"  # what zoo train would have chosen
    about = {
        "model": "resnet50",
        "spec": net.expand(),
        "input": [3, 224, 224],
        "output": "output",
        "classes": ["building", "flower"],
        "mean": MEAN,
        "std": STD,
        "centre": 0.875,
        "precision": trained_in,
    }
    path = Path(folder) / "weights.safetensors"
    checkpoint.save_weights(path, net.module().state_dict(), about)
    options = PROTOCOLS.entries["center"].options(name="center")
    nets = panel.assemble([path], options, precision, BATCH, where)  # type: ignore[arg-type]
    split = ImageFolder(ImageFolderOptions(name="imagefolder", root=folder)).open().val
    print(f"zoo computes in {nets.classifiers[0].precision_name}", flush=True)
    while True:
        pause()
        panel.ask(nets, split, BATCH, WORKERS)


def _theirs(pause: Pause, folder: str) -> None:
    """As references/classification/train.py evaluates, with the transforms of its presets."""
    import torch
    from torch.utils.data import DataLoader

    from tests.peers import import_torchvision
    from zoo.data.photos import MEAN, STD

    torchvision = import_torchvision()
    from torchvision import transforms

    _prepare()
    prepare = transforms.Compose(
        [
            transforms.Resize(256, antialias=True),
            transforms.CenterCrop(224),
            transforms.PILToTensor(),
            transforms.ConvertImageDtype(torch.float),
            transforms.Normalize(mean=MEAN, std=STD),
        ]
    )
    images = torchvision.datasets.ImageFolder(str(Path(folder) / "val"), prepare)
    loader: DataLoader[Any] = DataLoader(images, BATCH, num_workers=WORKERS)
    model = torchvision.models.resnet50(num_classes=CLASSES).eval()
    while True:
        pause()
        _evaluate(model, loader)


def _prepare() -> None:
    """Threads, and workers that are forked as they are in a program of its own."""
    import torch

    multiprocessing.set_start_method("fork", force=True)
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)


def _evaluate(model: Any, loader: Any) -> tuple[float, float]:
    """Top-1 errors and mean loss."""
    import torch
    from torch.nn.functional import cross_entropy

    wrong, loss, count = 0.0, 0.0, 0
    with torch.inference_mode():
        for image, target in loader:
            output = model(image)
            loss += float(cross_entropy(output, target)) * len(target)
            wrong += float((output.argmax(1) != target).sum())
            count += len(target)
    return wrong / count, loss / count


if __name__ == "__main__":
    main()
