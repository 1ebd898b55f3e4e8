"""Checks of a text while it changes find what a check from nothing finds."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from netcompiler import pipeline
from netcompiler.diagnostics import Diagnostic, SpecError
from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.lsp.checking import CancelledError, Checker, Findings
from netcompiler.lsp.files import Files, saved_below
from netcompiler.source import Source

FOLDER = Path(__file__).parents[2]
SPECS = FOLDER / "specs"


def told(found: list[Diagnostic] | tuple[Diagnostic, ...]) -> list[str]:
    """Diagnostics with their places, without an order."""
    return sorted(
        f"{d.span} {d.code} {d.message} {d.notes} {d.help} {d.labels and d.labels[0].text}" for d in found
    )


def from_nothing(path: Path, text: str) -> Findings:
    files = Files(DEFAULT_LIMITS)
    files.put(path.as_uri(), text, 1)
    return Checker(files, DEFAULT_LIMITS).check(path.as_uri())


def on_the_command_line(path: Path, text: str) -> list[Diagnostic]:
    try:
        return pipeline.check(Source(path.name, text, path, path.parent), DEFAULT_LIMITS, {})
    except SpecError as error:
        return list(error.diagnostics)


@pytest.mark.parametrize("name", ["alexnet", "fpn", "googlenet", "nin", "unet"])
def test_after_any_change_all_is_found(name: str) -> None:
    """Random edits: the same diagnostics as from nothing, and as `netc check` where the syntax is right."""
    random = Random(name)
    path = (SPECS / f"{name}.net").resolve()
    files = Files(DEFAULT_LIMITS)
    checker = Checker(files, DEFAULT_LIMITS)
    good = text = path.read_text(encoding="utf-8")
    for version in range(8):
        files.put(path.as_uri(), text, version)
        found = checker.check(path.as_uri())
        assert told(found.diagnostics) == told(from_nothing(path, text).diagnostics)
        if not found.reading.wrong:
            assert told(found.diagnostics) == told(on_the_command_line(path, text))
        text = _edited(good if random.random() < 0.5 else text, random)


def _edited(text: str, random: Random) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    match random.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, random.choice(lines))
        case 2:
            lines.insert(at, "# netc: what does this ignore?")
        case 3:
            lines[at] = lines[at].replace("conv(", "conb(", 1).replace("relu", "relux", 1)
        case 4:
            lines[at] = lines[at][:-1]
    return "\n".join(lines)


def test_only_what_a_change_can_matter_to_is_elaborated() -> None:
    path = SPECS.resolve() / "resnet.net"
    files = Files(DEFAULT_LIMITS)
    checker = Checker(files, DEFAULT_LIMITS)
    text = path.read_text(encoding="utf-8")
    before = {o.name: o for o in checker.check(path.as_uri()).outcomes}

    def kept(new: str) -> set[str]:
        files.put(path.as_uri(), new, len(new))
        return {o.name for o in checker.check(path.as_uri()).outcomes if before[o.name] is o}

    assert kept("# a new head\n\n" + text) == before.keys()
    basic = text.replace(
        "conv1: conv(width, 3, stride=stride, padding=1)", "conv1: conv(width, 3, stride, 1)"
    )
    assert before.keys() - kept(basic) == {"resnet18", "resnet34"}
    checker.check(path.as_uri())
    assert kept(text.replace("default conv(bias=false", "default conv(bias=true")) == set()


def test_a_net_with_broken_syntax_leaves_the_others_alone() -> None:
    text = "net a {\n  input x [3]\n  linear(4 ->\n}\nnet b {\n  input x [3]\n  linnear(4)\n}\nnet c = a\n"
    files = Files(DEFAULT_LIMITS)
    files.put("untitled:a", text, 1)
    found = Checker(files, DEFAULT_LIMITS).check("untitled:a")
    assert {(d.code, d.span.line) for d in found.diagnostics if d.span is not None} == {
        ("E201", 7),
        (found.reading.wrong[0].code, 3),
    }


def test_lines_that_messages_name_move_with_the_text() -> None:
    text = "block a {\n  relu\n}\n\nnet n {\n  residual {\n    relu\n}\n"
    path = FOLDER / "specs" / "moved.net"
    files = Files(DEFAULT_LIMITS)
    checker = Checker(files, DEFAULT_LIMITS)
    for version, above in enumerate(("", "# one\n\n", "# one\n# two\n\n")):
        files.put(path.as_uri(), above + text, version)
        found = told(checker.check(path.as_uri()).diagnostics)
        assert found == told(on_the_command_line(path, above + text))


def test_a_cancelled_check_ends_soon() -> None:
    text = "block a { relu * 100 }\nblock b { a * 100 }\nnet n {\n  input x [3]\n  b * 4 -> linear(3)\n}\n"
    files = Files(DEFAULT_LIMITS)
    files.put("untitled:a", text, 1)
    checker = Checker(files, DEFAULT_LIMITS)
    checker.cancel()
    with pytest.raises(CancelledError):
        checker.check("untitled:a")
    checker.ready()
    assert checker.check("untitled:a").complete


def test_what_is_known_is_told_before_the_rest() -> None:
    path = SPECS.resolve() / "vgg.net"
    files = Files(DEFAULT_LIMITS)
    text = path.read_text(encoding="utf-8").replace("maxpool", "maxpol", 1)
    files.put(path.as_uri(), text, 1)
    early: list[Findings] = []
    found = Checker(files, DEFAULT_LIMITS, patience=0.0).check(path.as_uri(), early.append)
    first = early[0]
    assert not first.complete
    assert len(first.outcomes) < len(found.outcomes)


def test_specs_below_a_folder_are_found_and_no_more_than_asked_for(tmp_path: Path) -> None:
    for folder in (".hidden", "a", "node_modules"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.net").write_text("", encoding="utf-8")
    for number in range(5):
        (tmp_path / f"{number}.net").write_text("", encoding="utf-8")
    found = [path.relative_to(tmp_path.resolve()).as_posix() for path in saved_below([tmp_path])]
    assert found == ["0.net", "1.net", "2.net", "3.net", "4.net", "a/x.net"]
    assert len(list(saved_below([tmp_path], most=3))) == 3


def test_messages_are_those_of_the_command_line() -> None:
    """Every kind of mistake, syntax errors too: the same in a text of chunks as in a whole one."""
    files = Files(DEFAULT_LIMITS)
    checker = Checker(files, DEFAULT_LIMITS)
    different = []
    for path in sorted((FOLDER / "tests" / "errors").glob("*.net")):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        source = Source(path.name, text, path.resolve(), path.resolve().parent)
        files.put(path.as_uri(), text, 1)
        try:
            expected = pipeline.check(source, DEFAULT_LIMITS, {})
        except SpecError as error:
            expected = list(error.diagnostics)
        if told(checker.check(path.as_uri()).diagnostics) != told(expected):
            different.append(path.name)
    assert different == []
