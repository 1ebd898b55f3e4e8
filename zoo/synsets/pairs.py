"""``wordnet.is_a.txt`` of the ImageNet site, and files like it → a hierarchy.

Each line is a parent and a child. Words and definitions are in ``words.txt`` and ``gloss.txt`` beside it, a
wnid, a tab and the text a line; the BREEDS benchmark calls the first one ``node_names.txt``.
"""

from pathlib import Path

from zoo.errors import UserError
from zoo.synsets.hierarchy import Hierarchy, made

NAME = "wordnet.is_a.txt"
WORDS = ("words.txt", "node_names.txt")
GLOSS = "gloss.txt"


def read(path: Path) -> Hierarchy:
    """The synsets of a file of pairs.

    Raises:
        UserError: it cannot be read, or a line of it is no pair.
    """
    edges: list[tuple[str, str]] = []
    for number, line in enumerate(_text(path).splitlines(), start=1):
        fields = line.split()
        if len(fields) == 2:
            edges.append((fields[0], fields[1]))
        elif fields:
            raise UserError(
                f"{path}: line {number}: a parent and a child are expected, as n02083346 n02084071"
            )
    if not edges:
        raise UserError(f"{path}: no parents and children in it")
    words = next((_table(file) for name in WORDS if (file := path.with_name(name)).is_file()), {})
    gloss = _table(path.with_name(GLOSS)) if path.with_name(GLOSS).is_file() else {}
    known = dict.fromkeys(wnid for edge in edges for wnid in edge)
    nodes = ((wnid, split_words(words.get(wnid, "")), gloss.get(wnid, "")) for wnid in known)
    return made(nodes, edges, str(path))


def split_words(text: str) -> list[str]:
    """The words of a synset, as ImageNet's files write them: with commas between."""
    return [stripped for word in text.split(",") if (stripped := " ".join(word.split()))]


def _table(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _text(path).splitlines():
        wnid, _, text = line.partition("\t")
        found[wnid.strip()] = text.strip()
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
