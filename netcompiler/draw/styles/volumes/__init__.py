"""Volumes to scale, as in AlexNet's Figure 2: boxes with their kernels, a lane for each placement group."""

from __future__ import annotations

from collections.abc import Sequence

from netcompiler.draw import legend
from netcompiler.draw.errors import DrawError
from netcompiler.draw.legend import Entry
from netcompiler.draw.options import Options
from netcompiler.draw.page import dress, facts
from netcompiler.draw.picture import Picture
from netcompiler.draw.styles import Style
from netcompiler.draw.styles.volumes.arrange import TangledError
from netcompiler.draw.styles.volumes.faces import again_paint, kernel_paint
from netcompiler.draw.styles.volumes.fitting import ROW_GAP, Layout, best
from netcompiler.draw.styles.volumes.paint import Painter
from netcompiler.draw.styles.volumes.plan import depths, plan, refuses
from netcompiler.draw.styles.volumes.row import place
from netcompiler.draw.styles.volumes.scene import Scene
from netcompiler.draw.theme import Theme
from netcompiler.graph import Graph

_MOST = 120
"""Volumes one after the other; where there would be more, fewer levels of blocks are shown."""


def draw(graphs: Sequence[Graph], options: Options) -> Picture:
    """The picture of a net, with blocks shown down to ``options.depth``: by default all, or fewer where the
    text would be too small.
    """
    (graph,) = graphs
    scene, layout = _best(graph, options)
    rows = [place(scene, layout.spacing, row, options) for row in layout.rows]
    body = Picture(graph.name, max(row.width for row in rows), 0.0, options.theme.paper)
    for row in rows:
        body.height += ROW_GAP if body.height else 0.0
        body.put(Painter(graph, row, options).paint(), 0.0, body.height)
        body.height += row.height
    entries = _entries(scene, layout, options.theme)
    return dress(body, entries, options, title=graph.name, facts=_facts(graph, options))


def _best(graph: Graph, options: Options) -> tuple[Scene, Layout]:
    """The most that can be shown with legible text."""
    found: tuple[Scene, Layout] | None = None
    why = f"it would have more than {_MOST} volumes in a row; put what belongs together into blocks"
    for depth in depths(graph, options):
        try:
            scene = plan(graph, options, depth)
        except TangledError:
            why = "its blocks are connected in more ways than volumes side by side can show; show more levels"
            continue
        if scene.columns > _MOST:
            continue
        found = scene, best(scene, options)
        if found[1].is_legible(options):
            break
    if found is None:
        raise DrawError(f"style volumes cannot show {graph.name} so: {why}")
    return found


def _facts(graph: Graph, options: Options) -> str:
    """The small print below the title: the totals and the one scale of the picture."""
    scale = "extents to scale, widths as √channels"
    costs = " · below each volume its parameters and MACs" if options.costs else ""
    return f"{facts(graph)} · {scale}{costs}"


def _entries(scene: Scene, layout: Layout, theme: Theme) -> list[Entry]:
    """What the colours and lines of the picture mean."""
    reads = [read for volume in scene.volumes for read in volume.reads]
    found = legend.kinds(volume.kind for volume in scene.volumes)
    if any(volume.kind == "block" for volume in scene.volumes):
        found.append(Entry("block", kind="block"))
    if any(read.window is not None for read in reads):
        found.append(Entry("kernel", paint=kernel_paint(theme)))
    if any(read.window is not None or read.dense for read in reads):
        found.append(Entry("projection to one element", color=theme.flow))
    if any(read.crosses for read in reads):
        found.append(Entry("projection from another group", color=theme.crossing, dashed=True))
    if any(not skip.words for skip in scene.skips):
        found.append(Entry("skip connection", color=theme.skip))
    if any(skip.words for skip in scene.skips):
        found.append(Entry("skip connection with layers", color=theme.skip, dashed=True))
    if len(layout.rows) > 1:
        found.append(Entry("from the row above", paint=again_paint(theme.kind("conv"), theme)))
    return found


STYLE = Style(
    "AlexNet's Figure 2: volumes to scale with their kernels, a lane for each placement group",
    draw,
    refuses=refuses,
    knows=frozenset({"depth", "expand", "fold", "costs"}),
)
