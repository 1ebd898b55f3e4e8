"""What is offered where, in texts that are being written."""

from __future__ import annotations

import pytest

from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.lsp.completion import Offer, complete
from netcompiler.lsp.project import Project
from netcompiler.lsp.protocol import plain
from netcompiler.lsp.signatures import signature_at

TEXT = """\
let widths = [16, 32]

block unit(width, stride=1, act=relu) {
  first: conv(width, 3, stride=stride)
  act
}

net base(unit, classes=10) {
  group left, right
  input image [3, 32, 32]
  stem: { low: conv(8, 3) -> high: relu }
  body: unit(16)
  HERE
  fc: linear(classes)
}
net other = base(unit)
"""


def offers(line: str, text: str = TEXT) -> dict[str, Offer]:
    """What is offered at the ``|`` of a line that is written into the net."""
    text = text.replace("HERE", line)
    project = Project(DEFAULT_LIMITS)
    project.files.put("untitled:a", text.replace("|", ""), 1)
    reading = project.reading("untitled:a")
    assert reading is not None
    return {offer.label: offer for offer in complete(project, reading, text.index("|")).offers}


@pytest.mark.parametrize(
    ("line", "there", "missing"),
    [
        ("|", {"conv", "unit", "residual", "from", "output", "gather", "let"}, {"base", "true", "stride="}),
        ("relu -> |", {"conv", "residual", "if"}, {"let", "input", "from"}),
        ("x: ma|", {"maxpool"}, {"let"}),
        ("conv(|", {"out_channels=", "kernel_size=", "classes", "widths", "max"}, {"net", "let"}),
        ("conv(8, 3, |", {"stride=", "bias="}, {"out_channels=", "kernel_size="}),
        ("conv(8, 3, stride=2, |", {"padding="}, {"stride="}),
        ("conv(8, 3, init=|", {"kaiming_normal", "normal"}, {"stride="}),
        ("conv(8, 3, padding=|", {'"same"', '"valid"'}, {"stride="}),
        ('conv(8, 3, padding_mode="re|', {"reflect", "replicate"}, {"stride="}),
        ("from |", {"stem", "stem.low", "image", "in"}, {"fc", "conv", "first"}),
        ("add(|", {"stem", "image", "broadcast="}, {"fc"}),
        ("reuse(|", {"body"}, {"conv", "fc"}),
        ("expect([stem.|", {"channels", "low", "high"}, {"conv"}),
        ("from body.|", {"first", "channels"}, {"low"}),
        ("on |", {"left", "right"}, {"conv", "classes"}),
        ("columns left, |", {"left", "right"}, {"conv"}),
        ("body2: unit(|", {"widths"}, {"let"}),
        ("default |", {"conv", "batchnorm"}, {"relu", "unit"}),
        ("# conv(|", set(), {"conv", "stride="}),
    ],
)
def test_what_fits_is_offered(line: str, there: set[str], missing: set[str]) -> None:
    found = offers(line)
    assert there <= found.keys()
    assert not missing & found.keys()


def test_arguments_of_a_block_have_their_defaults() -> None:
    text = TEXT.replace("net base(unit, classes=10)", "net base(classes=10)")
    found = offers("unit(8, |", text)
    assert (found["stride="].detail, found["act="].detail) == ("= 1", "= relu")
    assert "width=" not in found


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("|", {"net", "block", "let", "default", "use"}),
        ("net a { }\nnet b = |", {"a"}),
        ("block a { }\nnet b(n=|", {"true", "none", "min"}),
    ],
)
def test_outside_of_bodies(text: str, there: set[str]) -> None:
    assert there <= offers("", text).keys()


def test_snippets_have_the_arguments_that_must_be_given() -> None:
    found = offers("|")
    assert found["conv"].insert == "conv(${1:out_channels}, ${2:kernel_size})$0"
    assert plain(found["conv"].insert or "") == "conv(out_channels, kernel_size)"
    assert found["relu"].insert is None


@pytest.mark.parametrize(
    ("line", "name", "active"),
    [
        ("conv(8, |", "conv", 1),
        ("conv(8, padding=|", "conv", 3),
        ("conv(8, max(1, |", "max", None),
        ("conv(8, 3, [|", "conv", 2),
        ("linear(classes) -> conv(|", "conv", 0),
    ],
)
def test_the_argument_that_is_written_is_marked(line: str, name: str, active: int | None) -> None:
    text = TEXT.replace("HERE", line)
    project = Project(DEFAULT_LIMITS)
    project.files.put("untitled:a", text.replace("|", ""), 1)
    reading = project.reading("untitled:a")
    assert reading is not None
    found = signature_at(project, reading, text.index("|"))
    assert found is not None
    assert (found[0].name, found[1]) == (name, active)
