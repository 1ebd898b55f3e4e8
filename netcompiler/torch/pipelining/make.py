"""The modules of a process's stages, with the weights that the whole net would have."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

from netcompiler.graph import Graph
from netcompiler.stages import Stage
from netcompiler.torch.module import build


def make_parts(graph: Graph, stages: Iterable[Stage]) -> list[nn.Module]:
    """The parts of some stages, on the default device.

    Random numbers are drawn as for the whole net: after the same seed every weight is the one that it has in
    one process, and so is the next random number.
    """
    weights = build(graph).state_dict()
    parts = []
    with torch.random.fork_rng(devices=[]):
        for stage in stages:
            part = build(stage.graph)
            part.load_state_dict({key: weights[key] for key in part.state_dict()})
            parts.append(part)
    return parts
