"""``zoo export``: files for other programs, which compute what the net computes."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import onnx
import pytest
import torch
from onnxruntime import InferenceSession
from safetensors.torch import load_file
from torch import Tensor

import netcompiler
from zoo import checkpoint
from zoo import export as exporting


def module_of(run: Path) -> torch.nn.Module:
    path = run / "best.safetensors"
    module = netcompiler.loads(checkpoint.about(path)["spec"]).module().eval()
    module.load_state_dict(load_file(path))
    return module


def images(batch: int) -> Tensor:
    return torch.randn(batch, 1, 8, 8, generator=torch.Generator().manual_seed(7))


def test_onnx(zoo: Callable, run: Path) -> None:
    ran = zoo("export", f"checkpoint={run}", "-o", "tiny.onnx")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("tiny.onnx: tiny, any number of images of 1×8×8, 0.0 MB; its scores differ")
    onnx.checker.check_model("tiny.onnx", full_check=True)
    session = InferenceSession("tiny.onnx")
    assert [each.name for each in session.get_inputs()] == ["image"]
    about = json.loads(session.get_modelmeta().custom_metadata_map["zoo"])
    header = checkpoint.about(run / "best.safetensors")
    assert all(about[name] == header[name] for name in ("model", "classes", "mean", "std", "centre"))
    for batch in (1, 2, 7):
        (scores,) = session.run(None, {"image": images(batch).numpy()})
        assert torch.allclose(torch.from_numpy(scores), module_of(run)(images(batch)), rtol=1e-4, atol=1e-5)


def test_torch_export(zoo: Callable, run: Path) -> None:
    assert zoo("export", f"checkpoint={run / 'last.safetensors'}", "-o", "tiny.pt2").code == 0
    files = {"zoo.json": ""}
    module = torch.export.load("tiny.pt2", extra_files=files).module()
    assert json.loads(files["zoo.json"])["classes"] == list("0123456789")
    last = module_of(run)
    last.load_state_dict(load_file(run / "last.safetensors"))
    for batch in (1, 5):
        assert torch.allclose(module(images(batch)), last(images(batch)), rtol=1e-5, atol=1e-6)


def test_one_batch_size_and_a_version_of_the_operators(zoo: Callable, run: Path) -> None:
    ran = zoo("export", f"checkpoint={run}", "batch=3", "opset=19", "-o", "tiny.onnx")
    assert "tiny, 3 images of 1×8×8" in ran.out
    found = onnx.load("tiny.onnx")
    assert [each.version for each in found.opset_import if not each.domain] == [19]
    assert found.graph.input[0].type.tensor_type.shape.dim[0].dim_value == 3


def test_a_net_without_a_checkpoint(zoo: Callable, spec: Path) -> None:
    for seed, name in ((0, "a"), (0, "b"), (1, "c")):
        words = (f"model.spec={spec}", "model.params.width=4", f"seed={seed}", "-o", f"{name}.pt2")
        assert zoo("export", *words).code == 0
    one, two, three = (torch.export.load(f"{name}.pt2").module()(images(2)) for name in "abc")
    assert one.shape == (2, 10)
    assert torch.equal(one, two)
    assert not torch.equal(one, three)


def test_a_net_of_several_outputs_gives_those_of_use(zoo: Callable, tmp_path: Path) -> None:
    (tmp_path / "aux.net").write_text(
        "net two(classes=10) {\n  input image [1, 8, 8]\n  trunk: flatten\n"
        "  from trunk -> hint: linear(classes)\n  output hint if training\n"
        "  from trunk -> scores: linear(classes)\n  output scores\n}\n"
    )
    ran = zoo("export", "model.spec=aux.net", "-o", "two.onnx")
    assert (ran.code, ran.err) == (0, "")
    assert [each.name for each in InferenceSession("two.onnx").get_outputs()] == ["scores"]


@pytest.mark.parametrize("suffix", ["onnx", "pt2"])
def test_a_file_that_computes_something_else_is_not_kept(
    zoo: Callable, run: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    right = getattr(exporting, f"_run_{suffix}")

    def slightly_off(path: Path) -> Callable[[Tensor], Tensor]:
        return lambda given: right(path)(given) * (1 + 1e-4)

    Path(f"a.{suffix}").write_text("before")
    monkeypatch.setattr(exporting, f"_run_{suffix}", slightly_off)
    ran = zoo("export", f"checkpoint={run}", "-o", f"a.{suffix}")
    assert ran.code == 1
    assert f"a.{suffix}: not written: its scores differ from the module's by" in ran.err
    assert [(path.name, path.read_text()) for path in Path().glob("*a.*")] == [(f"a.{suffix}", "before")]


def test_numbers_that_are_none_are_no_match() -> None:
    assert not exporting.Compared(float("nan"), 1.0).good
    assert exporting.Compared(0.0, 1.0).good


def test_without_the_extra_it_says_what_to_install(
    zoo: Callable, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    ran = zoo("export", f"checkpoint={run}", "-o", "a.onnx")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "pip install 'netcompiler[export]'" in ran.err
    assert not list(Path().glob("*.onnx"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-o", "a.onnx"), "one of checkpoint=… and model=… names the net"),
        (("checkpoint=a", "model=lenet", "-o", "a.onnx"), "one of checkpoint=… and model=…"),
        (("model=lenet",), "-o FILE is missing, or not one of .onnx, .pt2"),
        (("model=lenet", "-o", "a.pt"), "-o FILE is missing, or not one of .onnx, .pt2"),
        (("model=lenett", "-o", "a.pt2"), "model=lenett: no such choice; did you mean model=lenet?"),
        (("model=lenet", "opset=7", "-o", "a.onnx"), "opset=7: must be at least 18"),
        (
            ("model=lenet", "opsett=18", "-o", "a.onnx"),
            "opsett: no such option of zoo export; did you mean opset",
        ),
        (("model.spec=odd.net", "-o", "a.pt2"), "odd: takes [3] and gives [2]; square images"),
    ],
)
def test_mistakes_are_one_line(zoo: Callable, tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    (tmp_path / "odd.net").write_text("net odd {\n  input x [3]\n  linear(2)\n}\n")
    ran = zoo("export", *words)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert message in ran.err
