"""Statistics as text."""

from collections.abc import Iterator, Mapping, Sequence

from zoo.stats.subtrees import Subtree
from zoo.stats.summary import Each, Sizes, Summary

LABEL, CELL = 28, 22


def text(name: str, classes: int, splits: Mapping[str, Summary]) -> str:
    """The numbers of the splits, one beside the other."""
    rows = [("", *splits), *_rows(list(splits.values()))]
    lines = [f"{name}: {classes:,} categories"]
    lines += [
        ("  " + f"{row[0]:<{LABEL}}" + "".join(f"{cell:>{CELL}}" for cell in row[1:])).rstrip()
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def by_subtree(subtrees: Sequence[tuple[Subtree, Summary]], split: str) -> str:
    """A line for each subtree."""
    widest = max(len(tree.name) for tree, _ in subtrees)
    label = max(LABEL, widest + 2)
    with_boxes = any(summary.boxed is not None for _, summary in subtrees)
    names = ["categories", "images", "mean", "spread", *(["with boxes"] if with_boxes else []), "median size"]
    lines = [f"by subtree ({split}); a category can be in several", "  " + f"{'':<{label}}" + _cells(names)]
    for tree, summary in subtrees:
        each = summary.each
        cells = [f"{summary.categories:,}", f"{summary.images:,}"]
        cells += ["–", "–"] if each is None else [f"{each.mean:,.1f}", f"{each.std:,.1f}"]
        cells += [_share(summary.boxed, summary.images)] if with_boxes else []
        cells += ["–" if summary.sizes is None else _size(summary.sizes, 2)]
        lines.append("  " + f"{tree.name:<{label}}" + _cells(cells))
    return "\n".join(lines) + "\n"


def _rows(own: Sequence[Summary]) -> Iterator[tuple[str, ...]]:
    yield "images", *(f"{summary.images:,}" for summary in own)
    yield "categories with images", *(f"{summary.categories:,}" for summary in own)
    yield "images per category", *("–" if s.each is None else f"{s.each.mean:,.1f}" for s in own)
    yield "  spread (std)", *("–" if s.each is None else f"{s.each.std:,.1f}" for s in own)
    yield "  least, median, most", *("–" if s.each is None else _ends(s.each) for s in own)
    if any(summary.boxed is not None for summary in own):
        yield "images with boxes", *(_share(summary.boxed, summary.images) for summary in own)
        yield "categories with boxes", *(_count(summary.boxed_categories) for summary in own)
    yield "width × height, mean", *("–" if s.sizes is None else _size(s.sizes, 0) for s in own)
    yield "  5 % of sides below", *("–" if s.sizes is None else _size(s.sizes, 1) for s in own)
    yield "  median", *("–" if s.sizes is None else _size(s.sizes, 2) for s in own)
    yield "  5 % of sides above", *("–" if s.sizes is None else _size(s.sizes, 3) for s in own)
    if any(_some(s) for s in own):
        yield "  images looked at", *("–" if s.sizes is None else f"{s.sizes.looked:,}" for s in own)
        return
    for kind in sorted({kind for s in own for kind in s.formats} - {"JPEG"}):
        yield kind, *(f"{s.formats.get(kind, 0):,}" for s in own)
    for kind in sorted({kind for s in own for kind in s.odd}):
        yield kind, *(f"{s.odd.get(kind, 0):,}" for s in own)


def _some(summary: Summary) -> bool:
    """Whether not all images were looked at."""
    return sum(summary.formats.values()) < summary.images or "other" in summary.formats


def _cells(cells: Sequence[str]) -> str:
    return "".join(f"{cell:>13}" for cell in cells)


def _ends(each: Each) -> str:
    return f"{each.low:,}, {each.median:,.0f}, {each.high:,}"


def _size(sizes: Sizes, which: int) -> str:
    return f"{sizes.width[which]:.0f}×{sizes.height[which]:.0f}"


def _share(part: int | None, whole: int) -> str:
    return "–" if part is None else f"{part / max(1, whole):.1%}"


def _count(count: int | None) -> str:
    return "–" if count is None else f"{count:,}"
