"""The body of a forward method: one statement a step, few variables, as one would write it by hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from netcompiler.code import ModuleCode, ParameterCode
from netcompiler.record import record
from netcompiler.torch.layout import LINE_LENGTH
from netcompiler.torch.literals import string
from netcompiler.torch.loops import fold_calls
from netcompiler.torch.messages import begin, call
from netcompiler.torch.names import identifier, unique
from netcompiler.torch.steps import Communication, Part, Plan, Step, Transfer
from netcompiler.torch.templates import fill, is_call

_FLOW = ("x", "out", "y", "z")
"""Names for values that live until the next statement."""

_INDENT = "    "


@record(eq=True)
class Method:
    """A method's text, without its name.

    Attributes:
        parameters: names of the values it takes.
        body: its lines, indented from its first column on; numbers in expressions are marked.
        returns: its return type.
    """

    parameters: tuple[str, ...]
    body: tuple[str, ...]
    returns: str


@record(eq=True)
class Result:
    """What a net's forward gives: ids of values, and the class that holds several of them."""

    values: tuple[str, ...]
    holder: str | None


@record(eq=True)
class Results:
    """What a net gives in evaluation, and in training where that is more."""

    evaluation: Result
    training: Result | None = None


@dataclass(slots=True, eq=False)
class _Statement:
    """One computation. An operand is a value's id, or a computation written in its place."""

    values: tuple[str, ...]
    template: str
    operands: list[str | _Statement]
    overwrites: bool
    labels: tuple[str | None, ...]
    training_only: bool
    operation: str = ""
    moves: bool = False
    talks: bool = False
    group: str | None = None
    """The placement group whose work it is; None where it is that of several, or in nets without groups."""
    fixed: bool = False
    """True when it must stand in a line of its own."""

    def reads(self) -> Iterator[str]:
        """Ids of the variables it reads, in order."""
        for operand in self.operands:
            if isinstance(operand, _Statement):
                yield from operand.reads()
            else:
                yield operand

    @property
    def can_be_operand(self) -> bool:
        """True for a call on plain variables that gives one value."""
        plain = not any(isinstance(operand, _Statement) and not operand.moves for operand in self.operands)
        alone = self.overwrites or self.fixed or len(self.values) != 1
        return plain and not alone and is_call(self.template)


def write_method(
    plan: Plan,
    part: Part,
    callee: Callable[[Step | Part], str],
    label: Callable[[str], str],
    *,
    parameters: Mapping[str, str],
    devices: str = "devices",
    results: Results | None = None,
) -> Method:
    """The method that runs a part.

    Args:
        plan: the net, arranged.
        part: what the method runs.
        callee: the text before the parenthesis of a call, for an item that is called.
        label: the name of a child scope for variables.
        parameters: names for the values the part takes.
        devices: the attribute that says where groups are, or through which they talk.
        results: what the net gives; None for a part that is not the net's own.
    """
    writer = _Writer(plan, part, callee, label, devices)
    writer.take(parameters)
    return writer.method(results or Results(Result(tuple(part.outputs), None)))


def parameter_names(plan: Plan, part: Part) -> dict[str, str]:
    """Names for what a scope's part takes: ``x``, ``skip``, or the columns whose values are exchanged."""
    names: dict[str, str] = {}
    skips: set[str] = set()
    exchanged: set[str] = set()
    for step in part.steps():
        if not isinstance(step.code, (Transfer, Communication)):
            skips.update(step.skips)
            exchanged.update(step.reads if step.layer.operation.kind == "transfer" else ())
    for value in part.inputs:
        layer = plan.layer_of(value)
        if value in exchanged and layer.columns and layer.group is not None:
            wanted = identifier(layer.group, "x")
        else:
            wanted = "skip" if names and layer.id in skips else "x"
        names[value] = unique(wanted, set(names.values()))
    return names


class _Writer:
    def __init__(
        self,
        plan: Plan,
        part: Part,
        callee: Callable[[Step | Part], str],
        label: Callable[[str], str],
        devices: str,
    ) -> None:
        self.plan = plan
        self.part = part
        self.callee = callee
        self.label = label
        self.devices = devices
        self.parameters: tuple[str, ...] = ()
        self.names: dict[str, str] = {}
        self.owner: dict[str, str] = {}
        self.same: dict[str, str] = {}
        self.last_use: dict[str, int] = {}
        self.lasting: set[str] = set()
        # What is one group's work alone runs in the lane that its caller has switched to.
        self.switches = plan.lanes and (part is plan.root or len({s.group for s in part.steps()}) > 1)
        self.lane: tuple[str | None, bool] | None = None
        """The group whose lane the last line was in, and whether training alone runs that line."""

    def take(self, parameters: Mapping[str, str]) -> None:
        """Name the values the method takes."""
        self.parameters = tuple(parameters.values())
        self.names.update(parameters)
        self.owner.update((name, value) for value, name in parameters.items())

    def method(self, results: Results) -> Method:
        statements = [s for item in self.part.items for s in self._placed(item)]
        moves = any(statement.moves for statement in statements)
        talks = any(statement.talks for statement in statements)
        given = [*results.evaluation.values, *(results.training.values if results.training else ())]
        outputs = {self._resolve(value) for value in given}
        statements = _place_transfers(statements, outputs)
        statements = _nest(statements, outputs)
        self._find_last_uses(statements, outputs)
        lines = [line for k, s in enumerate(statements) for line in self._line(k, s)]
        lines += self._return(statements, results, lines)
        body = _join(lines)
        if moves or self.switches:
            home = "_lanes" if self.plan.lanes else self.devices
            body = (f"{self.devices} = self.{home}", *body)
        if talks:
            body = (f"{self.devices} = self.{self.devices}.{begin(self.plan, self.parameters)}", *body)
        return Method(self.parameters, body, _return_type(results))

    # ---- statements --------------------------------------------------------------------------

    def _placed(self, item: Step | Part) -> Iterator[_Statement]:
        """Its statements, with the group whose work they are."""
        groups = {item.group} if isinstance(item, Step) else {step.group for step in item.steps()}
        for statement in self._statement(item):
            statement.group = next(iter(groups)) if len(groups) == 1 else None
            # After the work of several groups it is not known whose lane it is.
            statement.fixed = self.plan.lanes and statement.group is None
            yield statement

    def _statement(self, item: Step | Part) -> Iterator[_Statement]:
        training_only = item.training_only and not self.part.training_only
        if isinstance(item, Part):
            values, reads = tuple(item.outputs), [self._resolve(v) for v in item.inputs]
            template = f"{self.callee(item)}({{*}})"
            labels = tuple(self._label_within(item, value) for value in values)
            yield _Statement(values, template, [*reads], False, labels, training_only)
            return
        reads = [self._resolve(value) for value in item.reads]
        layer = item.layer
        label = identifier(layer.name, layer.operation.name) if layer.named else None
        if isinstance(item.code, Transfer):
            text = f"{{0}}.to({self.devices}[{string(item.code.group)}])"
            if self.plan.lanes:
                text = f"{self.devices}.bring({{0}}, {string(item.code.group)})"
            label = f"{label or 'x'}_{identifier(item.code.group, 'moved')}"
            yield _Statement((item.id,), text, [*reads], False, (label,), training_only, moves=True)
        elif isinstance(item.code, Communication):
            text = call(item.code, self.devices)
            brought = tuple(self._label_brought(value) for value in item.values)
            yield _Statement(item.values, text, [*reads], False, brought, training_only, talks=True)
        elif isinstance(item.code, ParameterCode):
            # The tensor is an operand like the values, under the text that gives it.
            self.names[item.layer.path + ".parameter"] = self.callee(item)
            operands: list[str | _Statement] = [*reads, item.layer.path + ".parameter"]
            operation = identifier(layer.operation.name, "value")
            yield _Statement(
                (item.id,), item.code.template, operands, False, (label,), training_only, operation
            )
        elif isinstance(item.code, ModuleCode):
            text = f"{self.callee(item)}({{*}})"
            yield _Statement((item.id,), text, [*reads], False, (label,), training_only)
        elif item.code.template == "{0}":
            self.same[item.id] = reads[0]
        else:
            inplace = item.code.inplace if item.id in self.plan.in_place else None
            text = inplace or item.code.template
            operation = identifier(layer.operation.name, "value")
            yield _Statement(
                (item.id,), text, [*reads], inplace is not None, (label,), training_only, operation
            )

    def _label_within(self, part: Part, value: str) -> str:
        """What to call a value that another scope's part gives: one of several by its own name."""
        layer = self.plan.layer_of(value)
        if len(part.outputs) > 1 and layer.columns and layer.group is not None:
            return identifier(layer.group, "x")
        if len(part.outputs) > 1 and layer.named:
            return identifier(layer.name, "x")
        return self.label(part.scope)

    def _label_brought(self, value: str) -> str | None:
        """What to call a value that another group's process has sent."""
        if value not in self.plan.graph.nx:
            return None
        layer = self.plan.graph.layer(value)
        return identifier(layer.name if layer.named and not layer.columns else layer.group or "", "x")

    def _resolve(self, value: str) -> str:
        """The value that an identity passes on."""
        return self.same.get(value, value)

    def _find_last_uses(self, statements: Sequence[_Statement], outputs: set[str]) -> None:
        for k, statement in enumerate(statements):
            for read in statement.reads():
                self.last_use[read] = k
            if len(statement.values) > 1:
                self.lasting.update(statement.values)
            for operand in statement.operands[1:]:
                if isinstance(operand, str) or operand.moves:
                    self.lasting.update([operand] if isinstance(operand, str) else operand.reads())
        for value in outputs:
            self.last_use[value] = len(statements)
        if len(outputs) > 1:
            self.lasting.update(outputs)

    # ---- variables ---------------------------------------------------------------------------

    def _name(self, k: int, statement: _Statement, value: str, label: str | None) -> str:
        """Choose the variable for a value and note it."""
        first = next(statement.reads(), None)
        if statement.overwrites and first is not None:
            name = self.names[first]
        elif label is None or (self.last_use.get(value, k) <= k + 1 and value not in self.lasting):
            name = self._flow(k, first)
        else:
            name = self._first_free(label, k - 1)
        self.names[value] = name
        self.owner[name] = value
        return name

    def _flow(self, k: int, first: str | None) -> str:
        """A variable for a value that the next statement uses up: its operand's, when that ends here."""
        if first is not None and self.names[first] in _FLOW and self._is_free(self.names[first], k):
            return self.names[first]
        free = (name for name in _FLOW if self._is_free(name, k))
        return next(free, None) or self._first_free("x", k)

    def _first_free(self, name: str, k: int) -> str:
        """The name, or the first with a number behind it, that is free after statement ``k``."""
        number, chosen = 1, name
        while chosen == self.devices or not self._is_free(chosen, k):
            number += 1
            chosen = f"{name}{'_' * name[-1].isdigit()}{number}"
        return chosen

    def _is_free(self, name: str, k: int) -> bool:
        return name not in self.owner or self.last_use.get(self.owner[name], -1) <= k

    # ---- text --------------------------------------------------------------------------------

    def _expression(self, statement: _Statement) -> str:
        operands = [
            self._expression(operand) if isinstance(operand, _Statement) else self.names[operand]
            for operand in statement.operands
        ]
        if statement.moves or statement.talks or _is_own_call(statement.template):
            return re.sub(r"\{(\*|0)\}", lambda _: ", ".join(operands), statement.template, count=1)
        return fill(statement.template, operands, statement.operation)

    def _line(self, k: int, statement: _Statement) -> Iterator[tuple[bool, str]]:
        text = self._expression(statement)
        pairs = zip(statement.values, statement.labels, strict=True)
        names = [self._name(k, statement, value, label) for value, label in pairs]
        only = statement.training_only
        yield from self._switch(statement)
        if statement.overwrites or not names:
            yield only, text
        else:
            yield only, f"{', '.join(names)} = {text}"
        if self.switches and statement.group is not None and not statement.moves:
            read = {self._resolve(value) for value in self.plan.moved}
            for value in statement.values:
                if value in read:
                    yield only, f"{self.devices}.made({self.names[value]})"

    def _switch(self, statement: _Statement) -> Iterator[tuple[bool, str]]:
        """The line before a statement that is in another lane than the one before it."""
        if not self.switches:
            return
        # What training alone runs may not have been run.
        here = (statement.group, statement.training_only)
        if statement.group is not None and self.lane != here and not statement.moves:
            yield statement.training_only, f"{self.devices}.switch({string(statement.group)})"
        if not statement.moves:
            self.lane = here

    def _return(
        self, statements: Sequence[_Statement], results: Results, lines: list[tuple[bool, str]]
    ) -> list[tuple[bool, str]]:
        if results.training is not None:
            return [(True, self._returned(results.training)), (False, self._returned(results.evaluation))]
        last = statements[-1] if statements else None
        given = [self._resolve(value) for value in results.evaluation.values]
        if (
            last is not None
            and not last.overwrites
            and [*last.values] == given
            and results.evaluation.holder is None
            and " = " in lines[-1][1]  # nothing comes after it
        ):
            _, line = lines.pop()
            return [(False, "return " + line.partition(" = ")[2])]
        return [(False, self._returned(results.evaluation))]

    def _returned(self, result: Result) -> str:
        names = ", ".join(self.names[self._resolve(value)] for value in result.values)
        return f"return {names}" if result.holder is None else f"return {result.holder}({names})"


def _is_own_call(template: str) -> bool:
    """True for calls of the file's own modules, whose text is not an operation's."""
    return template.startswith(("self.", "getattr(self"))


def _place_transfers(statements: Sequence[_Statement], outputs: set[str]) -> list[_Statement]:
    """Write each transfer where its value is used, or before the first of several uses."""
    uses = Counter(read for statement in statements for read in statement.reads())
    waiting: dict[str, _Statement] = {}
    placed: list[_Statement] = []
    for statement in statements:
        for i, operand in enumerate(statement.operands):
            if not isinstance(operand, str) or operand not in waiting:
                continue
            transfer = waiting.pop(operand)
            if uses[operand] == 1:
                statement.operands[i] = transfer
            else:
                placed.append(transfer)
        if statement.moves and statement.values[0] not in outputs:
            waiting[statement.values[0]] = statement
        else:
            placed.append(statement)
    return placed


def _nest(statements: Sequence[_Statement], outputs: set[str]) -> list[_Statement]:
    """Write the branches of a merge in their places, where each is one call just before it."""
    uses = Counter(read for statement in statements for read in statement.reads())
    single = {value for value, count in uses.items() if count == 1} - outputs
    kept: list[_Statement] = []
    for statement in statements:
        if len(statement.operands) > 1 and not _is_own_call(statement.template):
            _take_operands(statement, kept, single)
        kept.append(statement)
    return kept


def _take_operands(statement: _Statement, before: list[_Statement], single: set[str]) -> None:
    """Move the calls that end the statements before into the operands of this one."""
    taken: dict[int, _Statement] = {}
    for i in range(len(statement.operands) - 1, 0 if statement.overwrites else -1, -1):
        candidate = before[-1 - len(taken)] if len(taken) < len(before) else None
        operand = statement.operands[i]
        if candidate is None or candidate.values != (operand,) or operand not in single:
            continue
        if not candidate.can_be_operand or candidate.training_only != statement.training_only:
            break
        taken[i] = candidate
    named = [i for i, o in enumerate(statement.operands) if i not in taken and o in single]
    width = len(statement.template) + sum(len(s.template) + 4 for s in taken.values())
    if (
        not taken
        or (len(statement.operands) > 2 and named)
        or (len(statement.operands) == 2 and width > LINE_LENGTH - 24)
    ):
        return
    for i, candidate in taken.items():
        statement.operands[i] = candidate
    del before[-len(taken) :]


def _join(lines: Sequence[tuple[bool, str]]) -> tuple[str, ...]:
    """The lines of a body; those for training alone stand under a condition."""
    body: list[str] = []
    open_ = False
    for training_only, line in lines:
        if training_only and not open_:
            body.append("if self.training:")
        open_ = training_only
        body.append(_INDENT + line if training_only else line)
    return tuple(fold_calls(body))


def _return_type(results: Results) -> str:
    types = [_type(result) for result in (results.evaluation, results.training) if result is not None]
    return " | ".join(dict.fromkeys(types))


def _type(result: Result) -> str:
    if result.holder is not None:
        return result.holder
    if len(result.values) == 1:
        return "Tensor"
    return f"tuple[{', '.join(['Tensor'] * len(result.values))}]"
