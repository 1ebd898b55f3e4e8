"""What a user calls a synset → its wnid: ``n02084071``, ``dog``, ``domestic dog`` or ``dog.n.01``."""

import difflib
import re
import textwrap
from collections.abc import Collection, Iterable

from zoo.errors import UserError
from zoo.synsets.hierarchy import WNID, Hierarchy
from zoo.synsets.senses import plain

SENSE = re.compile(r"(?P<word>.+)\.n\.(?P<number>\d+)")
"""A word's numbered sense, as NLTK writes it."""
MOST_LISTED = 12
WIDTH = 96
NEAR, CLOSE = 2, 0.75
"""A word that may have been meant is longer or shorter by so many letters at most, and so alike, of 1."""


def resolve(hierarchy: Hierarchy, text: str, what: str, among: Collection[str] = ()) -> str:
    """The wnid of what ``text`` names; ``what`` begins the messages, as ``data.subtree``.

    Of several synsets with that name, one that is alone ``among`` those of the data is meant.

    Raises:
        UserError: there is none, and what may have been meant; or several, each with its definition.
    """
    said = f"{what}={text}"
    if text in hierarchy:
        return text
    if WNID.fullmatch(text):
        raise UserError(f"{said}: no such synset in {hierarchy.place}")
    if match := SENSE.fullmatch(text):
        return _numbered(hierarchy, match["word"], int(match["number"]), said)
    found = hierarchy.by_word(text)
    if len(found) > 1:
        found = [wnid for wnid in found if wnid in among] or found
    if not found:
        raise UserError(
            f"{said}: no synset of that name in {hierarchy.place}{_meant(hierarchy, text, among)}"
        )
    if len(found) > 1:
        listed = listing(hierarchy, found)
        raise UserError(f"{said}: {len(found)} synsets have that name; give the wnid of one\n{listed}")
    return found[0]


def listing(hierarchy: Hierarchy, wnids: Iterable[str]) -> str:
    """A line for each: its wnid, its words and its definition."""
    every = list(wnids)
    lines = [f"  {wnid}  {_said(hierarchy, wnid)}" for wnid in every[:MOST_LISTED]]
    more = [f"  and {len(every) - MOST_LISTED} more"] if len(every) > MOST_LISTED else []
    return "\n".join([*lines, *more])


def _said(hierarchy: Hierarchy, wnid: str) -> str:
    text = f"{', '.join(hierarchy.words(wnid))}: {definition(hierarchy, wnid)}"
    return textwrap.shorten(text, WIDTH, placeholder=" …")


def definition(hierarchy: Hierarchy, wnid: str) -> str:
    """The gloss without the examples that follow it in quotation marks."""
    return hierarchy.gloss(wnid).partition('; "')[0]


def _numbered(hierarchy: Hierarchy, word: str, number: int, said: str) -> str:
    if hierarchy.senses is None:
        raise UserError(f"{said}: WordNet's own files number senses, and {hierarchy.place} does not")
    known = hierarchy.senses.of(word)
    if not 1 <= number <= len(known):
        count = f"has the senses 1 to {len(known)}" if known else "is no noun there"
        raise UserError(f"{said}: {word} {count} ({hierarchy.senses.path})")
    return known[number - 1]


def _meant(hierarchy: Hierarchy, text: str, among: Collection[str]) -> str:
    word = plain(text)
    of_data = {other.lower() for wnid in among for other in hierarchy.words(wnid)}
    for words in (of_data, hierarchy.all_words):
        near = [other for other in words if abs(len(other) - len(word)) <= NEAR]
        close = difflib.get_close_matches(word, near, n=3, cutoff=CLOSE)
        if close:
            return f"; did you mean {' or '.join(close)}?"
    return ""
