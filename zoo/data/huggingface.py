"""``data=huggingface data.path=…``: Parquet files, or a data set of the hub, by the package ``datasets``."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from zoo.augment.base import AugmentOptions
from zoo.augment.crop import CropOptions
from zoo.data.base import DATASETS, DataSet
from zoo.data.holdout import hold_out
from zoo.data.labels import classes, numbers
from zoo.data.photos import PhotoOptions, opened, verify
from zoo.errors import UserError
from zoo.images.photo import Photo
from zoo.images.picture import BrokenImageError
from zoo.options import option
from zoo.suggest import hint

VAL = ("validation", "valid", "val", "test")
"""What splits for validation are called, the first that there is."""


@dataclass(frozen=True)
class HuggingFaceOptions(PhotoOptions):
    """Options of ``data=huggingface``."""

    path: str | None = option(
        None, "a folder of Parquet files, or one; or a data set's name on the hub", path=True
    )
    subset: str | None = option(None, "which configuration of the data set, where it has several")
    revision: str | None = option(None, "which version on the hub: a commit, a tag or a branch")
    train: str = option("train", "the split to train on")
    val: str | None = option(
        None, "the split for validation; null is validation or test, or a share of each class held out"
    )
    image: str | None = option(None, "the column of images; null is the one that there is")
    label: str | None = option(None, "the column of classes; null is the one that there is")


@DATASETS.register("huggingface", HuggingFaceOptions)
class HuggingFace:
    """Photographs in Parquet files or on the hub, by the package datasets (an extra)."""

    channels = 3
    native: int | None = None
    augment: AugmentOptions = CropOptions(name="crop")

    def __init__(self, options: HuggingFaceOptions) -> None:
        if options.path is None:
            raise UserError("data=huggingface needs data.path=FOLDER of Parquet files, or NAME of a data set")
        self.options = options
        self.size = options.size
        tables = _load(options.path, options)
        train = _pick(tables, options.train, "data.train")
        val = _pick(tables, options.val or next((name for name in VAL if name in tables), None), "data.val")
        image = _column(train, options.image, "image", _is_image)
        label = _column(train, options.label, "label", _is_label)
        self.classes, texts = _classes(train, val, label)
        self.train = TableSplit(
            train, image, numbers(texts[0], self.classes), f"{options.path} {options.train}"
        )
        if val is not None:
            _column(val, image, "image", _is_image)
            self.val = TableSplit(val, image, numbers(texts[1], self.classes), f"{options.path} validation")
        else:
            self.train, self.val = _held_out(self.train, options)
        if options.verify:
            verify(self.train, self.val)

    def open(self) -> DataSet:
        """The images, each read from its row when it is asked for."""
        return opened("huggingface", self.classes, self.train, self.val, self.options)


class TableSplit:
    """Rows of a table with an encoded image each; ``chosen`` are those that are in it, None for all."""

    def __init__(
        self, table: Any, image: str, labels: Sequence[int], name: str, chosen: Sequence[int] | None = None
    ) -> None:
        from datasets import Image

        self.table = table
        self.image = image
        self.name = name
        self.chosen = chosen
        self.labels = labels if chosen is None else [labels[index] for index in chosen]
        encoded = table.select_columns([image])
        if isinstance(encoded.features[image], Image):
            encoded = encoded.cast_column(image, Image(decode=False))
        self._encoded = encoded

    def picture(self, index: int) -> Photo:
        """One image, in RGB."""
        name = self.where(index)
        try:
            return Photo(name, self.encoded(index))
        except OSError as error:
            raise BrokenImageError(f"{name}: cannot be read: {error.strerror or error}") from error

    def where(self, index: int) -> str:
        """The place of an image, for messages: its row, or its file where the row names one."""
        value = self._value(index)
        if isinstance(value, Mapping) and value.get("bytes") is None and value.get("path"):
            return str(value["path"])
        return f"{self.name}, row {self._row(index)}"

    def files(self) -> list[str | None]:
        """The names of the images' files as the rows have them, without reading the images."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column = self._encoded.data.column(self.image)
        chosen = range(len(self._encoded)) if self.chosen is None else self.chosen
        if len(column) != len(self._encoded) or not pa.types.is_struct(column.type):
            return [None] * len(chosen)
        names = pc.struct_field(column, "path").to_pylist()
        return [names[row] for row in chosen]

    def encoded(self, index: int) -> bytes:
        """An image's file.

        Raises:
            OSError: it cannot be read.
            BrokenImageError: the row has no image.
        """
        value = self._value(index)
        if isinstance(value, Mapping):
            if value.get("bytes") is None and value.get("path"):
                return Path(value["path"]).read_bytes()
            value = value.get("bytes")
        if not isinstance(value, bytes):
            raise BrokenImageError(f"{self.name}, row {self._row(index)}: there is no image in it")
        return value

    def _row(self, index: int) -> int:
        return index if self.chosen is None else self.chosen[index]

    def _value(self, index: int) -> Any:
        return self._encoded[self._row(index)][self.image]


def _load(path: str, options: HuggingFaceOptions) -> Mapping[str, Any]:
    """The splits by name."""
    try:
        import datasets
    except ModuleNotFoundError as error:
        raise UserError(
            f"data=huggingface: the Python package {error.name} is missing: "
            "pip install 'netcompiler[huggingface]'"
        ) from error
    datasets.disable_progress_bars()
    datasets.utils.logging.set_verbosity(logging.CRITICAL)  # what it logs of a failure, it raises too
    # By its whole path: a folder called csv or imagefolder is taken for the library's reader of that name.
    here = Path(path).expanduser().absolute()
    if not here.exists() and _is_reader(path):  # which would read the folder that one stands in
        raise UserError(f"data.path={path}: no such folder, and no data set's name on the hub")
    try:
        if (here / "dataset_dict.json").is_file():
            found = datasets.load_from_disk(str(here))
        elif here.is_file():
            found = datasets.load_dataset("parquet", data_files=str(here))
        else:
            place = str(here) if here.exists() else path
            found = datasets.load_dataset(place, options.subset, revision=options.revision)
    except (OSError, ValueError, KeyError, datasets.exceptions.DatasetsError) as error:
        offline = "" if here.exists() else "; without a network, data.path=FOLDER takes its Parquet files"
        first = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise UserError(f"data.path={path}: {first.strip()}{offline}") from error
    return dict(found)


def _is_reader(name: str) -> bool:
    """Whether ``datasets`` has a reader of files of that name, as ``csv``."""
    return name.isidentifier() and find_spec(f"datasets.packaged_modules.{name}") is not None


def _pick(tables: Mapping[str, Any], name: str | None, what: str) -> Any:
    if name is None:
        return None
    if name not in tables:
        raise UserError(f"{what}={name}: no such split; {hint(name, tables)}")
    if not len(tables[name]):
        raise UserError(f"{what}={name}: the split is empty")
    return tables[name]


def _is_image(feature: Any) -> bool:
    from datasets import Image, Value

    if isinstance(feature, Mapping):
        return "bytes" in feature
    return isinstance(feature, Image) or (isinstance(feature, Value) and feature.dtype.endswith("binary"))


def _is_label(feature: Any) -> bool:
    from datasets import ClassLabel, Value

    whole = isinstance(feature, Value) and ("int" in feature.dtype or feature.dtype.endswith("string"))
    return isinstance(feature, ClassLabel) or whole


def _column(table: Any, name: str | None, what: str, fits: Any) -> str:
    """The column that an option names, or the only one that can be meant."""
    from datasets import ClassLabel

    columns = table.features
    found = [column for column, feature in columns.items() if fits(feature)]
    if name is not None:
        if name not in columns:
            raise UserError(f"data.{what}={name}: no such column; {hint(name, columns)}")
        if name not in found:
            raise UserError(f"data.{what}={name}: the column has no {what}s, but {columns[name]}")
        return name
    sure = [column for column in found if isinstance(columns[column], ClassLabel)] or found
    if len(sure) == 1:
        return str(sure[0])
    which = f"one of {', '.join(sure)}" if sure else f"there are {', '.join(columns)}"
    raise UserError(f"data.{what}=… is to say which column has the {what}s: {which}")


def _classes(train: Any, val: Any, column: str) -> tuple[tuple[str, ...], tuple[list[str], list[str]]]:
    """The classes' names, and the class of each row as a text."""
    from datasets import ClassLabel

    if val is not None and column not in val.features:
        raise UserError(f"data.label={column}: the split for validation has no such column")
    tables = [train] if val is None else [train, val]
    columns = [table[column] for table in tables]
    texts = [[str(value) for value in rows] for rows in columns]
    if any(text in {"None", "-1"} for rows in texts for text in set(rows)):
        raise UserError(f"data.label={column}: rows without a class; data.val=… names another split")
    texts += [[]] * (2 - len(texts))
    feature = train.features[column]
    names = tuple(feature.names) if isinstance(feature, ClassLabel) else classes(texts[0], texts[1])
    return names, (texts[0], texts[1])


def _held_out(whole: TableSplit, options: HuggingFaceOptions) -> tuple[TableSplit, TableSplit]:
    train, val = hold_out(whole.labels, options.val_share, options.split_seed)
    if not val:
        raise UserError("data.val=null: one image a class is too few to hold any out for validation")
    parts = [TableSplit(whole.table, whole.image, whole.labels, whole.name, part) for part in (train, val)]
    return parts[0], parts[1]
