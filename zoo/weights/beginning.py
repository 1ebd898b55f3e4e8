"""The weights that a run begins with: ``model.weights``, of an earlier run or another program."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor

from zoo import checkpoint, trained
from zoo.data.base import DataSet
from zoo.errors import UserError
from zoo.model import Model
from zoo.schema import ModelOptions
from zoo.weights import files
from zoo.weights.fit import Misfit, compare
from zoo.weights.importing import other_net, renamed

MOST_NAMED = 4


@dataclass(frozen=True)
class Beginning:
    """Tensors by the net's names, in its shapes and number formats, and which the net has beside them."""

    file: Path
    sha256: str
    tensors: dict[str, Tensor]
    new: tuple[str, ...]
    """Those that are newly initialised."""
    notes: tuple[str, ...]
    """What there is to tell the user."""

    def facts(self) -> dict[str, Any]:
        """For the run's folder, as plain values."""
        return {"file": str(self.file), "sha256": self.sha256, "new": list(self.new)}


def begin(options: ModelOptions, model: Model, data: DataSet) -> Beginning | None:
    """Read what ``model.weights`` names and compare it with the net; None where it names nothing.

    A last layer for another number of classes than the data has is newly initialised. Anything else that
    does not fit is an error, or with ``model.strict=false`` newly initialised too.

    Raises:
        UserError: it cannot be read, or does not fit; names the tensors.
    """
    if options.weights is None:
        return None
    path = _file(options.weights)
    made = dict(model.module(torch.device("meta")).state_dict())
    shapes = {name: tuple(tensor.shape) for name, tensor in made.items()}
    tensors, used = renamed(files.read(path), shapes, options.mapping, "model.mapping")
    misfit = compare(tensors, shapes)
    head = misfit.classes is not None and all(
        wanted[0] == len(data.classes) for _, wanted in misfit.shaped.values()
    )
    fitting = {
        name: tensor for name, tensor in tensors.items() if name in shapes and name not in misfit.shaped
    }
    if misfit and not head and (options.strict or not fitting):
        raise UserError(_complaint(path, misfit, tensors, options, len(fitting)))
    for name, tensor in fitting.items():
        if tensor.is_floating_point() and not bool(tensor.isfinite().all()):
            raise UserError(f"{path}: {name}: has values that are infinite or no numbers; it is damaged")
    new = tuple(name for name in shapes if name in misfit.shaped or name in misfit.missing)
    return Beginning(
        path,
        files.sha256(path),
        {name: tensor.to(made[name].dtype) for name, tensor in fitting.items()},
        new,
        tuple(_notes(path, misfit, len(fitting), used, new, data)),
    )


def _file(text: str) -> Path:
    path = Path(text).expanduser()
    if path.is_dir():
        try:
            return trained.find(text)
        except UserError as error:
            raise UserError(f"model.weights={str(error).removeprefix('checkpoint=')}") from error
    if not path.exists():
        raise UserError(
            f"model.weights={text}: no such file or folder; a run's folder, a .safetensors file, or one of "
            "torch.save is expected"
        )
    return path


def _notes(
    path: Path, misfit: Misfit, count: int, used: str, new: Sequence[str], data: DataSet
) -> Iterator[str]:
    by = f", names by {used}" if used else ""
    fresh = ""
    if misfit.classes is not None:
        fresh = (
            f"; newly initialised for {len(data.classes):,} classes, where the file has {misfit.classes:,}: "
        )
    elif new:
        fresh = f"; newly initialised, {len(new):,} others: "
    more = f" and {len(new) - MOST_NAMED:,} more" if len(new) > MOST_NAMED else ""
    yield f"begins with {count:,} tensors of {path}{by}{fresh}{', '.join(new[:MOST_NAMED])}{more}"
    if misfit.unexpected:
        left = ", ".join(misfit.unexpected[:MOST_NAMED])
        more = f" and {len(misfit.unexpected) - MOST_NAMED:,} more" * (len(misfit.unexpected) > MOST_NAMED)
        yield f"  left out, for the net has none of that name: {left}{more}"
    prepared = _prepared(path)
    if prepared is not None and prepared != (tuple(data.mean), tuple(data.std)):
        mean, std = (", ".join(f"{value:.4g}" for value in values) for values in prepared)
        yield f"  they were trained on values less {mean}, divided by {std}; this data has others"


def _prepared(path: Path) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Mean and standard deviation of what the weights were trained on, where their file says it."""
    if path.suffix != ".safetensors":
        return None
    try:
        about = checkpoint.about(path)
        return tuple(about["mean"]), tuple(about["std"])
    except (OSError, ValueError, AssertionError, KeyError, TypeError, SafetensorError):
        return None  # of another program


def _complaint(
    path: Path, misfit: Misfit, tensors: dict[str, Tensor], options: ModelOptions, fitting: int
) -> str:
    whose = f"model={options.name}" if options.spec is None else str(options.spec)
    lines = [f"model.weights={path}: its tensors are not those of {whose}:", *misfit.lines()]
    other = other_net(tensors, options)
    if other:
        lines.append(f"They are those of model={other}.")
    elif misfit.missing and misfit.unexpected and options.mapping == "auto":
        lines.append("Is it another net? If not, model.mapping=FILE says how names differ.")
    if fitting:
        lines.append(f"model.strict=false takes the {fitting:,} that fit, and newly initialises the others.")
    return "\n".join(lines)
