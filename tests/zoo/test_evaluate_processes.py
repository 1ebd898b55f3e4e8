"""Two processes evaluate as one does, to the last digit."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.zoo.group import together

SCRIPT = """\
import sys, json
from zoo import cli
for words in json.loads(sys.argv[1]):
    print(json.dumps({"code": cli.main(words)}), flush=True)
"""


@pytest.mark.long
def test_two_processes_say_what_one_says(zoo: Callable, run: Path, tmp_path: Path) -> None:
    """360 images in batches of 100: two batches for each, of which one is smaller."""
    ways = ("protocol=multiscale",)
    common = [f"checkpoint={run}", "device=cpu", "threads=1", "batch_size=100"]
    commands = [["evaluate", *common, way, "--json"] for way in ways]
    commands += [
        ["evaluate", *common, "-o", "two.csv"],
        ["batchnorm", *common, "-o", "two.safetensors"],
        ["evaluate", *common, "data.val_share=7"],
    ]
    with together([sys.executable, "-c", SCRIPT, json.dumps(commands)]) as group:
        (_, out, err), (_, other, other_err) = group.ended()
    assert [json.loads(line)["code"] for line in other.splitlines()] == [0, 0, 0, 1], other_err
    parts = out.split('{"code": 0}\n')
    for way, text in zip(ways, parts, strict=False):
        assert json.loads(text) == json.loads(zoo("evaluate", *common, way, "--json").out)
    assert "errors by class: two.csv" in parts[1]
    assert zoo("evaluate", *common, "-o", "one.csv").code == 0
    assert (tmp_path / "one.csv").read_text() == (tmp_path / "two.csv").read_text()
    assert zoo("batchnorm", *common, "-o", "one.safetensors").code == 0
    one, two = (load_file(tmp_path / f"{name}.safetensors") for name in ("one", "two"))
    assert all(torch.allclose(one[name], two[name], rtol=1e-6) for name in one)
    assert err.count("val_share") == 1
    assert other_err == ""
