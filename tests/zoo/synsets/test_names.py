"""Names → wnids: found, ambiguous with the candidates, unknown with what may have been meant."""

import time
from pathlib import Path

import pytest

from zoo.errors import UserError
from zoo.synsets import find
from zoo.synsets.hierarchy import Hierarchy
from zoo.synsets.names import resolve

DOG = "n02084071"


@pytest.mark.parametrize(
    ("name", "wnid"),
    [
        (DOG, DOG),
        ("dog.n.01", DOG),
        ("domestic_dog.n.01", DOG),
        ("dog.n.06", "n03901548"),
        ("domestic dog", DOG),
        ("Canis_Familiaris", DOG),
        ("husky", "n02109961"),
        ("mammal", "n01861778"),
        ("St_Bernard", "n02109525"),
    ],
)
def test_names_of_one_synset(nouns: Hierarchy, name: str, wnid: str) -> None:
    assert resolve(nouns, name, "synset") == wnid


def test_candidates_are_listed_with_their_definitions(nouns: Hierarchy) -> None:
    with pytest.raises(UserError) as caught:
        resolve(nouns, "crane", "data.subtree")
    lines = str(caught.value).splitlines()
    assert lines[0] == "data.subtree=crane: 5 synsets have that name; give the wnid of one"
    assert len(lines) == 6
    assert any(
        line.startswith("  n02012849  crane: large long-necked wading bird of marshes") for line in lines
    )
    assert any(line.startswith("  n03126707  crane: lifts and moves heavy objects") for line in lines)
    assert max(map(len, lines)) <= 110


def test_the_one_that_the_data_has_is_meant(nouns: Hierarchy) -> None:
    assert resolve(nouns, "crane", "synset", {"n03126707", DOG}) == "n03126707"
    with pytest.raises(UserError, match="2 synsets have that name"):
        resolve(nouns, "crane", "synset", {"n03126707", "n02012849"})
    with pytest.raises(UserError, match="5 synsets have that name"):
        resolve(nouns, "crane", "synset", {DOG})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("huskey", "did you mean husky or "),
        ("mamal", "did you mean mammal or "),
        ("sibirian husky", "did you mean siberian husky?"),
        ("qqqqqqqq", "no synset of that name in "),
        ("n02084072", "synset=n02084072: no such synset in "),
        ("dog.n.08", "dog has the senses 1 to 7 "),
        ("xdog.n.01", "xdog is no noun there "),
    ],
)
def test_unknown_names(nouns: Hierarchy, name: str, message: str) -> None:
    begin = time.process_time()
    with pytest.raises(UserError) as caught:
        resolve(nouns, name, "synset")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert time.process_time() - begin < 3


def test_words_of_the_data_are_meant_first(nouns: Hierarchy) -> None:
    with pytest.raises(UserError, match=r"did you mean tabby cat\?"):
        resolve(nouns, "taby cat", "synset", {"n02123045"})


def test_senses_need_wordnet(tmp_path: Path) -> None:
    (tmp_path / "pairs.txt").write_text("n02083346 n02084071\n")
    with pytest.raises(UserError, match="WordNet's own files number senses"):
        resolve(find.read(tmp_path / "pairs.txt"), "dog.n.01", "synset")
