"""What users of other tools run: one of torchvision's nets drawn by one of them, to a file.

python -m benchmarks.peer_pictures torchview resnet152 file.svg
"""

import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

import torch

from tests.peers import import_torchvision


def torchview(model: torch.nn.Module, path: str) -> None:
    """Modules and tensors, laid out by the Graphviz that netc uses too, on torch's quickest device."""
    import pygraphviz
    import torchview as peer

    picture = peer.draw_graph(model.to("meta"), input_size=(1, 3, 224, 224), device="meta").visual_graph
    pygraphviz.AGraph(string=picture.source).draw(path, prog="dot")


def torchviz(model: torch.nn.Module, path: str) -> None:
    """The graph of the backward pass."""
    import pygraphviz
    import torchviz as peer

    picture = peer.make_dot(model(torch.zeros(1, 3, 224, 224)), params=dict(model.named_parameters()))
    pygraphviz.AGraph(string=picture.source).draw(path, prog="dot")


def visualtorch(model: torch.nn.Module, path: str) -> None:
    """Boxes in a row, as pixels."""
    import visualtorch as peer

    peer.render(model, (1, 3, 224, 224), style="flow", to_file=path)


def torchvista(model: torch.nn.Module, path: str) -> None:
    """An interactive page, which a browser lays out."""
    import torchvista as peer

    file = Path(path)
    peer.trace_model(model, torch.zeros(1, 3, 224, 224), export_format="html", export_path=str(file))


TOOLS: Mapping[str, Callable[[torch.nn.Module, str], None]] = {
    tool.__name__: tool for tool in (torchview, torchviz, visualtorch, torchvista)
}
ENDINGS = {"torchview": "svg", "torchviz": "svg", "visualtorch": "png", "torchvista": "html"}


def main(tool: str, net: str, path: str) -> None:
    """Draws to the file."""
    model = getattr(import_torchvision().models, net)()
    with warnings.catch_warnings(action="ignore"):
        TOOLS[tool](model.eval(), path)


if __name__ == "__main__":
    main(*sys.argv[1:])
