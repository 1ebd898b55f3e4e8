"""``zoo predict``: what a trained net takes pictures for."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

import netcompiler
from zoo import checkpoint
from zoo.data.digits import Digits, DigitsOptions
from zoo.images.grey import Grey
from zoo.images.picture import Pixels


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    """A folder of seven held-out digits, as the files that a user has."""
    folder = tmp_path / "digits"
    for index, image in enumerate(Digits(DigitsOptions()).open().val.images[:7]):
        path = folder / ("a" if index < 4 else "b") / f"{index}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image[..., 0]).save(path)
    return folder


def predictions(zoo: Callable, *words: str) -> list[dict]:
    ran = zoo("predict", *words, "--json")
    assert (ran.code, ran.err) == (0, "")
    return json.loads(ran.out)


def expected(run: Path) -> torch.Tensor:
    """Probabilities of the seven digits, by hand."""
    path = run / "best.safetensors"
    about = checkpoint.about(path)
    module = netcompiler.loads(about["spec"]).module().eval()
    module.load_state_dict(load_file(path))
    images = torch.from_numpy(Digits(DigitsOptions()).open().val.images[:7]).permute(0, 3, 1, 2)
    with torch.no_grad():
        return module((images / 255 - about["mean"][0]) / about["std"][0]).softmax(1)


def test_probabilities_are_the_nets(zoo: Callable, run: Path, digits: Path) -> None:
    found = predictions(zoo, f"checkpoint={run}", str(digits), "top=10")
    assert [Path(each["file"]).name for each in found] == [f"{i}.png" for i in range(7)]
    for each, by_hand in zip(found, expected(run), strict=True):
        probabilities = [guess["probability"] for guess in each["guesses"]]
        assert probabilities == sorted(probabilities, reverse=True)
        assert sum(probabilities) == pytest.approx(1, abs=1e-5)
        for guess in each["guesses"]:
            assert guess["class"] == str(guess["number"])
            assert guess["probability"] == pytest.approx(float(by_hand[guess["number"]]), abs=1e-5)


@pytest.mark.parametrize("how", ["batch_size=2", "workers=1"])
def test_how_it_runs_changes_nothing(zoo: Callable, run: Path, digits: Path, how: str) -> None:
    one, two = (predictions(zoo, f"checkpoint={run}", str(digits), *more) for more in ((), (how,)))
    assert [each["guesses"][0]["class"] for each in one] == [each["guesses"][0]["class"] for each in two]
    assert one[0]["guesses"][0]["probability"] == pytest.approx(two[0]["guesses"][0]["probability"], abs=1e-5)


def test_the_table(zoo: Callable, run: Path, digits: Path) -> None:
    ran = zoo("predict", f"checkpoint={run}", str(digits / "a" / "0.png"), "top=2")
    assert ran.code == 0
    file, first, second = ran.out.splitlines()
    assert file == str(digits / "a" / "0.png")
    likeliest = expected(run)[0].topk(2)
    for line, value, number in zip((first, second), likeliest.values, likeliest.indices, strict=True):
        assert line.split()[0] == f"{float(value):.2%}"
        assert line.split()[-1] == str(int(number))
        assert line.count("█") == round(24 * float(value))


def test_broken_files_are_named_and_passed_over(zoo: Callable, run: Path, digits: Path) -> None:
    (digits / "a" / "2.png").write_bytes(b"not a picture")
    ran = zoo("predict", f"checkpoint={run}", "nowhere.jpg", str(digits), "--json", "batch_size=2")
    assert ran.code == 1
    found = json.loads(ran.out)
    assert [Path(each["file"]).name for each in found if "error" in each] == ["nowhere.jpg", "2.png"]
    assert [Path(each["file"]).name for each in found][1:] == [f"{i}.png" for i in range(7)]
    good = [each["guesses"][0]["number"] for each in found if "guesses" in each]
    assert good == [int(row.argmax()) for i, row in enumerate(expected(run)) if i != 2]
    assert ran.err.splitlines() == [
        "zoo: nowhere.jpg: cannot be read: No such file or directory; passed over",
        f"zoo: {digits / 'a' / '2.png'}: broken image: not an image; passed over",
        "zoo: 2 of 8 pictures could not be read",
    ]


def test_none_that_can_be_read(zoo: Callable, run: Path) -> None:
    ran = zoo("predict", f"checkpoint={run}", "a.jpg", "-o", "a.png")
    assert ran.code == 1
    assert "1 of 1 pictures could not be read" in ran.err
    assert not Path("a.png").exists()


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_the_sheet(zoo: Callable, run: Path, digits: Path, suffix: str) -> None:
    ran = zoo("predict", f"checkpoint={run}", str(digits), "-o", f"sheet.{suffix}")
    assert ran.code == 0
    assert f"sheet.{suffix}: 7 pictures" in ran.err
    if suffix == "png":
        with Image.open("sheet.png") as sheet:
            assert sheet.width == pytest.approx(6 * 1.9 * 200, abs=2)
            assert len(sheet.convert("RGB").getcolors(1 << 20) or []) > 20
    else:
        assert Path(f"sheet.{suffix}").stat().st_size > 1000


def test_a_sheet_has_an_end(zoo: Callable, run: Path, digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoo.prediction_sheet.MOST", 3)
    ran = zoo("predict", f"checkpoint={run}", str(digits), "-o", "sheet.png")
    assert "sheet.png: 3 pictures; 4 more are left out" in ran.err


def test_colours(zoo: Callable, photos: Path, tmp_path: Path) -> None:
    """A net of colours, trained on a folder of files: nothing of how it was is given again."""
    spec = "net small(classes=3) {\n  input image [3, 8, 8]\n  flatten -> linear(classes)\n}\n"
    (tmp_path / "small.net").write_text(spec)
    how = ("trainer.epochs=8", "trainer.batch_size=8", "trainer.progress=none", "name=colours")
    assert zoo("train", "model.spec=small.net", "data=imagefolder", f"data.root={photos}", *how).code == 0
    found = predictions(zoo, "checkpoint=runs/colours", str(photos))
    assert len(found) == 27
    right = sum(Path(each["file"]).parent.name == each["guesses"][0]["class"] for each in found)
    assert right == 27
    assert len(found[0]["guesses"]) == 3


def test_grey_is_pils() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    grey = Grey(Pixels(pixels))
    assert (grey.height, grey.width) == (20, 30)
    assert np.array_equal(
        grey.part((2, 3, 10, 20), 5)[..., 0], np.asarray(Image.fromarray(pixels).convert("L"))[2:12, 3:23]
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("checkpoint=RUN",), "no pictures: name files or folders"),
        (("checkpoint=RUN", "empty"), "empty: no pictures in this folder"),
        (("checkpoint=RUN", "a.png", "-o", "a.gif"), "a.gif: pictures are drawn as .png, .svg, .pdf"),
        (("checkpoint=RUN", "topp=3", "a.png"), "topp: no such option of zoo predict; did you mean top?"),
        (("a.png",), "checkpoint=… is missing"),
    ],
)
def test_mistakes_are_one_line(
    zoo: Callable, run: Path, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    (tmp_path / "empty").mkdir()
    ran = zoo("predict", *(f"checkpoint={run}" if word == "checkpoint=RUN" else word for word in words))
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert message in ran.err
