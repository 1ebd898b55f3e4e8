"""Whole process `netc draw` against what other tools draw of torchvision's nets: time, size, smallest text.

Text is measured where a tool writes SVG: at a width of 16 cm, and where the whole picture must fit a page of
16 × 24 cm. A page that a browser lays out, and pixels, have no such measure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import NETC, ROOT, compare, process
from benchmarks.peer_pictures import ENDINGS

NETS = {"alexnet": "alexnet_one.net", "resnet50": "resnet.net:resnet50", "resnet152": "resnet.net:resnet152"}
PEERS = str(ROOT / ".venv" / "peers" / "bin" / "python")
WIDTH, HEIGHT = 16.0, 24.0
POINT = 2.54 / 72


@dataclass(frozen=True)
class Svg:
    """What an SVG is: its size in cm, and its smallest text in pt."""

    width: float
    height: float
    text: float

    def __str__(self) -> str:
        scale = WIDTH / self.width
        page = min(scale, HEIGHT / self.height)
        return (
            f"at {WIDTH:g} cm wide: {self.height * scale:.0f} cm high, text from {self.text * scale:.1f} pt;"
            f" on a page: text from {self.text * page:.1f} pt"
        )


def measure(path: Path) -> Svg:
    """The measures of an SVG written by Graphviz: one size in pt, one scale for all that is in it."""
    text = path.read_text()
    size = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', text)
    scale = re.search(r"scale\(([\d.]+)", text)
    if size is None or scale is None:
        raise ValueError(f"{path}: not an SVG as Graphviz writes it")
    smallest = min(float(found) for found in re.findall(r'font-size="([\d.]+)"', text))
    return Svg(float(size[1]) * POINT, float(size[2]) * POINT, smallest * float(scale[1]))


def ours(net: str, folder: Path) -> tuple[list[str], Path]:
    """The command that draws a net 16 cm wide, and its file."""
    path = folder / f"{net}.svg"
    return [NETC, "draw", f"specs/{NETS[net]}", "--width", f"{WIDTH:g}", "-o", str(path)], path


def theirs(tool: str, net: str, folder: Path) -> tuple[list[str], Path]:
    """The command with which a tool draws a net, and its file."""
    path = folder / f"{tool}-{net}.{ENDINGS[tool]}"
    return [PEERS, "-m", "benchmarks.peer_pictures", tool, net, str(path)], path


def describe(path: Path) -> str:
    """Size and text of a file."""
    size = f"{path.stat().st_size / 1e3:,.0f} KB"
    return f"{size}; {measure(path)}" if path.suffix == ".svg" else size


def lines(folder: Path) -> Iterator[str]:
    """What is drawn, a line a file."""
    for net in NETS:
        yield f"  netc {net}: {describe(ours(net, folder)[1])}"
        for tool in ENDINGS:
            yield f"  {tool} {net}: {describe(theirs(tool, net, folder)[1])}"


def main() -> None:
    """Prints a ratio for each tool and net, then what the files are like."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for net in NETS:
            mine = process(*ours(net, folder)[0])
            for tool in ENDINGS:
                # Standard error has warnings about fonts that are not about the picture.
                peer = process(*theirs(tool, net, folder)[0], quiet=True)
                compare(f"netc draw {net} / {tool}", mine, peer, rounds=5)
        print(*lines(folder), sep="\n")


if __name__ == "__main__":
    main()
