"""Placement groups in the source: where modules are moved to, and how methods know where they are."""

from __future__ import annotations

from netcompiler.code import ParameterCode
from netcompiler.torch.literals import string
from netcompiler.torch.modules import Modules
from netcompiler.torch.steps import Part, Transfer


def write_placement(modules: Modules) -> list[str]:
    """Statements that move each group's modules to its device, once they are made and initialised.

    All random numbers are drawn before, on one device, so that placement does not change them.
    """
    homes: dict[str, list[str]] = {group: [] for group in modules.plan.graph.groups}
    _find_homes(modules, "", homes)
    bare: dict[str, list[str]] = {}
    for step in modules.plan.steps:
        if isinstance(step.code, ParameterCode) and step.group is not None and not step.layer.reuses:
            path = "self" + modules.path("", step.layer.path)
            if path in homes[step.group]:
                homes[step.group].remove(path)
                bare.setdefault(step.group, []).append(path)
    pairs = ", ".join(f"{string(group)}: [{', '.join(paths)}]" for group, paths in homes.items())
    lines = []
    for group, attribute in modules.without_weights.items():
        lines.append(f"device = (devices or {{}}).get({string(group)}, torch.get_default_device())")
        lines.append(f"self.{attribute} = torch.device(device)")
    return [
        *lines,
        f"modules = {{{pairs}}}",
        "for group, device in (devices or {}).items():",
        "    for module in modules[group]:",
        "        module.to(device)",
        *_move_parameters(bare),
    ]


def _move_parameters(bare: dict[str, list[str]]) -> list[str]:
    """Statements that move learned tensors without a module around them."""
    if not bare:
        return []
    pairs = ", ".join(f"{string(group)}: [{', '.join(paths)}]" for group, paths in bare.items())
    return [
        f"parameters = {{{pairs}}}",
        "for group, device in (devices or {}).items():",
        "    for parameter in parameters.get(group, []):",
        "        parameter.data = parameter.data.to(device)",
    ]


def _find_homes(modules: Modules, scope: str, homes: dict[str, list[str]]) -> None:
    """Collect the outermost modules with weights that are wholly in one group."""
    plan = modules.plan
    found: dict[str, str | None] = {}
    for part in plan.parts[scope]:
        for item in part.items:
            if isinstance(item, Part):
                placed = plan.placed[item.scope]
                found[item.scope] = next(iter(placed)) if len(placed) == 1 else None
            elif not isinstance(item.code, Transfer):
                found[item.layer.path] = item.group
    for path, group in found.items():
        if path not in plan.stateful:
            continue
        if group is None:
            _find_homes(modules, path, homes)
        else:
            homes[group].append("self" + modules.path("", path))
