"""What a check has found out about steps: shapes, parameters and multiplications."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netcompiler import syntax
from netcompiler.cost import Totals
from netcompiler.diagnostics import shape_text
from netcompiler.elaborate.trace import Run, Trace
from netcompiler.lsp.checking import Findings
from netcompiler.operations.base import Shape

_SHOWN = 3
"""How many shapes are shown where a step's runs give different ones."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a step gives in the first net that runs it.

    Attributes:
        net: the net's name.
        runs: how often it runs there.
        shapes: the shapes it gives, each once, in order.
        inputs: the shapes that its first layer reads in the first run.
        layers: how many layers the first run makes.
        parameters: learned numbers of the first run.
        macs: multiply-accumulate operations a sample of the first run.
        group: the placement group of its first layer.
    """

    net: str
    runs: int
    shapes: tuple[Shape, ...]
    inputs: tuple[Shape, ...]
    layers: int
    parameters: int
    macs: int
    group: str | None


def runs_of(findings: Findings, step: syntax.Step) -> Iterator[tuple[str, Trace, list[Run]]]:
    """The nets that run a step, in the order of the text, and its runs there."""
    for outcome in findings.outcomes:
        runs = outcome.trace.steps.get(id(step))
        if runs:
            yield outcome.name, outcome.trace, runs


def shapes_of(findings: Findings, step: syntax.Step) -> tuple[Shape, ...]:
    """The shapes that a step gives in the first net that runs it, each once; ``()`` when none is known."""
    for _, _, runs in runs_of(findings, step):
        shapes = dict.fromkeys(run.shape for run in runs if run.shape is not None)
        if shapes:
            return tuple(shapes)
    return ()


def facts_of(findings: Findings, step: syntax.Step) -> Facts | None:
    """What is known about a step; None for one that no net runs."""
    for net, trace, runs in runs_of(findings, step):
        known = [run for run in runs if run.shape is not None]
        if not known:
            continue
        first = known[0]
        layers = trace.layers[first.start : first.stop]
        return Facts(
            net,
            len(runs),
            tuple(dict.fromkeys(run.shape for run in known if run.shape is not None)),
            layers[0].inputs if layers else (),
            len(layers),
            sum(layer.parameters for layer in layers),
            sum(layer.macs for layer in layers),
            layers[0].group if layers else None,
        )
    return None


def sums_of(findings: Findings, name: str) -> Totals | None:
    """What a net costs; None for one that is wrong or needs arguments."""
    for outcome in findings.outcomes:
        wrong = any(diagnostic.severity == "error" for diagnostic in outcome.diagnostics)
        if outcome.is_net and outcome.name == name and not wrong and outcome.trace.layers:
            return outcome.totals
    return None


def sums_text(sums: Totals) -> str:
    """What a whole net costs, in a line."""
    return f"{short(sums.parameters)} parameters, {short(sums.macs)} MACs"


def long_sums_text(sums: Totals) -> str:
    """What a whole net costs, to the last digit."""
    return f"{sums.parameters:,} parameters  \n{sums.macs:,} MACs  \n{sums.layers:,} layers with weights"


def short(number: int) -> str:
    """A number with three digits and a unit: ``25.6 M``."""
    for unit, size in (("T", 10**12), ("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return str(number)


def shapes_text(shapes: tuple[Shape, ...]) -> str:
    """Shapes in a line, the first of many."""
    text = " · ".join(map(shape_text, shapes[:_SHOWN]))
    return f"{text} · …" if len(shapes) > _SHOWN else text


def facts_text(facts: Facts) -> str:
    """What is known about a step, as a paragraph of Markdown."""
    inputs = ", ".join(f"`{shape_text(shape)}`" for shape in facts.inputs[:_SHOWN])
    if len(facts.inputs) > _SHOWN:
        inputs += ", …"
    outputs = " · ".join(f"`{shape_text(shape)}`" for shape in facts.shapes[:_SHOWN])
    if len(facts.shapes) > _SHOWN:
        outputs += " · …"
    parts = [f"{inputs} → {outputs}" if inputs else f"→ {outputs}"]
    if facts.parameters:
        parts.append(f"{facts.parameters:,} parameters")
    if facts.macs:
        parts.append(f"{facts.macs:,} MACs")
    if facts.layers > 1:
        parts.append(f"{facts.layers} layers")
    if facts.group is not None:
        parts.append(f"on `{facts.group}`")
    where = f"in `{facts.net}`"
    if facts.runs > 1:
        where += f", the first of {facts.runs} runs"
    return "  \n".join([*parts, f"*{where}*"])
