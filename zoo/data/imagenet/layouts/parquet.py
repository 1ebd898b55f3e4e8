"""Parquet files as on Hugging Face's hub: data/train-*.parquet and data/validation-*.parquet."""

from pathlib import Path
from typing import TYPE_CHECKING

from zoo.data.imagenet import names, numbered, rows
from zoo.data.imagenet.layouts import Found, Look

if TYPE_CHECKING:
    from zoo.data.imagenet.source import ImageNetOptions


class Parquet:
    """Parquet files."""

    name, rank = "parquet", 4
    about = "Parquet files (data/train-*.parquet and data/validation-*.parquet)"

    def look(self, root: Path) -> Look | None:
        if (root / "dataset_dict.json").is_file():
            return Look(["dataset_dict.json"])
        found = {split: any(_files(root, split)) for split in ("train", "val")}
        if not any(found.values()):
            return None
        return Look(
            [f"{split}*.parquet" for split, there in found.items() if there],
            [f"{split}*.parquet" for split, there in found.items() if not there],
        )

    def read(self, root: Path, options: "ImageNetOptions") -> Found:
        from zoo.data.huggingface import HuggingFace, HuggingFaceOptions

        data = HuggingFace(HuggingFaceOptions(name="huggingface", path=str(root)))
        parts = [(rows.of(split), [str(label) for label in split.labels]) for split in (data.train, data.val)]
        return numbered.found(parts, names.beside(root), options.names, data.classes)


LAYOUT = Parquet()


def _files(root: Path, split: str) -> list[Path]:
    return [path for folder in (root, root / "data") for path in folder.glob(f"{split}*.parquet")]
