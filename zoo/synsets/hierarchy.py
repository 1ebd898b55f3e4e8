"""Synsets and what is a kind of what, as a graph of networkx."""

import gc
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from zoo.synsets.senses import Senses, plain

if TYPE_CHECKING:
    import networkx as nx

WNID = re.compile(r"n\d{8}(?!\d)")
"""A wnid at the beginning of a text, as in the folder ``n02085620-Chihuahua`` of the Stanford Dogs."""


@dataclass(frozen=True)
class Hierarchy:
    """Synsets from general to special.

    ``graph`` has an edge from each synset to every narrower one. The nodes are wnids (a source may add groups
    with ids of their own), with ``words``, a tuple of strings, the usual one first, and ``gloss``, the
    definition. Edges come in the source's order, so the first parent is the one that the source gives first.
    ``place`` is the file or folder that it was read from.
    """

    graph: "nx.DiGraph[str]"
    place: str
    senses: Senses | None = field(default=None, repr=False)
    """The order of a word's meanings, where the source has it."""

    def __contains__(self, wnid: str) -> bool:
        return wnid in self.graph

    def __len__(self) -> int:
        return len(self.graph)

    def words(self, wnid: str) -> tuple[str, ...]:
        """All words for the synset."""
        found: tuple[str, ...] = self.graph.nodes[wnid]["words"]
        return found

    def name(self, wnid: str, preferred: str = "") -> str:
        """The first word for the synset; or that one of its words which is ``preferred``, if it is one."""
        words = self.words(wnid)
        return next((word for word in words if plain(word) == plain(preferred)), words[0])

    def gloss(self, wnid: str) -> str:
        """Its definition; empty where the source has none."""
        return str(self.graph.nodes[wnid]["gloss"])

    def parents(self, wnid: str) -> list[str]:
        """The synsets just above, in the source's order."""
        return list(self.graph.predecessors(wnid))

    def children(self, wnid: str) -> list[str]:
        """The synsets just below, in the source's order."""
        return list(self.graph.successors(wnid))

    @cached_property
    def roots(self) -> list[str]:
        """The synsets without a parent."""
        return [wnid for wnid, above in self.graph.in_degree() if not above]

    def below(self, wnid: str) -> set[str]:
        """The synset and all that are a kind of it."""
        import networkx as nx

        return {wnid, *nx.descendants(self.graph, wnid)}

    def above(self, wnids: Iterable[str]) -> set[str]:
        """The synsets and all that they are a kind of."""
        seen = set(wnids)
        waiting = list(seen)
        while waiting:
            new = [wnid for wnid in self.graph.predecessors(waiting.pop()) if wnid not in seen]
            seen.update(new)
            waiting += new
        return seen

    def by_word(self, word: str) -> list[str]:
        """The synsets that have a word, in the order of its senses; where that is not known, by wnid.

        Capitals and underscores make no difference.
        """
        found = self._by_word.get(plain(word), [])
        known = self.senses.of(word) if self.senses is not None and len(found) > 1 else ()
        return sorted(found, key=lambda wnid: (known.index(wnid) if wnid in known else len(known), wnid))

    @property
    def all_words(self) -> Iterable[str]:
        """Every word of every synset, in small letters."""
        return self._by_word.keys()

    @cached_property
    def _by_word(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        with no_collection():
            for wnid, words in self.graph.nodes(data="words"):
                for word in {word.lower() for word in words}:
                    found.setdefault(word, []).append(wnid)
        return found

    def pruned(self, wnids: Iterable[str]) -> "Hierarchy":
        """These synsets and what is above them, and no other."""
        kept = self.above(wnids)
        graph = self.graph.__class__()
        graph.add_nodes_from((wnid, data) for wnid, data in self.graph.nodes(data=True) if wnid in kept)
        for wnid in graph:  # by child, so that the order of parents stays
            graph.add_edges_from((parent, wnid) for parent in self.graph.predecessors(wnid))
        return Hierarchy(graph, self.place, self.senses)


def made(
    nodes: Iterable[tuple[str, Sequence[str], str]],
    edges: Iterable[tuple[str, str]],
    place: str,
    senses: Senses | None = None,
) -> Hierarchy:
    """The hierarchy of (wnid, words, gloss) and of (parent, child); without words, a wnid stands for them."""
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    with no_collection():
        graph.add_nodes_from(
            (wnid, {"words": tuple(words) or (wnid,), "gloss": gloss}) for wnid, words, gloss in nodes
        )
        graph.add_edges_from(edges)
    return Hierarchy(graph, place, senses)


@contextmanager
def no_collection() -> Iterator[None]:
    """Garbage is not looked for meanwhile: among millions of new objects that takes half of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def wnids_of(classes: Sequence[str]) -> list[str] | None:
    """The wnids that the names of classes are, or begin with; None unless all do, each another."""
    matches = [WNID.match(name) for name in classes]
    found = [match.group() for match in matches if match is not None]
    return found if found and len(set(found)) == len(classes) else None
