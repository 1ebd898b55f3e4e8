"""Layers in the words of the ResNet paper's Table 1: ``3×3, 64``, ``3×3 max pool, stride 2``."""

from __future__ import annotations

from dataclasses import dataclass

from netcompiler.draw.notes import summed
from netcompiler.draw.parts import Fork, Knot, Part, Step, steps
from netcompiler.draw.shortcuts import shortcut
from netcompiler.draw.stages import is_shown
from netcompiler.draw.words import plural


@dataclass(frozen=True)
class Words:
    """A line of a table.

    Attributes:
        text: without a stride.
        stride: ``2`` or ``2×1``; "" for none.
    """

    text: str
    stride: str = ""

    @property
    def whole(self) -> str:
        """The line with its stride."""
        return f"{self.text}, stride {self.stride}" if self.stride else self.text


def of_step(step: Step, joined: str = "") -> Words | None:
    """The words for a step; None for one that needs none, such as an activation.

    Args:
        step: the step.
        joined: where the other value of a merge comes from.
    """
    leaf = step.leaf
    if not is_shown(step):
        return None
    if leaf.role == "merge":
        title = leaf.title if len(leaf.title) > 1 else leaf.layers[0].operation.name
        return Words(f"{title} with {joined}" if joined else title)
    pieces = leaf.title.split(", ")
    # "/2" of a convolution or a pool, "×2" of a transposed convolution.
    stride = next((piece[1:] for piece in pieces if piece[0] in "/×"), "")
    pieces = [piece for piece in pieces if piece[0] not in "/×"]
    if leaf.kind == "conv":
        pieces[0] = pieces[0].removesuffix(" conv")
        pieces[1] = summed(pieces[1], len(step.leaves))
    elif leaf.kind == "linear":
        pieces[0] = f"{summed(pieces[0].removeprefix('fc '), len(step.leaves))}-d fc"
    elif leaf.kind == "pool":
        pieces[0] = pieces[0].replace("avg pool", "average pool")
    return Words(", ".join(pieces), stride)


def of_row(parts: tuple[Part, ...]) -> list[Words]:
    """The words for parts in a row, one line each; a fork inside is one line."""
    found: list[Words] = []
    for part in parts:
        if isinstance(part, Step):
            words = of_step(part)
            found += [words] if words is not None else []
            continue
        way = shortcut(part)
        if way is not None and not way.gates:
            found += of_row(way.body)
        else:
            found.append(Words(_of_inner(part)))
    return found


def of_branches(fork: Fork) -> list[Words]:
    """A line for each branch."""
    return [Words(in_a_line(branch) or "identity") for branch in fork.branches]


def in_a_line(branch: tuple[Part, ...]) -> str:
    """Parts in a row, in one line."""
    return " → ".join(words.whole for words in of_row(branch))


def of_knot(knot: Knot) -> Words:
    """A line that says how much is in it."""
    return Words(plural(sum(len(step.leaf.layers) for step in steps(knot)), "layer"))


def _of_inner(part: Fork | Knot) -> str:
    """A fork inside a branch or a block, in one line."""
    if isinstance(part, Knot):
        return of_knot(part).text
    way = shortcut(part)
    if way is not None and way.gates:
        return f"gate ({in_a_line(way.body)})"
    return "(" + " | ".join(line.whole for line in of_branches(part)) + ")"
