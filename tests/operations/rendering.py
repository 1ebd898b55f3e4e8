"""Runs what `Operation.code` gives: a renderer of a few lines, so that these tests need no backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from netcompiler.code import Code, ExpressionCode, ModuleCode, ParameterCode
from netcompiler.operations import OPERATIONS
from netcompiler.operations.base import Call, Shape

BATCH = 2


def call_of(operation: str, inputs: tuple[Shape, ...], **args: Any) -> Call:
    """A call as the elaborator makes it: arguments of the declared types, defaults filled in."""
    declared = {p.name: p for p in OPERATIONS[operation].parameters}
    assert args.keys() <= declared.keys(), args.keys() - declared.keys()
    missing = [name for name, p in declared.items() if p.required and name not in args]
    assert not missing, missing
    values: dict[str, Any] = {
        n: p.type.accept(args[n]) if n in args else p.default for n, p in declared.items()
    }
    return Call(inputs, values)


def text_of(code: Code) -> str:
    """The code as Python text, inputs being called a, b, c …"""
    if isinstance(code, ParameterCode):
        initial = code.initial.format(", ".join(repr(a.value) for a in code.arguments))
        return f"{code.constructor}({initial})"
    if isinstance(code, ModuleCode):
        shown = [repr(a.value) if a.positional else f"{a.name}={a.value!r}" for a in code.arguments]
        return f"{code.constructor}({', '.join(shown)})"
    return _filled(code.template)


def inplace_text_of(code: ExpressionCode) -> str | None:
    """The statement that overwrites input a."""
    return None if code.inplace is None else _filled(code.inplace)


def _filled(template: str) -> str:
    names = "abcdefgh"
    for i, name in enumerate(names):
        template = template.replace(f"{{{i}}}", name)
    return template.replace("{*}", "*tensors")


def namespace(code: Code) -> dict[str, Any]:
    """What the text can name: all that a generated file imports, and the helper class."""
    names: dict[str, Any] = {"torch": torch, "nn": nn, "Tensor": Tensor}
    if isinstance(code, ModuleCode) and code.helper is not None:
        exec(code.helper, names)
    return names


class Bare(nn.Module):
    """A tensor and the expression it is used in, after the inputs."""

    def __init__(self, weight: nn.Parameter | nn.Buffer, text: str) -> None:
        super().__init__()
        self.weight, self.text = weight, text

    def forward(self, *inputs: Tensor) -> Tensor:
        names = dict(zip("abcdefgh", [*inputs, self.weight], strict=False))
        result: Tensor = eval(self.text, {"torch": torch, **names})
        return result


def run_of(code: Code, **extra: Any) -> Callable[..., Tensor]:
    """The module, or a function that evaluates the expression."""
    names = namespace(code)
    text = text_of(code)
    if isinstance(code, ParameterCode):
        return Bare(eval(text, names), _filled(code.template))
    if isinstance(code, ModuleCode):
        for name, value in extra.items():
            text = f"{text[:-1]}{'' if text.endswith('(') or text[-2] == '(' else ', '}{name}={value!r})"
        module: nn.Module = eval(text, names)
        return module

    def run(*tensors: Tensor) -> Tensor:
        result: Tensor = eval(
            text, names | dict(zip("abcdefgh", tensors, strict=False)) | {"tensors": tensors}
        )
        return result

    return run


def tensors_of(
    inputs: tuple[Shape, ...], *, grad: bool = False, indices: tuple[int, ...] = ()
) -> list[Tensor]:
    """Random batches of these shapes; ``indices`` are the inputs that hold whole numbers, all 0."""
    return [
        torch.zeros(BATCH, *shape, dtype=torch.long)
        if i in indices
        else torch.randn(BATCH, *shape).requires_grad_(grad)
        for i, shape in enumerate(inputs)
    ]
