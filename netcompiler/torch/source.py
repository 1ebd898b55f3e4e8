"""A net as a Python file: one class a block, and the net itself."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from netcompiler.diagnostics import shape_text
from netcompiler.graph import Graph, Output
from netcompiler.torch.classes import Classes
from netcompiler.torch.devices import write_placement
from netcompiler.torch.expressions import sequential
from netcompiler.torch.forward import Result, Results
from netcompiler.torch.initialise import write_initialisation
from netcompiler.torch.layout import LINE_LENGTH, wrap, wrap_indented
from netcompiler.torch.literals import string
from netcompiler.torch.loops import fold_children
from netcompiler.torch.modules import Modules, Unit
from netcompiler.torch.names import GLOBALS, camel, fields, identifier, unique
from netcompiler.torch.parameters import Group
from netcompiler.torch.plan import arrange
from netcompiler.torch.steps import Plan

COMMUNICATOR = "Communicator"
"""The class through which the processes of a net's groups talk."""

IN_LANES = "InLanes"
"""The base of classes whose methods switch between the streams of groups."""

_INDENT = "    "
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"""|"(?:\\.|[^"\\])*"', re.DOTALL)
_HELPER = re.compile(r"^(?:class|def) (\w+)", re.MULTILINE)


def generate(graph: Graph, group: str | None = None, *, lanes: bool = False) -> str:
    """The source of a file that defines the net as a torch.nn.Module; it imports nothing but torch.

    The file's last class is the net. The same graph always gives the same text. With a placement group it
    defines the part that this group's process runs, which talks to the others through `Communicator`. With
    ``lanes`` each group of the whole net works on a stream of its own, which `Lanes` gives.

    Raises:
        ValueError: the graph is not valid: a layer is never used, or an operation's code is no expression of
            torch and plain data.
    """
    return _File(graph, group, lanes=lanes).text()


class _File:
    def __init__(self, graph: Graph, group: str | None, *, lanes: bool) -> None:
        self.graph = graph
        self.plan: Plan = arrange(graph, group, lanes=lanes)
        codes = [step.code for step in self.plan.steps]
        helpers = dict.fromkeys(getattr(code, "helper", None) for code in codes)
        self.helpers = [helper.strip("\n") for helper in helpers if helper is not None]
        taken = GLOBALS | {name for helper in self.helpers for name in _HELPER.findall(helper)}
        taken |= _capitals(graph)
        if group is not None:
            taken |= {COMMUNICATOR}
        if lanes:
            taken |= {IN_LANES}
        self.name = camel(self.plan.name, "Net")
        self.holders: dict[str, list[str]] = {}
        results = self._results(taken)
        modules = Modules(self.plan, results, self._input_names())
        self.modules = modules
        self.classes = Classes(modules, {*taken, *self.holders})

    def text(self) -> str:
        """The whole file."""
        classes = [self._class(group) for group in self.classes.groups if group.units[0].scope.path]
        holders = [self._holder(name, fields) for name, fields in self.holders.items()]
        blocks = [*self.helpers, *classes, *holders, self._net(self.classes.group(""))]
        body = "\n\n\n".join(blocks)
        return f"{_docstring(self._title(), 0)}\n\n{_imports(body)}\n\n\n{body}\n"

    # ---- what the net takes and gives --------------------------------------------------------

    def _input_names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for id in self.graph.inputs:
            wanted = identifier(self.graph.layer(id).name, "x")
            names[id] = unique(wanted, names.values())
        return names

    def _results(self, taken: frozenset[str] | set[str]) -> Results:
        outputs = self.graph.outputs
        always = [output for output in outputs if not output.training_only]
        if len(always) == len(outputs):
            return Results(self._result(always, f"{self.name}Output", taken))
        if not always:
            raise ValueError(f"net {self.graph.name} has no output in evaluation")
        evaluation = self._result(always, f"{self.name}Output", taken)
        training = self._result(outputs, f"{self.name}TrainingOutput", taken)
        return Results(evaluation, training)

    def _result(self, outputs: Sequence[Output], holder: str, taken: frozenset[str] | set[str]) -> Result:
        values = tuple(self.plan.output(output.layer) for output in outputs)
        if len(outputs) == 1:
            return Result(values, None)
        holder = unique(holder, taken)
        self.holders[holder] = fields(output.name for output in outputs)
        return Result(values, holder)

    def _title(self) -> list[str]:
        lines = [_printable(line) for line in self.graph.title]
        name = _printable(self.graph.name)
        what = name if self.plan.group is None else f"The part of group {self.plan.group} of {name}"
        head = f"{what}, compiled from its spec by netcompiler."
        return [head, "", *lines]

    # ---- classes -----------------------------------------------------------------------------

    def _class(self, group: Group) -> str:
        unit = group.units[0]
        lines = [f"class {group.name}({_base(unit)}):"]
        lines += [_INDENT + line for line in _docstring([self._about(group)], 4).split("\n")]
        lines += [""]
        head = ["self", *(parameter.declaration for parameter in group.parameters)]
        body = self._constructor(group)
        if body:
            lines += [*wrap(f"def __init__({', '.join(head)}) -> None:", 4), *body, ""]
        lines += self._methods(group)
        return "\n".join(lines).rstrip()

    def _constructor(self, group: Group) -> list[str]:
        unit = group.units[0]
        if unit.is_chain:
            names = unit.names
            return wrap(sequential(names, group.children, "super().__init__"), 8)
        if not group.children and not group.attributes:
            return []
        lines = [" " * 8 + "super().__init__()"]
        children = zip(unit.children.values(), group.children, strict=True)
        body = fold_children([(child.name, text, child.assign(text)) for child, text in children])
        body += [f"self.{name} = {text}" for name, text in group.attributes.items()]
        return lines + [text for line in body for text in wrap_indented(line, 8)]

    def _methods(self, group: Group) -> list[str]:
        unit = group.units[0]
        lines: list[str] = []
        if unit.homes:
            lines += [f"{_INDENT}@property", f"{_INDENT}def {unit.devices}(self) -> dict[str, torch.device]:"]
            lines += _indented(_docstring(["Where each placement group is now."], 8), 8)
            pairs = ", ".join(f"{string(name)}: {text}" for name, text in unit.homes)
            lines += [*wrap(f"return {{{pairs}}}", 8), ""]
        for name, method in unit.methods.items():
            head = ["self", *(f"{p}: Tensor" for p in method.parameters)]
            lines += wrap(f"def {name}({', '.join(head)}) -> {method.returns}:", 4)
            for line in group.bodies[name]:
                lines += wrap_indented(line, 8)
            lines.append("")
        return lines

    def _about(self, group: Group) -> str:
        scopes = [unit.scope for unit in group.units]
        first = scopes[0]
        if first.column is not None:
            columns = dict.fromkeys(_printable(scope.column or "") for scope in scopes)
            return f"The layers of one column: {', '.join(columns)}."
        paths = [_printable(scope.path) for scope in scopes]
        shown = f"{paths[0]} … {paths[-1]}, {len(paths)} in all" if len(paths) > 3 else ", ".join(paths)
        if first.definition is not None:
            return f"Block {_printable(first.definition)}: {shown}."
        return f"Group {shown}."

    def _holder(self, name: str, fields: Sequence[str]) -> str:
        when = " in training" if name.endswith("TrainingOutput") else ""
        lines = [f"class {name}(NamedTuple):", f'{_INDENT}"""What {self.name} gives{when}."""', ""]
        return "\n".join([*lines, *(f"{_INDENT}{field}: Tensor" for field in fields)])

    # ---- the net -----------------------------------------------------------------------------

    def _net(self, group: Group) -> str:
        unit = group.units[0]
        lines = [f"class {group.name}({_base(unit)}):"]
        lines += [*_indented(_docstring(self._about_net(), 4), 4), ""]
        argument = ", devices: Mapping[str, str | torch.device] | None = None" if self.graph.groups else ""
        if self.plan.group is not None:
            argument = f", {unit.devices}: {COMMUNICATOR}"
        lines += wrap(f"def __init__(self{argument}) -> None:", 4)
        lines += self._constructor(group) or [" " * 8 + "super().__init__()"]
        if self.plan.group is not None:
            lines.append(f"{' ' * 8}self.{unit.devices} = {unit.devices}")
        for line in write_initialisation(self.modules, self.classes):
            lines += wrap_indented(line, 8)
        if self.graph.groups and self.plan.group is None:
            lines += [text for line in write_placement(self.modules) for text in wrap_indented(line, 8)]
        lines += ["", *self._methods(group)]
        return "\n".join(lines).rstrip()

    def _about_net(self) -> list[str]:
        graph = self.graph
        takes = [
            f"{_printable(graph.layer(id).name)} {shape_text(graph.layer(id).output)}" for id in graph.inputs
        ]
        gives = [shape_text(graph.layer(output.layer).output) for output in graph.outputs]
        lines = [
            f"The net {_printable(graph.name)}: takes {' and '.join(takes)}, gives {' and '.join(gives)}."
        ]
        if self.plan.group is not None:
            others = " and ".join(group for group in graph.groups if group != self.plan.group)
            lines[0] = f"The part of group {self.plan.group} of the {lines[0].removeprefix('The ')}"
            lines += [
                "",
                f"Its process talks to {others} where the net says; all take the same and give the same.",
            ]
        elif graph.groups:
            groups = " and ".join(graph.groups)
            lines += [
                "",
                f"`devices` says where {groups} run; what it leaves out stays on the default device.",
            ]
        return lines


def _base(unit: Unit) -> str:
    if unit.is_chain:
        return "nn.Sequential"
    return IN_LANES if unit.in_lanes else "nn.Module"


def _capitals(graph: Graph) -> set[str]:
    """The spec's names that begin with a capital letter: a variable of such a name would hide a class."""
    names = {*(part for layer in graph.layers() for part in layer.path.split(".")), *graph.groups}
    names |= {name for path, scope in graph.scopes.items() for name in (*path.split("."), *scope.arguments)}
    names |= {output.name for output in graph.outputs}
    return {identifier(name, "") for name in names if name[:1].isupper()}


def _imports(body: str) -> str:
    lines = []
    if "OrderedDict(" in body:
        lines.append("from collections import OrderedDict")
    if "Mapping[" in body:
        lines.append("from collections.abc import Mapping")
    if "(NamedTuple)" in body:
        lines.append("from typing import NamedTuple")
    own = []
    code = _STRING.sub("", body)
    if re.search(r"(?<!\.)\btorch\.", code):
        own.append("import torch")
    names = [name for name in ("Tensor", "nn") if re.search(rf"(?<!\.)\b{name}\b", code)]
    own.append(f"from torch import {', '.join(names)}")
    for module, name in ("communicate", COMMUNICATOR), ("lanes", IN_LANES):
        if re.search(rf"\b{name}\b", code):
            own += ["", f"from netcompiler.torch.{module} import {name}"]
    return "\n".join([*lines, *([""] if lines else []), *own])


def _indented(text: str, indent: int) -> Iterator[str]:
    return (" " * indent + line if line else "" for line in text.split("\n"))


def _docstring(lines: Sequence[str], indent: int) -> str:
    """Lines of text as a docstring, without indentation."""
    folded = [part for line in lines for part in (textwrap.wrap(line, LINE_LENGTH - indent - 6) or [""])]
    text = "\n".join(folded).strip().replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if text.endswith('"'):
        text = text[:-1] + '\\"'
    return f'"""{text}\n"""' if "\n" in text else f'"""{text}"""'


def _printable(text: str) -> str:
    """Text from a spec on one line, without characters that cannot be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
