"""``model=…`` → a net that fits the data. The only file that calls netcompiler."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import netcompiler
from zoo import specs
from zoo.data.base import Source
from zoo.errors import UserError
from zoo.schema import ModelOptions
from zoo.suggest import hint

if TYPE_CHECKING:
    import torch
    from torch.nn import Module

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Found:
    """A net of a spec file, by name, with the parameters it takes and their defaults."""

    file: Path
    name: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Model:
    """A net that takes the data's images; ``shape`` is [channels, height, width]."""

    net: netcompiler.Net
    file: Path
    name: str
    shape: Shape
    output: str
    """The name of the output that classifies."""
    auxiliary: tuple[str, ...]
    """The names of the outputs that are there in training only."""
    note: str | None
    """Where the size of the images was chosen for the user: a line saying so."""

    def files(self) -> list[Path]:
        """The spec's file, and those that it uses."""
        return files(self.file)

    def module(
        self, device: "torch.device", devices: Mapping[str, str] | None = None, *, streams: bool = False
    ) -> "Module":
        """The net as a PyTorch module, freshly initialised; ``devices`` are those of groups that differ."""
        if not devices:
            return self.net.module(device, streams=streams)
        where = {group: devices.get(group, device) for group in self.net.groups}
        return self.net.module(where, streams=streams)

    def home(self, device: "torch.device", devices: Mapping[str, str]) -> "torch.device":
        """Where what the net gives comes out: ``device``, or the one in ``devices`` of its group."""
        import torch

        output = next(output for output in self.net.outputs if output.name == self.output)
        return torch.device(devices.get(str(self.net.layer(output.layer).group), device))

    def draw(self, path: Path) -> None:
        """Draw the net to ``path`` (svg or png).

        Raises:
            UserError: drawing failed; says what to install where that is why.
        """
        _draw(self.net, path)


@cache
def shipped() -> Mapping[str, Found]:
    """The nets of the shipped specs, by name.

    Raises:
        UserError: a shipped spec is wrong, or two nets share a name.
    """
    found: dict[str, Found] = {}
    for file in sorted(specs.folder().glob("*.net")):
        for net in nets(file):
            if net.name in found:
                raise UserError(f"{file}: net {net.name} is in {found[net.name].file.name} too")
            found[net.name] = net
    return found


def nets(file: Path) -> Iterator[Found]:
    """The nets of a file that can be loaded; those with a parameter left to fill are for variants only.

    Raises:
        UserError: the file's definitions are wrong.
    """
    try:
        found = netcompiler.nets(str(file))
    except netcompiler.SpecError as error:
        raise UserError(str(error)) from error
    return (Found(file, net.name, net.parameters) for net in found if net.loadable)


def files(file: Path) -> list[Path]:
    """A spec's file, and those that it uses."""
    return netcompiler.files(file)


def load(found: Found) -> netcompiler.Net:
    """The net as it is declared.

    Raises:
        UserError: it is wrong.
    """
    try:
        return netcompiler.load(str(found.file), found.name)
    except netcompiler.SpecError as error:
        raise UserError(str(error)) from error


def draw_shipped(name: str, paths: Sequence[Path]) -> None:
    """Draw a net of the shipped specs, as it is declared, to each path.

    Raises:
        UserError: there is no such net, or it cannot be drawn.
    """
    net = load(_shipped(name))
    for path in paths:
        _draw(net, path)


def find(options: ModelOptions) -> Found:
    """The net that the options name, its parameters checked by name.

    Raises:
        UserError: no such net or parameter, an unreadable spec, or several nets and no ``model.net``.
    """
    found = _own(options) if options.spec is not None else _shipped(options.name)
    for key in options.params:
        if key not in found.parameters:
            raise UserError(
                f"model.params.{key}: net {found.name} has no such parameter; "
                f"{hint(key, found.parameters, 'model.params.')}"
            )
    return found


def declared(options: ModelOptions, side: int | None = None) -> Model:
    """The net as its spec declares it, for images and classes of no data in particular.

    ``side`` sets another height and width of the images, in pixels.

    Raises:
        UserError: the spec is wrong, or the net does not classify images.
    """
    found, net = find(options), as_declared(options)
    if side is not None:
        net = as_declared(options, inputs=(_one_input(found, net)[0], side, side))
    shape, main = _one_input(found, net), _main(net)
    if len(shape) != 3 or shape[1] != shape[2] or len(main.shape) != 1:
        raise UserError(
            f"{found.name}: takes {list(shape)} and gives {list(main.shape)}; square images and one number a "
            "class are expected"
        )
    return Model(net, found.file, found.name, shape, main.name, _auxiliary(net), None)


def as_declared(options: ModelOptions, inputs: Shape | None = None) -> netcompiler.Net:
    """The net as its spec declares it, whatever it takes and gives; ``inputs`` is another shape of its input.

    Raises:
        UserError: the spec is wrong.
    """
    found = find(options)
    try:
        return netcompiler.load(str(found.file), found.name, inputs=inputs, **options.params)
    except netcompiler.SpecError as error:
        raise UserError(str(error)) from error


def compiled(text: str) -> netcompiler.Net:
    """The net of a flat spec, as ``Net.expand`` writes it and a weights file holds it.

    Raises:
        UserError: it is wrong.
    """
    try:
        return netcompiler.loads(text)
    except netcompiler.SpecError as error:
        raise UserError(str(error)) from error


def fit(options: ModelOptions, source: Source) -> Model:
    """Load the net for the images and classes of ``source``.

    The images keep the side that the user set; without one, the side they have; and where they have none, or
    the net is too deep for it, they take what the net declares.

    Raises:
        UserError: the spec is wrong, does not fit the images, or does not classify into the data's classes.
    """
    found = find(options)
    params = dict(options.params)
    if "classes" in found.parameters:
        params.setdefault("classes", len(source.classes))
    side = source.size or source.native
    net, side, note = _fit(found, params, source, side)
    shape = (source.channels, side, side)
    main = _classifier(found, net, source)
    return Model(net, found.file, found.name, shape, main, _auxiliary(net), note)


def _draw(net: netcompiler.Net, path: Path) -> None:
    try:
        net.draw(str(path))
    except (OSError, netcompiler.DrawError) as error:
        raise UserError(f"{path}: {net.name} could not be drawn: {error}") from error


def _fit(
    found: Found, params: dict[str, Any], source: Source, side: int | None
) -> tuple[netcompiler.Net, int, str | None]:
    """The net, the side of its images, and a note where that is not what the data has."""
    if side is None:
        declared = _declared(found, params)
        if declared is None:
            raise UserError(f"{found.name}: its input is not a square image; set data.size")
        return _load(found, params, source, declared), declared, None
    try:
        return _load(found, params, source, side), side, None
    except _MisfitError as error:
        _takes_images(found, params)
        if source.size is not None:
            raise
        declared = _declared(found, params)
        if declared is None or declared == side:
            raise
        misfit = error
    try:
        net = _load(found, params, source, declared)
    except _MisfitError:
        raise misfit from None
    note = f"{found.name} is too deep for {side}×{side} images: they are scaled to {declared}×{declared}"
    return net, declared, note


def _takes_images(found: Found, params: dict[str, Any]) -> None:
    """Refuse a net for something else, such as words."""
    try:
        net = netcompiler.load(str(found.file), found.name, **params)
    except netcompiler.SpecError:  # wrong for any images
        return
    shape = _one_input(found, net)
    if len(shape) != 3:
        raise UserError(f"{found.name}: takes {list(shape)}, which is no image; zoo trains on images")


class _MisfitError(UserError):
    """The net cannot be built for images of the size tried."""


def _declared(found: Found, params: dict[str, Any]) -> int | None:
    """The side of the net's input as its spec declares it, if that is a square image."""
    try:
        net = netcompiler.load(str(found.file), found.name, **params)
    except netcompiler.SpecError as error:
        raise UserError(str(error)) from error
    shape = _one_input(found, net)
    return shape[-1] if len(shape) == 3 and shape[1] == shape[2] else None


def _load(found: Found, params: dict[str, Any], source: Source, side: int) -> netcompiler.Net:
    shape = (source.channels, side, side)
    try:
        net = netcompiler.load(str(found.file), found.name, inputs=shape, **params)
    except netcompiler.SpecError as error:
        size = "×".join(map(str, shape))
        raise _MisfitError(f"{error}\n\nThe images are {size}; data.size=… sets another size.") from error
    _one_input(found, net)
    return net


def _one_input(found: Found, net: netcompiler.Net) -> Shape:
    if len(net.inputs) != 1:
        names = ", ".join(layer.name for layer in net.inputs)
        raise UserError(f"{found.name}: has {len(net.inputs)} inputs ({names}); zoo trains nets with one")
    return tuple(net.inputs[0].output)


def _classifier(found: Found, net: netcompiler.Net, source: Source) -> str:
    main = _main(net)
    wanted = (len(source.classes),)
    if tuple(main.shape) != wanted:
        why = "" if "classes" in found.parameters else "; give the net a parameter: net NAME(classes=1000)"
        raise UserError(
            f"{found.name} gives {list(main.shape)} as its `{main.name}`, and the data has "
            f"{len(source.classes)} classes, which takes {list(wanted)}{why}"
        )
    return main.name


def _main(net: netcompiler.Net) -> netcompiler.Output:
    return next(output for output in net.outputs if not output.training_only)


def _auxiliary(net: netcompiler.Net) -> tuple[str, ...]:
    return tuple(output.name for output in net.outputs if output.training_only)


def _shipped(name: str) -> Found:
    known = shipped()
    if name in known:
        return known[name]
    raise UserError(f"model={name}: no such net; {hint(name, known, 'model=')}")


def _own(options: ModelOptions) -> Found:
    file = Path(str(options.spec)).expanduser()
    if not file.is_file():
        raise UserError(f"model.spec={options.spec}: {'not a file' if file.exists() else 'no such file'}")
    known = {net.name: net for net in nets(file)}
    if options.net is not None and options.net not in known:
        raise UserError(
            f"model.net={options.net}: no such net in {file}; {hint(options.net, known, 'model.net=')}"
        )
    if options.net is not None:
        return known[options.net]
    if len(known) != 1:
        raise UserError(
            f"{file}: has {len(known)} nets; choose with model.net={'|'.join(sorted(known)) or 'NAME'}"
        )
    return next(iter(known.values()))
