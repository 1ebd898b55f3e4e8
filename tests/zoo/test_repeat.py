"""A run folder holds what it takes to run it again, and `--from` does."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from zoo import environment, run_folder, yamls
from zoo.history import read

BLOCKS = "block conv_bn(width) { conv(width, 3, padding=1, bias=false) -> batchnorm -> relu }\n"
SPEC = """\
use "parts/blocks.net": conv_bn
net other {
  input image [1, 8, 8]
  flatten -> linear(10)
}
net mine(classes=10, width=4) {
  input image [1, 8, 8]
  conv_bn(width) -> maxpool(2) -> dropout(0.2) -> flatten -> linear(classes)
}
"""


@pytest.fixture
def first(zoo: Callable, tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "blocks.net").write_text(BLOCKS)
    (tmp_path / "my.net").write_text(SPEC)
    given = ("model.spec=my.net", "model.net=mine", "model.params.width=6", "trainer.epochs=2", "seed=3")
    ran = zoo("train", *given, "optimizer=adamw", "augment.mixup=0.2", "trainer.ema=0.9", "name=first")
    assert ran.code == 0, ran.err
    return Path("runs/first")


def test_the_folder_holds_the_spec_with_all_that_it_uses(first: Path, tmp_path: Path) -> None:
    assert (first / "spec" / "my.net").read_text() == SPEC
    assert (first / "spec" / "parts" / "blocks.net").read_text() == BLOCKS


def test_the_folder_says_what_it_ran_on(first: Path) -> None:
    known = yamls.load((first / "environment.yaml").read_text())
    assert known["packages"]["torch"].startswith(torch.__version__.partition("+")[0])
    assert known["seed"] == 3
    assert known["spec"] == "my.net"
    assert known["threads"] == torch.get_num_threads()
    card = (first / "README.md").read_text()
    assert card.startswith("# mine on digits\n")
    assert f"{read(first / 'metrics.csv')[-1].val_top1_error:.2%}" in card


def test_from_repeats_a_run_exactly_though_its_spec_is_gone(zoo: Callable, first: Path) -> None:
    Path("my.net").unlink()
    ran = zoo("train", "--from", str(first))
    assert (ran.code, ran.err) == (0, "")
    one, two = (load_file(folder / "last.safetensors") for folder in (first, Path("runs/first_again")))
    assert all(torch.equal(one[name], two[name]) for name in one)
    losses = [[row.train_loss for row in read(f / "metrics.csv")] for f in (first, Path("runs/first_again"))]
    assert losses[0] == losses[1]
    again = zoo("train", "--from", "runs/first_again", "--cfg", "job")
    assert again.code == 0, "a repeated run can be repeated"


def test_from_with_overrides_changes_those_alone(zoo: Callable, first: Path) -> None:
    ran = zoo("train", "--from", str(first), "trainer.epochs=1", "optimizer=sgd")
    assert ran.code == 0, ran.err
    values = yamls.load(Path("runs/first_again_optimizer=sgd_trainer.epochs=1/config.yaml").read_text())
    assert values["optimizer"]["name"] == "sgd"
    assert "beta1" not in values["optimizer"]
    assert (values["seed"], values["trainer"]["ema"], values["origin"]) == (3, 0.9, str(first))


def test_from_says_what_differs(zoo: Callable, first: Path) -> None:
    path = first / "environment.yaml"
    known = yamls.load(path.read_text())
    known["packages"]["torch"] = "1.0"
    path.write_text(yamls.dump(known))
    ran = zoo("train", "--from", str(first), "--cfg", "job")
    assert ran.code == 0
    assert ran.err.startswith(f"zoo: {first} ran with another torch: 1.0 → 2")


def test_overwriting_itself_keeps_its_spec(zoo: Callable, first: Path) -> None:
    ran = zoo("train", "--from", str(first), "name=first", "overwrite=true")
    assert ran.code == 0, ran.err
    assert (first / "spec" / "parts" / "blocks.net").read_text() == BLOCKS


@pytest.mark.parametrize("damage", ["config.yaml", "environment.yaml", "spec/my.net"])
def test_from_half_a_run(zoo: Callable, first: Path, damage: str) -> None:
    (first / damage).unlink()
    ran = zoo("train", "--from", str(first))
    assert ran.code == 1
    assert ran.err.startswith(f"zoo: --from {first}: ")
    assert ran.err.count("\n") == 1


def test_from_nowhere(zoo: Callable) -> None:
    assert (
        zoo("train", "--from", "runs/gone").err == "zoo: --from runs/gone: no run here; runs holds no runs\n"
    )


def test_the_git_state_is_that_of_the_folder(tmp_path: Path) -> None:
    assert environment.git() is None
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    for words in (("init", "-q", "-b", "mine"), ("add", "."), ("commit", "-qm", "one")):
        Path("file").write_text("one\n")
        subprocess.run(["git", *who, *words], check=True)
    state = environment.git()
    assert state is not None
    assert (state["branch"], state["changed"], len(state["commit"])) == ("mine", [], 40)
    Path("file").write_text("two\n")
    assert environment.git() == {**state, "changed": ["file"]}
    assert "-one\n+two" in environment.changes()


def test_nothing_of_a_run_is_left_behind(first: Path) -> None:
    folder = run_folder.RunFolder(first)
    left = {path for path in first.rglob("*") if path.is_file()} - set(folder.files())
    assert not left
