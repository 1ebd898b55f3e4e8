"""Every layout gives the same images with the same classes; a layout that lacks something says what."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.peers import import_torchvision
from tests.zoo.imagenet import build
from tests.zoo.imagenet.photographs import cut
from zoo import checkpoint, config, trained
from zoo.data.imagenet import ImageNet, ImageNetOptions, names
from zoo.data.imagenet.layouts import layouts
from zoo.errors import UserError
from zoo.images.encoded import Files, Packed
from zoo.images.picture import BrokenImageError
from zoo.train import train

CLASSES = (
    "n02123045 tabby", "n03791053 motor scooter", "n03877845 palace", "n07930864 cup", "n11939491 daisy"
)  # fmt: skip


def opened(root: Path, **options: object) -> ImageNet:
    return ImageNet(ImageNetOptions(name="imagenet", root=str(root), **options))  # type: ignore[arg-type]


def content(data: ImageNet, split: str) -> dict[str, str]:
    """The wnid of every image, by what its file is called."""
    own = getattr(data, split)
    names = [own.part.images.stem(index) for index in range(len(own.labels))]
    return dict(zip(names, (data.wnids[label] for label in own.labels), strict=True))


@pytest.mark.parametrize("name", ["official", "packed", "kaggle", "wnids", "webdataset", "parquet"])
def test_every_layout_gives_the_same(roots: Path, name: str) -> None:
    data = opened(roots / name)
    assert data.layout.name == {"packed": "official"}.get(name, name)
    assert data.classes == CLASSES
    assert data.wnids == tuple(build.WNIDS)
    assert content(data, "train") == {f.stem: f.wnid for f in build.train_files()}
    assert content(data, "val") == {f.stem: f.wnid for f in build.val_files()}
    by_name = {f.stem: f.data for f in build.val_files()}
    images = data.val.part.images
    for index in (0, 7):
        assert images.read(index) == by_name[images.stem(index)]
        assert images.head(index, 100) == images.read(index)[:100]
        assert data.open().val.picture(index).height > 100


def test_there_is_an_option_for_every_layout() -> None:
    rule = ImageNetOptions.__dataclass_fields__["layout"].metadata["rule"]
    assert set(rule.choices) == {"auto", *layouts()}


def test_oddities_are_read_right(roots: Path) -> None:
    """A PNG named .JPEG, CMYK, a photograph on its side, grey: all are RGB, the right way up."""
    data = opened(roots / "official")
    sides = {f.stem: 0 for f in build.train_files() if f.wnid == build.WNIDS[0]}
    files = dict(zip(sides, range(len(sides)), strict=True))
    for index in range(len(data.train.labels)):
        stem = data.train.part.images.stem(index)
        if stem not in files:
            continue
        number = files[stem]
        picture = data.train.picture(index)
        plain = cut(build.WNIDS[0], number)
        assert (picture.width, picture.height) == plain.size
        assert picture.pixels(1).shape == (plain.height, plain.width, 3)


def test_damage_is_told_by_the_files_name(tmp_path: Path) -> None:
    root = build.folders(tmp_path / "set")
    data = opened(root)
    broken = root / "train" / "n07930864" / "n07930864_5.JPEG"
    broken.write_bytes(broken.read_bytes()[:500])
    index = next(i for i in range(30) if data.train.part.images.stem(i) == "n07930864_5")
    with pytest.raises(BrokenImageError, match=r"n07930864_5\.JPEG: broken image"):
        data.train.picture(index).pixels(1)
    broken.unlink()
    with pytest.raises(BrokenImageError, match=r"n07930864_5\.JPEG: cannot be read: No such file"):
        data.train.picture(index)


def test_what_there_is_in_several_layouts_is_read_from_what_is_fastest(roots: Path, tmp_path: Path) -> None:
    shutil.copytree(roots / "packed", tmp_path / "both")
    build.folders(tmp_path / "both")
    data = opened(tmp_path / "both")
    assert (data.layout.name, type(data.train.part.images)) == ("wnids", Files)
    assert type(opened(tmp_path / "both", layout="official").val.part.images) is Packed


class TestAnySynsets:
    """As ImageNet-21k is had."""

    def test_folders_that_follow_the_tree(self, tmp_path: Path) -> None:
        """An image belongs to the innermost folder by wnid; inner synsets have images of their own."""
        files = list(build.train_files())
        cat, cup = ([f for f in files if f.wnid == wnid] for wnid in ("n02123045", "n07930864"))
        build.flat(tmp_path / "n00015388-animal", cat[:3])
        build.flat(tmp_path / "n00015388-animal" / "more" / "n02123045", cat[3:])
        build.flat(tmp_path / "n07930864", cup)
        (tmp_path / "n02084071").mkdir()
        data = opened(tmp_path, val_share=0.34)
        assert data.wnids == ("n00015388", "n02123045", "n07930864")
        assert (len(data.train.labels), len(data.val.labels)) == (8, 4)
        both = content(data, "train") | content(data, "val")
        assert both[cat[0].stem] == "n00015388"
        assert both[cat[5].stem] == "n02123045"
        assert len(both) == 12

    def test_tars_by_wnid(self, tmp_path: Path) -> None:
        for wnid in build.WNIDS[:3]:
            own = {f.name: f.data for f in build.train_files(wnids=[wnid])}
            (tmp_path / f"{wnid}.tar").write_bytes(build.tar_of(own))
        data = opened(tmp_path)
        assert data.wnids == tuple(build.WNIDS[:3])
        assert len(data.train.labels) + len(data.val.labels) == 18
        assert data.open().train.picture(0).width > 100

    def test_one_tar_of_all(self, tmp_path: Path) -> None:
        inner = {
            f"{wnid}.tar": build.tar_of({f.name: f.data for f in build.train_files(wnids=[wnid])})
            for wnid in reversed(build.WNIDS)
        }
        (tmp_path / "fall11_whole.tar").write_bytes(build.tar_of(inner))
        data = opened(tmp_path)
        assert data.wnids == tuple(build.WNIDS)
        wnids = content(data, "train") | content(data, "val")
        assert all(stem.startswith(wnid) for stem, wnid in wnids.items())
        assert (tmp_path / "fall11_whole.tar.index").is_file()


def test_a_part_of_the_classes(roots: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The images for validation of the other classes are left out, and that is said."""
    shutil.copytree(roots / "official", tmp_path / "some")
    for wnid in build.WNIDS[::2]:
        shutil.rmtree(tmp_path / "some" / "train" / wnid)
    data = opened(tmp_path / "some")
    assert data.wnids == tuple(build.WNIDS[1::2])
    assert set(content(data, "val").values()) == set(data.wnids)
    assert "3 classes of validation have no training images and are left out" in capsys.readouterr().err


def without(name: str) -> Callable[[Path], None]:
    def remove(root: Path) -> None:
        path = root / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return remove


def cut_short(name: str) -> Callable[[Path], None]:
    def cut(root: Path) -> None:
        data = (root / name).read_bytes()
        (root / name).write_bytes(data[: len(data) * 2 // 3])

    return cut


def compressed(root: Path) -> None:
    inner = {f"{build.WNIDS[0]}.tar": build.tar_of({"x.JPEG": b"x" * 9}, "w:gz")}
    (root / "ILSVRC2012_img_train.tar").write_bytes(build.tar_of(inner))


def scribbled(root: Path) -> None:
    path = root / "ILSVRC2012_img_val.tar"
    data = bytearray(path.read_bytes())
    at = data.index(b"ILSVRC2012_val_00000005")
    data[at : at + 512] = b"?" * 512
    path.write_bytes(bytes(data))


def solution(row: str) -> Callable[[Path], None]:
    return lambda root: (root / "LOC_val_solution.csv").write_text(f"ImageId,PredictionString\n{row}\n")  # type: ignore[return-value]


def everything(root: Path) -> None:
    shutil.rmtree(root)
    root.mkdir()


@pytest.mark.parametrize(
    ("layout", "change", "message"),
    [
        ("official", without("ILSVRC2012_devkit_t12"), r"train, val is there, and missing: ILSVRC2012_dev"),
        ("official", without("val"), r"missing: ILSVRC2012_img_val.tar, or val/ with what is in it"),
        ("official", without("val/ILSVRC2012_val_00000004.JPEG"), r"9 images, and the ground truth in .*10"),
        ("packed", without("ILSVRC2012_img_train.tar"), r"missing: ILSVRC2012_img_train.tar, or train/"),
        ("packed", cut_short("ILSVRC2012_img_train.tar"), r"train.tar: .*damaged: unexpected end of data"),
        ("packed", cut_short("ILSVRC2012_img_val.tar"), r"img_val.tar: .*damaged: unexpected end of data"),
        ("packed", scribbled, r"img_val.tar: .*it is cut short or damaged at byte"),
        ("packed", cut_short("ILSVRC2012_devkit_t12.tar.gz"), r"devkit_t12.tar.gz: cannot be unpacked"),
        ("packed", compressed, r"n02123045.tar in it is compressed; unpack it"),
        ("kaggle", without("LOC_val_solution.csv"), r"missing: LOC_val_solution.csv, which says the classes"),
        ("kaggle", solution("ILSVRC2012_val_00000001,n02123045 1 2 3 4"), r"solution.csv does not say its"),
        ("kaggle", solution("ILSVRC2012_val_00000001,tabby"), r"no wnid in PredictionString"),
        ("wnids", without("val"), r"missing: val/ with folders .*/train holds a share of it out"),
        ("webdataset", without("val-0.tar"), r"2 train\*.tar is there, and missing: val\*.tar"),
        ("webdataset", without("classes.txt"), r"numbers, up to 4, and nothing says of which wnids: data.na"),
        ("parquet", without("classes.txt"), r"numbers, up to 4, and nothing says of which wnids: data.names"),
        ("wnids", everything, r"no ImageNet in it. It can be shards of a WebDataset .*; or folders or tars"),
    ],
)  # fmt: skip
def test_what_is_missing_or_damaged_is_one_line(
    zoo: Callable, roots: Path, tmp_path: Path, layout: str, change: Callable[[Path], None], message: str
) -> None:
    root = tmp_path / "root"
    shutil.copytree(roots / layout, root)
    change(root)
    with pytest.raises(UserError, match=message) as raised:
        opened(root)
    assert "\n" not in str(raised.value)


def test_mistakes_in_the_command(zoo: Callable, tmp_path: Path) -> None:
    for option, message in (
        ((), "data=imagenet needs its folder: data.root=path/to/imagenet"),
        ((f"data.root={tmp_path / 'nowhere'}",), "no such folder"),
        ((f"data.root={tmp_path}", "data.layout=official"), "no ImageNet in it. It can be the official"),
    ):
        ran = zoo("data", "data=imagenet", *option)
        assert (ran.code, ran.err.count("\n")) == (1, 1)
        assert message in ran.err


def test_words_of_ilsvrc_are_in_the_order_of_wnids() -> None:
    """That of the labels in Parquet files, shards and checkpoints of others."""
    own = names.ilsvrc()
    assert len(own) == 1000
    assert list(own) == sorted(own)
    categories = import_torchvision().models.ResNet18_Weights.IMAGENET1K_V1.meta["categories"]
    told_apart = {"n02012849": "crane bird", "n03710721": "maillot tank suit"}  # by torchvision
    for (wnid, words), category in zip(own.items(), categories, strict=True):
        assert category.lower() in [*(word.lower() for word in words), told_apart.get(wnid)]
    assert len(set(names.classes(list(own), own))) == 1000


def test_the_sheet_and_the_counts(zoo: Callable, roots: Path) -> None:
    ran = zoo("data", "data=imagenet", f"data.root={roots / 'packed'}")
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert ran.code == 0
    assert lines[0] == "imagenet: 5 classes, colour"
    assert "n03877845 palace 6 2" in lines
    assert Path("imagenet.png").is_file()


SPEC = """\
net tiny(classes=10) {
  input image [3, 32, 32]
  conv(8, 5, stride=2) -> relu -> avgpool(14) -> flatten -> fc: linear(classes)
}
"""


def test_wnids_are_in_the_header_of_checkpoints(roots: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.net").write_text(SPEC)
    root = f"data.root={roots / 'packed'}"
    done = train(
        config.one(
            f"model.spec={tmp_path / 'tiny.net'}", "data=imagenet", root,
            "trainer.batch_size=8", "trainer.epochs=1", "trainer.progress=none", "trainer.workers=0",
        )
    )  # fmt: skip
    header = checkpoint.about(trained.find(str(done.folder.path)))
    assert header["wnids"] == build.WNIDS
    assert header["classes"] == list(CLASSES)
