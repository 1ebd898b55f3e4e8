"""What Python users call: load a net, look at it, draw it, turn it into a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx

from netcompiler import pipeline
from netcompiler.comparison.compare import compare as compare_graphs
from netcompiler.comparison.comparison import OutputChange, Pair
from netcompiler.cost import Totals, Transfer, totals, transfers
from netcompiler.diagnostics import Diagnostic, SpecError
from netcompiler.elaborate.values import Given
from netcompiler.graph import Graph, Layer, Output
from netcompiler.limits import DEFAULT_LIMITS, Limits
from netcompiler.operations.base import REQUIRED, Shape
from netcompiler.partition import Partition, partition
from netcompiler.read import from_text, read_file
from netcompiler.source import Source
from netcompiler.target import split_target

if TYPE_CHECKING:
    import torch
    from torch.distributed import ProcessGroup
    from torch.distributed.device_mesh import DeviceMesh

    from netcompiler.draw.drawing import Drawing
    from netcompiler.placement.cut import Wanted
    from netcompiler.placement.estimate import Estimate
    from netcompiler.placement.machines import Machine
    from netcompiler.placement.training import Training
    from netcompiler.torch.pipelining.pipeline import Pipeline

Shapes = Sequence[int] | Mapping[str, Sequence[int]] | None
"""Input shapes that replace the declared ones: one shape for a net with one input, or shapes by name."""


@dataclass(frozen=True, slots=True)
class NetInfo:
    """A net that a file declares.

    Attributes:
        name: its name.
        parameters: their defaults by name; `REQUIRED` for one that must be given.
        loadable: True when it can be loaded without giving any.
        title: the comment lines above it, or at the head of the file.
    """

    name: str
    parameters: Mapping[str, object]
    loadable: bool
    title: tuple[str, ...]


class Net:
    """A net: its graph, and everything that can be made of it.

    Attributes:
        graph: the networkx graph. A node's attribute ``layer`` is a `Layer`; an edge's key is the
            position among the reader's inputs, and its attribute ``edge`` is an `Edge`.
    """

    def __init__(self, graph: Graph, origin: pipeline.Origin | None = None) -> None:
        self._graph = graph
        self._origin = origin

    @property
    def graph(self) -> nx.MultiDiGraph:
        """The networkx graph; nodes stand in an order in which they can be computed."""
        return self._graph.nx

    @property
    def name(self) -> str:
        """The net's name."""
        return self._graph.name

    @property
    def title(self) -> tuple[str, ...]:
        """The comment lines above it, or at the head of its file."""
        return self._graph.title

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All layers, inputs included, in an order in which they can be computed."""
        return tuple(self._graph.layers())

    @property
    def inputs(self) -> tuple[Layer, ...]:
        """The inputs, in order of declaration; ``.name`` and ``.output`` are name and shape."""
        return tuple(self._graph.layer(id) for id in self._graph.inputs)

    @property
    def outputs(self) -> tuple[Output, ...]:
        """What the net gives."""
        return tuple(self._graph.outputs)

    @property
    def groups(self) -> tuple[str, ...]:
        """Its placement groups."""
        return self._graph.groups

    @property
    def uses_files(self) -> bool:
        """True when its spec takes blocks from other files."""
        return self._origin is not None and self._origin.uses_files

    @property
    def parameters(self) -> int:
        """How many learned numbers it has."""
        return self.totals().parameters

    @property
    def macs(self) -> int:
        """Multiply-accumulate operations a sample."""
        return self.totals().macs

    def layer(self, path: str) -> Layer:
        """The layer of this path. Raises KeyError when there is none."""
        return self._graph.layer(path)

    def totals(self, group: str | None = None) -> Totals:
        """Sums over all layers, or over those of one placement group."""
        return totals(layer for layer in self._graph.layers() if group is None or layer.group == group)

    def transfers(self) -> list[Transfer]:
        """Every value that crosses between placement groups."""
        return transfers(self._graph)

    def partition(self) -> Partition:
        """What the process of each placement group runs, and the messages between them.

        Raises ValueError for a net without groups.
        """
        return partition(self._graph)

    def summary(self, microbatches: Sequence[int] = ()) -> str:
        """The layers with shapes and costs, totals, and what groups cost and send, as tables.

        ``microbatches`` are the parts of a batch for which a pipeline's idle time is given.
        """
        from netcompiler.summary import summarise

        return summarise(self._graph, microbatches)

    def plain(self, microbatches: Sequence[int] = ()) -> dict[str, object]:
        """What ``netc show --format json`` prints, as dictionaries, lists, numbers and strings."""
        from netcompiler.summary import plain

        return plain(self._graph, microbatches)

    def expand(self) -> str:
        """The flat net, all blocks and repeats unrolled, as a spec."""
        from netcompiler.expand import expand

        return expand(self._graph)

    def fully_convolutional(self, inputs: Shapes = None) -> Net:
        """The net that gives its scores at every place of images of any size, as ``[classes, h, w]``.

        At the size that the net is declared for, the map is 1×1 and holds the net's own scores; it grows with
        the image. Paths stay, and the state dict has the same keys; each tensor has the same elements in the
        same order, so that weights fit once they are reshaped to the shapes here. Outputs for training fall
        away.

        Args:
            inputs: input shapes to tell shapes and costs for, as in `load`; the module takes all sizes.

        Raises:
            FullyConvolutionalError: the net has no such form; names the layer that stands in the way.
        """
        from netcompiler.fully_convolutional import fully_convolutional

        given = inputs if isinstance(inputs, Mapping) else {}
        if inputs is not None and not isinstance(inputs, Mapping):
            given = {self.inputs[0].name: inputs}
        return Net(
            fully_convolutional(self._graph, {name: _shape(s, self.name) for name, s in given.items()})
        )

    def draw(self, file: str | PathLike[str] | None = None, **options: Any) -> Drawing:
        """Draw the net: to a file if one is given, and to the screen of a notebook.

        ``options`` are those of `figure`, with the same errors raised.
        """
        return figure(self, file=file, **options)

    def place(
        self,
        groups: int,
        *,
        objective: str = "time",
        memory: float | None = None,
        slack: float | None = None,
        names: Sequence[str] = (),
        machine: str | Machine = "a100",
        training: Training | None = None,
        flat: bool = False,
    ) -> Placement:
        """Cut the net into placement groups, one after another, as `netc place` does.

        Args:
            groups: how many.
            objective: what is made small: ``time`` of the slowest group, ``memory`` of the fullest, or
                ``traffic``.
            memory: bytes that no group may exceed.
            slack: how much above the best the largest group may be where that saves traffic.
            names: the groups' names.
            machine: the machine to plan for, or its name.
            training: batch, optimizer and the rest of what memory depends on.
            flat: True for a spec without blocks, in any case.

        Raises:
            SpecError: the net has groups, has too few layers, or does not fit into the memory.
            ValueError: a senseless option.
        """
        from netcompiler.placement.cut import OBJECTIVES, Wanted
        from netcompiler.placement.training import Training

        if objective not in OBJECTIVES:
            raise ValueError(f"unknown objective {objective!r}; known are {', '.join(OBJECTIVES)}")
        chosen = _machine(machine)
        wanted = Wanted(groups, objective, memory, slack)
        return _place(self, wanted, chosen, training or Training(element=chosen.element), names, flat=flat)

    def estimate(
        self,
        devices: Sequence[int],
        *,
        machine: str | Machine = "a100",
        training: Training | None = None,
    ) -> list[Estimate]:
        """Predict a training step on so many devices each, as `netc estimate` does.

        Raises ValueError for a number of devices that is no multiple of the net's groups, for an unknown
        machine, and for micro-batches of a net whose groups are no pipeline.
        """
        from netcompiler.placement.estimate import estimate
        from netcompiler.placement.training import Training

        chosen = _machine(machine)
        return estimate(self._graph, chosen, training or Training(element=chosen.element), devices)

    def source(self, group: str | None = None) -> str:
        """The net as a Python module that needs nothing but torch.

        With a placement group, the part of the net that its process runs; it also needs netcompiler, for the
        messages. Raises ValueError for a group that the net does not have.
        """
        from netcompiler.torch.source import generate

        return generate(self._graph, group)

    def module(
        self,
        devices: str | torch.device | Mapping[str, str | torch.device] | None = None,
        mesh: DeviceMesh | None = None,
        *,
        streams: bool = False,
    ) -> torch.nn.Module:
        """The net as a ``torch.nn.Module`` with fresh weights: `source`, executed.

        ``devices`` is one device for everything, or a device for each placement group; the default
        is torch's default device. ``mesh`` arranges several processes, and has a dimension ``placement`` with
        a place for each group, as `netcompiler.mesh` makes it: then all of them call this, and each gets the
        part of its group, which takes and gives what the whole net does. ``streams`` gives each group a
        stream of its own on its GPU, so that groups that share one overlap where none waits for the other.

        Raises ValueError for a group that the net does not have, a device that this machine does not have,
        a mesh that does not fit, or streams on a device without them; and ModuleNotFoundError, with what to
        install, where there is no torch.
        """
        try:
            from netcompiler.torch.lanes import Accelerator
            from netcompiler.torch.module import build
        except ModuleNotFoundError as error:
            raise _without_torch(error) from None

        if mesh is None:
            return build(self._graph, devices, lanes=Accelerator() if streams else None)
        if streams:
            raise ValueError("`streams` are for the groups of one process: in a mesh each has its own")
        if devices is not None:
            raise ValueError("give `devices` in one process, or a `mesh` of several: a mesh has its device")
        from netcompiler.torch.share import build_part

        return build_part(self._graph, mesh)

    def pipeline(
        self,
        mesh: DeviceMesh | ProcessGroup | None = None,
        *,
        microbatches: int,
        schedule: str = "1f1b",
        loss: Callable[[Any, torch.Tensor], torch.Tensor] | None = None,
        device: str | torch.device | None = None,
    ) -> Pipeline:
        """This process's share of the net as a pipeline of its placement groups, with fresh weights.

        Every process of the pipeline calls this, after ``torch.distributed.init_process_group``. With the
        same seed the weights are those of `module` in one process.

        Args:
            mesh: the processes: a process group or a mesh of one dimension is one pipeline; in a mesh of two
                dimensions each row is one, and the rows are replicas whose gradients are averaged (DDP). None
                for all processes.
            microbatches: how many parts of equal size a batch is cut into.
            schedule: ``gpipe`` or ``1f1b``, with a group for each process, or ``interleaved``, with several,
                dealt out in turn.
            loss: of what the net gives and the target, the mean over the samples; None to evaluate only.
            device: where this process computes; by default the mesh's kind of device.

        Raises:
            ValueError: the groups do not come one after another, or the schedule does not fit the numbers of
                groups, processes and micro-batches.
            RuntimeError: the processes do not know of each other yet.
            ModuleNotFoundError: there is no torch.
        """
        try:
            from netcompiler.torch.pipelining.pipeline import Pipeline
        except ModuleNotFoundError as error:
            raise _without_torch(error) from None

        return Pipeline(
            self._graph, mesh, schedule=schedule, microbatches=microbatches, loss=loss, device=device
        )

    def check_pipeline(self, processes: int, *, microbatches: int, schedule: str = "1f1b") -> None:
        """See to it that `pipeline` can run on so many processes a replica; needs neither them nor torch.

        Raises ValueError, as `pipeline` does: the groups do not come one after another, or the schedule does
        not fit the numbers.
        """
        from netcompiler.bubble import check_schedule
        from netcompiler.stages import stages

        check_schedule(schedule, len(stages(self._graph)), processes, microbatches)

    def _repr_svg_(self) -> str | None:
        return figure(self)._repr_svg_()

    def __repr__(self) -> str:
        sums = self.totals()
        layers = len(self._graph.nx)
        return f"<Net {self.name}: {layers:,} layers, {sums.parameters:,} parameters, {sums.macs:,} MACs>"


def figure(
    *nets: Net,
    file: str | PathLike[str] | None = None,
    style: str = "graph",
    theme: str = "paper",
    format: str | None = None,
    dpi: int = 192,
    depth: int | None = None,
    expand: Sequence[str] = (),
    fold: Sequence[str] = (),
    costs: bool = False,
    title: str | None = None,
    caption: str = "",
    legend: bool = True,
    width: float | None = None,
) -> Drawing:
    """Draw one net, or several side by side. A notebook shows the result.

    Args:
        nets: the nets; the styles ``paper`` and ``table`` show several.
        file: a file to write, if any; its ending says the format unless ``format`` is given. A failed draw
            leaves an existing file as it was.
        style: the way to draw.
        theme: ``paper``, ``slide`` or ``dark``.
        format: svg, png, pdf, eps, tex, dot or html. Without a file, the format that a notebook shows: svg,
            or png for readers who cannot show SVG, such as GitHub's of notebooks.
        dpi: pixels an inch of a png.
        depth: how many levels of blocks are shown; all of them by default, fewer in a huge net.
        expand: paths of blocks that are shown with all that is in them.
        fold: paths of blocks that are shown as one node.
        costs: True for the parameters and MACs of each node.
        title: the title, instead of the net's name; "" for none.
        caption: text below the picture.
        legend: False for no legend.
        width: the page's width in centimetres; text is never smaller than 6 pt then.

    Raises:
        TypeError: for an option of a wrong type, or no net.
        ValueError: for an unknown style, theme or format, or a senseless option.
        DrawError: when it cannot be drawn; the message says what to do instead.
        OSError: when the file cannot be written.
    """
    from netcompiler.draw.drawing import SHOWN, Drawing
    from netcompiler.draw.options import Options
    from netcompiler.draw.theme import THEMES

    if not nets:
        raise TypeError("figure() takes the nets that it is to draw")
    if isinstance(expand, str) or isinstance(fold, str):
        raise TypeError("expand and fold take several paths of blocks: write expand=['layer3.0']")
    if theme not in THEMES:
        raise ValueError(f"unknown theme {theme!r}; known are {', '.join(THEMES)}")
    graphs = tuple(net._graph for net in nets)  # noqa: SLF001  (a net's own module)
    options = Options(THEMES[theme], depth, tuple(expand), tuple(fold), costs, title, caption, legend, width)
    shown = format if format is not None and file is None else SHOWN[0]
    drawing = Drawing(graphs, style, options, dpi, shown, _limits(*nets))
    if file is not None:
        drawing.save(file, format)
    return drawing


class Comparison:
    """What differs between two nets, made by `compare`. Printed it is text; a notebook shows a picture."""

    def __init__(self, before: Net, after: Net) -> None:
        self._nets = before, after
        self._found = compare_graphs(before._graph, after._graph)  # noqa: SLF001  (a net's own module)

    @property
    def equal(self) -> bool:
        """True when both have the same layers under the same names, wired alike, and the same outputs."""
        return self._found.equal

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Layers that correspond: each with ``before``, ``after``, and the ``changes`` between them."""
        return self._found.pairs

    @property
    def changed(self) -> tuple[Pair, ...]:
        """The pairs that differ in more than their names."""
        return self._found.changed

    @property
    def renamed(self) -> tuple[Pair, ...]:
        """The pairs whose paths differ, and so their keys in the state dict."""
        return self._found.renamed

    @property
    def added(self) -> tuple[Layer, ...]:
        """The layers that only the second net has."""
        return self._found.added

    @property
    def removed(self) -> tuple[Layer, ...]:
        """The layers that only the first net has."""
        return self._found.removed

    @property
    def outputs(self) -> tuple[OutputChange, ...]:
        """What differs about the values that the nets give."""
        return self._found.outputs

    def text(
        self, names: tuple[str, str] | None = None, *, width: int | None = None, color: bool = False
    ) -> str:
        """What `netc diff` prints.

        Args:
            names: what the nets are called in it; by default their names.
            width: characters in a line, where longer ones are to be broken.
            color: True for a terminal's colours.
        """
        from netcompiler.comparison.text import write

        return write(self._found, names, width=width, color=color)

    def plain(self) -> dict[str, object]:
        """What ``netc diff --format json`` prints, as dictionaries, lists, numbers and strings."""
        from netcompiler.comparison.plain import plain

        return plain(self._found)

    def draw(self, file: str | PathLike[str] | None = None, **options: Any) -> Drawing:
        """The nets side by side, with the differences marked: to a file if one is given.

        ``options`` are those of `figure`, with the same errors raised.
        """
        return figure(*self._nets, file=file, style="diff", **options)

    def _repr_svg_(self) -> str | None:
        return self.draw()._repr_svg_()

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        found = self._found
        names = " and ".join(net.name for net in self._nets)
        counts = f"{len(found.added)} added, {len(found.removed)} removed, {len(found.changed)} changed"
        return f"<Comparison of {names}: {counts}>"


@dataclass(frozen=True, eq=False)
class Placement:
    """A net cut into groups, made by `Net.place`.

    Attributes:
        net: the net in its groups.
        spec: it as a spec.
        flat: why the spec is flat, in words; "" where it is the author's own text with groups.
    """

    net: Net
    spec: str
    flat: str

    def summary(self) -> str:
        """What each group costs, as text."""
        from netcompiler.summary import groups_text

        how = f"\nwritten flat, without blocks: {self.flat}\n" if self.flat else ""
        return groups_text(self.net._graph) + how  # noqa: SLF001  (a net's own module)

    def __str__(self) -> str:
        return self.spec


def _place(
    net: Net, wanted: Wanted, machine: Machine, training: Training, names: Sequence[str], *, flat: bool
) -> Placement:
    from netcompiler.placement.plan import plan
    from netcompiler.placement.rewrite import CutInsideError
    from netcompiler.placing import check_names, flat_spec, own_spec

    if names:
        if len(names) != wanted.groups:
            raise ValueError(f"{len(names)} names for {wanted.groups} groups")
        check_names(names)
    found = plan(net._graph, wanted, machine, training, names)  # noqa: SLF001
    why = "as asked for" if flat else ""
    origin = net._origin  # noqa: SLF001
    limits = _limits(net)
    if origin is not None and not flat:
        try:
            text = own_spec(found, origin, f"cut by netc place, objective {wanted.objective}")
        except CutInsideError as error:
            why = f"a cut lies inside {error}; a larger slack may let it stand between blocks"
        else:
            placed = load_source(_like(origin, text), found.graph.name, {}, limits=limits)
            return Placement(placed, text, "")
    text = flat_spec(found)
    placed = load_source(Source("<placed>", text), None, {}, limits=limits)
    return Placement(placed, text, why or "its text is not known")


def _limits(*nets: Net) -> Limits:
    """What the first net that is from a spec was loaded with."""
    origins = (net._origin for net in nets)  # noqa: SLF001  (a net's own module)
    return next((origin.analysis.limits for origin in origins if origin is not None), DEFAULT_LIMITS)


def _machine(machine: str | Machine) -> Machine:
    from netcompiler.placement.machines import MACHINES

    if not isinstance(machine, str):
        return machine
    if machine not in MACHINES:
        raise ValueError(f"unknown machine {machine!r}; known are {', '.join(MACHINES)}")
    return MACHINES[machine]


def _like(origin: pipeline.Origin, text: str) -> Source:
    old = origin.analysis.source
    return Source(old.name, text, old.path, old.root)


def compare(before: Net, after: Net) -> Comparison:
    """What differs between two nets: layers added, removed and changed, shapes, parameters, MACs."""
    return Comparison(before, after)


def load(
    file: str | PathLike[str],
    net: str | None = None,
    /,
    *,
    inputs: Shapes = None,
    limits: Limits = DEFAULT_LIMITS,
    **parameters: object,
) -> Net:
    """Load a net from a spec file.

    Args:
        file: path of the spec, or ``path:net``.
        net: the net's name; not needed when the file has only one.
        inputs: input shapes that replace the declared ones, without the batch dimension.
        limits: how much the spec may use, as ``Limits(layers=100_000)``.
        parameters: the net's parameters; a string may name a block or an operation.

    Raises SpecError, whose text shows everything that is wrong.
    """
    path, name = split_target(str(file), net)
    return load_source(read_file(Path(path), limits), name, parameters, inputs=inputs, limits=limits)


def loads(
    text: str,
    net: str | None = None,
    /,
    *,
    inputs: Shapes = None,
    limits: Limits = DEFAULT_LIMITS,
    **parameters: object,
) -> Net:
    """Load a net from a spec's text; like `load`. Such a spec cannot ``use`` files."""
    return load_source(from_text(text, "<text>", limits), net, parameters, inputs=inputs, limits=limits)


def load_source(
    source: Source,
    net: str | None,
    parameters: Mapping[str, object],
    *,
    inputs: Shapes = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Net:
    """Load a net from a source; like `load`."""
    analysis = pipeline.analyse(source, limits)
    given = [Given(name, _frozen(value), None) for name, value in parameters.items()]
    shapes = shapes_by_name(analysis, net, inputs)
    graph = pipeline.build_graph(analysis, net, given, shapes)
    return Net(graph, pipeline.Origin(analysis, net, tuple(given), shapes))


def shapes_by_name(analysis: pipeline.Analysis, net: str | None, inputs: Shapes) -> dict[str, Shape]:
    """Input shapes by the inputs' names; a single shape is for the first input."""
    if inputs is None:
        return {}
    if not isinstance(inputs, Mapping):
        inputs = dict.fromkeys(pipeline.choose(analysis, net).inputs[:1], inputs)
    return {name: _shape(shape, analysis.source.name) for name, shape in inputs.items()}


def _shape(shape: object, where: str) -> Shape:
    extents = tuple(shape) if isinstance(shape, (list, tuple)) else ()
    if extents and all(isinstance(e, int) and not isinstance(e, bool) and e > 0 for e in extents):
        return extents
    message = f"an input's shape is a list of positive whole numbers, this is {shape!r}"
    raise SpecError([Diagnostic("E205", message, where=where)])


def nets(file: str | PathLike[str], *, limits: Limits = DEFAULT_LIMITS) -> list[NetInfo]:
    """The nets that a file declares, in order. Raises SpecError when a definition is wrong."""
    analysis = pipeline.analyse(read_file(Path(file), limits), limits)
    if analysis.diagnostics:
        raise SpecError(analysis.diagnostics)
    return list(_infos(analysis))


def files(file: str | PathLike[str], *, limits: Limits = DEFAULT_LIMITS) -> list[Path]:
    """The spec file and every file that it uses, straight or through others: what to copy to keep a net.

    All lie in the folder of the first or below it. Raises SpecError when a definition is wrong.
    """
    analysis = pipeline.analyse(read_file(Path(file), limits), limits)
    if analysis.diagnostics:
        raise SpecError(analysis.diagnostics)
    return list(analysis.files)


def check(file: str | PathLike[str], *, limits: Limits = DEFAULT_LIMITS) -> list[Diagnostic]:
    """Everything that is wrong with a spec file: errors and warnings.

    Raises SpecError when it cannot be read.
    """
    return pipeline.check(read_file(Path(file), limits), limits, {})


def _without_torch(error: ModuleNotFoundError) -> ModuleNotFoundError:
    """The error for a module that was not found, with what to install where it is torch."""
    if error.name != "torch":
        return error
    return ModuleNotFoundError("a module needs torch: pip install 'netcompiler[torch]'", name="torch")


def _infos(analysis: pipeline.Analysis) -> Iterator[NetInfo]:
    for name, signature in analysis.nets.items():
        values = pipeline.default_values(analysis, signature)
        defaults = {parameter: values.get(parameter, REQUIRED) for parameter in signature.parameters}
        yield NetInfo(name, defaults, signature.loadable, signature.title)


def _frozen(value: object) -> object:
    return tuple(map(_frozen, value)) if isinstance(value, (list, tuple)) else value


def mesh(
    net: Net, *, data: int | None = None, device: str | None = None, timeout: float = 600.0
) -> DeviceMesh:
    """Arrange a job's processes as replicas by placement groups: a mesh of ``data`` × ``placement``.

    Where torchrun has started this process and it has joined no process group, it joins one here. All
    processes call this.

    Args:
        net: a net with placement groups.
        data: how many replicas of the net; by default as many as there are processes for.
        device: ``cuda`` or ``cpu``; by default cuda where it is there.
        timeout: seconds after which a process that waits for another one gives up.

    Raises:
        ValueError: no processes, too few or too many of them, or a GPU that is not there.
    """
    from netcompiler.torch.mesh import make_mesh

    return make_mesh(net._graph, data, device, timeout)  # noqa: SLF001  (a net's own module)
