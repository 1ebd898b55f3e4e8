"""The demo does what it says, and says so when it does not."""

from pathlib import Path

import pytest

from zoo import demo


@pytest.mark.long
def test_the_demo_reaches_its_goal(capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.main() == 0
    out = capsys.readouterr().out
    for name in ("alexnet.svg", "alexnet.png", "resnet50.svg", "resnet50.png"):
        assert f"demo/{name}" in out
        assert (Path("demo") / name).stat().st_size > 10_000
    assert "Learning curves: demo/resnet20-digits/curves.png" in out
    assert Path("demo/resnet20-digits/curves.png").exists()
    assert "What to try next" in out


def test_a_missed_goal_is_a_failure(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "PICTURES", {})
    monkeypatch.setattr(demo, "TRAINING", (*demo.TRAINING, "trainer.epochs=1", "optimizer.lr=1e-6"))
    assert demo.main() == 1
    assert "The goal was missed." in capsys.readouterr().err


def test_a_mistake_is_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "PICTURES", {})
    monkeypatch.setattr(demo, "TRAINING", ("trainer.epochs=none",))
    assert demo.main() == 1
    assert capsys.readouterr().err == "trainer.epochs=none: a whole number is expected\n"
