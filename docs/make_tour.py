"""Run docs/tour.ipynb and keep what it shows: ``python docs/make_tour.py``, or ``make tour``.

Pictures are kept as PNG of few colours, since GitHub cuts the SVG of notebooks to pieces. In your own Jupyter
they are SVG.
"""

from __future__ import annotations

import base64
import os
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode, v4
from PIL import Image
from traitlets.config import Config

TOUR = Path(__file__).with_name("tour.ipynb")

VARIES = "varies"
"""The tag of cells whose output is not the same on every machine."""

_PNG = """
def _show_png():
    from dataclasses import replace
    from netcompiler.api import Comparison, Net
    from netcompiler.draw.drawing import Drawing

    def png(shown):
        drawing = shown if isinstance(shown, Drawing) else shown.draw()
        return replace(drawing, shown="png", dpi=144)._repr_png_()

    formatters = get_ipython().display_formatter.formatters
    formatters["image/svg+xml"].enabled = False
    for kind in (Comparison, Drawing, Net):
        formatters["image/png"].for_type(kind, png)


_show_png()
"""

_COLOURS = 96

_ONE_THREAD = {"OMP_NUM_THREADS": "1"}
"""On images this small two threads wait for one another longer than they work."""


def run(folder: Path) -> NotebookNode:
    """The notebook with fresh outputs, run in a Jupyter kernel that starts in this folder.

    Raises:
        CellExecutionError: a cell failed; its text shows the cell and the error.
    """
    notebook = nbformat.read(TOUR, as_version=4)
    notebook.cells.insert(0, v4.new_code_cell(_PNG))
    _execute(notebook, folder)
    del notebook.cells[0]
    for count, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), start=1):
        cell.execution_count = count
        for output in cell.outputs:
            _tidy(output, count)
    # Which Python ran it is nobody's business.
    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"], "language_info": {"name": "python"}}
    return notebook


def _execute(notebook: NotebookNode, folder: Path) -> None:
    with TemporaryDirectory() as sockets:
        NotebookClient(
            notebook,
            kernel_name="python3",
            coalesce_streams=True,
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
            # Files, so that no port is opened.
            config=Config(KernelManager={"transport": "ipc", "ip": f"{sockets}/kernel"}),
        ).execute(env=os.environ | _ONE_THREAD)


def _tidy(output: NotebookNode, count: int) -> None:
    if output.output_type == "execute_result":
        output.execution_count = count
    if "image/png" in output.get("data", {}):
        output.data["image/png"] = _smaller(output.data["image/png"])


def _smaller(png: str) -> str:
    """A picture in as many colours as it needs to look the same."""
    buffer = BytesIO()
    with Image.open(BytesIO(base64.b64decode(png))) as image:
        image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(buffer, "png", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


if __name__ == "__main__":
    nbformat.write(run(TOUR.parent), TOUR)
