"""Data given by a relative path is found again from any folder, and what has moved is named."""

from collections.abc import Callable
from pathlib import Path

import pytest

from zoo import places, yamls
from zoo.data.huggingface import HuggingFaceOptions
from zoo.data.webdataset import WebDatasetOptions

TRAIN = ("data=imagefolder", "data.root=photos", "data.size=8", "trainer.progress=none", "name=a")


def test_a_run_is_used_from_another_folder(
    zoo: Callable, photos: Path, spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec.write_text(spec.read_text().replace("[1, 8, 8]", "[3, 8, 8]"))
    given = ("model.spec=tiny.net", *TRAIN, "trainer.epochs=1")
    assert zoo("train", *given).code == 0
    values = yamls.load(Path("runs/a/config.yaml").read_text())
    assert (values["data"]["root"], values["model"]["spec"]) == (str(photos), str(spec))
    resumed = zoo("train", *given, "resume=true", "trainer.epochs=2", "trainer.progress=lines")
    assert (resumed.code, resumed.err) == (0, "")
    assert "trainer.epochs: 1 → 2" in resumed.out
    assert "data.root" not in resumed.out, "the same folder by its short path"

    run = Path("runs/a").absolute()
    elsewhere = run.parents[1] / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    ran = zoo("evaluate", f"checkpoint={run}")
    assert (ran.code, ran.err) == (0, "")
    assert zoo("train", "--from", str(run), "trainer.epochs=1").code == 0

    photos.rename(photos.with_name("moved"))
    told = (
        f"data.root={photos}: no longer there, and the run in {run} used it; data.root=… says where it is now"
    )
    for words in (("evaluate", f"checkpoint={run}"), ("train", "--from", str(run), "name=b")):
        ran = zoo(*words)
        assert (ran.code, ran.err) == (1, f"zoo: {told}\n")
        assert zoo(*words, "data.root=../moved").code == 0


def test_what_is_no_path_here_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    assert places.whole(HuggingFaceOptions(path="someone/set")).path == "someone/set"
    assert places.whole(HuggingFaceOptions(path="set")).path == str(tmp_path / "set")
    url = WebDatasetOptions(root="https://example.org/shards")
    assert places.whole(url) == url
    places.check(url, {"root": url.root}, "runs/a")
