"""What the classes are called: by files that go with ImageNet, by ILSVRC's 1,000 names, or by WordNet."""

import functools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from zoo.data.imagenet.folders import wnid_of
from zoo.errors import UserError

FILES = ("LOC_synset_mapping.txt", "synset_words.txt", "words.txt", "classes.txt", "wnids.txt")
"""Files with a wnid and its words in each line."""
ILSVRC = Path(__file__).parent / "ilsvrc2012.txt"


def classes(wnids: Sequence[str], words: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The classes' names: the wnid, which says exactly what is meant, and its first word where it is known.

    ``n02012849 crane`` is the bird and ``n03126707 crane`` the machine.
    """
    return tuple(f"{wnid} {words[wnid][0]}" if words.get(wnid) else wnid for wnid in wnids)


def of(wnids: Iterable[str], *sources: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """The words of wnids, each from the first source that has it; at last from WordNet, where it is."""
    found: dict[str, Sequence[str]] = {}
    unknown: list[str] = []
    for wnid in wnids:
        own = next((source[wnid] for source in (*sources, ilsvrc()) if wnid in source), None)
        if own is None:
            unknown.append(wnid)
        else:
            found[wnid] = own
    return found | (_of_wordnet(unknown) if unknown else {})


def beside(root: Path) -> dict[str, Sequence[str]]:
    """The words in files at the root of the data."""
    found: dict[str, Sequence[str]] = {}
    for name in FILES:
        if (root / name).is_file():
            found |= read(root / name)
    return found


def read(path: Path) -> dict[str, Sequence[str]]:
    """The words in a file with a wnid and words in each line, in its order.

    Raises:
        UserError: the file cannot be read, or has other lines.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    found: dict[str, Sequence[str]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        wnid = wnid_of(line)
        if wnid is None:
            raise UserError(f"{path}, line {number}: a wnid and words are expected, as in: n01440764 tench")
        words = [" ".join(word.split()) for word in line[len(wnid) :].split(",")]
        found[wnid] = [word for word in words if word]
    return found


@functools.cache
def ilsvrc() -> dict[str, Sequence[str]]:
    """The classes of ILSVRC 2012 to 2017, sorted by wnid, with their words."""
    return read(ILSVRC)


def _of_wordnet(wnids: Sequence[str]) -> dict[str, Sequence[str]]:
    from zoo.synsets import find, wordnet

    folder = wordnet.find()
    if folder is None:
        return {}
    nouns = find.read(folder)
    return {wnid: nouns.words(wnid) for wnid in wnids if wnid in nouns}
