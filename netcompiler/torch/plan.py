"""What runs when: a net's layers as steps, arranged by scopes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from netcompiler.code import Code, ExpressionCode, ModuleCode
from netcompiler.graph import Graph, Layer
from netcompiler.torch.inplace import find_in_place
from netcompiler.torch.messages import with_messages
from netcompiler.torch.parts import divide
from netcompiler.torch.steps import Part, Plan, Step, Transfer, trail
from netcompiler.torch.transfers import with_transfers

_PATH = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


def arrange(graph: Graph, group: str | None = None, *, lanes: bool = False) -> Plan:
    """Arrange a valid net's layers: all of them, or those that the process of one placement group runs.

    With ``lanes`` each group of the whole net has a stream of its own.

    Raises:
        ValueError: a layer is needed by no output, or a name is not made of letters, digits and ``_``, or is
            ``training``.
    """
    layers = list(graph.layers())
    _check_names(graph, layers)
    if group is not None and group not in graph.groups:
        raise ValueError(f"no placement group {group} in {graph.name}; it has: {', '.join(graph.groups)}")
    edges = {layer.id: graph.operands(layer.id) for layer in layers}
    reads = {id: tuple([e.source for e in found]) for id, found in edges.items()}
    code = _codes(layers)
    own = [layer for layer in layers if group in (None, layer.group)]
    scopes = _effective_scopes(graph, own, code)
    needed = _needed(graph, layers, reads)
    plan = Plan(graph, group, lanes, Part("", False), {"": []}, [], {}, {}, {}, set(), set(), {}, {})
    _collect(plan, own, scopes)
    plan.steps = [
        Step(id, scopes[layer.scope], code[id], reads[id], layer, layer.group, not needed[id], skips)
        for id, layer, skips in (
            (layer.id, layer, tuple([e.source for e in edges[layer.id] if e.skip]))
            for layer in own
            if not is_input(layer)
        )
    ]
    if group is not None:
        with_messages(plan, group)
    elif graph.groups:
        plan.steps = with_transfers(plan, layers, plan.steps)
        plan.moved = {step.reads[0] for step in plan.steps if isinstance(step.code, Transfer)}
    plan.step_of = {value: step for step in plan.steps for value in step.values}
    _count_uses(plan)
    divide(plan)
    find_in_place(plan)
    return plan


def _check_names(graph: Graph, layers: Sequence[Layer]) -> None:
    """Names reach the source: let none through that could be anything else there."""
    for path in (*graph.groups, *filter(None, graph.scopes), *(layer.path for layer in layers)):
        # torch sets an attribute `training` on every module; no child can have that name.
        if not _PATH.fullmatch(path) or "training" in path.split("."):
            raise ValueError(f"{path!r} cannot be a name")


def _codes(layers: Sequence[Layer]) -> dict[str, Code]:
    """The code of each layer that is no input, by its id. Layers alike share it."""
    known: dict[tuple[object, ...], Code] = {}
    codes = {}
    for layer in layers:
        if is_input(layer):
            continue
        # Layers of equal calls share their arguments, as elaboration makes them.
        key = (layer.operation, id(layer.args), layer.inputs, layer.shared, layer.named)
        code = known.get(key)
        if code is None:
            code = known[key] = _code(layer)
        codes[layer.id] = code
    return codes


def _code(layer: Layer) -> Code:
    """A layer's code; an identity with a name is a module, so that it can be seen and hooked."""
    code = layer.operation.code(layer.call)
    is_identity = isinstance(code, ExpressionCode) and code.template == "{0}"
    return ModuleCode("nn.Identity") if is_identity and layer.named else code


def is_input(layer: Layer) -> bool:
    """True for the net's inputs."""
    return layer.operation.kind == "input"


def _effective_scopes(graph: Graph, layers: Sequence[Layer], code: dict[str, Code]) -> dict[str, str]:
    """For each scope, the one whose class does its work: an unnamed scope without modules needs no class."""
    with_modules = {
        scope
        for layer in layers
        if isinstance(code.get(layer.id), ModuleCode)
        for scope in trail(layer.scope)
    }
    effective = {"": ""}
    for path, scope in graph.scopes.items():
        if not path:
            continue
        around = effective[scope.parent or ""]
        inside_spliced = around != (scope.parent or "")
        spliced = path not in with_modules and (scope.name.isdigit() or inside_spliced)
        effective[path] = around if spliced else path
    return effective


def _needed(graph: Graph, layers: Sequence[Layer], reads: dict[str, tuple[str, ...]]) -> dict[str, bool]:
    """For each layer, whether evaluation needs it; False when only training does."""
    needed: dict[str, bool] = {}
    for output in graph.outputs:
        needed[output.layer] = needed.get(output.layer, False) or not output.training_only
    for layer in reversed(layers):
        if layer.id not in needed:
            if not is_input(layer):
                raise ValueError(f"layer {layer.id} is never used")
            continue
        for read in reads[layer.id]:
            needed[read] = needed.get(read, False) or needed[layer.id]
    return needed


def _collect(plan: Plan, layers: Sequence[Layer], scopes: dict[str, str]) -> None:
    """Note which scopes hold state, which groups stand in them, and where each group's first weights are."""
    for layer in layers:
        around = trail(scopes[layer.scope])
        if layer.weights or layer.buffers:
            plan.stateful.update((layer.path, *around))
        if layer.group is None:
            continue
        for scope in around:
            plan.placed.setdefault(scope, set()).add(layer.group)
            if layer.weights:
                plan.anchors.setdefault((scope, layer.group), layer)


def _count_uses(plan: Plan) -> None:
    uses: dict[str, int] = defaultdict(int)
    for step in plan.steps:
        for read in step.reads:
            uses[read] += 1
    for output in plan.graph.outputs:
        uses[plan.output(output.layer)] += 1
    plan.uses = uses
