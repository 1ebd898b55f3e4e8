"""Whole process `netc draw` of ResNet-152 against torchview drawing torchvision's."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import NETC, compare, process


def main() -> None:
    """Prints one ratio."""
    with TemporaryDirectory() as folder:
        # Run there: without fonts of its own Graphviz looks for some below the folder it runs in.
        peer = process(
            sys.executable, "-m", "benchmarks.torchview_resnet152", "torchview.svg", folder=Path(folder)
        )
        ours = process(NETC, "draw", "specs/resnet.net:resnet152", "-o", f"{folder}/netc.svg")
        compare("netc draw resnet152 / torchview", ours, peer, rounds=11)


if __name__ == "__main__":
    main()
