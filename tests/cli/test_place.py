"""``netc place``, ``netc estimate`` and what ``netc show`` says of groups."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from netcompiler import cli, load

SPECS = Path(__file__).parents[2] / "specs"
LENET = SPECS / "lenet.net"
ALEXNET = SPECS / "alexnet.net"

PLACED = """\
# Gradient-based learning applied to document recognition (LeCun, Bottou, Bengio & Haffner, 1998):
# LeNet-5 as it is taught today, with ReLU and max pooling for tanh and trainable subsampling.

net lenet(classes=10) {
  group front, back  # cut by netc place, objective time
  input image [1, 28, 28]
  on front { conv1: conv(6, 5, padding=2) -> relu -> maxpool(2) }
  on back {
    conv2: conv(16, 5)           -> relu -> maxpool(2)
    flatten
    fc1: linear(120) -> relu
    fc2: linear(84)  -> relu
    fc3: linear(classes)
  }
}
"""

COSTS = """\
group  weighted  parameters     MACs  activations   sent   back  received   back
─────  ────────  ──────────  ───────  ───────────  ─────  ─────  ────────  ─────
front         1         156  117,600       42,336  4,704      0         0  4,704
back          4      61,550  298,920       22,376      0  4,704     4,704      0
weighted: layers with weights; activations, sent and received: bytes a sample in single precision,
forward, and back for the gradients

a pipeline of 2 stages: front → back
micro-batches  idle, even stages  idle, by MACs
─────────────  ─────────────────  ─────────────
            8              11.1%          33.6%

between groups: 4,704 bytes a sample, forward, in single precision
value  way           bytes  read by
─────  ────────────  ─────  ───────
2      front → back  4,704  conv2
"""


@pytest.fixture
def netc(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """Runs ``netc`` as a user would, in this process: exit code, output, errors."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["netc", *map(str, arguments)])
        with pytest.raises(SystemExit) as leaving:
            cli.main()
        printed = capfd.readouterr()
        assert "Traceback" not in printed.err
        return leaving.value.code, printed.out, printed.err

    return run


@pytest.fixture
def placed(tmp_path: Path) -> Path:
    file = tmp_path / "placed.net"
    file.write_text(PLACED, encoding="utf-8")
    return file


# ---- place -----------------------------------------------------------------------------------------


def test_place_writes_a_spec(netc) -> None:
    arguments = ("place", LENET, "--groups", 2, "--names", "front, back", "--machine", "laptop")
    assert netc(*arguments) == (0, PLACED, "")


def test_place_into_a_file_says_what_groups_cost(netc, tmp_path: Path, placed: Path) -> None:
    file = tmp_path / "out.net"
    names = ("--names", "front,back", "--machine", "laptop")
    code, out, _ = netc("place", f"{LENET}:lenet", "--groups", 2, *names, "-o", file)
    assert code == 0
    assert file.read_text(encoding="utf-8") == placed.read_text(encoding="utf-8")
    assert out.splitlines()[2:4] == COSTS.splitlines()[2:4]


def test_place_says_why_a_spec_is_flat(netc, tmp_path: Path) -> None:
    target = f"{SPECS / 'resnet.net'}:resnet18"
    out = netc("place", target, "--groups", 4, "--slack", 0, "-o", tmp_path / "a.net")[1]
    assert out.endswith(
        "\nwritten flat, without blocks: a cut lies inside `unit(64)` on line 34; "
        "a larger slack may let it stand between blocks\n"
    )
    asked = netc("place", LENET, "--groups", 2, "--flat")[1]
    assert "on stage0 { conv1: conv(6, 5, padding=2) }" in asked


def test_place_keeps_uses_of_files_beside_the_spec_alone(netc, tmp_path: Path) -> None:
    (tmp_path / "blocks.net").write_text("block u { conv(4, 1) -> relu }\n")
    (tmp_path / "main.net").write_text('use "blocks.net": u\nnet n { input x [4, 8, 8]\nu * 4\n}\n')
    (tmp_path / "far").mkdir()
    for out in (tmp_path / "beside.net", tmp_path / "far" / "away.net"):
        assert netc("place", tmp_path / "main.net", "--groups", 2, "-o", out)[0] == 0
        assert load(out).groups == ("stage0", "stage1")
        assert ("use" in out.read_text()) == (out.name == "beside.net")


def test_place_never_writes_over_the_spec(netc, placed: Path) -> None:
    assert netc("place", placed, "--groups", 2, "-o", placed)[0] == 2


def test_place_with_too_little_memory(netc) -> None:
    code, out, error = netc("place", f"{SPECS / 'vgg.net'}:vgg16", "--groups", 4, "--memory", "1GiB")
    assert (code, out) == (1, "")
    assert "error[E309]: no cut of net `vgg16` into 4 groups keeps each within 1.00 GiB" in error
    assert "  = the least possible is 1.15 GiB for the fullest group" in error
    assert "------------ the largest layer, `classifier.0`: 1.15 GiB\n" in error


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--groups", 1), "1 is not in the range x>=2"),
        ((), "Missing option '--groups'"),
        (("--groups", 2, "--objective", "tme"), "did you mean `time`?"),
        (("--groups", 2, "--machine", "a10"), "did you mean `a100`?"),
        (("--groups", 2, "--memory", "16 parsecs"), "`16 parsecs` is no size"),
        (("--groups", 2, "--names", "a"), "--names a: 1 names for 2 groups"),
        (("--groups", 2, "--names", "a,on"), "groups cannot be called a, on"),
        (("--groups", 2, "--set", "nod=4"), "did you mean `node`?"),
        (("--groups", 2, "--set", "node"), "this is not name=value"),
        (("--groups", 2, "--microbatches", 64), "a batch of 32 has no so many parts"),
    ],
)
def test_wrong_options_of_place(netc, options: tuple[object, ...], says: str) -> None:
    code, out, error = netc("place", LENET, *options)
    assert (code, out) == (2, "")
    assert says in " ".join(error.split())


# ---- show ------------------------------------------------------------------------------------------


def test_show_says_what_groups_cost(netc, placed: Path) -> None:
    out = netc("show", placed, "--microbatches", 8)[1]
    assert out.endswith(f"5 layers with weights\n\n{COSTS}")


def test_show_as_json(netc, placed: Path) -> None:
    found = json.loads(netc("show", placed, "--format", "json", "--microbatches", 4)[1])
    assert found["net"] == "lenet"
    assert found["parameters"] == sum(layer["parameters"] for layer in found["layers"]) == 61_706
    front, back = found["groups"]
    assert front == {
        "group": "front",
        "layers_with_weights": 1,
        "parameters": 156,
        "macs": 117_600,
        "parameter_bytes": 624,
        "activation_bytes": 4 * (2 * 6 * 28 * 28 + 6 * 14 * 14),
        "sent": {"forward": 4_704, "backward": 0},
        "received": {"forward": 0, "backward": 4_704},
    }
    assert back["received"]["forward"] == found["transfers"][0]["bytes"] == 4_704
    assert found["pipeline"]["stages"] == ["front", "back"]
    assert [b["microbatches"] for b in found["pipeline"]["bubbles"]] == [4]
    whole = json.loads(netc("show", LENET, "--format", "json")[1])
    assert (whole["groups"], whole["transfers"], whole["pipeline"]) == ([], [], None)


def test_show_of_columns_is_no_pipeline(netc) -> None:
    assert "no pipeline: some groups wait for each other" in netc("show", ALEXNET, "--microbatches", 4)[1]


# ---- estimate --------------------------------------------------------------------------------------


def test_estimate_is_a_table(netc) -> None:
    out = netc("estimate", ALEXNET, "--machine", "laptop", "--batch", 128)[1].splitlines()
    assert out[0].startswith("alexnet on laptop: a laptop's 2 cores")
    assert out[1] == "a step of 128 samples for each copy of the net, momentum"
    assert out[3].split() == [
        "devices", "copies", "step", "samples/s", "efficiency", "bound", "by", "memory", "each"
    ]  # fmt: skip
    assert [line.split()[0] for line in out[5:]] == [
        "2",
        "4",
        "8",
        "16",
        "32",
        "64",
        "128",
        "256",
        "512",
        "1,024",
    ]


def test_estimate_as_json_adds_up(netc, placed: Path) -> None:
    arguments = (
        "--devices",
        "2,64",
        "--batch",
        8,
        "--microbatches",
        4,
        "--schedule",
        "1f1b",
        "--format",
        "json",
    )
    two, many = json.loads(netc("estimate", placed, *arguments)[1])
    parts = ("arithmetic", "moving", "waiting", "messages", "gradients", "optimizer")
    assert two["step"] == pytest.approx(sum(two[part] for part in parts))
    assert (two["copies"], many["copies"], many["samples"]) == (1, 32, 256)
    assert two["gradients"] == 0


def test_a_device_that_is_too_small(netc) -> None:
    out = netc("estimate", f"{SPECS / 'vgg.net'}:vgg16", "--set", "memory=1e9", "--devices", 1)[1]
    assert out.splitlines()[-1].endswith(" of 953.67 MiB: does not fit")


def test_estimate_lists_machines(netc) -> None:
    out = netc("estimate", "--machines", "--set", "node=3")[1]
    assert "h100: nodes of 8 NVIDIA H100" in out
    assert out.count("  node               3\n") == 4


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((ALEXNET, "--devices", 3), "3 devices cannot hold copies of a net on 2 groups"),
        ((LENET, "--devices", "2;4"), "whole numbers with commas"),
        ((LENET, "--microbatches", 4), "micro-batches need groups one after another"),
        ((), "Missing argument 'FILE[:NET]'"),
    ],
)
def test_wrong_options_of_estimate(netc, options: tuple[object, ...], says: str) -> None:
    code, out, error = netc("estimate", *options)
    assert (code, out) == (2, "")
    assert says in error
