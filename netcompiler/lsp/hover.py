"""What is said about the name that the pointer stands on."""

from __future__ import annotations

from dataclasses import dataclass

from netcompiler import syntax
from netcompiler.lsp.coloring import TOKEN
from netcompiler.lsp.facts import facts_of, facts_text, long_sums_text, sums_of
from netcompiler.lsp.names import Index, Key, Occurrence, Symbol
from netcompiler.lsp.positions import Stretch
from netcompiler.lsp.project import Project
from netcompiler.lsp.reading import Reading
from netcompiler.lsp.words import (
    KEYWORDS,
    SHAPES,
    STEPS,
    built_in_parameters,
    comment_above,
    fenced,
    head_text,
    initializer_text,
    operation_text,
    parameter_line,
)
from netcompiler.operations.base import OPERATIONS


@dataclass(frozen=True, slots=True)
class Hover:
    """Markdown, and the place that it is about."""

    text: str
    at: Stretch


def hover(project: Project, reading: Reading, offset: int) -> Hover | None:
    """What is known about the name at a character; None where there is none."""
    index = project.index(reading)
    occurrence = index.at(offset)
    if occurrence is None:
        return _keyword(reading, offset)
    parts = [_meaning(project, occurrence.key), _facts(project, reading, index, occurrence)]
    text = "\n\n---\n\n".join(part for part in parts if part)
    return Hover(text, occurrence.at) if text else None


def _keyword(reading: Reading, offset: int) -> Hover | None:
    """What a word of the language does."""
    line = reading.lines.stretch(reading.lines.number(offset))
    for match in TOKEN.finditer(reading.text, *line):
        if match.start() <= offset <= match.end() and match.lastgroup == "word":
            doc = KEYWORDS.get(match.group())
            return Hover(f"`{match.group()}`: {doc}", Stretch(*match.span())) if doc else None
    return None


def _meaning(project: Project, key: Key) -> str:
    """What a name stands for."""
    match key.space:
        case "operation":
            return operation_text(OPERATIONS[key.name])
        case "initializer":
            return initializer_text(key.name)
        case "argument":
            space = "operation" if key.owner in OPERATIONS else "initializer"
            found = (p for p in built_in_parameters(space, key.owner) if p.name == key.name)
            return next((f"{parameter_line(p)}\n\n*argument of `{key.owner}`*" for p in found), "")
        case "function":
            return f"`{key.name}`: a function of expressions"
        case "shape":
            return f"`{key.name}`: {SHAPES[key.name]}"
        case "word":
            return f"`{key.name}`: {STEPS[key.name]}"
        case "file":
            return f"`{project.files.shown(key.uri)}`"
    return definition_text(project, key)


def definition_text(project: Project, key: Key) -> str:
    """A definition of a spec: its text, with the comment above it."""
    found = project.symbols(key)
    if not found:
        return ""
    reading, symbol = found[0]
    node = symbol.node
    match node:
        case syntax.Definition() | syntax.Variant() | syntax.Let():
            shown = fenced(head_text(node, reading))
        case syntax.ParameterOf():
            shown = _parameter(symbol, node, reading)
        case syntax.Step() | syntax.InputDeclaration():
            shown = fenced(_short(reading, symbol.whole))
        case syntax.GroupDeclaration():
            shown = f"`{symbol.name}`: a placement group of `{symbol.inside}`"
        case _:
            shown = f"`{symbol.name}`: the variable of a loop"
    documented = isinstance(node, (syntax.Definition, syntax.Variant, syntax.Let))
    comment = comment_above(reading, symbol.whole.start) if documented else ""
    return "\n\n".join(part for part in (shown, comment) if part)


def _parameter(symbol: Symbol, node: syntax.ParameterOf, reading: Reading) -> str:
    owner = symbol.inside.partition(" ")[0]
    if node.default is None:
        return f"`{symbol.name}`: a parameter of `{owner}`, which must be given"
    default = reading.stretch(node.default.span)
    text = " ".join(reading.text[default.start : default.end].split())
    return f"`{symbol.name}={text}`: a parameter of `{owner}`"


def _short(reading: Reading, place: Stretch) -> str:
    """The text of a step, a long one shortened to its first line."""
    text = reading.text[place.start : place.end]
    first, newline, _ = text.partition("\n")
    return f"{first.rstrip()} …" if newline else first[:300]


def _facts(project: Project, reading: Reading, index: Index, occurrence: Occurrence) -> str:
    """What the step gives whose name or callee this is."""
    findings = project.findings(reading.uri)
    if findings is None:
        return ""
    if occurrence.key == Key("definition", reading.uri, "", occurrence.key.name):
        sums = sums_of(findings, occurrence.key.name)
        if sums is not None:
            return long_sums_text(sums)
    step = _step(index, occurrence)
    facts = None if step is None else facts_of(findings, step)
    return "" if facts is None else facts_text(facts)


def _step(index: Index, occurrence: Occurrence) -> syntax.Step | None:
    if occurrence.key.space == "label":
        symbol = index.symbol(occurrence.key)
        return symbol.node if symbol is not None and isinstance(symbol.node, syntax.Step) else None
    found = index.step_at(occurrence.at.start)
    if found is None or not isinstance(found.step.action, syntax.Call):
        return None
    callee = found.step.action.callee
    span = callee.span
    inside = found.at.start + (span.start - found.step.span.start)
    return found.step if occurrence.at.start == inside else None
