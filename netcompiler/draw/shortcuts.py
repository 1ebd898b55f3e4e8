"""Blocks with a shortcut: a way through layers, and ways past them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

from netcompiler.draw.parts import Fork, Part, Step, steps
from netcompiler.draw.scopes import has_weights


@dataclass(frozen=True, eq=False)
class Shortcut:
    """A fork that is a way through layers and one way or more past them.

    Attributes:
        body: the way through.
        others: the ways past, each a row of plain steps; ``()`` for the identity.
        merge: where they meet.
    """

    body: tuple[Part, ...]
    others: tuple[tuple[Step, ...], ...]
    merge: Step

    @property
    def operation(self) -> str:
        """What joins the ways: ``add``, ``concat``, ``multiply`` …"""
        return self.merge.leaf.layers[0].operation.name

    @property
    def gates(self) -> bool:
        """True when the body only gives factors for the value that goes past it (squeeze and excitation)."""
        return self.operation == "multiply"

    @property
    def projects(self) -> bool:
        """True when the value does not go past as it is."""
        return any(self.others)


def shortcut(part: Part) -> Shortcut | None:
    """A fork as a block with a shortcut; None for any other part."""
    if not isinstance(part, Fork) or part.merge is None:
        return None
    body = max(part.branches, key=lambda branch: (sum(map(has_weights, steps(branch))), len(branch)))
    rest = list(part.branches)
    rest.remove(body)
    adds = part.merge.leaf.layers[0].operation.name == "add"
    if not all(_is_short(branch, adds) for branch in rest):
        return None
    others = tuple(branch for branch in rest if _plain(branch))
    return Shortcut(body, others, part.merge)


def _plain(branch: tuple[Part, ...]) -> TypeGuard[tuple[Step, ...]]:
    return all(isinstance(part, Step) for part in branch)


def _is_short(branch: tuple[Part, ...], adds: bool) -> bool:
    """True for the identity and, where values are added, for what only fits one to the other."""
    if not branch or not _plain(branch):
        return not branch
    weighty = [step for step in branch if has_weights(step)]
    return adds and len(weighty) < 2 and all(map(_is_pointwise, weighty))


def _is_pointwise(step: Step) -> bool:
    """True for a layer that mixes channels alone: 1×1 convolution or fully connected."""
    layer = next(layer for layer in step.leaf.layers if layer.weights)
    kernel = layer.args.get("kernel_size", 1)
    return kernel == 1 or (isinstance(kernel, tuple) and set(kernel) == {1})
