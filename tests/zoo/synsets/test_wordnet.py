"""WordNet 3.0's own files: facts of the real database, and files that will not do."""

import shutil
import time
from pathlib import Path

import networkx as nx
import pytest

from zoo.data.imagenet.names import ilsvrc
from zoo.errors import UserError
from zoo.synsets import find, wordnet
from zoo.synsets.hierarchy import Hierarchy
from zoo.synsets.senses import Senses

DOG = "n02084071"


def test_its_numbers(nouns: Hierarchy) -> None:
    """82,115 noun synsets (wnstats(7WN)), all of them kinds of entity."""
    assert len(nouns) == 82_115
    assert nouns.roots == ["n00001740"]
    assert nouns.name("n00001740") == "entity"
    assert nx.is_directed_acyclic_graph(nouns.graph)
    assert len(nouns.below("n00001740")) == 82_115


def test_the_dog_has_two_parents(nouns: Hierarchy) -> None:
    assert nouns.words(DOG) == ("dog", "domestic dog", "Canis familiaris")
    assert nouns.gloss(DOG).startswith(
        "a member of the genus Canis (probably descended from the common wolf)"
    )
    assert nouns.parents(DOG) == ["n02083346", "n01317541"]
    assert [nouns.name(parent) for parent in nouns.parents(DOG)] == ["canine", "domestic animal"]
    assert {"n02110185", "n02109961"} <= nouns.below(DOG)


def test_wnids_are_those_of_imagenet(nouns: Hierarchy) -> None:
    """The first and the last class of ILSVRC, and some between, as its files name them."""
    known = {
        "n01440764": "tench",
        "n02110185": "Siberian husky",
        "n04147183": "schooner",
        "n07930864": "cup",
        "n15075141": "toilet tissue",
    }
    assert {wnid: nouns.name(wnid) for wnid in known} == known


def test_above_ilsvrcs_classes_are_the_synsets_of_its_kit(nouns: Hierarchy) -> None:
    """``meta.mat`` has 1,860 synsets: the 1,000 classes and what is above them."""
    pruned = nouns.pruned(ilsvrc())
    assert (len(ilsvrc()), len(pruned)) == (1000, 1860)
    assert pruned.roots == ["n00001740"]
    assert sum(not pruned.children(wnid) for wnid in pruned.graph) == 1000


def test_instances_are_below_what_they_are_instances_of(nouns: Hierarchy) -> None:
    berlin = nouns.by_word("Berlin")[0]
    assert "national capital" in [nouns.name(parent) for parent in nouns.parents(berlin)]


def test_senses_are_numbered_as_wordnet_does(nouns: Hierarchy, wordnet_folder: Path) -> None:
    dogs = nouns.by_word("Dog")
    assert (len(dogs), dogs[0], nouns.name(dogs[5])) == (7, DOG, "pawl")
    assert list(Senses(wordnet_folder / "index.noun").of("dog")) == dogs
    assert Senses(wordnet_folder / "index.noun").of("hot_dog") == tuple(nouns.by_word("hot dog"))
    assert Senses(wordnet_folder / "index.noun").of("do") != ()
    assert Senses(wordnet_folder / "index.noun").of("xdog") == ()


def test_loading_is_quick(wordnet_folder: Path) -> None:
    begin = time.process_time()
    wordnet.read(wordnet_folder)
    assert time.process_time() - begin < 3  # about 0.6 s on an idle machine


def test_it_is_found_by_its_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dict").mkdir()
    (tmp_path / "dict" / "data.noun").touch()
    monkeypatch.setenv("WNHOME", str(tmp_path))
    assert wordnet.find() == tmp_path / "dict"
    monkeypatch.setenv("WNSEARCHDIR", str(tmp_path / "dict"))
    assert wordnet.find() == tmp_path / "dict"


HEAD = "  14 WordNet 3.0 Copyright 2006 by Princeton University.  All rights reserved.  \n"
LINE = (
    "00001740 03 n 01 entity 0 003 ~ 00001930 n 0000 ~ 00002137 n 0000 ~ 04424418 n 0000 | that which is  \n"
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LINE, "not of WordNet 3.0"),
        (HEAD.replace("3.0", "3.1") + LINE, "not of WordNet 3.0"),
        (HEAD + LINE + "nothing\n", "line 3 is not one of WordNet's: nothing"),
        (HEAD + LINE.replace(" 003 ", " 004 "), "line 2 is not one"),
        (HEAD + LINE.replace(" n 01 ", " v 01 "), "line 2 is not one"),
    ],
)
def test_a_file_that_is_not_wordnets(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "data.noun").write_text(text)
    with pytest.raises(UserError, match=message):
        find.read(tmp_path)


def test_words_are_counted_in_hexadecimal_and_pointers_in_decimal(tmp_path: Path) -> None:
    words = " ".join(f"word_{i} {i:x}" for i in range(12))
    pointers = " ".join(["@ 00001740 n 0000", "@i 00001930 n 0000", *["~ 09999999 n 0000"] * 8])
    lines = [
        LINE,
        "00001930 03 n 01 other 0 000 | g\n",
        f'00002000 03 n 0c {words} 010 {pointers} | a; "b | c"\n',
    ]
    (tmp_path / "data.noun").write_text(HEAD + "".join(lines))
    found = find.read(tmp_path)
    assert found.words("n00002000") == tuple(f"word {i}" for i in range(12))
    assert found.parents("n00002000") == ["n00001740", "n00001930"]
    assert found.gloss("n00002000") == 'a; "b | c"'


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    (tmp_path / "data.noun").write_text(HEAD + LINE)
    first = find.read(tmp_path)
    assert find.read(tmp_path) is first
    shutil.copy(tmp_path / "data.noun", tmp_path / "copy")
    (tmp_path / "data.noun").write_text(HEAD + LINE.replace("entity", "something"))
    assert find.read(tmp_path).name("n00001740") == "something"
