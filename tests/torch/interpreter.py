"""A net run layer by layer, straight from its graph: slow, plain, and nothing in place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from netcompiler.code import ModuleCode, ParameterCode
from netcompiler.graph import Graph


def run(graph: Graph, model: nn.Module, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The value of every layer, with the model's weights; those get their gradients."""
    state = dict(model.named_parameters()) | dict(model.named_buffers())
    values = dict(inputs)
    for layer in graph.layers():
        if layer.operation.kind == "input":
            continue
        operands = [values[edge.source] for edge in graph.operands(layer.id)]
        code = layer.operation.code(layer.call)
        if isinstance(code, ParameterCode):
            values[layer.id] = _evaluated(code.template, [*operands, state[layer.path]])
        elif isinstance(code, ModuleCode):
            with torch.random.fork_rng():  # the module's own weights are not used
                module = _module(code).train(model.training)
            own = {
                name: state[f"{layer.path}.{name}"]
                for name in [*dict(module.named_parameters()), *dict(module.named_buffers())]
            }
            values[layer.id] = torch.func.functional_call(module, own, tuple(operands))
        else:
            values[layer.id] = _evaluated(code.template, operands)
    return values


def _evaluated(template: str, operands: Sequence[Tensor]) -> Tensor:
    names = {f"v{i}": operand for i, operand in enumerate(operands)}
    text = template.replace("{*}", ", ".join(names))
    text = re.sub(r"\{(\d+)\}", r"v\1", text)
    value: Tensor = eval(text, {"torch": torch, "nn": nn, **names})
    return value


def _module(code: ModuleCode) -> nn.Module:
    namespace: dict[str, object] = {"torch": torch, "nn": nn, "Tensor": Tensor}
    if code.helper is not None:
        exec(code.helper, namespace)
    positional = [a.value for a in code.arguments if a.positional]
    named = {a.name: a.value for a in code.arguments if not a.positional}
    module = eval(code.constructor, namespace)(*positional, **named)
    assert isinstance(module, nn.Module)
    return module
