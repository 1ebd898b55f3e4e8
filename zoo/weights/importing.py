"""A checkpoint of another program → weights that every command of the zoo takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from zoo import model
from zoo.errors import UserError
from zoo.model import Model
from zoo.options import option
from zoo.schema import ModelOptions
from zoo.synsets.hierarchy import wnids_of
from zoo.weights import classes, files, mapping, published
from zoo.weights.fit import Misfit, compare, complete
from zoo.weights.published import Published

AUTO = "auto"


@dataclass(frozen=True)
class ImportOptions:
    """Options of ``zoo weights import``."""

    mapping: str = option(
        AUTO,
        "how names differ: a file of lines PATTERN -> REPLACEMENT, or a name of the zoo's mappings; auto "
        "tries the names as they are, then each of the zoo's",
    )
    classes: str | None = option(
        None,
        "a file with a class a line; null takes those of data=…, or ILSVRC's by wnid where there are 1000, "
        "or numbers",
    )
    size: int | None = option(
        None, "height and width of its images in pixels; null is what is published, or the spec's", low=1
    )
    resize: int | None = option(
        None,
        "pixels to which an image's shorter side was scaled before the square of `size` was cut out; null is "
        "what torchvision publishes for the file, or for the net",
        low=1,
    )
    mean: tuple[float, ...] = option((), "of each channel, for values in [0, 1]; [] is what is published")
    std: tuple[float, ...] = option(
        (), "of each channel, for values in [0, 1]; [] is what is published", above=0
    )
    bgr: bool = option(False, "the net was trained on blue, green, red; its first layer is turned round")
    url: str = option("", "where the file is from, kept in the result")
    licence: str = option("", "the licence of the weights, kept in the result")
    note: str = option("", "anything else to keep in the result")


@dataclass(frozen=True)
class Imported:
    """Weights by the net's names, what their file's header says, and what there is to tell the user."""

    weights: dict[str, Tensor]
    about: dict[str, Any]
    notes: Sequence[str]


def imported(path: Path, net: ModelOptions, options: ImportOptions, names: Sequence[str] = ()) -> Imported:
    """Read, compare and describe a checkpoint; ``names`` are the data's classes, where data was named.

    Raises:
        UserError: it cannot be read, does not fit the net, or the options do not fit it.
    """
    tensors, digits = files.read(path), files.sha256(path)
    known = published.recognised(digits)
    notes = [f"it is torchvision's {known.model}, {known.name}, by its checksum"] if known else []
    if known is not None and net.spec is None and known.model not in (net.name, _alias(net.name)):
        raise UserError(f"{path}: is torchvision's {known.model}, by its checksum; give model={known.model}")
    like = known or published.first(_alias(net.name) if net.spec is None else "")
    size = options.size or (known.crop if known else None)
    fitted = _fitted(path, tensors, net, size, options.mapping)
    notes += fitted.notes
    made = fitted.model.module(torch.device("cpu"))
    weights = complete(fitted.tensors, made.state_dict())
    if options.bgr:
        first = _first_weight(weights, fitted.model)
        weights[first] = weights[first].flip(1).contiguous()
        notes.append(f"{first}: blue, green, red turned into red, green, blue")
    prepared = _preparation(fitted.model, options, like)
    notes += prepared.notes
    if fitted.mapping.startswith("mapping=timm") and not options.resize:
        notes.append("timm has each net's own in its config.json: resize=…, mean=…, std=… set them")
    given = classes.of(options.classes, names, fitted.count)
    notes.append(given.said)
    about = {
        "model": fitted.model.name,
        "params": dict(net.params) | fitted.params,
        "input": list(fitted.model.shape),
        "output": fitted.model.output,
        "classes": list(given.names),
        "wnids": wnids_of(given.names) or [],
        "mean": list(prepared.mean),
        "std": list(prepared.std),
        "centre": prepared.centre,
        "data": "imagenet" if wnids_of(given.names) else "",
        "precision": "fp32",
        "spec": fitted.model.net.expand(),
        "source": {
            "file": path.name,
            "sha256": digits,
            "url": options.url or (known.url if known else ""),
            "licence": options.licence,
            "note": options.note,
            "mapping": fitted.mapping,
        },
    }
    return Imported(weights, about, notes)


# ---- names and shapes ------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fitted:
    """A net and tensors with its names and shapes."""

    model: Model
    tensors: dict[str, Tensor]
    mapping: str
    params: dict[str, Any]
    notes: list[str]

    @property
    def count(self) -> int:
        """Of the classes."""
        return _classes(self.model)


def _fitted(
    path: Path, tensors: Mapping[str, Tensor], options: ModelOptions, size: int | None, name: str
) -> _Fitted:
    """The net with as many classes as the file has, and the tensors renamed for it.

    Raises:
        UserError: they do not fit; every tensor that does not is named, and what may help.
    """
    found = model.declared(options, size)
    shapes = _shapes(found)
    fitting, used = renamed(tensors, shapes, name)
    misfit = compare(fitting, shapes)
    count, params = misfit.classes, {}
    if count is not None and "classes" in model.find(options).parameters and "classes" not in options.params:
        params = {"classes": count}
        found = model.declared(replace(options, params={**options.params, **params}), size)
        shapes = _shapes(found)
        fitting, used = renamed(tensors, shapes, name)
        misfit = compare(fitting, shapes)
    if misfit:
        raise UserError(_complaint(path, misfit, tensors, options, found, name))
    notes = [f"names by {used}"] if used else []
    if params:
        notes.append(f"the net is made for {count:,} classes, as the file's last layer is")
    return _Fitted(found, fitting, used, params, notes)


def renamed(
    tensors: Mapping[str, Tensor], shapes: Mapping[str, tuple[int, ...]], name: str, what: str = "mapping"
) -> tuple[dict[str, Tensor], str]:
    """Tensors by the net's names, and the mapping that was used; as they are where none of ours fits.

    ``what`` is the option that ``name`` is of.

    Raises:
        UserError: there is no such mapping, or by it two tensors get one name.
    """
    if name != AUTO:
        own = mapping.find(name, what)
        return own.applied(tensors, shapes), own.name
    plain = dict(tensors)
    if not _strange(plain, shapes):
        return plain, ""
    for each in mapping.shipped():
        try:
            found = mapping.find(each).applied(tensors, shapes)
        except UserError:  # of another family: two names become one
            continue
        if not _strange(found, shapes):
            return found, f"mapping={each}"
    return plain, ""


def _strange(tensors: Mapping[str, Tensor], shapes: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether names, not shapes alone, differ."""
    misfit = compare(tensors, shapes)
    return bool(misfit.missing or misfit.unexpected)


def _shapes(found: Model) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in _meta(found).items()}


def _meta(found: Model) -> dict[str, Tensor]:
    return dict(found.module(torch.device("meta")).state_dict())


def _complaint(
    path: Path,
    misfit: Misfit,
    tensors: Mapping[str, Tensor],
    options: ModelOptions,
    found: Model,
    name: str,
) -> str:
    whose = f"model={options.name}" if options.spec is None else str(options.spec)
    head = f"{path}: its tensors are not those of {whose}:"
    return "\n".join([head, *misfit.lines(), *_advice(misfit, tensors, options, found, name)])


def _advice(
    misfit: Misfit, tensors: Mapping[str, Tensor], options: ModelOptions, found: Model, name: str
) -> Iterable[str]:
    other = other_net(tensors, options)
    if other:
        return [f"They are those of model={other}."]
    if misfit.classes is not None:
        count = f"The file knows {misfit.classes:,} classes, the net {_classes(found):,}"
        return [f"{count}: model.params.classes={misfit.classes} sets that."]
    if misfit.shaped and not (misfit.missing or misfit.unexpected):
        return ["All names agree: a parameter of the net (model.params.NAME=…) or size=… may differ."]
    used = "The names" if name == AUTO else f"After mapping={name} the names"
    return [f"{used} differ: is it another model? If not, mapping=FILE says how names differ."]


def other_net(tensors: Mapping[str, Tensor], options: ModelOptions) -> str | None:
    """Another net of the same spec file that has these names and, but for the last layer's, these shapes."""
    if options.spec is not None:
        return None
    nets = model.shipped()
    file = nets[options.name].file
    for each in nets.values():
        if each.file == file and each.name != options.name:
            misfit = compare(tensors, _shapes(model.declared(ModelOptions(name=each.name))))
            if not misfit or misfit.classes is not None:
                return each.name
    return None


def _classes(found: Model) -> int:
    """Of the output that classifies."""
    return next(int(output.shape[0]) for output in found.net.outputs if output.name == found.output)


def _alias(name: str) -> str:
    """The name that torchvision has for a net; empty for none."""
    return "alexnet" if name == "alexnet_one" else "" if name == "alexnet" else name


def _first_weight(weights: Mapping[str, Tensor], found: Model) -> str:
    """The first layer's weight, which has the image's channels as its second side."""
    name, weight = next((pair for pair in weights.items() if pair[1].dim() == 4), ("", None))
    if weight is None or weight.shape[1] != found.shape[0]:
        raise UserError("bgr=true: the net does not begin with a convolution over the image's channels")
    return name


# ---- how images are prepared -----------------------------------------------------------------


@dataclass(frozen=True)
class _Preparation:
    mean: tuple[float, ...]
    std: tuple[float, ...]
    centre: float
    notes: list[str]


def _preparation(found: Model, options: ImportOptions, like: Published | None) -> _Preparation:
    """What images are made into; from the options, or else from what torchvision publishes.

    Raises:
        UserError: mean and std do not fit the net's images, or the shorter side is less than the crop.
    """
    channels, side = found.shape[0], found.shape[-1]
    mean = options.mean or (like.mean if like else published.MEAN)
    std = options.std or (like.std if like else published.STD)
    if len(mean) != channels or len(std) != channels:
        numbers = ",".join(["…"] * channels)
        count = "one number" if channels == 1 else f"{channels} numbers"
        raise UserError(
            f"mean=[{numbers}] and std=[{numbers}]: the net's images take {count} each, and there are "
            f"{len(mean)} and {len(std)}"
        )
    share = like.crop / like.resize if like else 224 / 256
    if options.resize is not None and options.resize < side:
        raise UserError(f"resize={options.resize}: less than the images that the net takes ({side})")
    centre = side / options.resize if options.resize else share
    resize = options.resize or round(side / share)
    scaled = f"the shorter side at {resize}, the central {side}×{side}"
    notes = [
        f"images: {scaled}; mean {_numbers(mean)}, std {_numbers(std)}{_by(options, like)}",
    ]
    if like is not None and like.bicubic:
        notes.append("torchvision scales its images bicubically, the zoo bilinearly: scores differ a little")
    return _Preparation(tuple(mean), tuple(std), centre, notes)


def _by(options: ImportOptions, like: Published | None) -> str:
    if options.resize and options.mean and options.std:
        return ""
    return f", as torchvision's {like.model} {like.name}" if like else ", as is usual for ImageNet"


def _numbers(values: Sequence[float]) -> str:
    return " ".join(f"{value:.4g}" for value in values)
