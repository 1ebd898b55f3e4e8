"""The modules of a process's stages, with the weights that the whole net would have."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from netcompiler.graph import Graph
from netcompiler.stages import Stage
from netcompiler.torch.draws import absent, registered
from netcompiler.torch.module import build
from netcompiler.torch.share import draw_state


def make_parts(graph: Graph, stages: Sequence[Stage]) -> tuple[list[nn.Module], list[str]]:
    """The parts of some stages on the default device, and all keys of the whole net's state in its order.

    Random numbers are drawn as for the whole net: after the same seed every weight is the one that it has in
    one process, and so is the next random number. The weights of other stages are never there.
    """
    state, keys = draw_state(graph, [stage.group for stage in stages])
    parts = []
    for stage in stages:
        with torch.random.fork_rng(devices=[]), registered(absent):
            part = build(stage.graph)
        part.load_state_dict({key: state[key] for key in part.state_dict()}, assign=True)
        parts.append(part)
    return parts, keys
