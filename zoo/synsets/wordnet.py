"""WordNet 3.0's own files → a hierarchy of its 82,115 noun synsets.

The format is described in wndb(5WN). Other versions of WordNet number their synsets otherwise, so that wnids,
which are places in the file ``data.noun`` of 3.0, would name other things there.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from zoo.errors import UserError
from zoo.synsets.hierarchy import Hierarchy, made, no_collection
from zoo.synsets.senses import Senses

DATA, INDEX = "data.noun", "index.noun"
UP = ("@", "@i")
"""Pointers to a more general synset: hypernym, and what a thing with a name of its own is an instance of."""
VERSION = "WordNet 3.0 Copyright"
PLACES = (
    "/usr/share/wordnet",  # Debian, Fedora
    "/usr/share/wordnet/dict",
    "/usr/share/wordnet-3.0/dict",
    "/usr/local/WordNet-3.0/dict",
    "/opt/homebrew/opt/wordnet/dict",
    "/usr/local/opt/wordnet/dict",
    "~/nltk_data/corpora/wordnet",
    "/usr/share/nltk_data/corpora/wordnet",
    "/usr/local/share/nltk_data/corpora/wordnet",
)
"""Where installers put it."""

Line = tuple[str, list[str], list[str], str]
"""wnid, words, parents and gloss."""


def find() -> Path | None:
    """The folder of WordNet's files: by its own variables WNSEARCHDIR and WNHOME, or a usual place."""
    own = [os.environ.get("WNSEARCHDIR"), os.environ.get("WNHOME") and f"{os.environ['WNHOME']}/dict"]
    for place in (*filter(None, own), *PLACES):
        folder = Path(place).expanduser()
        if (folder / DATA).is_file():
            return folder
    return None


def read(folder: Path) -> Hierarchy:
    """The nouns of the WordNet in a folder.

    Raises:
        UserError: the files cannot be read, or are of another version.
    """
    path = folder / DATA
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read: {getattr(error, 'strerror', error)}") from error
    if VERSION not in text[:4096]:
        raise UserError(f"{path}: not of WordNet 3.0, whose numbers the wnids of ImageNet are")
    with no_collection():
        found = list(_lines(text, path))
        nodes = ((wnid, words, gloss) for wnid, words, _, gloss in found)
        edges = ((parent, wnid) for wnid, _, parents, _ in found for parent in parents)
        return made(nodes, edges, str(folder), Senses(folder / INDEX))


def _lines(text: str, path: Path) -> Iterator[Line]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line or line.startswith("  "):  # the licence
            continue
        try:
            yield _synset(line)
        except (ValueError, IndexError) as error:
            raise UserError(f"{path}: line {number} is not one of WordNet's: {line[:60]}…") from error


def _synset(line: str) -> Line:
    """What a line of ``data.noun`` says.

    ``synset_offset lex_filenum ss_type w_cnt word lex_id [word lex_id...] p_cnt [ptr...] | gloss``, where
    ``w_cnt`` has two hexadecimal digits, ``p_cnt`` three decimal ones, and a ``ptr`` is
    ``pointer_symbol synset_offset pos source/target``.
    """
    facts, _, gloss = line.partition(" | ")
    fields = facts.split(" ")
    after = 4 + 2 * int(fields[3], 16)
    words = [word.replace("_", " ") for word in fields[4:after:2]]
    pointers = fields[after + 1 : after + 1 + 4 * int(fields[after])]
    if fields[2] != "n" or len(fields[0]) != 8 or len(pointers) != 4 * int(fields[after]):
        raise ValueError
    parents = list(_parents(pointers)) if "@" in facts else []
    return f"n{fields[0]}", words, parents, gloss.strip()


def _parents(pointers: list[str]) -> Iterator[str]:
    for symbol, offset in zip(pointers[::4], pointers[1::4], strict=True):
        if symbol in UP:
            yield f"n{offset}"
