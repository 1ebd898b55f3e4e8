"""``zoo models`` lists the shipped nets, and finds them by words."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.torch.families import PEERS
from zoo import catalog, model, specs
from zoo.citation import Paper, paper
from zoo.commands.models import number
from zoo.schema import ModelOptions


@pytest.mark.long
def test_what_is_kept_is_fresh() -> None:
    kept = (specs.folder() / catalog.KEPT).read_text(encoding="utf-8")
    assert kept == catalog.counted(), "run: make models"


def test_it_starts_without_the_compiler() -> None:
    code = (
        "import sys; from zoo.cli import main; assert main(['models']) == 0;"
        "assert not {'torch', 'netcompiler', 'networkx', 'hydra', 'numpy'} & set(sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert " nets\n* gives no class of an image" in ran.stdout


def test_every_net_is_there_with_its_paper() -> None:
    nets = {net.name: net for net in catalog.entries()}
    assert nets.keys() == model.shipped().keys()
    assert {peer.net for peer in PEERS} < nets.keys()
    assert [net.name for net in nets.values() if net.paper is None] == []
    for name in nets:
        assert model.find(ModelOptions(name=name)).name == name


@pytest.mark.parametrize(
    ("name", "authors", "year"),
    [
        ("alexnet", "Krizhevsky, Sutskever & Hinton", 2012),
        ("resnet50", "He, Zhang, Ren & Sun", 2015),
        ("resnext50_32x4d", "Xie et al.", 2017),
        ("wide_resnet50_2", "Zagoruyko & Komodakis", 2016),
        ("efficientnet_b0", "Tan & Le", 2019),
        ("efficientnet_v2_l", "Tan & Le", 2021),
        ("swin_v2_t", "Liu et al.", 2022),
        ("gpt_char", "Vaswani et al.", 2017),
    ],
)
def test_papers(name: str, authors: str, year: int) -> None:
    found = next(net.paper for net in catalog.entries() if net.name == name)
    assert found is not None
    assert (found.authors, found.year) == (authors, year)


def test_a_paper_in_a_comment() -> None:
    lines = ["A title of two", "lines (One & Two, 1999): and more (words)."]
    assert paper(lines) == Paper("A title of two lines", "One & Two", 1999)
    assert paper(["A net for digits."]) is None


def test_words_find_nets() -> None:
    def found(*words: str) -> list[str]:
        return [net.name for net in catalog.matching(catalog.entries(), words)]

    assert found("se_resnet", "152") == ["seresnet152"]
    assert found("Hinton") == ["alexnet"]
    assert found("regnet_y_*gf")[0] == "regnet_y_1_6gf"
    assert found("zagoruyko", "2016") == ["wide_resnet50_2", "wide_resnet101_2"]
    assert found("lenet", "2016") == []


def test_the_list(zoo: Callable) -> None:
    ran = zoo("models", "resnet50", "2015")
    assert ran.code == 0
    lines = [line.split() for line in ran.out.splitlines()]
    assert lines[0] == ["net", "parameters", "MACs", "input"]
    assert lines[-3] == ["resnet50", "25.56", "M", "4.089", "G", "3×224×224"]
    assert "Deep residual learning for image recognition (He, Zhang, Ren & Sun, 2015)" in ran.out


def test_for_programs(zoo: Callable) -> None:
    (net,) = json.loads(zoo("models", "resnet50_fpn", "--format", "json").out)
    assert net["parameters"] == 26_799_296
    assert net["inputs"] == {"image": [3, 800, 800]}
    assert len(net["outputs"]) == 5
    assert net["year"] == 2017


def test_a_word_that_nothing_has(zoo: Callable) -> None:
    ran = zoo("models", "resnett50")
    assert ran.code == 1
    assert ran.err == "zoo: no net matches resnett50; did you mean resnet50?\n"


def test_a_changed_spec_is_counted_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("lenet.net", "zfnet.net", catalog.KEPT):
        shutil.copy(specs.folder() / name, tmp_path)
    lenet = tmp_path / "lenet.net"
    lenet.write_text(lenet.read_text(encoding="utf-8").replace("linear(84)", "linear(85)"), encoding="utf-8")
    before = {net.name: net.parameters for net in catalog.entries()}
    monkeypatch.setattr(specs, "folder", lambda: tmp_path)
    after = {net.name: net.parameters for net in catalog.entries()}
    assert after == {"lenet": before["lenet"] + 121 + 10, "zfnet": before["zfnet"]}
    (tmp_path / catalog.KEPT).unlink()
    assert {net.name: net.parameters for net in catalog.entries()} == after


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (999, "999"), (61_706, "61.71 k"), (999_999, "1.000 M"), (1_557_611_200, "1.558 G"),
     (4 * 10**13, "40000 G")],
)  # fmt: skip
def test_numbers(value: int, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gpt_char", "gpt_char: takes [256], which is no image; zoo trains on images"),
        ("unet", "unet gives [10, 388, 388] as its `output`, and the data has 10 classes, which takes [10]"),
    ],
)
def test_a_net_that_does_not_classify_images_says_so(zoo: Callable, name: str, said: str) -> None:
    ran = zoo("train", f"model={name}", "data=digits")
    assert ran.code == 1
    assert ran.err == f"zoo: {said}\n"
