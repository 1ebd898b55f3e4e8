"""What the first layer looks for: its weights as pictures, as in figure 3 of Krizhevsky et al. (2012)."""

from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING

from zoo.report.pictures import Inline, inline

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

    import netcompiler

MOST = 256
"""Filters of a layer that are shown."""
COLUMNS = 16


@dataclass(frozen=True)
class Filters:
    """The filters of one layer that reads the image."""

    layer: str
    count: int
    shown: int
    size: tuple[int, int]
    """Height and width of one, in pixels."""
    columns: int
    picture: Inline
    across: int
    """The picture's width on the page, in CSS pixels."""


def filters(net: "netcompiler.Net", module: "nn.Module", channels: int) -> list[Filters]:
    """The filters of every layer that reads the image, where it is grey or of three colours."""
    weights = dict(module.named_parameters())
    found = []
    for name in _readers(net):
        weight = weights.get(f"{name}.weight")
        if weight is not None and weight.ndim == 4 and weight.shape[1] == channels and channels in {1, 3}:
            found.append(_shown(name, weight.detach().float().cpu()))
    return found


def _readers(net: "netcompiler.Net") -> list[str]:
    """The paths of the layers that read the input, straight or through layers without weights."""
    graph = net.graph
    layers = {id: data["layer"] for id, data in graph.nodes(data=True)}
    found: dict[str, None] = {}
    todo = [id for id, layer in layers.items() if layer.operation.name == "input"]
    seen = set(todo)
    while todo:
        for following in graph.successors(todo.pop(0)):
            if following in seen:
                continue
            seen.add(following)
            if layers[following].weights:
                found[layers[following].path] = None
            else:
                todo.append(following)
    return list(found)


def _shown(name: str, weight: "Tensor") -> Filters:
    """``weight`` is [filters, channels, height, width]. Zero is mid-grey in each, its largest an end."""
    import numpy as np

    count, _, height, width = weight.shape
    some = weight[:MOST].permute(0, 2, 3, 1).numpy()
    top = np.abs(some).max(axis=(1, 2, 3), keepdims=True)
    levels = np.round(127.5 + 127.5 * some / np.maximum(top, 1e-30)).astype(np.uint8)
    columns = min(COLUMNS, max(4, ceil(sqrt(len(levels)))), len(levels))
    grid = _grid(levels, columns)
    zoom = max(2, min(8, round(40 / max(height, width))))
    return Filters(
        name, count, len(levels), (height, width), columns, inline(grid, exact=True), grid.shape[1] * zoom
    )


def _grid(levels: "np.ndarray", columns: int) -> "np.ndarray":
    """[filters, height, width, channels] → one picture, with gaps that the page is seen through."""
    import numpy as np

    count, height, width, channels = levels.shape
    rows = ceil(count / columns)
    grid = np.zeros((rows * (height + 1) - 1, columns * (width + 1) - 1, channels + 1), np.uint8)
    for number, each in enumerate(levels):
        top, left = number // columns * (height + 1), number % columns * (width + 1)
        grid[top : top + height, left : left + width, :channels] = each
        grid[top : top + height, left : left + width, channels] = 255
    return grid
