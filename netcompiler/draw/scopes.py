"""Which scopes of the spec hold which parts of a net, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from netcompiler.draw.parts import Part, Step, steps
from netcompiler.graph import Graph


def has_weights(step: Step) -> bool:
    """True for a weight layer: one with learned parameters besides those of normalisations."""
    return any(layer.weights and layer.operation.kind != "norm" for layer in step.leaf.layers)


class Scopes:
    """Which scopes of the spec hold which parts, and nothing else."""

    def __init__(self, graph: Graph, body: Sequence[Part]) -> None:
        self._graph = graph
        self._steps: dict[str, int] = {}
        self._weighty: dict[str, int] = {}
        for step in steps(body):
            for path in self._around(_scope(step)):
                self._steps[path] = self._steps.get(path, 0) + 1
                self._weighty[path] = self._weighty.get(path, 0) + has_weights(step)

    def _around(self, path: str) -> Iterator[str]:
        """A scope and those around it, inner ones first, up to a column or the net itself."""
        while path and self._graph.scopes[path].column is None:
            yield path
            path = path.rpartition(".")[0]

    def _common(self, inside: Sequence[Step]) -> list[str]:
        """The scopes that hold all these steps, inner ones first."""
        found = list(self._around(_scope(inside[0]))) if inside else []
        for step in inside[1:]:
            around = set(self._around(_scope(step)))
            found = [path for path in found if path in around]
            if not found:
                break
        return found

    def path(self, parts: Iterable[Part]) -> str:
        """The outermost scope that has these parts and nothing else; "" for none."""
        inside = list(steps(parts))
        paths = [path for path in self._common(inside) if self._steps[path] == len(inside)]
        return paths[-1] if paths else ""

    def blocks(self, body: Sequence[Part]) -> list[list[Part]]:
        """The parts, those together that make a block of the spec: called, and with no such block in it."""
        members: dict[str, list[int]] = {}
        for index, part in enumerate(body):
            inside = list(steps(part))
            around = [path for path in self._common(inside) if self._graph.scopes[path].definition]
            for path in around:
                members.setdefault(path, []).append(index)
        block_of: dict[int, str] = {}
        for path in sorted(members, key=len, reverse=True):
            held = members[path]
            in_a_row = held[-1] - held[0] + 1 == len(held)
            if len(held) > 1 and in_a_row and all(_is_plain(body[i]) and i not in block_of for i in held):
                block_of |= dict.fromkeys(held, path)
        found: list[list[Part]] = []
        for index, part in enumerate(body):
            if index and index in block_of and block_of[index] == block_of.get(index - 1):
                found[-1].append(part)
            else:
                found.append([part])
        return found

    def name(self, inside: Sequence[Step]) -> str:
        """What the spec calls steps: their scope or layer, or the first and the last of several."""
        weighty = [step for step in inside if has_weights(step)]
        counts = self._weighty if weighty else self._steps
        here: dict[str, int] = {}
        for step in weighty or inside:
            for path in self._around(_scope(step)):
                here[path] = here.get(path, 0) + 1
        names: list[str] = []
        for step in weighty or inside:
            # The outermost scope that is in this stage as a whole.
            whole = [path for path in self._around(_scope(step)) if here[path] == counts[path]]
            found = [name for name in map(last_name, reversed(whole)) if name] or [last_name(step.leaf.name)]
            names += [name for name in found[:1] if name]
        if not names:
            return ""
        return names[0] if names[0] == names[-1] else f"{names[0]}–{names[-1]}"


def _is_plain(part: Part) -> bool:
    """True for what does not make a block by itself: a step, and a gate, which scales a value by a vector."""
    if isinstance(part, Step):
        return True
    return part.merge is not None and part.merge.leaf.layers[0].operation.name == "multiply"


def _scope(step: Step) -> str:
    return step.leaf.layers[0].scope


def last_name(path: str) -> str:
    """The last part of a path that is a name and not a position; "" for none."""
    name = path.rpartition(".")[2]
    return "" if name.isdecimal() else name
