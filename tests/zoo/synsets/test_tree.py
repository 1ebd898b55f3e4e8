"""``zoo data tree``: the part of the tree that is asked for, with the numbers of images."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.zoo.imagenet import build
from tests.zoo.synsets.conftest import CLASSES
from zoo import commands
from zoo.synsets.hierarchy import Hierarchy, made
from zoo.synsets.outline import outline

TREE = """\
  a kind of n01471682 vertebrate
  5 classes among 15 synsets; 17 images, 11 for training and 6 for validation

synset                           wnid              own  with below
mammal                           n01861778           0          17
└─ placental                     n01886756           0          17
   └─ carnivore                  n02075296           0          17
      ├─ canine (+6 below)       n02083346           0           9
      └─ feline (+4 below)       n02120997           0           8
"""


def squeezed(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_the_tree_of_a_folder_by_wnid(zoo: Callable, by_wnid: Path) -> None:
    given = ("data=imagefolder", f"data.root={by_wnid}", "data.val_share=0.3")
    ran = zoo("data", "tree", *given, "synset=mammal", "--depth", "3")
    assert (ran.code, ran.err) == (0, "")
    first, *others = squeezed(ran.out)
    assert first.startswith(
        "n01861778 mammal, mammalian: any warm-blooded vertebrate having the skin more or"
    )
    assert others == squeezed(TREE)


def test_several_parents_are_shown_once(zoo: Callable, by_wnid: Path) -> None:
    """The dog is nearer to animal as a domestic animal than as a canine."""
    given = ("data=imagefolder", f"data.root={by_wnid}", "synset=animal", "--depth", "20")
    lines = squeezed(zoo("data", "tree", *given).out)
    dogs = [line for line in lines if "n02084071" in line]
    assert sorted(line.lstrip("│├└─ ") for line in dogs) == [
        "dog (see under domestic animal) n02084071",
        "dog n02084071 0 9",
    ]
    assert sum("n02110185" in line for line in lines) == 1


def test_superclasses_are_counted_as_what_they_stand_for(zoo: Callable, by_wnid: Path) -> None:
    given = ("data=imagefolder", f"data.root={by_wnid}", "data.superclasses=[dog,vehicle]", "synset=dog")
    assert "dog n02084071 9 9" in squeezed(zoo("data", "tree", *given).out)


def test_wordnet_without_data(zoo: Callable, nouns: Hierarchy) -> None:
    lines = squeezed(zoo("data", "tree", "synset=dog.n.01", "--depth", "1").out)
    assert lines[1:3] == [
        "a kind of n02083346 canine and of n01317541 domestic animal",
        f"190 synsets in {nouns.place}",
    ]
    assert sum(line.startswith(("├─", "└─")) for line in lines) == len(nouns.children("n02084071")) == 18
    assert len(nouns.below("n02084071")) == 190


def test_json_has_each_synset_once(zoo: Callable, by_wnid: Path) -> None:
    given = (
        "data=imagefolder",
        f"data.root={by_wnid}",
        "data.val_share=0.3",
        "--depth",
        "20",
        "--format",
        "json",
    )
    found = json.loads(zoo("data", "tree", *given).out)
    synsets = {synset["wnid"]: synset for synset in found["synsets"]}
    assert found["top"] == "n00001740"
    assert len(synsets) == len(found["synsets"])
    assert synsets["n02084071"]["parents"] == ["n02083346", "n01317541"]
    assert {wnid: synsets[wnid]["train"] + synsets[wnid]["val"] for wnid in CLASSES} == CLASSES
    top = synsets["n00001740"]
    assert top["train_with_below"] + top["val_with_below"] == sum(CLASSES.values())
    assert (synsets["n02084071"]["train"], synsets["n02084071"]["train_with_below"]) == (0, 6)


def test_imagenets_own_tree(zoo: Callable, tmp_path: Path) -> None:
    root = build.official(tmp_path / "imagenet")
    lines = squeezed(zoo("data", "tree", "data=imagenet", f"data.root={root}", "--depth", "9").out)
    each = build.TRAIN + build.VAL
    assert f"5 classes among 15 synsets; {5 * each} images, {5 * build.TRAIN} for training" in lines[1]
    assert any(line.endswith(f"tabby n02123045 {each} {each}") for line in lines)
    assert any("domestic cat (see under" in line for line in lines)


def test_synsets_without_images(zoo: Callable, by_wnid: Path) -> None:
    given = ("data=imagefolder", f"data.root={by_wnid}", "synset=fish.n.01")
    ran = zoo("data", "tree", *given)
    assert (ran.code, ran.err) == (
        1,
        "zoo: synset=n02512053: no images at or below it; --all shows it all the same\n",
    )
    assert "fish (+617 below) n02512053 0 0" in squeezed(
        zoo("data", "tree", *given, "--all", "--depth", "0").out
    )


def test_a_hierarchy_that_lacks_classes(zoo: Callable, by_wnid: Path, tmp_path: Path) -> None:
    (tmp_path / "pairs.txt").write_text("n02075296 n02110185\n")
    given = ("data=imagefolder", f"data.root={by_wnid}", "--synsets", "pairs.txt")
    ran = zoo("data", "tree", *given)
    assert ran.err == "zoo: 8 classes of the data, as n02012849, are not in pairs.txt\n"
    assert squeezed(ran.out)[-1] == "└─ n02110185 n02110185 4 4"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("synset=dgo",), "synset=dgo: no synset of that name in "),
        (("synset=crane",), "synset=crane: 5 synsets have that name; give the wnid of one"),
        (("synset=dog.n.01", "synset=husky"), "synset=husky: one synset is shown at a time"),
        (("--depth", "-1"), "--depth -1: must be at least 0"),
        (("data=digits",), "data=digits: its classes, as 0, have no place in the tree"),
        (("--synsets", "nowhere"), "nowhere: no such file or folder"),
        (("dog",), "dog: not an override"),
    ],
)
def test_mistakes(zoo: Callable, nouns: Hierarchy, arguments: tuple[str, ...], message: str) -> None:
    ran = zoo("data", "tree", *arguments)
    assert ran.code == 1
    assert message in ran.err.splitlines()[0]


def test_help_and_completion(zoo: Callable) -> None:
    assert "zoo data tree synset=dog" in zoo("data", "tree", "--help").out
    assert commands.complete(["data", "tree", "--format"], "") == ["text", "json"]
    assert "synset=" in commands.complete(["data", "tree"], "syn")
    assert "data.subtree=" in commands.complete(["data", "tree", "data=imagefolder"], "data.sub")


def test_circles_end() -> None:
    edges = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "c"), ("a", "c")]
    found = list(outline(made([(n, [n], "") for n in "abc"], edges, "test"), "a", 10))
    assert [(node.bars + node.wnid, node.home) for node in found] == [
        ("a", None),
        ("├─ b", None),
        ("│  └─ c", "a"),
        ("└─ c", None),
        ("   └─ a", "a"),
    ]
