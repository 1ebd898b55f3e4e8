"""Small copies of ImageNet in the exact layouts in which it is had, from real photographs.

Five classes of ILSVRC 2012, with chains of inner nodes above them (shortened, the edges are WordNet's), six
training images and two for validation each. The domestic cat has two parents. Ids of the challenge are in
another order than wnids, as the real ones are.
"""

import io
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.io import savemat

from tests.zoo.imagenet.photographs import FILES, jpeg, odd

TRAIN, VAL = 6, 2
"""Images of each class."""
WNIDS = sorted(FILES)
IDS = {"n07930864": 1, "n02123045": 2, "n11939491": 3, "n03877845": 4, "n03791053": 5}
"""Of the challenge, from 1 on."""
WORDS = {
    "n02123045": "tabby, tabby cat",
    "n03791053": "motor scooter, scooter",
    "n03877845": "palace",
    "n07930864": "cup",
    "n11939491": "daisy",
    "n00001740": "entity",
    "n00015388": "animal, animate being, beast, brute, creature, fauna",
    "n01317541": "domestic animal, domesticated animal",
    "n02121620": "cat, true cat",
    "n02121808": "domestic cat, house cat, Felis domesticus, Felis catus",
    "n00021939": "artifact, artefact",
    "n04524313": "vehicle",
    "n02913152": "building, edifice",
    "n00020827": "matter",
    "n11669921": "flower",
}
CHILDREN = {
    "n00001740": ("n00015388", "n00021939", "n00020827", "n11669921"),
    "n00015388": ("n01317541", "n02121620"),
    "n01317541": ("n02121808",),
    "n02121620": ("n02121808",),
    "n02121808": ("n02123045",),
    "n00021939": ("n04524313", "n02913152"),
    "n04524313": ("n03791053",),
    "n02913152": ("n03877845",),
    "n00020827": ("n07930864",),
    "n11669921": ("n11939491",),
}
BLACKLISTED = (3, 8)
"""Numbers of validation images, from 1."""
FIELDS = ("ILSVRC2012_ID", "WNID", "words", "gloss", "num_children", "children", "wordnet_height")
FIELDS += ("num_train_images",)


@dataclass(frozen=True)
class File:
    """An image: its name, its class and its bytes."""

    name: str
    wnid: str
    data: bytes

    @property
    def stem(self) -> str:
        return self.name.partition(".")[0]


def train_files(oddities: bool = False, wnids: list[str] = WNIDS) -> Iterator[File]:
    """Named by wnid and a number, as in the training set; the numbers have gaps."""
    for wnid in wnids:
        for number in range(TRAIN):
            data = odd(wnid, number) if oddities else jpeg(wnid, number)
            yield File(f"{wnid}_{number * 37 + 5}.JPEG", wnid, data)


def val_files() -> list[File]:
    """Numbered from 1 on, the classes mixed."""
    rng = np.random.default_rng(0)
    order = [WNIDS[i] for i in rng.permutation(np.repeat(np.arange(len(WNIDS)), VAL))]
    seen = dict.fromkeys(WNIDS, TRAIN)
    files = []
    for number, wnid in enumerate(order, 1):
        files.append(File(f"ILSVRC2012_val_{number:08}.JPEG", wnid, jpeg(wnid, seen[wnid])))
        seen[wnid] += 1
    return files


def official(root: Path, *, packed: bool = False, oddities: bool = False, boxes: bool = False) -> Path:
    """The downloads: ``packed`` as they come (tars in a tar, the kit compressed), or all unpacked."""
    train = list(train_files(oddities))
    if packed:
        root.mkdir(parents=True)
        inner = {f"{wnid}.tar": tar_of({f.name: f.data for f in train if f.wnid == wnid}) for wnid in WNIDS}
        (root / "ILSVRC2012_img_train.tar").write_bytes(tar_of(inner))
        (root / "ILSVRC2012_img_val.tar").write_bytes(tar_of({f.name: f.data for f in val_files()}))
    else:
        by_wnid(root / "train", train)
        flat(root / "val", val_files())
    devkit(root, packed=packed)
    if boxes:
        annotations(root / "ILSVRC2012_bbox_train_v2", root / "ILSVRC2012_bbox_val_v3" / "val")
    return root


def kaggle(root: Path) -> Path:
    """As unpacked from the competition's archive."""
    data = root / "ILSVRC" / "Data" / "CLS-LOC"
    by_wnid(data / "train", list(train_files()))
    flat(data / "val", val_files())
    boxes = root / "ILSVRC" / "Annotations" / "CLS-LOC"
    annotations(boxes / "train", boxes / "val")
    names = "".join(f"{wnid} {WORDS[wnid]}\n" for wnid in WNIDS)
    (root / "LOC_synset_mapping.txt").write_text(names, encoding="utf-8")
    lines = [f"{f.stem},{f.wnid} {' '.join(map(str, box(f)))} " for f in reversed(val_files())]
    (root / "LOC_val_solution.csv").write_text("\n".join(["ImageId,PredictionString", *lines]) + "\n")
    return root


def folders(root: Path) -> Path:
    """Folders by wnid, train and val."""
    by_wnid(root / "train", list(train_files()))
    by_wnid(root / "val", val_files())
    return root


def webdataset(root: Path) -> Path:
    """Shards, two for training and one for validation; the class is a number, in the order of wnids."""
    root.mkdir(parents=True)
    train = list(train_files())
    for name, files in (("train-0", train[::2]), ("train-1", train[1::2]), ("val-0", val_files())):
        content: dict[str, bytes] = {}
        for f in files:
            content |= {f"{f.stem}.cls": str(WNIDS.index(f.wnid)).encode(), f"{f.stem}.jpg": f.data}
        (root / f"{name}.tar").write_bytes(tar_of(content))
    return root


def parquet(root: Path) -> Path:
    """As on the hub: ``data/train-….parquet`` and ``data/validation-….parquet``, with names for classes."""
    import datasets

    features = datasets.Features(
        {"image": datasets.Image(), "label": datasets.ClassLabel(names=[WORDS[wnid] for wnid in WNIDS])}
    )
    (root / "data").mkdir(parents=True)
    for split, files in (("train", list(train_files())), ("validation", val_files())):
        rows = {
            "image": [{"bytes": f.data, "path": f.name} for f in files],
            "label": [WNIDS.index(f.wnid) for f in files],
        }
        table = datasets.Dataset.from_dict(rows, features=features)
        table.to_parquet(str(root / "data" / f"{split}-00000-of-00001.parquet"))
    return root


def devkit(root: Path, *, packed: bool = False, blacklist: bool = True) -> None:
    """``ILSVRC2012_devkit_t12``, as a folder or as its archive."""
    truth = "".join(f"{IDS[f.wnid]}\n" for f in val_files())
    files = {
        "ILSVRC2012_devkit_t12/data/meta.mat": meta_mat(),
        "ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt": truth.encode(),
        "ILSVRC2012_devkit_t12/readme.txt": b"the documentation of the development kit\n",
    }
    if blacklist:
        lines = "".join(f"{number}\n" for number in BLACKLISTED)
        files["ILSVRC2012_devkit_t12/data/ILSVRC2014_clsloc_validation_blacklist.txt"] = lines.encode()
    if packed:
        (root / "ILSVRC2012_devkit_t12.tar.gz").write_bytes(tar_of(files, "w:gz"))
        return
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)


def meta_mat() -> bytes:
    """``meta.mat``: a struct array [synsets, 1] with the official one's fields, numbers as double."""
    ids = IDS | {wnid: 6 + i for i, wnid in enumerate(CHILDREN)}
    rows = np.zeros((len(ids), 1), [(field, object) for field in FIELDS])
    for wnid, id in ids.items():
        below = [ids[child] for child in CHILDREN.get(wnid, ())]
        rows[id - 1, 0] = (
            _double(id),
            wnid,
            WORDS[wnid],
            f"what `{WORDS[wnid].partition(',')[0]}' means",
            _double(len(below)),
            np.array([below], float) if below else np.zeros((0, 0)),
            _double(_height(wnid)),
            _double(TRAIN if wnid in IDS else 0),
        )
    file = io.BytesIO()
    savemat(file, {"synsets": rows}, do_compression=True)
    return file.getvalue()


def by_wnid(folder: Path, files: list[File]) -> None:
    for file in files:
        (folder / file.wnid).mkdir(parents=True, exist_ok=True)
        (folder / file.wnid / file.name).write_bytes(file.data)


def flat(folder: Path, files: list[File]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        (folder / file.name).write_bytes(file.data)


def tar_of(files: Mapping[str, bytes], mode: str = "w") -> bytes:
    """A tar archive."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as tar:  # type: ignore[call-overload]
        for name, data in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(data)
            tar.addfile(about, io.BytesIO(data))
    return packed.getvalue()


def annotations(train: Path, val: Path) -> None:
    """Boxes for the first four training images of each class, and for all of validation."""
    for wnid in WNIDS:
        for file in [f for f in train_files() if f.wnid == wnid][:4]:
            (train / wnid).mkdir(parents=True, exist_ok=True)
            (train / wnid / f"{file.stem}.xml").write_text(annotation(file, wnid))
    val.mkdir(parents=True, exist_ok=True)
    for file in val_files():
        (val / f"{file.stem}.xml").write_text(annotation(file, "val"))


def annotation(file: File, folder: str) -> str:
    """The XML of one image with one box, as the official ones are."""
    width, height = _size(file)
    left, top, right, bottom = box(file)
    return (
        f"<annotation>\n\t<folder>{folder}</folder>\n\t<filename>{file.stem}</filename>\n"
        "\t<source>\n\t\t<database>ILSVRC_2012</database>\n\t</source>\n"
        f"\t<size>\n\t\t<width>{width}</width>\n\t\t<height>{height}</height>\n\t\t<depth>3</depth>\n"
        "\t</size>\n\t<segmented>0</segmented>\n"
        f"\t<object>\n\t\t<name>{file.wnid}</name>\n\t\t<pose>Unspecified</pose>\n"
        "\t\t<truncated>0</truncated>\n\t\t<difficult>0</difficult>\n"
        f"\t\t<bndbox>\n\t\t\t<xmin>{left}</xmin>\n\t\t\t<ymin>{top}</ymin>\n"
        f"\t\t\t<xmax>{right}</xmax>\n\t\t\t<ymax>{bottom}</ymax>\n\t\t</bndbox>\n\t</object>\n"
        "</annotation>\n"
    )


def box(file: File) -> tuple[int, int, int, int]:
    """The middle of an image: left, top, right, bottom, in pixels."""
    width, height = _size(file)
    return width // 4, height // 4, width * 3 // 4, height * 3 // 4


def _size(file: File) -> tuple[int, int]:
    from PIL import Image

    with Image.open(io.BytesIO(file.data)) as image:
        return image.size


def _double(value: int) -> np.ndarray:
    return np.array([[float(value)]])


def _height(wnid: str) -> int:
    below = CHILDREN.get(wnid, ())
    return 1 + max(map(_height, below)) if below else 0
