"""A part of a hierarchy, printed: as a tree with the numbers of images, or as JSON."""

from collections.abc import Iterator
from typing import Any

from zoo.synsets.counts import Counts
from zoo.synsets.hierarchy import Hierarchy
from zoo.synsets.names import definition
from zoo.synsets.outline import Node, outline

LONGEST = 60
"""Letters of a line before the wnid."""


def text(hierarchy: Hierarchy, top: str, depth: int, counts: Counts | None) -> str:
    """The tree below ``top``; of ``hierarchy``, which with counts has synsets with images only."""
    images = _images(hierarchy, top, counts)
    order = (lambda wnid: (-images[wnid], hierarchy.name(wnid).lower())) if counts else None
    rows = [(_label(hierarchy, node), node) for node in outline(hierarchy, top, depth, order)]
    width = max(len("synset"), *(len(label) for label, _ in rows))
    head = f"{'synset':<{width}}  {'wnid':<9}" + (f"{'own':>12}{'with below':>12}" if counts else "")
    lines = [f"{label:<{width}}  {node.wnid:<9}{_numbers(node, images, counts)}" for label, node in rows]
    return "\n".join([*_about(hierarchy, top, counts), "", head, *(line.rstrip() for line in lines)]) + "\n"


def plain(hierarchy: Hierarchy, top: str, depth: int, counts: Counts | None) -> dict[str, Any]:
    """The same for JSON: each synset once, with all its parents and children."""
    nodes = [node for node in outline(hierarchy, top, depth) if node.home is None]
    return {
        "hierarchy": hierarchy.place,
        "top": top,
        "depth": depth,
        "synsets": [
            {
                "wnid": node.wnid,
                "words": list(hierarchy.words(node.wnid)),
                "gloss": hierarchy.gloss(node.wnid),
                "depth": node.depth,
                "parents": hierarchy.parents(node.wnid),
                "children": hierarchy.children(node.wnid),
                **(_plain_counts(hierarchy, node.wnid, counts) if counts else {}),
            }
            for node in nodes
        ],
    }


def _plain_counts(hierarchy: Hierarchy, wnid: str, counts: Counts) -> dict[str, int]:
    below = hierarchy.below(wnid)
    return {
        "train": counts.train.get(wnid, 0),
        "val": counts.val.get(wnid, 0),
        "train_with_below": sum(counts.train.get(other, 0) for other in below),
        "val_with_below": sum(counts.val.get(other, 0) for other in below),
    }


def _images(hierarchy: Hierarchy, top: str, counts: Counts | None) -> dict[str, int]:
    """The images of each synset at and below the top, with those below it."""
    if counts is None:
        return {}
    own = {wnid: counts.own(wnid) for wnid in hierarchy.below(top)}
    return {wnid: sum(own[other] for other in hierarchy.below(wnid)) for wnid in own}


def _about(hierarchy: Hierarchy, top: str, counts: Counts | None) -> Iterator[str]:
    below = hierarchy.below(top)
    yield f"{top} {', '.join(hierarchy.words(top))}: {definition(hierarchy, top)}".rstrip(": ")
    above = [f"{wnid} {hierarchy.name(wnid)}" for wnid in hierarchy.parents(top)]
    if above:
        yield f"  a kind of {' and of '.join(above)}"
    if counts is None:
        yield f"  {len(below):,} synsets in {hierarchy.place}"
        return
    classes = [wnid for wnid in below if counts.own(wnid)]
    train, val = (sum(own.get(wnid, 0) for wnid in below) for own in (counts.train, counts.val))
    yield (
        f"  {_plural(len(classes), 'class', 'classes')} among {_plural(len(below), 'synset', 'synsets')}; "
        f"{_plural(train + val, 'image', 'images')}, {train:,} for training and {val:,} for validation"
    )


def _label(hierarchy: Hierarchy, node: Node) -> str:
    if node.home is not None:
        more = f" (see under {hierarchy.name(node.home)})"
    else:
        more = f" (+{node.hidden:,} below)" if node.hidden else ""
    name = hierarchy.name(node.wnid)
    room = LONGEST - len(node.bars) - len(more)
    return f"{node.bars}{name if len(name) <= room else name[: max(room, 8) - 1] + '…'}{more}"


def _numbers(node: Node, images: dict[str, int], counts: Counts | None) -> str:
    if counts is None or node.home is not None:
        return ""
    return f"{counts.own(node.wnid):>12,}{images[node.wnid]:>12,}"


def _plural(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
