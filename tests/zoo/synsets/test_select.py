"""Classes chosen by subtree, and superclasses in their place."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.zoo.synsets.conftest import CLASSES
from zoo import config
from zoo.data import DATASETS
from zoo.data.base import DataSet, Source
from zoo.errors import UserError

DOG, CAT, VEHICLE = "n02084071", "n02121808", "n04524313"
DOGS, CATS = ["n02109961", "n02110063", "n02110185"], ["n02123045", "n02123394"]
SHIPS = ["n04147183", "n04483307"]


def built(root: Path, *overrides: str) -> Source:
    options = config.one("data=imagefolder", f"data.root={root}", "data.val_share=0.3", *overrides).data
    return DATASETS.build(options)


def count(data: DataSet) -> dict[str, int]:
    labels = Counter([*data.train.labels, *data.val.labels])
    return {data.classes[label].split()[0]: number for label, number in sorted(labels.items())}


def refusal(root: Path, *overrides: str) -> str:
    with pytest.raises(UserError) as caught:
        built(root, *overrides)
    return str(caught.value)


def test_subtrees_by_wnid_and_by_name(by_wnid: Path) -> None:
    """Of the four vehicles of WordNet, one alone has images."""
    source = built(by_wnid, f"data.subtree=[{DOG},vehicle]")
    assert list(source.classes) == [*DOGS, *SHIPS]
    assert count(source.open()) == {wnid: CLASSES[wnid] for wnid in (*DOGS, *SHIPS)}


def test_the_pictures_are_those_of_the_classes(by_wnid: Path) -> None:
    whole, part = built(by_wnid).open(), built(by_wnid, "data.subtree=[cat]").open()
    wanted = [i for i, label in enumerate(whole.train.labels) if whole.classes[label] in CATS]
    assert len(part.train.labels) == len(wanted) == 5
    for index, at in enumerate(wanted):
        assert part.classes[part.train.labels[index]] == whole.classes[whole.train.labels[at]]
        one, two = part.train.picture(index), whole.train.picture(at)
        box = (0, 0, one.height, one.width)
        assert np.array_equal(one.part(box, one.height), two.part(box, two.height))


def test_superclasses_by_name_in_the_order_given(by_wnid: Path) -> None:
    source = built(by_wnid, "data.superclasses=[vehicle,'domestic cat',dog]")
    assert source.classes == (f"{VEHICLE} vehicle", f"{CAT} domestic cat", f"{DOG} dog")
    assert count(source.open()) == {VEHICLE: 6, CAT: 8, DOG: 9}


def test_superclasses_by_depth(by_wnid: Path) -> None:
    """At the depth of the carnivores' families; what lies less deep is left out."""
    found = count(built(by_wnid, "data.subtree=[carnivore]", "data.superclass_depth=12").open())
    assert found == {"n02083346": 9, "n02120997": 8}  # canine, feline


def test_one_image_two_labels(by_wnid: Path) -> None:
    message = refusal(by_wnid, "data.superclasses=['domestic animal',feline]").splitlines()
    assert message[0].startswith("2 classes are below two superclasses, and an image has one label; ")
    assert message[1] == "  n02123045 tabby: n01317541 domestic animal, n02120997 feline"
    left = built(by_wnid, "data.superclasses=['domestic animal',feline,vehicle]", "data.shared=drop")
    assert count(left.open()) == {"n01317541": 9, VEHICLE: 6}


def test_balanced_superclasses(by_wnid: Path) -> None:
    """Three dogs and two cats: two of each, drawn by the seed."""
    chosen = set()
    for seed in range(8):
        own = built(
            by_wnid,
            "data.superclasses=[dog,'domestic cat']",
            "data.balanced=true",
            f"data.subclass_seed={seed}",
        )
        found = count(own.open())
        assert found[CAT] == 8
        chosen.add(found[DOG])
    assert chosen == {2 + 3, 2 + 4, 3 + 4}
    more = built(by_wnid, "data.superclasses=[dog,'domestic cat',vehicle]", "data.subclasses=2")
    assert [name[:9] for name in more.classes] == [DOG, CAT, VEHICLE]


@pytest.mark.parametrize("how", ["rand", "good", "bad"])
def test_source_and_target_share_no_class(by_wnid: Path, how: str) -> None:
    given = (
        "data.superclasses=[dog,'domestic cat',vehicle]",
        "data.subclasses=2",
        f"data.domain_split={how}",
    )
    source = built(by_wnid, *given, "data.domain=source")
    target = built(by_wnid, *given, "data.domain=target")
    assert source.classes == target.classes == (f"{DOG} dog", f"{CAT} domestic cat", f"{VEHICLE} vehicle")
    one, two = count(source.open()), count(target.open())
    assert one[CAT] + two[CAT] == 8
    assert one[VEHICLE] + two[VEHICLE] == 6
    assert {one[DOG], two[DOG]} <= {2, 3, 4}
    assert one[DOG] != two[DOG]


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["data.subtree=[crane]"], "data.subtree=crane: 2 synsets have that name; give the wnid of one\n  n"),
        (["data.subtree=[dgo]"], "data.subtree=dgo: no synset of that name in "),
        (["data.subtree=[fish.n.01]"], "no class of the data is at or below n02512053 fish"),
        (
            ["data.subtree=[dog,n02084071]"],
            "data.subtree: dog and n02084071 are the same synset, n02084071 dog",
        ),
        (["data.subtree=[tabby]"], "one class is left by the options of data=…"),
        (["data.superclasses=[dog]"], "one class is left by the options of data=…"),
        (["data.domain=source"], "data.domain needs superclasses: data.superclasses=[NAME,…] or "),
        (
            ["data.superclasses=[dog,'domestic cat']", "data.superclass_depth=3"],
            "both choose superclasses; give one",
        ),
        (["data.superclasses=[dog,'domestic cat']", "data.subclasses=2", "data.balanced=true"], "give one"),
        (
            ["data.superclasses=[dog,'domestic cat']", "data.subclasses=3", "data.domain=target"],
            "data.subclasses=3: halves are made of an even number",
        ),
        (
            ["data.superclasses=[dog,'domestic cat']", "data.subclasses=4"],
            "the superclasses have fewer than 4 classes",
        ),
        (["data.superclasses=[dog,vehicle]", "data.subtree=[cat]"], "no class is left below n02084071 dog"),
        (["data.superclass_depth=40"], "data.superclass_depth=40: no classes are so deep"),
        (["data.subtree=[dog]", "data.synsets=nowhere"], "data.synsets=nowhere: no such file or folder"),
    ],
)
def test_mistakes(by_wnid: Path, overrides: list[str], message: str) -> None:
    assert message in refusal(by_wnid, *overrides)


def test_classes_that_are_no_wnids(photos: Path) -> None:
    assert refusal(photos, "data.subtree=[dog]").startswith(
        "data=imagefolder: its classes, as blue, are no wnids like n02084071"
    )


def test_training_on_superclasses(zoo: Callable, by_wnid: Path, spec: Path) -> None:
    spec.write_text(spec.read_text().replace("[1, 8, 8]", "[3, 8, 8]"))
    how = ("trainer.epochs=1", "trainer.progress=none", "trainer.batch_size=8", "data.val_share=0.3")
    given = ("data=imagefolder", f"data.root={by_wnid}", "data.superclasses=[vehicle,dog,'domestic cat']")
    ran = zoo("train", f"model.spec={spec}", "model.net=null", "name=inner", *given, *how)
    assert (ran.code, ran.err) == (0, "")
    header = (Path("runs") / "inner" / "best.safetensors").read_bytes()[:4000].decode("latin-1")
    assert header.index(VEHICLE) < header.index(DOG) < header.index(CAT)
