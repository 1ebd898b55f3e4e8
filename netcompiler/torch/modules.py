"""What module each scope becomes: a torch.nn.Sequential or a class, its children and its methods."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from netcompiler.code import Argument, ExpressionCode, ModuleCode, ParameterCode
from netcompiler.graph import Scope
from netcompiler.record import record
from netcompiler.torch.expressions import Chain, Construct, Expression, New
from netcompiler.torch.forward import Method, Results, parameter_names, write_method
from netcompiler.torch.literals import literal, string
from netcompiler.torch.names import MODULE_ATTRIBUTES, SEQUENTIAL_ATTRIBUTES, identifier, is_plain, unique
from netcompiler.torch.steps import Part, Plan, Step, Transfer

COMMUNICATIONS = "comm"
"""The attribute of a group's part, and the variable, for its messages with the other groups' processes."""

LANES = "lanes"
"""The variable for the streams of a net's groups in one process."""

_CHILD_CALL = re.compile(r"return self((?:\.[A-Za-z0-9]\w*)+)\((.*)\)")
_FLATTEN = re.compile(r"torch\.flatten\(\{0\}, (\d+)\)")


@record(eq=True)
class Child:
    """A child module of a class.

    Attributes:
        name: its name in the state dict, or the attribute it stands in when it has no state.
        value: what it is.
    """

    name: str
    value: Expression

    @property
    def access(self) -> str:
        """The text that gives the child: ``self.conv1``."""
        if is_plain(self.name) and self.name not in MODULE_ATTRIBUTES:
            return f"self.{self.name}"
        if _is_hidden(self.name):
            return f"self._{self.kind}s[{string(self.name)}]"
        return f"getattr(self, {string(self.name)})"

    def assign(self, value: str) -> str:
        """The statement that makes the child."""
        if is_plain(self.name) and self.name not in MODULE_ATTRIBUTES:
            return f"self.{self.name} = {value}"
        if _is_hidden(self.name):
            return f"self._{self.kind}s[{string(self.name)}] = {value}"
        register = "add_module" if self.kind == "module" else f"register_{self.kind}"
        return f"self.{register}({string(self.name)}, {value})"

    @property
    def kind(self) -> str:
        """What torch calls it: a ``module``, or a ``parameter`` or ``buffer`` without a module around it."""
        if isinstance(self.value, Construct) and isinstance(self.value.code, ParameterCode):
            return "buffer" if self.value.code.constructor == "nn.Buffer" else "parameter"
        return "module"


def access(name: str, kind: str = "module") -> str:
    """What follows a module's text for its child of this name: ``module``, ``parameter`` or ``buffer``."""
    if is_plain(name) and name not in MODULE_ATTRIBUTES:
        return f".{name}"
    if _is_hidden(name):
        return f"._{kind}s[{string(name)}]"
    return f".get_{'sub' if kind == 'module' else ''}{kind}({string(name)})"


def _is_hidden(name: str) -> bool:
    """True for names that torch.nn.Module has itself, or may have: it would give its own attribute."""
    return name in MODULE_ATTRIBUTES or name.startswith("_")


@dataclass(slots=True, eq=False)
class Unit:
    """What one scope becomes.

    Attributes:
        scope: the scope.
        value: how the module around it makes it.
        is_chain: True for a class derived from nn.Sequential, whose children are run in order.
        names: of a Sequential's children; None for positions.
        children: child modules, in order; empty for a scope that is no class.
        methods: by name.
        method_of: the name of the method that runs a part, or a child to call instead: ``.conv1``.
        devices: the property that says where groups are; in one group's part, the attribute through which it
            talks to the others.
        homes: for each group that its methods move values to, the text of the group's device.
        shared: children without names of their own, by their text.
    """

    scope: Scope
    value: Expression
    is_chain: bool = False
    names: tuple[str, ...] | None = None
    children: dict[str, Child] = field(default_factory=dict)
    methods: dict[str, Method] = field(default_factory=dict)
    method_of: dict[int, str] = field(default_factory=dict)
    devices: str = "devices"
    homes: tuple[tuple[str, str], ...] = ()
    shared: dict[str, Child] = field(default_factory=dict)

    @property
    def in_lanes(self) -> bool:
        """True when its methods switch between the streams of groups."""
        return any(line.endswith(" = self._lanes") for m in self.methods.values() for line in m.body)

    @property
    def is_class(self) -> bool:
        """True when a class is written for it."""
        return isinstance(self.value, New) and self.value.scope == self.scope.path

    def access(self, name: str) -> str:
        """What follows the module's text to give the child module of this name."""
        by_position = self.names is None and (self.is_chain or not self.is_class)
        if by_position:
            return f"[{int(name)}]"
        child = self.children.get(name)
        return access(name, "module" if child is None else child.kind)


class Modules:
    """Builds the units of all scopes, those inside first."""

    def __init__(self, plan: Plan, results: Results, parameters: Mapping[str, str]) -> None:
        self.plan = plan
        self.units: dict[str, Unit] = {}
        self._texts: dict[str, str] = {}
        self._constructs: dict[str, Construct | None] = {}
        self._calls = Counter(
            plan.graph.scopes[scope].definition for scope in plan.parts if scope and scope in plan.stateful
        )
        self.without_weights: dict[str, str] = {}
        """For groups without weights, the attribute of the net that holds the device."""
        for scope in reversed(plan.parts):
            if scope:
                self.units[scope] = self._unit(scope)
        self.units[""] = self._root(results, parameters)
        for unit in self.units.values():
            unit.homes = self._homes(unit) if unit.is_class and not plan.lanes else ()

    @property
    def _word(self) -> str:
        """What the attribute is called that says where groups are."""
        return LANES if self.plan.lanes else "devices"

    def path(self, scope: str, path: str) -> str:
        """What follows a scope's module in text to give the module of a layer or scope inside it."""
        text = ""
        for name in path.removeprefix(scope).removeprefix(".").split("."):
            text += self.units[scope].access(name)
            scope = f"{scope}.{name}" if scope else name
        return text

    def _homes(self, unit: Unit) -> tuple[tuple[str, str], ...]:
        """The device of each group that a class moves values to: where the first of its weights is."""
        scope = unit.scope.path
        items = [item for part in self.plan.parts[scope] for item in part.items]
        moves = [
            item.code.group for item in items if isinstance(item, Step) and isinstance(item.code, Transfer)
        ]
        homes = []
        for group in self.plan.graph.groups:
            layer = self.plan.anchors.get((scope, group))
            if group in moves and layer is not None:
                weight = "" if layer.operation.bare else f".{next(iter(layer.weights))}"
                homes.append((group, f"self{self.path(scope, layer.path)}{weight}.device"))
            elif group in moves:
                homes.append((group, f"self.{self.without_weights[group]}"))
        return tuple(homes)

    def constructors(self) -> list[ModuleCode]:
        """The code of every module of torch.nn or of a helper, in order."""
        return [
            step.code
            for step in self.plan.steps
            if isinstance(step.code, ModuleCode) and not step.layer.reuses
        ]

    # ---- chains ------------------------------------------------------------------------------

    def _unit(self, path: str) -> Unit:
        scope = self.plan.graph.scopes[path]
        items = self._chain(path)
        if items is None:
            return self._class(scope)
        names = self._chain_names(items)
        if names is not None and any(not _fits_sequential(name) for name in names):
            return self._class(scope)
        values = tuple(self._item_value(item) for item in items)
        if len(values) == 1 and path not in self.plan.stateful:
            return Unit(scope, values[0], names=names)
        if path in self.plan.stateful and scope.definition is not None and self._calls[scope.definition] > 1:
            return self._chain_class(scope, names, values)
        return Unit(scope, Chain(names, values), names=names)

    def _chain_class(self, scope: Scope, names: tuple[str, ...] | None, values: Sequence[Expression]) -> Unit:
        unit = Unit(scope, New(scope.path), is_chain=True, names=names)
        for name, value in zip(names or map(str, range(len(values))), values, strict=True):
            unit.children[name] = Child(name, value)
        return unit

    def _chain(self, path: str) -> list[Step | Part] | None:
        """A scope's items, when each reads exactly what the one before gives and all are modules."""
        parts = self.plan.parts[path]
        first = [self._name(item) for item in parts[0].items]
        if len(set(first)) < len(first):
            return None
        for part in parts:
            if [self._name(item) for item in part.items] != first or not self._is_chain(part):
                return None
        return parts[0].items

    def _is_chain(self, part: Part) -> bool:
        if (
            len(part.inputs) != 1
            or len(part.outputs) != 1
            or part.training_only != part.items[0].training_only
        ):
            return False
        value = next(iter(part.inputs))
        for item in part.items:
            reads = tuple(item.inputs) if isinstance(item, Part) else item.reads
            if reads != (value,):
                return False
            if isinstance(item, Part):
                method = self.units[item.scope].method_of.get(id(item), "forward")
                if len(item.outputs) != 1 or method != "forward":
                    return False
                value = next(iter(item.outputs))
            else:
                if self._construct(item) is None:
                    return False
                value = item.id
        return value in part.outputs

    def _chain_names(self, items: Sequence[Step | Part]) -> tuple[str, ...] | None:
        names = [self._name(item) for item in items]
        if names == [str(i) for i in range(len(items))]:
            return None
        kept = {self._name(item) for item in items if self._keeps_name(item)}
        chosen: list[str] = []
        for item, name in zip(items, names, strict=True):
            if self._keeps_name(item):
                chosen.append(name)
            else:
                chosen.append(unique(self._kind(item), kept | {*chosen} | SEQUENTIAL_ATTRIBUTES))
        return tuple(chosen)

    # ---- classes -----------------------------------------------------------------------------

    def _class(self, scope: Scope) -> Unit:
        unit = Unit(scope, New(scope.path))
        parts = self.plan.parts[scope.path]
        kept = {self._name(item) for part in parts for item in part.items if self._keeps_name(item)}
        unit.devices = unique(self._word, kept)
        methods = [self._method(unit, part, kept, parameter_names(self.plan, part), None) for part in parts]
        names = _method_names(methods, kept | unit.children.keys() | MODULE_ATTRIBUTES)
        unit.methods = {name: method for method, name in names.items() if not name.startswith(".")}
        unit.method_of = {id(part): names[method] for part, method in zip(parts, methods, strict=True)}
        return unit

    def _root(self, results: Results, parameters: Mapping[str, str]) -> Unit:
        scope = self.plan.graph.scopes[""]
        part = self.plan.root
        items = self._chain_of_net(part, results)
        if items is not None:
            return self._chain_class(scope, None, [self._item_value(item) for item in items])
        unit = Unit(scope, New(""))
        kept = {self._name(item) for item in part.items if self._keeps_name(item)}
        word = self._word if self.plan.group is None else COMMUNICATIONS
        unit.devices = unique(word, kept | {*parameters.values()})
        unit.methods = {"forward": self._method(unit, part, kept, parameters, results)}
        if self.plan.group is not None:
            return unit
        for group in self.plan.graph.groups:
            if ("", group) not in self.plan.anchors:
                taken = kept | unit.children.keys() | MODULE_ATTRIBUTES | {*self.without_weights.values()}
                self.without_weights[group] = unique(identifier(group, "group") + "_device", taken)
        return unit

    def _chain_of_net(self, part: Part, results: Results) -> list[Step | Part] | None:
        """The net's items when it is one chain of layers called by position."""
        graph = self.plan.graph
        plain = (
            not graph.groups
            and len(graph.inputs) == 1
            and len(graph.outputs) == 1
            and results.training is None
        )
        if not plain or [self._name(item) for item in part.items] != [str(i) for i in range(len(part.items))]:
            return None
        whole = Part("", False, part.items, {graph.inputs[0]: None}, {graph.outputs[0].layer: None})
        return part.items if part.items and self._is_chain(whole) else None

    def _method(
        self, unit: Unit, part: Part, kept: set[str], parameters: Mapping[str, str], results: Results | None
    ) -> Method:
        def callee(item: Step | Part) -> str:
            text = self._child(unit, item, kept).access
            if not isinstance(item, Part):
                return text
            method = self.units[item.scope].method_of.get(id(item), "forward")
            if method.startswith("."):
                return text + method
            return text if method == "forward" else f"{text}.{method}"

        return write_method(
            self.plan, part, callee, self._label, parameters=parameters, devices=unit.devices, results=results
        )

    def _child(self, unit: Unit, item: Step | Part, kept: set[str]) -> Child:
        name = self._name(item)
        if self._keeps_name(item):
            return unit.children.setdefault(name, Child(name, self._item_value(item)))
        value = self._item_value(item)
        text = self._text(value)
        if text not in unit.shared:
            taken = kept | unit.children.keys() | MODULE_ATTRIBUTES | {unit.devices}
            name = unique(self._kind(item), taken)
            unit.shared[text] = unit.children[name] = Child(name, value)
        return unit.shared[text]

    # ---- items -------------------------------------------------------------------------------

    def _name(self, item: Step | Part) -> str:
        """The name of a child in its scope; a step from a scope without a class goes by that scope's name."""
        if isinstance(item, Part):
            return item.scope.rpartition(".")[2]
        path = item.layer.path
        return (path[len(item.scope) + 1 :] if item.scope else path).partition(".")[0]

    def _keeps_name(self, item: Step | Part) -> bool:
        """Whether a child's name is given by the spec or needed for its keys in the state dict."""
        if isinstance(item, Part):
            return item.scope in self.plan.stateful or not self._name(item).isdigit()
        return item.is_module and (item.layer.named or item.layer.path in self.plan.stateful)

    def _kind(self, item: Step | Part) -> str:
        """The name of an attribute for a child that the spec gives no name."""
        if isinstance(item, Part):
            return identifier(self.plan.graph.scopes[item.scope].definition or "block", "block")
        return identifier(item.layer.operation.name, "layer")

    def _label(self, path: str) -> str:
        scope = self.plan.graph.scopes[path]
        return identifier(scope.definition or "" if scope.name.isdigit() else scope.name, "block")

    def _item_value(self, item: Step | Part) -> Expression:
        if isinstance(item, Part):
            return self.units[item.scope].value
        if isinstance(item.code, ParameterCode):
            return Construct(item.code, item.layer.operation)
        construct = self._construct(item)
        assert construct is not None, f"layer {item.id} is no module"
        return construct

    def _construct(self, step: Step) -> Construct | None:
        """The module that a step calls, or could call: some expressions have modules in torch.nn."""
        if step.id not in self._constructs:
            self._constructs[step.id] = self._new_construct(step)
        return self._constructs[step.id]

    def _new_construct(self, step: Step) -> Construct | None:
        code = step.code
        if isinstance(code, ParameterCode):
            return None
        if isinstance(code, ModuleCode):
            if step.id in self.plan.in_place:
                in_place = Argument("inplace", True)
                code = ModuleCode(code.constructor, (*code.arguments, in_place), code.helper)
            return Construct(code, step.layer.operation)
        if not isinstance(code, ExpressionCode):
            return None
        if code.template == "{0}":
            return Construct(ModuleCode("nn.Identity"), step.layer.operation)
        flatten = _FLATTEN.fullmatch(code.template)
        if flatten is None:
            return None
        start = () if flatten[1] == "1" else (Argument("start_dim", int(flatten[1]), positional=True),)
        return Construct(ModuleCode("nn.Flatten", start), step.layer.operation)

    def _text(self, value: Expression) -> str:
        """The text of a module without parameters from around it; equal texts are equal modules."""
        if isinstance(value, Construct):
            arguments = [f"{a.name}={literal(a.value)}" for a in value.code.arguments]
            return f"{value.code.constructor}({', '.join(arguments)})"
        if isinstance(value, Chain):
            return f"{value.names}[{', '.join(map(self._text, value.items))}]"
        if value.scope not in self._texts:
            unit = self.units[value.scope]
            children = [f"{child.name}={self._text(child.value)}" for child in unit.children.values()]
            self._texts[value.scope] = f"{unit.is_chain}{[*unit.methods.items()]}{children}"
        return self._texts[value.scope]


def _method_names(methods: Sequence[Method], taken: set[str]) -> dict[Method, str]:
    """Names for a class's methods, ``forward`` when one is enough.

    A method that would do nothing but call a child needs no name: the child is called in its place.
    """
    distinct = list(dict.fromkeys(methods))
    if len(distinct) == 1:
        return {distinct[0]: "forward"}
    names = {}
    for method in distinct:
        call = _CHILD_CALL.fullmatch(method.body[0])
        if call is not None and len(method.body) == 1 and call[2] == ", ".join(method.parameters):
            names[method] = call[1]
    rest = [method for method in distinct if method not in names]
    if len(rest) == 1:
        return names | {rest[0]: "forward"}
    stem = "part"
    while any(f"{stem}{i + 1}" in taken for i in range(len(rest))):
        stem += "_"
    return names | {method: f"{stem}{i + 1}" for i, method in enumerate(rest)}


def _fits_sequential(name: str) -> bool:
    return name not in SEQUENTIAL_ATTRIBUTES and not name.startswith("_")
