"""WordNet 3.0 as Debian has it, and photographs in folders by wnid."""

import os
from pathlib import Path

import pytest

from tests.zoo.imagenet.photographs import FILES, jpeg
from zoo.synsets import find, wordnet
from zoo.synsets.hierarchy import Hierarchy

CLASSES = {
    "n02109961": 2,  # husky
    "n02110063": 3,  # malamute
    "n02110185": 4,  # Siberian husky
    "n02123045": 5,  # tabby
    "n02123394": 3,  # Persian cat
    "n02012849": 3,  # crane, the bird
    "n03126707": 3,  # crane, the machine
    "n04147183": 3,  # schooner
    "n04483307": 3,  # trimaran
}
"""How many images each has."""


@pytest.fixture(scope="session")
def wordnet_folder() -> Path:
    """The folder of the machine's WordNet."""
    folder = wordnet.find()
    if folder is None:
        why = "no WordNet 3.0: Debian's package wordnet-base has it"
        # Where everything is to be tested, a test that did not run is a failure.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)
    return folder


@pytest.fixture(scope="session")
def nouns(wordnet_folder: Path) -> Hierarchy:
    """All noun synsets of WordNet."""
    return find.read(wordnet_folder)


@pytest.fixture(scope="session")
def by_wnid(tmp_path_factory: pytest.TempPathFactory, wordnet_folder: Path) -> Path:
    """Folders of photographs, called by wnid; not to be written to."""
    root = tmp_path_factory.mktemp("by_wnid")
    sources = sorted(FILES)
    for at, (wnid, count) in enumerate(CLASSES.items()):
        (root / wnid).mkdir()
        for number in range(count):
            (root / wnid / f"{number}.jpg").write_bytes(jpeg(sources[at % len(sources)], 10 * at + number))
    return root
