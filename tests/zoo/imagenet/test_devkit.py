"""The development kit: its synsets, and ids of the challenge turned into wnids."""

import io
from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from tests.zoo.imagenet import build
from zoo.data.imagenet import devkit
from zoo.errors import UserError


@pytest.mark.parametrize("packed", [False, True])
def test_a_kit_in_a_folder_and_in_its_archive(tmp_path: Path, packed: bool) -> None:
    build.devkit(tmp_path, packed=packed)
    place = devkit.find(tmp_path)
    assert place is not None
    kit = devkit.read(place)
    assert {synset.id: synset.wnid for synset in kit.leaves} == {id: wnid for wnid, id in build.IDS.items()}
    assert len(kit.synsets) == len(build.WORDS)
    by_id = {synset.id: synset for synset in kit.synsets}
    entity = next(synset for synset in kit.synsets if synset.words == ("entity",))
    assert tuple(by_id[id].wnid for id in entity.children) == build.CHILDREN["n00001740"]
    cup = by_id[1]
    assert (cup.wnid, cup.words, cup.gloss, cup.images) == ("n07930864", ("cup",), "what `cup' means", 6)
    assert kit.blacklist == set(build.BLACKLISTED)


def test_ids_are_not_the_order_of_wnids(tmp_path: Path) -> None:
    build.devkit(tmp_path)
    kit = devkit.read(tmp_path / "ILSVRC2012_devkit_t12" / "data")
    assert kit.val_wnids() == [file.wnid for file in build.val_files()]
    by_sorted = [build.WNIDS[id - 1] for id in kit.ground_truth]  # the mistake that is easily made
    assert by_sorted != kit.val_wnids()


def test_the_file_is_as_others_read_the_official_one() -> None:
    """Torchvision's way to read meta.mat finds the classes in it."""
    rows = loadmat(io.BytesIO(build.meta_mat()), squeeze_me=True)["synsets"]
    leaves = [row for row in rows if list(row)[4] == 0]
    assert {str(row[1]): int(row[0]) for row in leaves} == build.IDS


def test_kits_from_2014_on_have_other_fields() -> None:
    rows = np.zeros(
        (1, 2), [(name, object) for name in ("ILSVRC2015_CLSLOC_ID", "WNID", "name", "description")]
    )
    rows[0, 0] = (np.array([[1]], np.uint16), "n02119789", "kit fox, Vulpes macrotis", "a fox")
    rows[0, 1] = (np.array([[2]], np.uint16), "n02100735", "English setter", "")
    file = io.BytesIO()
    savemat(file, {"synsets": rows})
    one, two = devkit.synsets(file.getvalue(), "meta_clsloc.mat")
    assert (one.id, one.wnid, one.words[1], one.gloss) == (1, "n02119789", "Vulpes macrotis", "a fox")
    assert (two.id, two.wnid, two.gloss, two.children) == (2, "n02100735", "", ())


@pytest.mark.parametrize(
    "content", [b"", b"no mat file" * 50, build.meta_mat()[:400], build.meta_mat()[:300] + bytes(2000)]
)
def test_a_damaged_meta_mat_is_one_line(content: bytes) -> None:
    with pytest.raises(
        UserError, match=r"^x/meta.mat: not the meta.mat of a development kit, or damaged: .+$"
    ):
        devkit.synsets(content, "x/meta.mat")


def test_other_damage(tmp_path: Path) -> None:
    build.devkit(tmp_path)
    data = tmp_path / "ILSVRC2012_devkit_t12" / "data"
    truth = data / "ILSVRC2012_validation_ground_truth.txt"
    truth.write_text("1\nn02123045\n")
    with pytest.raises(
        UserError, match=r"ground_truth.txt, line 2: a number is expected, and not 'n02123045'"
    ):
        devkit.read(data)
    truth.write_text("1\n900\n")
    with pytest.raises(UserError, match=r"the ground truth has a class 900, and meta\.mat has none"):
        devkit.read(data).val_wnids()
    archive = tmp_path / "ILSVRC2012_devkit_t12.tar.gz"
    archive.write_bytes(b"cut short")
    with pytest.raises(UserError, match="cannot be unpacked"):
        devkit.read(archive)
