"""The nets of runs, drawn from their specs; runs with the same net share a picture."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import netcompiler
from zoo import model
from zoo.errors import UserError
from zoo.report.facts import Facts
from zoo.report.pictures import address
from zoo.schema import ModelOptions

SVG = "image/svg+xml"


@dataclass
class Diagram:
    """A net's picture, and whose it is."""

    name: str
    light: str
    """The address of the picture on a light ground."""
    dark: str
    """The same on a dark one; that on a light one where there is no other."""
    runs: list[Facts] = field(default_factory=list)
    net: "netcompiler.Net | None" = None


def diagrams(runs: Sequence[Facts]) -> list[Diagram]:
    """The nets in the order of the runs. What cannot be drawn is noted as missing from its runs."""
    found: dict[Any, Diagram] = {}
    for run in runs:
        if not run.found.exists:
            continue
        net = _net(run)
        key = net.expand() if net is not None else _bytes(run)
        if key not in found:
            made = _drawn(net, run) if net is not None else _as_it_lies(run)
            if made is None:
                run.missing.append("There is no diagram: neither the spec nor model.svg can be read.")
                continue
            found[key] = made
        found[key].runs.append(run)
    return list(found.values())


def _net(run: Facts) -> "netcompiler.Net | None":
    """The net as the run had it; None where its files do not say."""
    options, spec = run.config.get("model"), run.environment.get("spec")
    if not isinstance(options, dict) or not isinstance(spec, str) or run.about is None:
        return None
    file = run.folder.specs / spec
    name = options.get("net") or (None if options.get("spec") else options.get("name"))
    params = dict(options.get("params") or {})
    try:
        meant = model.find(ModelOptions(spec=str(file), net=name))
        if "classes" in meant.parameters:
            params.setdefault("classes", len(run.about.classes))
        return netcompiler.load(str(file), meant.name, inputs=run.about.input, **params)
    except (UserError, OSError, netcompiler.SpecError, TypeError):
        return None


def _drawn(net: "netcompiler.Net", run: Facts) -> Diagram | None:
    try:
        light, dark = (net.draw(theme=theme).render("svg") for theme in ("paper", "dark"))
    except netcompiler.DrawError:
        return _as_it_lies(run)
    return Diagram(net.name, address(light, SVG), address(dark, SVG), net=net)


def _as_it_lies(run: Facts) -> Diagram | None:
    """The picture that the run itself made."""
    data = _bytes(run)
    if data is None:
        return None
    name = run.options.get("model.spec") or run.options.get("model.name") or run.label
    return Diagram(Path(str(name)).stem, address(data, SVG), address(data, SVG))


def _bytes(run: Facts) -> bytes | None:
    try:
        return run.folder.diagram.read_bytes()
    except OSError:
        return None
