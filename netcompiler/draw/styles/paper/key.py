"""What explains the columns: the legend and sentences below them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netcompiler.draw import legend, notes
from netcompiler.draw.legend import Entry
from netcompiler.draw.scopes import has_weights
from netcompiler.draw.stages import Stages
from netcompiler.draw.styles.paper.items import Repeat, boxes, residuals
from netcompiler.draw.styles.paper.layout import Look, Sheet
from netcompiler.draw.theme import Theme


def entries(nets: Sequence[Stages], sheet: Sheet, theme: Theme) -> Iterator[Entry]:
    """The legend: what there is in the columns."""
    shown = [item for rows in sheet.shown for row in rows for item in row]
    yield from legend.kinds(box.kind for box in boxes(shown))
    if any(box.kind == "block" for box in boxes(shown)):
        yield Entry("block of branches", kind="block")
    ways = [way for residual in residuals(shown) for way in residual.ways]
    if not all(ways):
        yield Entry("identity shortcut", color=theme.skip)
    if any(has_weights(step) for way in ways for step in way):
        yield Entry("projection shortcut", color=theme.skip, dashed=True)
    elif any(ways):
        yield Entry("shortcut to another size", color=theme.skip, dashed=True)
    skips = [skip for net in nets for skip in net.skips]
    if not all(skip.through for skip in skips) and all(ways):
        yield Entry("skip connection", color=theme.skip)
    if any(skip.through for skip in skips) and not any(ways):
        yield Entry("skip connection with layers", color=theme.skip, dashed=True)
    if any(isinstance(item, Repeat) for item in shown):
        yield Entry("×n: n alike in a row", paint=theme.repeated)


def sentences(nets: Sequence[Stages], look: Look) -> list[str]:
    """What the words in the boxes stand for, and what is left out."""
    found = [*notes.on_groups(nets), *notes.on_training(nets)]
    if look.costs:
        piles = ", in piles those of the first" if look.fold else ""
        found.insert(0, f"Numbers in boxes: parameters · multiply-accumulates (MACs){piles}.")
    return found
