"""From a file's syntax tree to its names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from netcompiler import syntax
from netcompiler.diagnostics import SpecError
from netcompiler.elaborate.expressions import SHAPE_NAMES
from netcompiler.elaborate.functions import FUNCTIONS
from netcompiler.elaborate.words import WORDS
from netcompiler.lsp.files import Files
from netcompiler.lsp.names import Index, Key, Kind, Occurrence, StepAt, Symbol
from netcompiler.lsp.positions import Stretch
from netcompiler.lsp.reading import Reading
from netcompiler.lsp.scopes import Label, Labels, Variables
from netcompiler.lsp.walking import Expression, bodies_of, parts_of
from netcompiler.operations.base import OPERATIONS
from netcompiler.operations.initializers import INITIALIZERS
from netcompiler.read import find_used
from netcompiler.source import Span

_VARIABLE = re.compile(r"\{\s*([A-Za-z_]\w*)\s*\}")

_SEGMENT = re.compile(r"[^.\s]+")

_BUILT_IN: tuple[tuple[str, Kind, Iterable[str]], ...] = (
    ("operation", Kind.OPERATION, OPERATIONS),
    ("initializer", Kind.INITIALIZER, INITIALIZERS),
    ("function", Kind.FUNCTION, FUNCTIONS),
)


def resolve(reading: Reading, files: Files) -> Index:
    """All names of a file. It never fails: a name that stands for nothing is left out."""
    return _Resolver(reading, files).run()


class _Resolver:
    def __init__(self, reading: Reading, files: Files) -> None:
        self.reading = reading
        self.files = files
        self.uri = reading.uri
        self.index = Index(reading.uri)
        self.top = Variables()
        self.definitions: dict[str, syntax.Definition | syntax.Variant] = {}

    def run(self) -> Index:
        for item in self.reading.file.items:
            if isinstance(item, syntax.Use):
                self.use(item)
            elif isinstance(item, (syntax.Definition, syntax.Variant)):
                self.definitions.setdefault(item.name.name, item)
        for item in self.reading.file.items:
            match item:
                case syntax.Let():
                    self.let(item, self.top, "", Labels(self.uri, ""))
                case syntax.Default():
                    self.default(item, self.top, Labels(self.uri, ""))
                case syntax.Definition():
                    self.definition(item)
                case syntax.Variant():
                    self.variant(item)
        return self.index.finish()

    # ---- noting ------------------------------------------------------------------------------

    def define(
        self, key: Key, kind: Kind, at: Span | Stretch, whole: Span, node: object, inside: str
    ) -> None:
        """Note a definition, and its name's place."""
        place = self.reading.stretch(at) if isinstance(at, Span) else at
        name = self.reading.text[place.start : place.end]
        symbol = Symbol(key, kind, name, place, self.reading.stretch(whole), node, inside)
        self.index.symbols.setdefault(key, []).append(symbol)
        self.index.occurrences.append(Occurrence(place, key, kind, defines=True))

    def refer(self, key: Key, kind: Kind, at: Span | Stretch) -> None:
        """Note a place of a name."""
        place = self.reading.stretch(at) if isinstance(at, Span) else at
        self.index.occurrences.append(Occurrence(place, key, kind))

    def head(self, span: Span, name: str) -> Stretch:
        """The place of the name that something begins with."""
        start = self.reading.stretch(span).start
        return Stretch(start, start + len(name))

    # ---- definitions -------------------------------------------------------------------------

    def use(self, item: syntax.Use) -> None:
        try:
            uri = self.files.uri(find_used(str(item.file.value), item.file.span))
        except SpecError:
            return
        self.refer(Key("file", uri, "", ""), Kind.FILE, item.file.span)
        for name in item.names:
            key = Key("definition", uri, "", name.name)
            self.index.used.setdefault(name.name, key)
            self.refer(key, Kind.BLOCK, name.span)

    def definition(self, item: syntax.Definition) -> None:
        name = item.name.name
        kind = Kind.NET if item.kind == "net" else Kind.BLOCK
        self.define(Key("definition", self.uri, "", name), kind, item.name.span, item.span, item, "")
        labels = Labels(self.uri, name)
        variables = self.top.child()
        self.parameters(item.parameters, name, variables, labels)
        self.collect(item.body, labels)
        self.body(item.body, variables, labels)

    def variant(self, item: syntax.Variant) -> None:
        name = item.name.name
        self.define(Key("definition", self.uri, "", name), Kind.NET, item.name.span, item.span, item, "")
        labels = Labels(self.uri, name)
        variables = self.top.child()
        self.parameters(item.parameters, name, variables, labels)
        base = self.block(item.base.name)
        if base is not None:
            self.refer(base, self.kind_of(base), item.base.span)
        self.arguments(item.arguments, base, variables, labels)

    def parameters(
        self, parameters: Iterable[syntax.ParameterOf], owner: str, variables: Variables, labels: Labels
    ) -> None:
        """Parameters with their defaults, which see those before them."""
        for parameter in parameters:
            if parameter.default is not None:
                self.expression(parameter.default, variables, labels)
            key = Key("parameter", self.uri, owner, parameter.name)
            at = self.head(parameter.span, parameter.name)
            self.define(key, Kind.PARAMETER, at, parameter.span, parameter, owner)
            self.mean(key, parameter.default, variables)
            variables.own[parameter.name] = key

    def let(self, item: syntax.Let, variables: Variables, inside: str, labels: Labels) -> None:
        name = item.name.name
        place = str(self.reading.stretch(item.name.span).start) if inside else ""
        key = Key("variable", self.uri, place, name)
        if item.parameters is None:
            self.expression(item.value, variables, labels)
            self.mean(key, item.value, variables)
        else:
            seen = variables.child()
            self.parameters(item.parameters, f"{name} {place}", seen, labels)
            self.expression(item.value, seen, labels)
        self.define(key, Kind.VARIABLE, item.name.span, item.span, item, inside)
        variables.own[name] = key

    def mean(self, key: Key, value: Expression | None, variables: Variables) -> None:
        """Note which operation or block a parameter or variable stands for, where its value says so."""
        while isinstance(value, syntax.CallOf):
            value = value.callee
        if isinstance(value, syntax.Name):
            callee = self.callee(value.name, variables)
            if callee is not None and callee.space in ("operation", "definition"):
                self.index.means[key] = callee

    # ---- names of steps ----------------------------------------------------------------------

    def collect(self, body: syntax.Body, labels: Labels) -> None:
        """Note the named steps of a body and of the braces in it; they may be seen before they are read."""
        for statement in body.statements:
            if isinstance(statement, syntax.InputDeclaration):
                name = statement.name
                key = labels.key(name.name)
                labels.own[name.name] = Label(key)
                self.define(key, Kind.INPUT, name.span, statement.span, statement, labels.owner)
            elif isinstance(statement, syntax.Chain):
                for link in statement.links:
                    if isinstance(link, syntax.Step):
                        self.collect_step(link, labels)

    def collect_step(self, step: syntax.Step, labels: Labels) -> None:
        inner = labels
        if step.label is not None:
            label = self.label(step, step.label, labels)
            inner = label.inner or labels
        for body in bodies_of(step.action):
            self.collect(body, inner)
        if isinstance(step.action, syntax.Residual) and step.action.skip is not None:
            self.collect_step(step.action.skip, inner)

    def label(self, step: syntax.Step, label: syntax.Label, labels: Labels) -> Label:
        """Note a named step."""
        place = self.reading.stretch(label.span)
        if label.quoted:
            place = Stretch(place.start + 1, place.end - 1)
        known = labels.own.get(label.text)
        key = labels.key(label.text)
        self.define(key, Kind.LABEL, place, step.span, step, labels.owner)
        if known is not None:
            return known
        found = labels.own[label.text] = Label(key)
        if isinstance(step.action, syntax.Call) and step.action.branches is None:
            if isinstance(step.action.callee, syntax.Name):
                found.calls = self.block(step.action.callee.name)
        else:
            found.inner = labels.inside(label.text)
        return found

    # ---- bodies ------------------------------------------------------------------------------

    def body(self, body: syntax.Body, variables: Variables, labels: Labels) -> None:
        for statement in body.statements:
            self.statement(statement, variables, labels)

    def statement(self, statement: syntax.Statement, variables: Variables, labels: Labels) -> None:
        match statement:
            case syntax.Chain():
                for link in statement.links:
                    if isinstance(link, syntax.From):
                        self.reference(link.reference, variables, labels)
                    else:
                        self.step(link, variables, labels)
            case syntax.Let():
                self.let(statement, variables, labels.owner, labels)
            case syntax.Default():
                self.default(statement, variables, labels)
            case syntax.GroupDeclaration():
                for name in statement.names:
                    key = Key("group", self.uri, labels.owner, name.name)
                    self.define(key, Kind.GROUP, name.span, statement.span, statement, labels.owner)
            case syntax.InputDeclaration():
                self.expression(statement.shape, variables, labels)
            case syntax.OutputDeclaration():
                self.reference(statement.reference, variables, labels)

    def default(self, item: syntax.Default, variables: Variables, labels: Labels) -> None:
        key = Key("operation", "", "", item.operation.name)
        if item.operation.name in OPERATIONS:
            self.refer(key, Kind.OPERATION, item.operation.span)
        self.arguments(item.arguments, key, variables, labels)

    def step(self, step: syntax.Step, variables: Variables, labels: Labels) -> None:
        self.index.steps.append(StepAt(self.reading.stretch(step.span), step, labels.owner))
        inner = labels
        if step.label is not None:
            self.filled_in(step.label.span, variables)
            known = labels.own.get(step.label.text)
            inner = (known and known.inner) or labels
        if step.repeat is not None:
            self.expression(step.repeat, variables, labels)
        self.action(step.action, variables, inner, labels)

    def filled_in(self, span: Span, variables: Variables) -> None:
        """Variables in a quoted name: ``"conv{i}"``."""
        for match in _VARIABLE.finditer(self.reading.text, *self.reading.stretch(span)):
            variable = variables.find(match.group(1))
            if variable is not None:
                self.refer(variable, self.kind_of(variable), Stretch(*match.span(1)))

    def action(self, action: syntax.Action, variables: Variables, inner: Labels, outer: Labels) -> None:
        match action:
            case syntax.Call():
                self.call(action, variables, inner)
            case syntax.Bracket():
                self.body(action.body, variables.child(), inner)
            case syntax.Residual():
                self.body(action.body, variables.child(), inner)
                if action.skip is not None:
                    self.step(action.skip, variables, inner)
            case syntax.On():
                self.groups((action.group,), outer)
                self.body(action.body, variables.child(), inner)
            case syntax.Columns():
                self.groups(action.groups, outer)
                self.body(action.body, variables.child(), inner)
            case syntax.If():
                self.condition(action, variables, inner)
            case syntax.For():
                self.loop(action, variables, inner)

    def condition(self, action: syntax.If, variables: Variables, inner: Labels) -> None:
        branch: syntax.If | syntax.Body | None = action
        while isinstance(branch, syntax.If):
            self.expression(branch.test, variables, inner)
            self.body(branch.then, variables.child(), inner)
            branch = branch.otherwise
        if branch is not None:
            self.body(branch, variables.child(), inner)

    def loop(self, action: syntax.For, variables: Variables, inner: Labels) -> None:
        self.expression(action.iterable, variables, inner)
        seen = variables.child()
        self.item(action.variable, action, inner.owner, seen)
        self.body(action.body, seen, inner)

    def item(self, name: syntax.Name, node: syntax.For | syntax.ListFor, owner: str, seen: Variables) -> None:
        """Note the variable of a loop."""
        place = self.reading.stretch(name.span)
        key = Key("variable", self.uri, str(place.start), name.name)
        self.define(key, Kind.VARIABLE, place, name.span, node, owner)
        seen.own[name.name] = key

    def groups(self, names: Iterable[syntax.Name], labels: Labels) -> None:
        for name in names:
            self.refer(Key("group", self.uri, labels.owner, name.name), Kind.GROUP, name.span)

    # ---- calls -------------------------------------------------------------------------------

    def call(self, action: syntax.Call, variables: Variables, labels: Labels) -> None:
        callee: Key | None = None
        word = None
        arguments = action.arguments or ()
        if isinstance(action.callee, syntax.Name):
            name = action.callee.name
            if name in WORDS and variables.find(name) is None:
                word = name
                self.refer(Key("word", "", "", name), Kind.WORD, action.callee.span)
            else:
                callee = self.callee(name, variables)
                if callee is not None:
                    self.refer(callee, self.kind_of(callee), action.callee.span)
        else:
            self.expression(action.callee, variables, labels)
        merges = callee is not None and callee.space == "operation" and OPERATIONS[callee.name].merges
        if merges or word == "reuse":
            values = [a for a in arguments if a.name is None]
            for argument in values:
                self.value(argument.value, variables, labels)
            arguments = tuple(a for a in arguments if a.name is not None)
        self.arguments(arguments, callee, variables, labels)
        if action.branches is not None:
            self.body(action.branches, variables.child(), labels)

    def arguments(
        self, arguments: Iterable[syntax.Argument], callee: Key | None, variables: Variables, labels: Labels
    ) -> None:
        """Arguments of a call, their names included where it is known what is called."""
        for argument in arguments:
            if argument.name is not None and callee is not None:
                key, kind = self.parameter(callee, argument.name)
                if key is not None:
                    self.refer(key, kind, self.head(argument.span, argument.name))
            self.expression(argument.value, variables, labels)

    def parameter(self, callee: Key, name: str) -> tuple[Key | None, Kind]:
        """The parameter that an argument of a call is for."""
        callee = self.index.means.get(callee, callee)
        if callee.space == "definition":
            return Key("parameter", callee.uri, *self.declares(callee, name)), Kind.PARAMETER
        if callee.space == "variable":
            return Key("parameter", callee.uri, f"{callee.name} {callee.owner}", name), Kind.PARAMETER
        if callee.space in ("operation", "initializer"):
            return Key("argument", "", callee.name, name), Kind.ARGUMENT
        return None, Kind.PARAMETER

    def declares(self, callee: Key, name: str) -> tuple[str, str]:
        """The definition of this file that declares a parameter: a variant's base may do it."""
        owner = callee.name
        for _ in range(10):
            definition = self.definitions.get(owner) if callee.uri == self.uri else None
            if not isinstance(definition, syntax.Variant) or any(
                p.name == name for p in definition.parameters
            ):
                break
            owner = definition.base.name
        return owner, name

    def block(self, name: str) -> Key | None:
        """The block or net of a name: the file's own, or one taken from another."""
        if name in self.definitions:
            return Key("definition", self.uri, "", name)
        return self.index.used.get(name)

    def callee(self, name: str, variables: Variables) -> Key | None:
        """What a name stands for where something is called."""
        found = variables.find(name)
        if found is not None and (name not in OPERATIONS or found in self.index.means):
            return found
        return self.block(name) or self.built_in(name) or found

    def built_in(self, name: str) -> Key | None:
        """The operation, initialiser or function of a name."""
        for space, _, names in _BUILT_IN:
            if name in names:
                return Key(space, "", "", name)
        return None

    def kind_of(self, key: Key) -> Kind:
        """What a callee is."""
        if key.space == "definition":
            definition = self.definitions.get(key.name) if key.uri == self.uri else None
            is_net = isinstance(definition, syntax.Variant) or (definition and definition.kind == "net")
            return Kind.NET if is_net else Kind.BLOCK
        if key.space == "parameter":
            return Kind.PARAMETER
        if key.space == "variable":
            return Kind.VARIABLE
        return next(kind for space, kind, _ in _BUILT_IN if space == key.space)

    # ---- expressions -------------------------------------------------------------------------

    def expression(self, node: Expression, variables: Variables, labels: Labels) -> None:
        """Note the names of an expression; without recursion, so that deep nesting is harmless."""
        waiting: list[tuple[Expression, Variables]] = [(node, variables)]
        while waiting:
            one, seen = waiting.pop()
            match one:
                case syntax.Name():
                    self.name(one, seen, labels)
                case syntax.Attribute():
                    self.attribute(one, seen, labels)
                case syntax.CallOf():
                    waiting += [(argument.value, seen) for argument in one.arguments]
                    self.call_of(one, seen, labels)
                case syntax.ListFor():
                    inner = seen.child()
                    waiting.append((one.items, seen))
                    self.item(one.name, one, labels.owner, inner)
                    waiting.append((one.item, inner))
                case _:
                    waiting += [(part, seen) for part in parts_of(one)]

    def call_of(self, node: syntax.CallOf, variables: Variables, labels: Labels) -> None:
        """The callee and the arguments' names of a call in an expression."""
        callee = None
        if isinstance(node.callee, syntax.Name):
            callee = self.callee(node.callee.name, variables)
            if callee is not None:
                self.refer(callee, self.kind_of(callee), node.callee.span)
        else:
            self.expression(node.callee, variables, labels)
        for argument in node.arguments:
            if argument.name is not None and callee is not None:
                key, kind = self.parameter(callee, argument.name)
                if key is not None:
                    self.refer(key, kind, self.head(argument.span, argument.name))

    def name(self, node: syntax.Name, variables: Variables, labels: Labels) -> None:
        name = node.name
        variable = variables.find(name)
        if variable is not None:
            self.refer(variable, self.kind_of(variable), node.span)
        elif name in SHAPE_NAMES:
            self.refer(Key("shape", "", "", name), Kind.SHAPE, node.span)
        elif name != "in":
            label = labels.find(name)
            if label is not None:
                self.refer(label.key, Kind.LABEL, node.span)
                return
            callee = self.block(name) or self.built_in(name)
            if callee is not None:
                self.refer(callee, self.kind_of(callee), node.span)

    def attribute(self, node: syntax.Attribute, variables: Variables, labels: Labels) -> None:
        """``name.channels``, or the path of a step inside a named one."""
        names = [node]
        while isinstance(names[-1].base, syntax.Attribute):
            names.append(names[-1].base)
        base = names[-1].base
        label = None
        if isinstance(base, syntax.Name) and variables.find(base.name) is None:
            label = labels.find(base.name)
        self.expression(base, variables, labels)
        for one in reversed(names):
            end = self.reading.stretch(one.span).end
            at = Stretch(end - len(one.name), end)
            known = label is not None and label.inner is not None and label.inner.direct(one.name) is not None
            if one.name in SHAPE_NAMES and not known:
                self.refer(Key("shape", "", "", one.name), Kind.SHAPE, at)
                return
            label = self.inside(label, one.name)
            if label is not None:
                self.refer(label.key, Kind.LABEL, at)

    # ---- references --------------------------------------------------------------------------

    def value(self, node: Expression, variables: Variables, labels: Labels) -> None:
        """An operand of a merge, or what ``reuse`` runs: a string names a step."""
        if isinstance(node, syntax.Constant) and isinstance(node.value, str):
            self.reference(syntax.Reference(node.value, node.span), variables, labels)
        else:
            self.expression(node, variables, labels)

    def reference(self, node: syntax.Reference, variables: Variables, labels: Labels) -> None:
        """The name of a value: a variable's, or a step's with steps inside it after dots."""
        if node.text == "in":
            return
        place = self.reading.stretch(node.span)
        quoted = self.reading.text[place.start] == '"'
        inner = Stretch(place.start + 1, place.end - 1) if quoted else place
        self.filled_in(node.span, variables)
        variable = variables.find(node.text)
        if variable is not None and not quoted:
            self.refer(variable, self.kind_of(variable), place)
            return
        whole = labels.find(node.text)
        if whole is not None:
            self.refer(whole.key, Kind.LABEL, inner)
            return
        label: Label | None = None
        for index, match in enumerate(_SEGMENT.finditer(self.reading.text, *inner)):
            label = labels.find(match.group()) if index == 0 else self.inside(label, match.group())
            if label is None:
                return
            if not match.group().isdecimal():
                self.refer(label.key, Kind.LABEL, Stretch(*match.span()))

    def inside(self, label: Label | None, name: str) -> Label | None:
        """The step of a name inside a named step."""
        if label is None:
            return None
        if name.isdecimal():
            # A copy of a repeated step, whose names are those of the step.
            return label
        if label.inner is not None:
            return label.inner.direct(name)
        if label.calls is not None:
            return Label(Key("label", label.calls.uri, label.calls.name, name))
        return None
