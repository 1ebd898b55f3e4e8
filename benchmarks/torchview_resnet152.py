"""What torchview's users run: torchvision's ResNet-152 as a picture, to the file that is named."""

import sys
import warnings

import pygraphviz
import torchview

from tests.peers import import_torchvision


def main(path: str) -> None:
    """Draws to the file, with the model on torch's quickest device and the Graphviz that netc uses too."""
    model = import_torchvision().models.resnet152().to("meta")
    with warnings.catch_warnings(action="ignore"):
        picture = torchview.draw_graph(model, input_size=(1, 3, 224, 224), device="meta").visual_graph
    pygraphviz.AGraph(string=picture.source).draw(path, prog="dot")


if __name__ == "__main__":
    main(sys.argv[1])
