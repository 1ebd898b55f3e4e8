"""The statements that apply the spec's initialisers, at the end of the net's constructor."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from netcompiler.code import ModuleCode
from netcompiler.operations.arguments import Initializer
from netcompiler.torch.classes import Classes
from netcompiler.torch.expressions import constructor
from netcompiler.torch.literals import literal
from netcompiler.torch.modules import Modules
from netcompiler.torch.names import is_plain
from netcompiler.torch.parameters import Group
from netcompiler.torch.steps import Step, trail

_ARGUMENTS = {"weight": "init", "bias": "bias_init"}
_INDENT = "    "
_FEW = 2
"""Layers up to this number are initialised one by one, more in a loop."""


@dataclass(frozen=True, slots=True)
class _Target:
    """One tensor of one layer, and the initialiser its spec gives it.

    ``tensor`` is its name in the layer's module; "" where the layer is the tensor.
    """

    step: Step
    tensor: str
    rule: Initializer | None


def write_initialisation(modules: Modules, classes: Classes) -> list[str]:
    """The statements: rules that all layers of a kind share, then those of a block, then single ones."""
    targets = _targets(modules)
    shared = _shared_rules(modules, targets)
    lines = _write_shared(modules, shared, targets)
    rest = [t for t in targets if t.rule is not None and shared.get((_kind(t), t.tensor)) != t.rule]
    in_blocks = _block_rules(modules, classes, rest)
    lines += _write_blocks(in_blocks)
    done = {id(t) for _, _, found in in_blocks for t in found}
    return lines + _write_single(modules, [t for t in rest if id(t) not in done])


def _targets(modules: Modules) -> list[_Target]:
    found = []
    for step in modules.plan.steps:
        if not isinstance(step.code, ModuleCode):
            continue
        for tensor in step.layer.weights:
            suffix = next((s for s in _ARGUMENTS if tensor.endswith(s)), None)
            rule = step.layer.args.get(_ARGUMENTS[suffix]) if suffix is not None else None
            name = "" if step.layer.operation.bare else tensor
            found.append(_Target(step, name, rule if isinstance(rule, Initializer) else None))
    return found


def _kind(target: _Target) -> str:
    code = target.step.code
    assert isinstance(code, ModuleCode)
    return constructor(code)


def _shared_rules(modules: Modules, targets: Sequence[_Target]) -> dict[tuple[str, str], Initializer]:
    """For a class of torch.nn and a tensor: the commonest rule, where every such module has one.

    Modules that hold others inside (attention) and helpers make classes of torch.nn ambiguous: a loop over
    all modules would reach their inner layers too. Those classes have no shared rule.
    """
    codes = modules.constructors()
    helpers = "".join(code.helper or "" for code in codes)
    composite = any("." in target.tensor for target in targets)
    rules: dict[tuple[str, str], list[Initializer | None]] = defaultdict(list)
    for target in targets:
        rules[_kind(target), target.tensor].append(target.rule)
    shared = {}
    for (kind, tensor), given in rules.items():
        if kind == "nn.Parameter":
            continue  # no module, so no loop over modules finds it
        hidden = composite and kind in ("nn.Linear",)
        if len(given) <= 1 or "." in tensor or hidden or re.search(rf"\b{re.escape(kind)}\b", helpers):
            continue
        known = [rule for rule in given if rule is not None]
        if len(known) == len(given):
            shared[kind, tensor] = Counter(known).most_common(1)[0][0]
    return shared


def _write_shared(
    modules: Modules, shared: dict[tuple[str, str], Initializer], targets: Sequence[_Target]
) -> list[str]:
    bodies: dict[str, list[str]] = defaultdict(list)
    present = Counter((_kind(t), t.tensor) for t in targets)
    total = Counter(code.constructor for code in modules.constructors())
    for (kind, tensor), rule in shared.items():
        line = _statement("module", tensor, rule)
        if present[kind, tensor] < total[kind]:
            bodies[kind] += [f"if module.{tensor} is not None:", _INDENT + line]
        else:
            bodies[kind].append(line)
    return _loop(bodies)


def _loop(bodies: dict[str, list[str]]) -> list[str]:
    """A loop over all modules that treats each class in its way; classes treated alike share a branch."""
    if not bodies:
        return []
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for kind, body in bodies.items():
        alike[tuple(body)].append(kind)
    lines = ["for module in self.modules():"]
    word = "if"
    for shared, kinds in alike.items():
        test = kinds[0] if len(kinds) == 1 else f"({', '.join(kinds)})"
        lines.append(f"{_INDENT}{word} isinstance(module, {test}):")
        lines += [_INDENT * 2 + line for line in shared]
        word = "elif"
    return lines


def _block_rules(
    modules: Modules, classes: Classes, targets: Sequence[_Target]
) -> list[tuple[Group, str, list[_Target]]]:
    """Rules that hold for the same layer in every scope of a class, with the statement for one of them."""
    found: dict[tuple[str, str], tuple[Group, list[_Target]]] = {}
    for target in targets:
        path = target.step.layer.path
        scope = next(s for s in reversed(trail(path)[:-1]) if modules.units[s].is_class)
        group = classes.group(scope)
        line = _statement("module" + modules.path(scope, path), target.tensor, target.rule)
        found.setdefault((group.name, line), (group, []))[1].append(target)
    return [
        (group, line, alike)
        for (_, line), (group, alike) in found.items()
        if len(group.units) > 1 and len(alike) == len(group.units)
    ]


def _write_blocks(rules: Sequence[tuple[Group, str, list[_Target]]]) -> list[str]:
    bodies: dict[str, list[str]] = defaultdict(list)
    for group, line, _ in rules:
        bodies[group.name].append(line)
    return _loop(bodies)


def _write_single(modules: Modules, targets: Sequence[_Target]) -> list[str]:
    """Statements for single layers; a loop where more than a few have the same rule."""
    alike: dict[tuple[str, Initializer], list[_Target]] = defaultdict(list)
    for target in targets:
        assert target.rule is not None
        alike[target.tensor, target.rule].append(target)
    lines = []
    for (tensor, rule), found in alike.items():
        paths = ["self" + modules.path("", target.step.layer.path) for target in found]
        if len(found) > _FEW:
            lines += [f"for module in ({', '.join(paths)}):", _INDENT + _statement("module", tensor, rule)]
        else:
            lines += [_statement(path, tensor, rule) for path in paths]
    return lines


def _statement(module: str, tensor: str, rule: Initializer | None) -> str:
    assert rule is not None
    if not is_plain(rule.name) or not all(is_plain(name) for name, _ in rule.args):
        raise ValueError(f"{rule.name!r} is no initialiser")
    name, args = rule.name, rule.args
    if name == "constant" and len(args) == 1 and args[0][1] in (0, 1):
        name, args = ("ones", ()) if args[0][1] else ("zeros", ())
    extra = (
        [literal(args[0][1])] if name == "constant" else [f"{key}={literal(value)}" for key, value in args]
    )
    return f"nn.init.{name}_({', '.join([f'{module}.{tensor}' if tensor else module, *extra])})"
