"""Two graphs to a comparison."""

from __future__ import annotations

from netcompiler.comparison.align import align_graphs
from netcompiler.comparison.changes import Changes, changed_outputs
from netcompiler.comparison.comparison import Comparison, Pair
from netcompiler.graph import Graph


def compare(before: Graph, after: Graph) -> Comparison:
    """What differs between two nets."""
    found = align_graphs(before, after)
    changes = Changes(before, after, found.layers)
    pairs = []
    for layer in before.layers():
        if layer.id in found.layers:
            other = after.layer(found.layers[layer.id])
            pairs.append(Pair(layer, other, changes.of(layer, other)))
    partners = set(found.layers.values())
    return Comparison(
        before=before,
        after=after,
        pairs=tuple(pairs),
        removed=tuple(layer for layer in before.layers() if layer.id not in found.layers),
        added=tuple(layer for layer in after.layers() if layer.id not in partners),
        outputs=tuple(changed_outputs(before, after, found.layers)),
        scopes=found.scopes,
    )
