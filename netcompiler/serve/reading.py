"""A spec as it was at one moment: its nets, their graphs, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from netcompiler import pipeline
from netcompiler.diagnostics import SpecError
from netcompiler.elaborate.nets import NetSignature
from netcompiler.graph import Graph
from netcompiler.limits import DEFAULT_LIMITS, Limits
from netcompiler.read import read_file


@dataclass(frozen=True)
class Target:
    """What is to be shown.

    Attributes:
        path: the spec's file.
        net: the net to begin with; None for the first that can be shown.
        parameters: values of nets' parameters, as text; each net takes those that it has.
        shapes: shapes of inputs, likewise.
        limits: what the spec may use.
    """

    path: Path
    net: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = DEFAULT_LIMITS


class Reading:
    """A spec, read once. Graphs are made when they are first asked for.

    Attributes:
        version: tells it from all other readings.
        files: the files that it depends on, whether they are there or not.
        nets: the names of the nets that can be shown.
    """

    def __init__(self, target: Target, version: str, known: Iterable[Path] = ()) -> None:
        """Read it; ``known`` are files that the last version depended on: a spec with a mistake may still."""
        self.version = version
        self.nets: list[str] = []
        self._target = target
        self._lock = Lock()
        self._analysis: pipeline.Analysis | None = None
        self._error: SpecError | None = None
        self._graphs: dict[str, Graph | SpecError] = {}
        try:
            self._analysis = pipeline.analyse(read_file(target.path, target.limits), target.limits)
        except SpecError as error:
            self._error = error
            self.files = tuple(dict.fromkeys((target.path, *known)))
            return
        self.files = tuple(dict.fromkeys((target.path, *self._analysis.files)))
        signatures = self._analysis.nets.items()
        self.nets = [name for name, net in signatures if set(self._given(net)) >= set(_required(net))]

    def chosen(self, name: str) -> str:
        """The net of this name, or for "" the one to begin with; "" where there is none."""
        first = next(iter(self.nets), "")
        return name or self._target.net or first

    def graph(self, name: str) -> Graph:
        """The graph of a net. Raises SpecError with everything that is wrong."""
        with self._lock:
            if name not in self._graphs:
                try:
                    self._graphs[name] = self._build(name)
                except SpecError as error:
                    self._graphs[name] = error
            found = self._graphs[name]
        if isinstance(found, SpecError):
            # A new one: an error that is raised again keeps every frame that it has passed.
            raise SpecError(found.diagnostics)
        return found

    def _build(self, name: str) -> Graph:
        if self._analysis is None:
            assert self._error is not None
            raise SpecError(self._error.diagnostics)
        analysis = self._analysis
        signature = pipeline.choose(analysis, name or None)
        given = pipeline.given_from_text(analysis, self._given(signature))
        known = {text for net in analysis.nets.values() for text in net.inputs}
        shapes = _fitting(self._target.shapes, signature.inputs, known)
        return pipeline.build_graph(
            analysis, name or None, given, pipeline.shapes_from_text(analysis, shapes)
        )

    def _given(self, signature: NetSignature) -> dict[str, str]:
        """The values that a net takes, and those that no net of the file takes: these are mistakes."""
        assert self._analysis is not None
        known = {name for net in self._analysis.nets.values() for name in net.parameters}
        return _fitting(self._target.parameters, signature.parameters, known)


def _required(signature: NetSignature) -> list[str]:
    return [name for name, default in signature.parameters.items() if default is None]


def _fitting(texts: Mapping[str, str], own: Iterable[str], known: set[str]) -> dict[str, str]:
    mine = set(own)
    return {name: text for name, text in texts.items() if name in mine or name not in known}
