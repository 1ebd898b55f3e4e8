"""Planning: a net without groups in, the same net cut into groups one after another out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from netcompiler.diagnostics import Diagnostic, Label, SpecError
from netcompiler.graph import Graph
from netcompiler.placement.cut import Cutter, Wanted, most_groups
from netcompiler.placement.machines import Machine
from netcompiler.placement.regroup import regroup
from netcompiler.placement.sequence import Sequence as Layers
from netcompiler.placement.sequence import sequence
from netcompiler.placement.sizes import size_text
from netcompiler.placement.training import Training
from netcompiler.source import Span


@dataclass(frozen=True, eq=False)
class Plan:
    """A cut that was found.

    Attributes:
        graph: the net in groups.
        place: the group of each layer of the net as it was, by id.
        starts: for each group after the first, the id of its first layer.
    """

    graph: Graph
    place: dict[str, str]
    starts: tuple[str, ...]


def plan(
    graph: Graph, wanted: Wanted, machine: Machine, training: Training, names: Sequence[str] = ()
) -> Plan:
    """The best cut of a net; ``names`` are the groups', ``stage0``, ``stage1`` … without them.

    Raises SpecError when the net has groups already, has too few layers, or fits into the memory by no cut.
    """
    if graph.groups:
        raise SpecError([_has_groups(graph)])
    chain = sequence(graph, machine, training)
    most = most_groups(chain, weighted=False)
    if wanted.groups > most:
        raise SpecError([_too_many(graph, wanted, most)])
    cutter = Cutter(chain, training, wanted)
    cuts = cutter.cut()
    if cuts is None:
        raise SpecError([_too_little(graph, chain, cutter, wanted, training)])
    groups = tuple(names) or default_names(graph, wanted.groups)
    place: dict[str, str] = {}
    for group, start, stop in zip(groups, (0, *cuts), (*cuts, len(chain.layers)), strict=True):
        place |= {layer.id: group for layer in chain.layers[start:stop]}
    return Plan(regroup(graph, groups, place), place, tuple(chain.layers[cut].id for cut in cuts))


def default_names(graph: Graph, count: int) -> tuple[str, ...]:
    """``stage0``, ``stage1`` …, as torch.distributed.pipelining counts; another word if these are taken."""
    taken = {part for path in graph.scopes for part in path.split(".")}
    taken |= {part for layer in graph.layers() for part in layer.path.split(".")}
    for word in ("stage", "group", "place"):
        names = tuple(f"{word}{index}" for index in range(count))
        if not taken & set(names):
            return names
    return tuple(f"stage_{index}_" for index in range(count))


def _has_groups(graph: Graph) -> Diagnostic:
    message = f"net `{graph.name}` stands in placement groups already: {', '.join(graph.groups)}"
    help = "`netc show` says what they cost; to cut anew, take `on` out"
    labels = tuple(Label(span, "declared here") for span in list(graph.group_spans.values())[:1])
    return Diagnostic("E308", message, place_of(graph), help=help, labels=labels)


def _too_many(graph: Graph, wanted: Wanted, most: int) -> Diagnostic:
    message = f"net `{graph.name}` cannot be cut into {wanted.groups} groups"
    note = f"it can be cut into {most} at the most: into single layers, shared weights kept together"
    return Diagnostic("E308", message, place_of(graph), notes=(note,), help=f"ask for {most} groups or fewer")


def _too_little(
    graph: Graph, chain: Layers, cutter: Cutter, wanted: Wanted, training: Training
) -> Diagnostic:
    assert wanted.memory is not None
    least = cutter.smallest("memory", inf)
    largest = max(chain.layers, key=lambda layer: training.whole([layer]))
    message = (
        f"no cut of net `{graph.name}` into {wanted.groups} groups keeps each within "
        f"{size_text(wanted.memory)}"
    )
    how = f"training with batch {training.batch} and {training.optimizer}"
    size = size_text(training.whole([largest]))
    notes = (f"the least possible is {size_text(least)} for the fullest group, {how}",)
    help = (
        "more groups, a smaller batch, or micro-batches with the schedule 1f1b, which hold fewer activations"
    )
    if training.whole([largest]) > wanted.memory:
        help = "more groups do not help, as a group has a layer; a smaller batch or another optimizer may"
    labels = (Label(largest.span.head, f"the largest layer, `{largest.path}`: {size}"),)
    return Diagnostic("E309", message, place_of(graph), notes=notes, help=help, labels=labels)


def place_of(graph: Graph) -> Span:
    """The first line of a net's definition, to its brace: where messages about all of it point."""
    span = graph.scopes[""].span
    line = span.text.splitlines()[0] if span.text else ""
    return Span(span.source, span.start, span.start + len(line.partition("{")[0].rstrip()))
