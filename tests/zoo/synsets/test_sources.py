"""Hierarchies of ImageNet's own files: meta.mat, and wordnet.is_a.txt with its words."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.zoo.imagenet import build
from zoo.errors import UserError
from zoo.synsets import find, wordnet
from zoo.synsets.hierarchy import Hierarchy, wnids_of

TABBY, HOUSE_CAT = "n02123045", "n02121808"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The three files of the ImageNet site, in small."""
    (tmp_path / "wordnet.is_a.txt").write_text(
        "n02083346 n02084071\nn01317541 n02084071\nn02084071 n02109961\n"
    )
    (tmp_path / "words.txt").write_text("n02084071\tdog, domestic dog\nn02109961\thusky\nn09999999\tother\n")
    (tmp_path / "gloss.txt").write_text("n02084071\ta member of the genus Canis\n")
    return tmp_path


def check(found: Hierarchy) -> None:
    assert (len(found), found.roots) == (15, ["n00001740"])
    assert found.words(TABBY) == ("tabby", "tabby cat")
    assert sorted(found.parents(HOUSE_CAT)) == ["n01317541", "n02121620"]
    assert found.children(HOUSE_CAT) == [TABBY]


def test_meta_mat_in_a_kit_in_its_archive_and_alone(tmp_path: Path) -> None:
    build.official(tmp_path / "open")
    build.official(tmp_path / "packed", packed=True)
    check(find.read(tmp_path / "open"))
    check(find.read(tmp_path / "packed"))
    meta = next((tmp_path / "open").rglob("meta.mat"))
    check(find.read(meta))
    check(find.read(meta.parent))
    check(find.read(next((tmp_path / "packed").glob("*devkit*.tar.gz"))))


def test_pairs_words_and_glosses(site: Path) -> None:
    for place in (site, site / "wordnet.is_a.txt"):
        found = find.read(place)
        assert len(found) == 4
        assert found.parents("n02084071") == ["n02083346", "n01317541"]
        assert found.words("n02084071") == ("dog", "domestic dog")
        assert found.gloss("n02084071") == "a member of the genus Canis"
        assert (found.words("n02083346"), found.gloss("n02109961")) == (("n02083346",), "")
        assert found.by_word("Domestic_Dog") == ["n02084071"]


def test_ids_of_groups_that_are_no_wnids(tmp_path: Path) -> None:
    """The files of BREEDS have such nodes."""
    (tmp_path / "class_hierarchy.txt").write_text("n00001740 dummy32\ndummy32 n02084071\n")
    (tmp_path / "node_names.txt").write_text("dummy32\tpets\n")
    assert find.read(tmp_path / "class_hierarchy.txt").name("dummy32") == "pets"


def test_the_datas_own_hierarchy_goes_first(tmp_path: Path, wordnet_folder: Path, site: Path) -> None:
    data = SimpleNamespace(root=str(build.official(tmp_path / "data")), synsets=None)
    assert len(find.of_data(data, [TABBY])) == 15
    assert len(find.of_data(data, [TABBY, "n02109961"])) == 82_115  # the kit lacks the husky
    assert len(find.of_data(SimpleNamespace(root=str(site), synsets=None), ["n02109961"])) == 4
    assert len(find.of_data(SimpleNamespace(root=data.root, synsets=str(site)), [TABBY])) == 4


def test_none_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: Path) -> None:
    monkeypatch.setattr(wordnet, "find", lambda: None)
    nothing = SimpleNamespace(synsets=None)
    with pytest.raises(UserError, match=r"no hierarchy of synsets is found: .*Debian's package wordnet-base"):
        find.of_data(nothing, [TABBY])
    with pytest.raises(UserError, match=r"lacks n02123045, which the data has; data.synsets=PATH names"):
        find.of_data(SimpleNamespace(root=str(site), synsets=None), [TABBY])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none", None, "no such file or folder"),
        ("pairs.txt", "n02083346 n02084071\none two three\n", "pairs.txt: line 2: a parent and a child"),
        ("pairs.txt", "\n", "no parents and children"),
        ("meta.mat", "nothing", "not the meta.mat of a development kit"),
    ],
)
def test_files_that_are_no_hierarchy(tmp_path: Path, name: str, content: str | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(UserError, match=message):
        find.read(tmp_path / name)


def test_a_folder_without_any(tmp_path: Path) -> None:
    with pytest.raises(
        UserError, match=r"there is no hierarchy in it: WordNet 3.0 \(a folder with data.noun\)"
    ):
        find.read(tmp_path)


def test_classes_that_are_wnids() -> None:
    assert wnids_of(["n02085620-Chihuahua", "n02084071"]) == ["n02085620", "n02084071"]
    assert wnids_of(["n02085620", "cat"]) is None
    assert wnids_of(["n02085620", "n02085620-again"]) is None
    assert wnids_of(["n020856201"]) is None
    assert wnids_of([]) is None
