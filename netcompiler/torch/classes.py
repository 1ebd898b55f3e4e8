"""One class for all scopes that run alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

from netcompiler.operations.base import Shape
from netcompiler.torch.expressions import Chain, Construct, Expression, New
from netcompiler.torch.modules import Modules, Unit
from netcompiler.torch.names import camel, identifier, unique
from netcompiler.torch.parameters import Group, GroupWriter
from netcompiler.torch.templates import blank, marks, unmark

_MOST_NUMBERS = 2
"""Numbers in the methods' expressions that may differ between the scopes of a class."""


class Classes:
    """All classes of a net, those that others need first."""

    def __init__(self, modules: Modules, taken: set[str]) -> None:
        self._modules = modules
        self._group_of: dict[str, Group] = {}
        self._skeletons: dict[str, Hashable] = {}
        self._ids: dict[Hashable, int] = {}
        self._open: set[int] = set()
        self.groups: list[Group] = []
        for units in self._partition():
            name = unique(self._class_name(units), taken)
            taken.add(name)
            group = Group(name, units, {unit.scope.path: i for i, unit in enumerate(units)})
            self._group_of.update((unit.scope.path, group) for unit in units)
        self._write(self._group_of[""])

    def group(self, scope: str) -> Group:
        """The class of a scope."""
        return self._group_of[scope]

    # ---- which scopes share a class ----------------------------------------------------------

    def _partition(self) -> Iterator[list[Unit]]:
        """Sets of units that share a class, in the order in which they first appear in the net."""
        found: dict[Hashable, list[Unit]] = defaultdict(list)
        for unit in reversed(self._modules.units.values()):
            if unit.is_class:
                found[self._key(unit)].append(unit)
        for units in found.values():
            yield from self._alike(units)

    def _key(self, unit: Unit) -> Hashable:
        scope = unit.scope
        methods = tuple(
            (name, method.parameters, method.returns, tuple(map(blank, method.body)))
            for name, method in unit.methods.items()
        )
        own = (unit.is_chain, unit.names, methods, tuple(unit.children), unit.homes)
        if not scope.path:
            return "net"
        if scope.column is not None:
            return self._id(("column", own, self._children_skeleton(unit)))
        if scope.definition is not None:
            return self._id(("block", scope.definition, own))
        return self._id(("group", own, self._children_skeleton(unit)))

    def _alike(self, units: list[Unit]) -> Iterator[list[Unit]]:
        """Split a block's units when more than a few of their children differ in kind."""
        children = [self._children_skeleton(unit) for unit in units]
        numbers = [tuple(_numbers(unit)) for unit in units]
        differing = sum(len(set(column)) > 1 for column in zip(*children, strict=True))
        vectors = {column for column in zip(*numbers, strict=True) if len(set(column)) > 1}
        few = not differing or differing <= max(1, len(children[0]) // 3) < len(children[0])
        if few and len(vectors) <= _MOST_NUMBERS:
            yield units
            return
        split: dict[Hashable, list[Unit]] = defaultdict(list)
        for unit, skeleton, own in zip(units, children, numbers, strict=True):
            split[skeleton, own].append(unit)
        yield from split.values()

    def _children_skeleton(self, unit: Unit) -> tuple[Hashable, ...]:
        return tuple(self._skeleton(child.value) for child in unit.children.values())

    def _skeleton(self, value: Expression) -> Hashable:
        """What is left of a module's text without its numbers; equal for modules that can share a text."""
        if isinstance(value, Construct):
            return value.code.constructor, sum(a.positional for a in value.code.arguments)
        if isinstance(value, Chain):
            return self._id((value.names, tuple(map(self._skeleton, value.items))))
        if value.scope not in self._skeletons:
            self._skeletons[value.scope] = self._key(self._modules.units[value.scope])
        return self._skeletons[value.scope]

    def _id(self, key: Hashable) -> int:
        return self._ids.setdefault(key, len(self._ids))

    def _class_name(self, units: Sequence[Unit]) -> str:
        scope = units[0].scope
        if not scope.path:
            return camel(self._modules.plan.name, "Net")
        if scope.column is not None:
            return "Column"
        name = scope.definition or scope.name
        return camel(name if scope.definition else name.rstrip("0123456789") or name, "Block")

    # ---- what differs between them -----------------------------------------------------------

    def _write(self, group: Group) -> None:
        """Work out a class's parameters and the texts of its children, after those of the classes it uses."""
        if group.is_written or id(group) in self._open:
            return
        self._open.add(id(group))
        shapes = [self._input_shape(unit) for unit in group.units]
        writer = GroupWriter(group, shapes, self._shared_class)
        for name in group.units[0].children:
            values = [unit.children[name].value for unit in group.units]
            group.children.append(writer.text(values, identifier(name, "")))
        numbers = zip(*map(_numbers, group.units), strict=True)
        texts = iter([writer.number(column) for column in numbers])
        for name, method in group.units[0].methods.items():
            group.bodies[name] = [unmark(line, texts) for line in method.body]
        writer.finish()
        self._open.remove(id(group))
        group.is_written = True
        self.groups.append(group)

    def _shared_class(self, values: Sequence[Expression]) -> Group | None:
        """The class that all values are instances of, once it is written."""
        groups = {id(self._group_of[v.scope]) for v in values if isinstance(v, New)}
        first = values[0]
        if len(groups) != 1 or not isinstance(first, New) or not all(isinstance(v, New) for v in values):
            return None
        group = self._group_of[first.scope]
        self._write(group)
        return group if group.is_written else None

    def _input_shape(self, unit: Unit) -> Shape | None:
        """The shape of the first value that a scope takes."""
        parts = self._modules.plan.parts[unit.scope.path]
        value = next(iter(parts[0].inputs), None)
        if value is None:
            return None
        return self._modules.plan.layer_of(value).output


def _numbers(unit: Unit) -> list[tuple[str, int]]:
    """The numbers in the expressions of a unit's methods, with the names of their operations."""
    return [mark for method in unit.methods.values() for line in method.body for mark in marks(line)]
