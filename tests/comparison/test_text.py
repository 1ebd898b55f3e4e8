"""What is written about differences."""

from __future__ import annotations

import json
import re
from pathlib import Path
from textwrap import dedent

import netcompiler
from netcompiler.comparison.facts import percent, signed

SPECS = Path(__file__).parents[2] / "specs"

NET = """
block basic(width, norm=batchnorm) {
  residual {
    conv1: conv(width, 3, padding=1) -> bn1: norm -> relu
    conv2: conv(width, 3, padding=1) -> bn2: norm
  }
  relu
}
net n(size=16, norm=batchnorm) {
  input image [8, size, size]
  stem: conv(8, 3, padding=1) -> relu
  stage: basic(8, norm=norm) * 3
  fc: conv(4, 1)
}
"""


def resnet(name: str) -> netcompiler.Net:
    return netcompiler.load(SPECS / "resnet.net", name)


def text(first: str, second: str) -> str:
    """The differences alone, without what stands above them."""
    found = netcompiler.compare(netcompiler.loads(first), netcompiler.loads(second)).text()
    return found.partition("\n\n")[2].partition("\n\n")[2]


def edited(old: str, new: str) -> str:
    assert old in NET
    return text(NET, NET.replace(old, new))


def written(lines: str) -> str:
    return dedent(lines).lstrip("\n")


def test_all_of_it() -> None:
    assert netcompiler.compare(resnet("resnet18"), resnet("resnet34")).text() == written("""
                         resnet18       resnet34      difference
        layers                 75            139             +64   +85.3 %
        parameters     11,689,512     21,797,672     +10,108,160   +86.5 %
        MACs        1,814,073,344  3,663,761,408  +1,849,688,064  +102.0 %

        layers: 64 added, 75 the same

        layer1
          + layer1.2: basic, 8 layers; output 64×56×56; 73,984 parameters; 231,211,008 MACs
        layer2
          + layer2.2 … layer2.3: 2 × basic, 16 layers; output 128×28×28; 590,848 parameters; 462,422,016 MACs
        layer3
          + layer3.2 … layer3.5: 4 × basic, 32 layers; output 256×14×14; \
4,722,688 parameters; 924,844,032 MACs
        layer4
          + layer4.2: basic, 8 layers; output 512×7×7; 4,720,640 parameters; 231,211,008 MACs
    """)


def test_the_same() -> None:
    found = netcompiler.compare(resnet("resnet18"), resnet("resnet18"))
    line = "resnet18 and resnet18 are the same: 75 layers, 11,689,512 parameters, 1,814,073,344 MACs\n"
    assert found.text() == str(found) == line
    assert found.text(("a.net", "b.net")).startswith("a.net and b.net are the same")


def test_a_changed_layer_says_all_that_has_changed() -> None:
    assert edited("stem: conv(8, 3, padding=1)", "stem: conv(8, 5, padding=2, bias=false)") == written("""
        ~ stem: 3×3 conv, 8 → 5×5 conv, 8; padding 1 → 2; bias true → false; \
parameters 584 → 1,600 (+1,016); MACs 147,456 → 409,600 (+262,144)
    """)


def test_what_a_label_shows_is_not_said_again() -> None:
    line = edited("fc: conv(4, 1)", "fc: conv(4, 1, init=zeros)")
    assert line == "~ fc: init none → zeros\n"
    assert "kernel_size" not in edited("fc: conv(4, 1)", "fc: conv(4, 3, padding=1)")


def test_the_same_changes_in_a_row_are_told_once() -> None:
    assert edited("size=16, norm=batchnorm", "size=16, norm=groupnorm(2)") == written("""
        stage
          stage.0 … stage.2, each
            ~ stage.0.bn1: batch norm → group norm, 2
            ~ stage.0.bn2: batch norm → group norm, 2
    """)


def test_layers_of_other_sizes_are_one_line() -> None:
    image, rest = edited("size=16", "size=32").splitlines()
    assert image == "~ image: output 8×16×16 → 8×32×32"
    about, output, macs = rest.split("; ")
    assert about == "~ stem … fc: 24 layers of other sizes"
    assert output == "output 4×16×16 → 4×32×32"
    # 3×3×8×8 for the stem and twice in each of three blocks, 8×4 for the last; at 16×16 and at 32×32 places.
    before, after = ((7 * 576 + 32) * size**2 for size in (16, 32))
    assert macs == f"MACs {before:,} → {after:,} (+{after - before:,})"


def test_other_names_are_told_apart_from_other_layers() -> None:
    assert edited("stem: conv", "first: conv") == "→ stem: now first\n"
    assert edited("stage: basic", "body: basic") == "→ stage: now body; 21 layers\n"


def test_numbers_that_move_on_are_one_line() -> None:
    chain = "net n { input x [4, 8, 8]\nbody: { conv(4, 3) -> relu -> conv(8, 3) -> relu -> maxpool(2) } }"
    assert text(chain, chain.replace("-> relu -> conv(8", "-> batchnorm -> relu -> conv(8")) == written("""
        body
          + body.1: batch norm; output 4×6×6; 8 parameters
          → body.1 … body.4: now body.2 … body.5; 4 layers
    """)


def test_what_repeats_itself_in_turn() -> None:
    chain = "net n {{ input x [4, 8, 8]\n conv(4, 1) -> relu\n {{ conv(4, 1) -> relu }} * {} \n maxpool(2) }}"
    assert text(chain.format(1), chain.format(6)) == written("""
        + 3 … 7: 5 × (1×1 conv, 4 · ReLU), 10 layers; output 4×8×8; 100 parameters; 5,120 MACs
        → 3: now 8
    """)
    flat = "net n {{ input x [4, 8, 8]\n {} maxpool(2) }}"
    layers = "conv(4, 1) -> batchnorm -> relu\n"
    assert text(flat.format(layers), flat.format(layers * 4)).splitlines()[0] == (
        "+ 3 … 11: 3 × (1×1 conv, 4 · batch norm · ReLU); output 4×8×8; 84 parameters; 3,072 MACs"
    )


def test_another_block_is_named() -> None:
    second = (
        NET.replace("block basic", "block unit")
        .replace("basic(8", "unit(8")
        .replace("bn2: norm", "bn2: identity")
    )
    lines = text(NET, second).splitlines()
    assert lines[1] == "  stage.0 … stage.2, each: basic → unit"


def test_outputs() -> None:
    spec = "net n { input x [4]\n a: linear(4) -> b: linear(2)\n output b }"
    assert text(spec, spec.replace("output b", "output b\noutput a if training")) == (
        "+ output a: value of a, 4, training only\n"
    )


def test_long_lines_are_broken_between_facts() -> None:
    found = netcompiler.compare(resnet("resnet18"), resnet("resnet50"))
    whole, broken = found.text(), found.text(width=84)
    assert max(map(len, whole.splitlines())) > 150
    assert max(map(len, broken.splitlines())) <= 84
    assert re.sub(r"\s+", " ", whole) == re.sub(r"\s+", " ", broken)


def test_colours() -> None:
    found = netcompiler.compare(resnet("resnet34"), resnet("resnet50"))
    colored = found.text(color=True)
    assert re.sub(r"\x1b\[\d+m", "", colored) == found.text()
    assert "\x1b[32m    + " in colored
    assert "\x1b[33m    ~ " in colored
    assert colored.count("\x1b[0m") == len(re.findall(r"\x1b\[[1-9]", colored))


def test_plain_data() -> None:
    found = netcompiler.compare(resnet("resnet18"), resnet("resnet50"))
    record = json.loads(json.dumps(found.plain()))
    assert record["equal"] is False
    assert record["after"] == {
        "name": "resnet50",
        "layers": 188,
        "parameters": 25_557_032,
        "macs": 4_089_184_256,
    }
    assert {
        "before": "layer1.0.conv1",
        "after": "layer1.0.conv1",
        "changes": [
            {"what": "argument", "name": "kernel_size", "before": 3, "after": 1},
            {"what": "argument", "name": "padding", "before": 1, "after": 0},
            {"what": "parameters", "before": 36_864, "after": 4_096},
            {"what": "macs", "before": 115_605_504, "after": 12_845_056},
        ],
    } in record["changed"]
    assert record["same"] + len(record["changed"]) + len(record["removed"]) <= record["before"]["layers"]
    (identity,) = record["removed"]
    assert (identity["path"], identity["operation"]) == ("layer1.0.downsample", "identity")
    assert {"before": "layer1.0.6", "after": "layer1.0.9"} in record["renamed"]


def test_numbers() -> None:
    assert [signed(n) for n in (0, 1234, -1234)] == ["0", "+1,234", "−1,234"]
    assert [percent(*pair) for pair in ((0, 5), (5, 5), (100, 50), (8, 12))] == ["", "", "−50.0 %", "+50.0 %"]
