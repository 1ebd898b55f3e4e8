"""A trained net, read back: from a run's folder, or from a weights file alone, whose header says it all."""

from dataclasses import dataclass, fields, replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

import netcompiler
from zoo import check, checkpoint, fast
from zoo.errors import UserError
from zoo.input import ToInput
from zoo.losses import Loss, LossOptions, cross_entropy
from zoo.model import compiled
from zoo.options import option
from zoo.precisions import PRECISIONS, Precision
from zoo.run_folder import RunFolder, is_run
from zoo.suggest import hint

AUTO = "auto"


@dataclass(frozen=True)
class About:
    """What the header of a weights file says, as ``card.about`` writes it."""

    model: str = option("", "the net's name")
    spec: str = option("", "the net, as a flat spec")
    input: tuple[int, ...] = option((), "channels, height and width of an image", low=1)
    output: str = option("", "the name of the output that classifies")
    classes: tuple[str, ...] = option((), "their names, in the order of the output's numbers")
    mean: tuple[float, ...] = option((), "of each channel, for values in [0, 1]")
    std: tuple[float, ...] = option((), "of each channel, for values in [0, 1]", above=0)
    centre: float = option(1.0, "share of the shorter side that the centre crop keeps", above=0, high=1)
    data: str = option("", "the data that it was trained on")
    precision: str = option("fp32", "the number format that it was trained in")
    epoch: int = option(0, "the epoch whose weights they are", low=0)


@dataclass(frozen=True)
class Trained:
    """A net with its weights, on a device, in eval mode."""

    path: Path
    """The weights file."""
    about: About
    net: netcompiler.Net
    module: nn.Module
    device: torch.device

    @property
    def side(self) -> int:
        """Of the square images that it takes, in pixels."""
        return self.about.input[-1]


@dataclass(frozen=True)
class Classifier:
    """A trained net, ready for images as the loader gives them."""

    trained: Trained
    module: nn.Module
    precision: Precision
    precision_name: str
    to_input: ToInput
    loss: Loss

    def probabilities(self, images: Tensor) -> Tensor:
        """uint8 [batch, channels, side, side] → float32 [batch, classes] on the CPU, by softmax."""
        with torch.inference_mode(), self.precision.context():
            logits = self.loss.logits(self.module(self.to_input(images)))
        return logits.softmax(dim=1).cpu()


def find(text: str | None) -> Path:
    """The weights file that ``checkpoint=…`` means: the file itself, or the best weights of a run's folder.

    Raises:
        UserError: there is none.
    """
    if text is None:
        raise UserError("checkpoint=… is missing: a run's folder, or a .safetensors file of zoo train")
    path = Path(text).expanduser()
    if path.is_file():
        return path
    if not path.exists():
        others = [str(path.parent / name) for name in runs(path.parent)]
        close = f"; {hint(str(path), others)}" if others else ""
        raise UserError(f"checkpoint={text}: no such file or folder{close}")
    for name in (checkpoint.BEST, checkpoint.LAST):
        if (path / f"{name}.safetensors").is_file():
            return path / f"{name}.safetensors"
    what = "the run has saved no weights yet" if is_run(RunFolder(path)) else "no run's folder"
    others = [str(path / name) for name in runs(path)]
    raise UserError(f"checkpoint={text}: {what}{f'; {hint(str(path), others)}' if others else ''}")


def runs(folder: Path) -> list[str]:
    """The names of the runs in a folder."""
    return sorted(config.parent.name for config in folder.glob("*/config.yaml"))


def load(path: Path, device: torch.device) -> Trained:
    """Read the net and its weights.

    Raises:
        UserError: the file cannot be read, or is not one that ``zoo train`` wrote.
    """
    about = read_about(path)
    net = compiled(about.spec)
    try:
        weights = load_file(path)
    except (OSError, SafetensorError) as error:
        raise UserError(f"{path}: cannot be read: {_first_line(error)}") from error
    module = net.module(device)
    try:
        module.load_state_dict(weights)
    except RuntimeError as error:
        raise UserError(f"{path}: its weights are not those of its net: {_first_line(error)}") from error
    return Trained(path, about, net, module.eval().requires_grad_(False), device)


def read_about(path: Path) -> About:
    """What a weights file says of itself.

    Raises:
        UserError: it cannot be read, or is not one that ``zoo train`` wrote.
    """
    try:
        values = checkpoint.about(path)
    except (OSError, ValueError, AssertionError, SafetensorError) as error:
        raise UserError(f"{path}: cannot be read: {_first_line(error)}") from error
    own = {field.name: values[field.name] for field in fields(About) if field.name in values}
    if "spec" not in own:
        raise UserError(f"{path}: not weights that zoo train wrote: its header names no net")
    try:
        return _consistent(check.build(About, own))
    except UserError as error:
        raise UserError(f"{path}: its header is damaged: {error}") from error


def fully_convolutional(trained: Trained) -> Trained:
    """The same net with the same weights, for images of any size: it gives a map of scores.

    Raises:
        UserError: it has no such form.
    """
    try:
        net = trained.net.fully_convolutional()
    except netcompiler.FullyConvolutionalError as error:
        raise UserError(f"{trained.path}: {error}") from error
    module = net.module(trained.device)
    state, shapes = trained.module.state_dict(), module.state_dict()
    module.load_state_dict({name: state[name].reshape(own.shape) for name, own in shapes.items()})
    return replace(trained, net=net, module=module.eval().requires_grad_(False))


def classifier(trained: Trained, precision: str) -> Classifier:
    """Ready to run, in the memory layout that is fastest.

    ``precision`` is one of PRECISIONS; auto is that of its training, where the device computes in it.
    """
    about, device = trained.about, trained.device
    name = about.precision if precision == AUTO else precision
    if precision == AUTO and (name not in PRECISIONS.entries or not _computes_in(name, device)):
        name = "fp32"
    last = fast.channels_last(trained.net, device, name)
    layout = torch.channels_last if last else torch.contiguous_format
    trained.module.to(memory_format=layout)  # type: ignore[call-overload]
    return Classifier(
        trained,
        trained.module,
        PRECISIONS.build(PRECISIONS.entries[name].options(name=name), device.type),
        name,
        ToInput(about.mean, about.std, device, layout),
        Loss(cross_entropy(LossOptions()), about.output),
    )


def _computes_in(name: str, device: torch.device) -> bool:
    if name == "bf16":
        return fast.computes_in_bf16(device)
    return name == "fp32" or device.type == "cuda"


def _consistent(about: About) -> About:
    channels = about.input[0] if len(about.input) == 3 else 0
    if not channels or len(about.mean) != channels or len(about.std) != channels or not about.classes:
        raise UserError("input, mean, std and classes do not fit together")
    return about


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
