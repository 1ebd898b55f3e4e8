"""``model.weights`` and ``model.freeze``: a run that begins with weights that there are."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

import netcompiler
from zoo import frozen, yamls
from zoo.config import one
from zoo.data import DATASETS
from zoo.errors import UserError
from zoo.model import fit
from zoo.train import train
from zoo.weights.beginning import begin

QUIET = ("trainer.progress=none", "trainer.epochs=1", "name=fine")


@pytest.fixture
def other(spec: Path) -> Path:
    """A state dict of the small net for 7 classes, as DistributedDataParallel's programs save it."""
    torch.manual_seed(5)
    made = netcompiler.load(str(spec), classes=7).module().state_dict()
    torch.save({"state_dict": {f"module.{name}": tensor for name, tensor in made.items()}}, "other.pt")
    return Path("other.pt")


def begun(*given: str) -> dict[str, Tensor]:
    """The tensors that a run begins with, and its notes."""
    config = one("model.spec=tiny.net", *given)
    source = DATASETS.build(config.data)
    found = begin(config.model, fit(config.model, source), source.open())
    assert found is not None
    return found.tensors | {"notes": "\n".join(found.notes)}  # type: ignore[dict-item]


def test_a_last_layer_for_other_classes_begins_anew_and_frozen_layers_stay(
    zoo: Callable, other: Path
) -> None:
    freeze = ("model.freeze=[0,1]", "optimizer.weight_decay=0.1", "trainer.ema=0.5")
    ran = zoo("train", "model.spec=tiny.net", f"model.weights={other}", *freeze, *QUIET[1:])
    assert (ran.code, ran.err) == (0, "")
    line = f"begins with 6 tensors of {other}; newly initialised for 10 classes, where the file has 7: "
    assert f"{line}fc.weight, fc.bias\n" in ran.out
    before = torch.load(other)["state_dict"]
    for file in ("last", "best"):  # the weights and their moving average
        after = load_file(f"runs/fine/{file}.safetensors")
        same = {name for name, tensor in after.items() if not name.startswith("fc")}
        assert len(same) == 6
        assert all(torch.equal(after[name], before[f"module.{name}"]) for name in same), "statistics too"
        assert after["fc.weight"].shape[0] == 10
    card = Path("runs/fine/README.md").read_text()
    assert f"**Began with** the weights in `{other}`" in card
    assert "newly initialised: fc.weight, fc.bias." in card
    assert "**Frozen**: 0, 1." in card

    again = zoo("train", "--from", "runs/fine", "name=again")
    assert (again.code, again.err) == (0, "")
    one_, two = (load_file(f"runs/{name}/last.safetensors") for name in ("fine", "again"))
    assert all(torch.equal(one_[name], two[name]) for name in one_)
    other.rename("moved.pt")
    ran = zoo("train", "--from", "runs/fine", "name=third")
    assert "model.weights=" in ran.err
    assert "model.weights=… says where it is now" in ran.err
    given = ("model.spec=tiny.net", "model.weights=moved.pt", *freeze, "name=fine", "resume=true")
    ran = zoo("train", *given, "trainer.epochs=2", "trainer.progress=none")
    assert (ran.code, ran.err) == (0, ""), "a resumed run has its own weights"


def test_a_runs_folder_stands_for_its_best_weights(run: Path, spec: Path) -> None:
    found = begun(f"model.weights={run}")
    best = load_file(run / "best.safetensors")
    assert f"begins with {len(best)} tensors of {run / 'best.safetensors'}" in str(found.pop("notes"))
    assert found.keys() == best.keys()
    assert all(torch.equal(found[name], best[name]) for name in best)


def test_training_goes_on_from_there(run: Path, spec: Path) -> None:
    result = train(one("model.spec=tiny.net", f"model.weights={run}", "optimizer.lr=0.001", *QUIET))
    values = yamls.load((result.folder.path / "environment.yaml").read_text())["weights"]
    assert values["file"] == str(run / "best.safetensors")
    assert values["new"] == []
    assert result.top1_error < 0.15, "an epoch from random weights with this rate knows nothing"


def test_what_does_not_fit_names_the_tensors(spec: Path, other: Path) -> None:
    state = torch.load(other)["state_dict"]
    state["module.first.weight"] = state.pop("module.0.weight")
    torch.save(state, other)
    with pytest.raises(UserError) as caught:
        begun(f"model.weights={other}")
    text = str(caught.value)
    assert "its tensors are not those of tiny.net" in text
    assert "1 missing:\n    0.weight" in text
    assert "1 unexpected:\n    first.weight" in text
    assert "model.strict=false takes the 5 that fit" in text
    found = begun(f"model.weights={other}", "model.strict=false")
    assert "0.weight" not in found
    assert "newly initialised, 3 others: 0.weight, fc.weight, fc.bias" in str(found["notes"])
    assert "left out, for the net has none of that name: first.weight" in str(found["notes"])
    Path("names.txt").write_text(r"first\.(.*) -> 0.\1")
    assert "0.weight" in begun(f"model.weights={other}", "model.mapping=names.txt")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("model.weights=gone.pt", "model.weights=gone.pt: no such file or folder"),
        ("model.weights=.", "model.weights=.: no run's folder"),
        ("model.weights=tiny.net", "tiny.net: holds more than tensors, or is no file of torch.save"),
        ("model.freeze=[fcc]", "no layer with weights is called fcc; did you mean fc?"),
        ("model.freeze=[*]", "nothing is left to train"),
    ],
)
def test_a_mistake_is_said_before_anything_is_written(
    zoo: Callable, spec: Path, given: str, message: str
) -> None:
    ran = zoo("train", "model.spec=tiny.net", given, *QUIET)
    assert ran.code == 1
    assert message in ran.err
    assert ran.err.count("\n") == 1
    assert not Path("runs/fine").exists()


def test_a_pattern_means_a_layer_and_all_below_it() -> None:
    resnet = fit(one("model=resnet20").model, DATASETS.build(one().data))
    frozen.check(resnet, ["conv1", "layer1*"])
    module = resnet.module(torch.device("cpu"))
    norms = frozen.freeze(module, ["conv1", "layer1*"])
    still = {name.split(".")[0] for name, each in module.named_parameters() if not each.requires_grad}
    assert still == {"conv1", "layer1"}
    assert len(norms) == sum("layer1" in name and "bn" in name for name, _ in module.named_modules())
