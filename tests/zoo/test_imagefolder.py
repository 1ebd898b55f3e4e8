"""Folders of class folders: found, split, and refused with a reason."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from zoo.data.imagefolder import ImageFolder, ImageFolderOptions
from zoo.errors import UserError


def opened(root: Path, **options: object) -> ImageFolder:
    return ImageFolder(ImageFolderOptions(root=str(root), **options))  # type: ignore[arg-type]


def test_classes_are_sorted_and_each_gives_its_share(photos: Path) -> None:
    folder = opened(photos, val_share=0.3)
    assert folder.classes == ("blue", "green", "red")
    assert len(folder.train) == 18
    assert len(folder.val) == 9
    assert not {path for path, _ in folder.train} & {path for path, _ in folder.val}
    for items in (folder.train, folder.val):
        assert all(path.parent.name == folder.classes[label] for path, label in items)
    assert opened(photos, val_share=0.3).val == folder.val
    assert opened(photos, val_share=0.3, split_seed=1).val != folder.val


def test_train_and_val_folders_are_taken_as_they_are(photos: Path, tmp_path: Path) -> None:
    root = tmp_path / "both"
    shutil.copytree(photos, root / "train")
    shutil.copytree(photos / "red", root / "val" / "red")
    folder = opened(root)
    assert (len(folder.train), len(folder.val)) == (27, 9)
    assert {label for _, label in folder.val} == {2}


def test_other_files_hidden_ones_and_capitals(photos: Path) -> None:
    (photos / "red" / "notes.txt").write_text("no picture")
    (photos / "red" / ".hidden.jpg").write_text("no picture")
    (photos / ".cache").mkdir()
    (photos / "red" / "0.jpg").rename(photos / "red" / "0.JPG")
    folder = opened(photos)
    assert len(folder.train) + len(folder.val) == 27


def test_pictures_are_as_they_are_on_the_disk(photos: Path) -> None:
    data = opened(photos).open()
    picture = data.train.picture(0)
    assert picture.part((0, 0, picture.height, picture.width), 1).shape == (picture.height, picture.width, 3)
    assert picture.height != picture.width


def no_root(root: Path) -> Path:
    return root / "nowhere"


def a_file(root: Path) -> Path:
    return root / "red" / "0.jpg"


def nothing(root: Path) -> Path:
    (root / "empty").mkdir()
    return root / "empty"


def empty_class(root: Path) -> Path:
    (root / "yellow").mkdir()
    return root


def only_train(root: Path) -> Path:
    (root / "train").mkdir()
    return root


def unknown_class(root: Path) -> Path:
    shutil.copytree(root / "red", root / "set" / "train" / "red")
    shutil.copytree(root / "red", root / "set" / "val" / "pink")
    return root / "set"


def single_images(root: Path) -> Path:
    (root / "few" / "red").mkdir(parents=True)
    shutil.copy(root / "red" / "0.jpg", root / "few" / "red")
    return root / "few"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (no_root, "no such folder"),
        (a_file, "not a folder"),
        (nothing, "no class folders in it"),
        (empty_class, "yellow: no images in this class folder"),
        (only_train, "has train/ and lacks val/"),
        (unknown_class, "pink: there is no class pink in"),
        (single_images, "one image a class is too few"),
    ],
)
def test_a_folder_that_will_not_do(
    zoo: Callable, photos: Path, change: Callable[[Path], Path], message: str
) -> None:
    ran = zoo("train", "data=imagefolder", f"data.root={change(photos)}")
    assert ran.code == 1
    assert message in ran.err
    assert ran.err.count("\n") == 1


def test_no_root_at_all(zoo: Callable) -> None:
    ran = zoo("train", "data=imagefolder")
    assert (ran.code, ran.err) == (1, "zoo: data=imagefolder needs a folder: data.root=path/to/images\n")


def test_verify_finds_a_broken_image_first(photos: Path) -> None:
    broken = photos / "green" / "4.jpg"
    broken.write_bytes(broken.read_bytes()[:200])
    opened(photos)
    with pytest.raises(UserError, match=r"green/4.jpg: broken image"):
        opened(photos, verify=True)
