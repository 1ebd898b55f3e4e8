"""The text of generated source: what it says, its form, and that it stands alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import netcompiler
from netcompiler.code import ExpressionCode
from netcompiler.torch.source import generate
from netcompiler.torch.templates import fill
from tests.torch import specs
from tests.torch.graphs import Builder, chain

SPECS = sorted(Path("specs").glob("*.net"))
EXPECTED = Path(__file__).parent / "expected"
SMALL = {
    f"small_{name.lower()}": getattr(specs, name)
    for name in ("GOOGLENET", "UNET", "VIT", "MOBILENET", "DENSENET")
}
UPDATE = "UPDATE_EXPECTED" in os.environ


def sources() -> dict[str, str]:
    """The source of every net that ships, and of the small ones."""
    found = {name: netcompiler.loads(text).source() for name, text in SMALL.items()}
    for path in SPECS:
        for info in netcompiler.nets(path):
            if info.loadable:
                found[info.name] = netcompiler.load(path, info.name).source()
    return found


@pytest.fixture(scope="module")
def all_sources() -> dict[str, str]:
    return sources()


@pytest.fixture(scope="module")
def folder(all_sources: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("generated")
    for name, text in all_sources.items():
        (path / f"{name}.py").write_text(text)
    return path


@pytest.mark.parametrize(
    "name", [*SMALL, "googlenet", "resnet50", "resnet20", "alexnet", "alexnet_one", "lenet"]
)
def test_source_is_what_it_was(all_sources: dict[str, str], name: str) -> None:
    """With UPDATE_EXPECTED=1 in the environment the files are written anew: read them before they go in."""
    file = EXPECTED / f"{name}.py.txt"
    if UPDATE:
        file.parent.mkdir(exist_ok=True)
        file.write_text(all_sources[name])
    assert all_sources[name] == file.read_text()


def test_sources_pass_ruff(folder: Path) -> None:
    ruff = [sys.executable, "-m", "ruff"]
    options = ["--isolated", "--line-length=110", "--no-cache", str(folder)]
    rules = "--select=E4,E7,E9,F,I,UP"
    check = subprocess.run([*ruff, "check", rules, *options], capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stdout
    form = subprocess.run([*ruff, "format", "--diff", *options], capture_output=True, text=True, check=False)
    assert form.returncode == 0, form.stdout


def test_sources_stand_alone(folder: Path) -> None:
    """Each file defines its net with nothing but torch: the compiler cannot be imported there."""
    program = """
import importlib.util, pathlib, sys
sys.modules["netcompiler"] = None
import torch
for file in sorted(pathlib.Path(".").glob("*.py")):
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    nets = [c for c in vars(module).values() if isinstance(c, type) and issubclass(c, torch.nn.Module)]
    with torch.device("meta"):
        assert sum(p.numel() for p in nets[-1]().parameters()) > 0
    print(file.stem)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) == len([*folder.iterdir()])


def test_generating_needs_no_torch() -> None:
    program = """
import netcompiler, sys
netcompiler.load("specs/alexnet.net").source()
assert "torch" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_deep_nets_have_short_sources(all_sources: dict[str, str]) -> None:
    for name in ("resnet50", "resnet152", "resnet20", "resnet1202"):
        assert len(all_sources[name].splitlines()) < 100


def test_same_graph_same_text(all_sources: dict[str, str]) -> None:
    assert sources() == all_sources


def test_title_cannot_leave_the_docstring() -> None:
    graph = chain(("relu", {}))
    graph.title = ('""" + open("x") + """', "back\\slash", 'ends with "', "\x00\x1b[31m tab\there", "\\")
    namespace: dict[str, object] = {}
    exec(compile(generate(graph), "x", "exec"), namespace)
    text = namespace["__doc__"]
    assert isinstance(text, str)
    assert '""" + open("x") + """' in text
    assert "back\\slash" in text
    assert "\x1b" not in text


def test_unused_layers_are_refused() -> None:
    net = Builder()
    value = net.input("image", 4)
    net.add("relu", "0", value)
    net.output(net.add("relu", "1", value))
    with pytest.raises(ValueError, match="layer 0 is never used"):
        generate(net.graph)


def test_nets_for_training_alone_are_refused() -> None:
    net = Builder()
    net.output(net.add("relu", "0", net.input("image", 4)), training_only=True)
    with pytest.raises(ValueError, match="no output in evaluation"):
        generate(net.graph)


@pytest.mark.parametrize(
    "template",
    [
        "open('x')",
        "{0}.__class__",
        "torch.load({0}) if x else 1",
        "lambda: {0}",
        "[x for x in {0}]",
        "x += {0}",
    ],
)
def test_templates_are_expressions_of_torch(template: str) -> None:
    with pytest.raises(ValueError, match="no expression of torch"):
        fill(template, ["a"], "op")


def test_every_expression_of_an_operation_is_one_of_torch() -> None:
    for name, text in SMALL.items():
        for layer in netcompiler.loads(text).layers:
            code = layer.operation.code(layer.call) if layer.inputs else None
            if isinstance(code, ExpressionCode):
                fill(code.template, ["x"] * len(layer.inputs), name)


def test_in_place_only_where_it_is_safe() -> None:
    conv = {"out_channels": 3, "kernel_size": 1}
    assert "nn.ReLU(inplace=True)" in generate(chain(("conv", conv), ("relu", {})))
    assert "inplace" not in generate(chain(("relu", {}), ("relu", {}))), "the input, and what backward reads"
    assert "inplace" not in generate(chain(("conv", conv), ("sigmoid", {}), ("relu", {})))
    assert "inplace" not in generate(chain(("conv", conv), ("dropout", {})))
    net = Builder()
    conv1 = net.add("conv", "conv1", net.input("image", 3, 8, 8), **conv)
    conv2 = net.add("conv", "conv2", net.add("relu", "1", conv1), **conv)
    net.output(net.add("add", "3", [conv2, conv1]))
    text = generate(net.graph)
    assert "inplace" not in text, "conv1 is read again"
    assert "+= conv1" in text


def test_numbers_of_a_block_s_expressions_become_attributes() -> None:
    net = Builder()
    value = net.input("image", 4, 6, 6)
    for i, width in enumerate((8, 16, 32)):
        net.scope(str(i), "widen", {"width": width})
        value = net.add("conv", f"{i}.0", value, out_channels=width, kernel_size=1)
        value = net.add("reshape", f"{i}.1", value, shape=(4, width // 4, 36))
        value = net.add("permute", f"{i}.2", value, dims=(0, 2, 1, 3))
        value = net.add("reshape", f"{i}.3", value, shape=(width, 6, 6))
    net.output(value)
    text = generate(net.graph)
    assert text.count("class ") == 2
    assert "self.width = width" in text
    assert "self.reshape = width // 4" in text


def test_long_runs_of_blocks_are_loops() -> None:
    net = Builder()
    value = first = net.input("image", 4, 6, 6)
    for i in range(50):
        net.scope(str(i), "unit")
        inner = net.add("conv", f"{i}.conv", value, out_channels=4, kernel_size=1)
        value = net.add("add", f"{i}.1", [inner, value])
    net.output(net.add("add", "50", [value, first]))
    text = generate(net.graph)
    assert "for i in range(0, 50):" in text
    assert len(text.splitlines()) < 50
