"""From the tree of a net to the scene: which layers get a volume, and what each volume reads.

A pool that only hands its result to the next layer gets no volume: it is named between two. A sum gets none
either: it is a sign on the volume that it is added to, and the other value comes to it as a skip connection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

from netcompiler.draw.styles.volumes import steps
from netcompiler.draw.styles.volumes.scene import Bracket, Read, Scene, Skip, Volume
from netcompiler.draw.tree import Flow, Item, Leaf, Tree, leaves
from netcompiler.operations.base import Shape

_PASSING = frozenset({"norm", "activation", "dropout", "shape"})
"""Kinds that change nothing that a volume shows, as long as the shape stays."""


def extract(tree: Tree) -> Scene:
    """The scene of a tree; columns and lanes are not yet known."""
    return _Extractor(tree).scene()


@dataclass(frozen=True)
class _Value:
    """What a reader of a leaf sees: a volume, past pools that are not drawn."""

    volume: Volume
    pools: tuple[str, ...] = ()


class _Extractor:
    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._values: dict[Leaf, _Value] = {}
        self._leaves: dict[Volume, list[Leaf]] = {}
        self._before: dict[Volume, frozenset[Volume]] = {}
        self._skips: list[Skip] = []

    def scene(self) -> Scene:
        for leaf in leaves(self._tree.root):
            if leaf.role != "output":
                self._values[leaf] = self._value(leaf)
                self._leaves.setdefault(self._values[leaf].volume, []).append(leaf)
        volumes = list(self._before)
        brackets = _brackets(self._tree, volumes)
        inside = {volume for bracket in brackets for volume in bracket.volumes}
        for volume in volumes:
            volume.name = "" if volume in inside else _name(volume.leaf)
        return Scene(volumes, self._skips, brackets)

    def _value(self, leaf: Leaf) -> _Value:
        flows = sorted(self._tree.flows.into(leaf), key=lambda flow: flow.argument)
        if self._passes(leaf, flows) or self._is_named_pool(leaf, flows):
            value = self._values[flows[0].source]
            value.volume.layers += leaf.layers
            if leaf.kind != "pool":
                return value
            return replace(value, pools=value.pools + steps.pool_words(steps.main_layer(leaf)))
        host = self._host(leaf, flows)
        if host is not None:
            return self._add_to(host, leaf, flows)
        return _Value(self._volume(leaf, flows))

    def _passes(self, leaf: Leaf, flows: Sequence[Flow]) -> bool:
        """True for a layer that a volume does not show: an activation, a flattening."""
        if leaf.role != "layer" or len(flows) != 1 or flows[0].crosses or leaf.times > 1:
            return False
        flat = len(leaf.shape) == 1 and prod(leaf.shape) == prod(flows[0].shape)
        return leaf.kind in _PASSING and (leaf.shape == flows[0].shape or flat)

    def _is_named_pool(self, leaf: Leaf, flows: Sequence[Flow]) -> bool:
        """True for a pool whose result goes to the next layer alone, in each group."""
        if leaf.kind != "pool" or leaf.role != "layer" or len(flows) != 1 or flows[0].crosses:
            return False
        readers = [flow.target for flow in self._tree.flows.out_of(leaf)]
        groups = {reader.group for reader in readers}
        fit = all(reader.role in {"layer", "summary"} and reader.kind != "pool" for reader in readers)
        return fit and 0 < len(readers) == len(groups) and leaf.times == 1

    def _host(self, leaf: Leaf, flows: Sequence[Flow]) -> Volume | None:
        """The volume that can carry a sum as a sign: one that all other values go past. None otherwise."""
        if leaf.kind != "merge" or len(leaf.title) > 1 or any(flow.crosses for flow in flows):
            return None
        fitting = [
            flow
            for flow in flows
            if self._is_read_once(self._values[flow.source].volume)
            and flow.source.role != "input"
            and not self._values[flow.source].pools
            and self._values[flow.source].volume.shape == flow.shape == leaf.shape
        ]
        # The longest way is the main one.
        fitting.sort(key=lambda flow: -len(self._before[self._values[flow.source].volume]))
        for flow in fitting:
            volume = self._values[flow.source].volume
            if all(other is flow or self._way_past(other, volume) for other in flows):
                return volume
        return None

    def _is_read_once(self, volume: Volume) -> bool:
        """True when one leaf alone reads a volume, past leaves that it shows as well."""
        shown = self._leaves[volume]
        flows = [flow for leaf in shown for flow in self._tree.flows.out_of(leaf)]
        return sum(flow.target not in shown for flow in flows) == 1

    def _way_past(self, flow: Flow, host: Volume) -> Skip | None:
        """The skip connection by which a value comes to a volume; None when it is no such thing."""
        value = self._values[flow.source]
        before = self._before[host]
        if value.volume in before:
            return Skip(value.volume, host, ", ".join(value.pools))
        reads = value.volume.reads
        alone = len(reads) == 1 and self._is_read_once(value.volume) and not value.volume.sign
        if not alone or value.pools or reads[0].crosses or reads[0].source not in before:
            return None
        own = ", ".join([*reads[0].pools, *_words(value.volume.leaf)])
        return Skip(reads[0].source, host, own)

    def _add_to(self, host: Volume, leaf: Leaf, flows: Sequence[Flow]) -> _Value:
        host.sign += leaf.title
        host.layers += leaf.layers
        for flow in flows:
            volume = self._values[flow.source].volume
            skip = self._way_past(flow, host)
            if volume is host or skip is None:
                continue
            self._skips.append(skip)
            if skip.source is not volume:
                host.layers += volume.layers
                del self._before[volume]
        return _Value(host)

    def _volume(self, leaf: Leaf, flows: Sequence[Flow]) -> Volume:
        main = steps.main_layer(leaf)
        shape = _shape(leaf)
        notes = steps.notes(main, leaf) if flows else ()
        volume = Volume(leaf, list(leaf.layers), shape, leaf.kind, leaf.group, notes=notes)
        sources = [self._values[flow.source] for flow in flows]
        behind = [self._before[source.volume] for source in sources]
        for flow, value in zip(flows, sources, strict=True):
            if any(read.source is value.volume for read in volume.reads):
                continue
            past = any(value.volume in others for others in behind)
            if past and not flow.crosses:
                self._skips.append(Skip(value.volume, volume, ", ".join(value.pools), summed=False))
            else:
                volume.reads.append(_read(leaf, flow, value))
        inner = frozenset(value.volume for value in sources)
        self._before[volume] = inner.union(*behind)
        return volume


def _read(leaf: Leaf, flow: Flow, value: _Value) -> Read:
    main = steps.main_layer(leaf)
    # A kernel over what a pool has made of whole maps is not one over the maps.
    pooled = bool(value.pools) and prod(flow.shape[1:]) == 1
    window = None if leaf.role == "summary" or pooled else steps.window(main)
    dense = leaf.role == "layer" and (pooled or steps.is_dense(main))
    return Read(value.volume, window, dense, value.pools, flow.crosses)


def _shape(leaf: Leaf) -> Shape:
    """The shape of a node's value, before it is flattened for the next one."""
    if leaf.role == "summary":
        return leaf.shape or (1,)
    main = steps.main_layer(leaf)
    after = leaf.layers[leaf.layers.index(main) :]
    return [layer.output for layer in after if len(layer.output) == len(main.output)][-1] or (1,)


def _name(leaf: Leaf) -> str:
    return leaf.title if leaf.role == "summary" else leaf.name


def _words(leaf: Leaf) -> list[str]:
    """The layers of a skip connection, without those that change no shape."""
    return [layer.label for layer in leaf.layers if layer.inputs and layer.inputs[0] != layer.output] or [
        leaf.title
    ]


def _brackets(tree: Tree, volumes: Sequence[Volume]) -> list[Bracket]:
    """Blocks that stand for several, and those of the net's own scope, inner ones first."""
    of = {volume.leaf: volume for volume in volumes}
    return [bracket for child in tree.root.children for bracket in _inside(child, of, top=True)]


def _inside(item: Item, of: dict[Leaf, Volume], *, top: bool = False) -> list[Bracket]:
    """The brackets of an item and of all in it."""
    if isinstance(item, Leaf):
        return [Bracket((of[item],), "", item.times)] if item in of and item.times > 1 else []
    inner = [bracket for child in item.children for bracket in _inside(child, of)]
    covered = tuple(of[leaf] for leaf in leaves(item) if leaf in of)
    if not covered or (item.times == 1 and not (top and item.name)):
        return inner
    level = 1 + max((bracket.level for bracket in inner), default=-1)
    return [*inner, Bracket(covered, item.name if top else "", item.times, item.varies, level)]
