"""Every command: what it prints, where it writes, and its exit code."""

from __future__ import annotations

import json
import os
import struct
import sys
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from netcompiler import DrawError, cli, loads

SPECS = Path(__file__).parents[2] / "specs"
LENET = str(SPECS / "lenet.net")
RESNET = str(SPECS / "resnet.net")
BAD = "net n {\n  input x [3, 8, 8]\n  rellu\n}\n"


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


@pytest.fixture
def netc(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """Runs ``netc`` as a user would, in this process."""

    def run(*arguments: object, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "argv", ["netc", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(stdin)))
        with pytest.raises(SystemExit) as leaving:
            cli.main()
        printed = capfd.readouterr()
        assert "Traceback" not in printed.err
        return Result(leaving.value.code, printed.out, printed.err)

    return run


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    file = tmp_path / "bad.net"
    file.write_text(BAD, encoding="utf-8")
    return file


# ---- check ---------------------------------------------------------------------------------------


def test_check_of_good_files(netc) -> None:
    result = netc("check", *sorted(SPECS.glob("*.net")))
    assert result == Result(0, f"{len(list(SPECS.glob('*.net')))} files checked: no mistakes found\n", "")


def test_check_of_a_bad_file(netc, bad: Path) -> None:
    result = netc("check", bad, LENET)
    assert result.code == 1
    assert result.out.startswith(f"{bad}:3:3: error[E201]: there is no operation or block `rellu`\n")
    assert result.out.endswith("\n\n2 files checked: 1 error\nfor more about this: netc explain E201\n")


def test_warnings_are_no_errors(netc, tmp_path: Path) -> None:
    file = tmp_path / "a.net"
    file.write_text("block b { relu }\nnet n {\n  input x [3]\n  relu\n}\n", encoding="utf-8")
    result = netc("check", file)
    assert result.code == 0
    assert "warning[W102]" in result.out
    assert result.out.endswith("1 file checked: 1 warning\nfor more about this: netc explain W102\n")
    strict = netc("check", "--strict", file)
    assert strict == Result(1, result.out, "")
    assert netc("check", "--strict", LENET).code == 0


def test_check_as_json(netc, bad: Path) -> None:
    result = netc("check", "--format", "json", bad, bad.parent / "missing.net")
    assert result.code == 1
    first, second = json.loads(result.out)
    assert first == {
        "code": "E201",
        "severity": "error",
        "message": "there is no operation or block `rellu`",
        "notes": [],
        "help": "did you mean `relu`?",
        "file": str(bad),
        "line": 3,
        "column": 3,
        "end_line": 3,
        "end_column": 8,
        "label": "",
        "labels": [],
    }
    assert second["code"] == "E101"
    assert second["file"] == str(bad.parent / "missing.net")
    assert json.loads(netc("check", "--format=json", LENET).out) == []


def test_check_for_github(netc, tmp_path: Path) -> None:
    file = tmp_path / "a,b:c.net"
    file.write_text(BAD, encoding="utf-8")
    result = netc("check", "--format", "github", file)
    assert result.code == 1
    shown = str(file).replace(",", "%2C").replace(":", "%3A")
    message = "there is no operation or block `rellu`%0Ahelp: did you mean `relu`?"
    assert result.out == f"::error file={shown},line=3,col=3,endLine=3,endColumn=8,title=E201::{message}\n"
    assert netc("check", "--format", "github", LENET).out == ""


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("missing", None, "E101"), ("folder", ..., "E101"), ("binary", b"\x89PNG\r\n\x1a\n\0", "E102")],
)
def test_files_that_cannot_be_read(netc, tmp_path: Path, name: str, content, code: str) -> None:
    file = tmp_path / name
    if content is ...:
        file.mkdir()
    elif content is not None:
        file.write_bytes(content)
    for command in ("check", "show", "expand", "build")[content is ... :]:
        result = netc(command, file)
        assert result.code == 1
        assert f"{file}: error[{code}]" in result.out + result.err


def test_check_takes_folders(netc, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    assert "there is no .net file in" in netc("check", tmp_path).err
    (inner / "bad.net").write_text(BAD)
    (tmp_path / "good.net").write_text(BAD.replace("rellu", "relu"))
    (tmp_path / ".hidden.net").write_text(BAD)
    (tmp_path / "notes.txt").write_text(BAD)
    result = netc("check", tmp_path)
    assert result.code == 1
    assert f"{inner / 'bad.net'}:3:3: error[E201]" in result.out
    assert "2 files checked: 1 error\n" in result.out


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission(netc, bad: Path) -> None:
    bad.chmod(0)
    assert "Permission denied" in netc("check", bad).out


def test_empty_and_huge_files(netc, tmp_path: Path) -> None:
    file = tmp_path / "a.net"
    file.write_bytes(b"")
    for text in (b"", b"# no more than a comment\n\n"):
        file.write_bytes(text)
        result = netc("check", file)
        assert result.code == 1
        assert "the file is empty: it has no net" in result.out
    assert "the file has no net" in netc("show", file).err
    file.write_bytes(b"#" * (5 * 2**20))
    assert "E103" in netc("check", file).out


def test_what_lies_beyond_the_limit_of_errors_is_not_passed_over_in_silence(netc, tmp_path: Path) -> None:
    file = tmp_path / "a.net"
    steps = "\n".join(f"  a{i}: conv(q{i}, 1)" for i in range(5))
    file.write_text(f"net n {{\n  input image [3, 8, 8]\n{steps}\n}}\n", encoding="utf-8")
    assert "--limit" not in netc("check", file).out
    out = netc("check", "--limit", "diagnostics=3", file).out
    assert "1 file checked: 3 errors\na file's first 3 errors are shown: `--limit diagnostics=30`" in out


def test_standard_input(netc) -> None:
    result = netc("check", "-", stdin=BAD.encode())
    assert result.code == 1
    assert result.out.startswith("<stdin>:3:3: error[E201]")
    spec = Path(RESNET).read_bytes()
    assert netc("show", "-:resnet18", stdin=spec).out == netc("show", f"{RESNET}:resnet18").out
    assert netc("show", "-", stdin=Path(LENET).read_bytes()).code == 0
    assert "E102" in netc("check", "-", stdin=b"\xff").out


def test_check_takes_whole_files(netc) -> None:
    result = netc("check", f"{RESNET}:resnet18")
    assert result.code == 2
    assert "leave `:resnet18` out" in result.err


def test_a_file_with_a_colon_in_its_name(netc, tmp_path: Path) -> None:
    file = tmp_path / "a:b"
    file.write_bytes(Path(LENET).read_bytes())
    assert netc("show", file).code == 0
    assert netc("show", f"{file}:lenet").code == 0


# ---- -D and --input ------------------------------------------------------------------------------


def test_parameters(netc) -> None:
    assert " 85 " in netc("show", LENET, "-D", "classes=1").out.replace("  ", " ")
    assert "512" in netc("show", f"{RESNET}:resnet", "-D", "unit=basic", "-D", "depths=[1, 1, 1, 1]").out
    assert netc("check", RESNET, "-D", "classes=3").code == 0
    assert netc("check", RESNET, "-D", "paper_stride=true").code == 0


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        ("clases=5", 1, "did you mean `classes`?"),
        ("classes=[5", 1, "-D classes:1:1: error[E105]"),
        ("classes=five", 1, "`five` is not defined"),
        ("classes=", 1, "E104"),
        ("classes=-1", 1, "a whole number, 1 or more; this is -1"),
        ("classes=9**9**9", 1, "E217"),
        ("classes", 2, "`classes` is not name=value"),
        ("=5", 2, "`=5` is not name=value"),
        ("a b=5", 2, "is not name=value"),
    ],
)
def test_wrong_parameters(netc, given: str, code: int, says: str) -> None:
    for command in ("show", "check"):
        result = netc(command, LENET, "-D", given)
        assert result.code == code
        assert says in result.out + result.err


def test_a_parameter_is_given_once(netc) -> None:
    assert netc("show", LENET, "-D", "classes=1", "-D", "classes=2").code == 2


def test_input_shapes(netc) -> None:
    assert "1×32×32" in netc("show", LENET, "--input", "image=[1, 32, 32]").out


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        ("img=[1, 32, 32]", 1, "it has image"),
        ("image=32", 1, "a list of positive whole numbers"),
        ("image=[0, 1]", 1, "a list of positive whole numbers"),
        ("image=[1, 32", 1, "--input image:1:1: error[E105]"),
        ("image=[1, 2, 2]", 1, "kernel"),
        ("image", 2, "is not name=value"),
    ],
)
def test_wrong_input_shapes(netc, given: str, code: int, says: str) -> None:
    result = netc("show", LENET, "--input", given)
    assert result.code == code
    assert says in result.err


# ---- which net -----------------------------------------------------------------------------------


def test_which_net(netc) -> None:
    result = netc("show", RESNET)
    assert result.code == 1
    assert "several nets: resnet18, resnet34, resnet50" in result.err
    assert f"say which: {RESNET}:resnet18" in result.err
    assert "did you mean `resnet50`?" in netc("show", f"{RESNET}:resnet55").err
    assert "`basic` is a block, not a net" in netc("show", f"{RESNET}:basic").err
    assert "needs a value for `unit` and `depths`" in netc("show", f"{RESNET}:resnet").err


# ---- show, expand, build, draw -------------------------------------------------------------------


def test_show_is_a_table(netc) -> None:
    lines = netc("show", SPECS / "alexnet.net").out.splitlines()
    assert lines[0] == "alexnet"
    header = next(line for line in lines if line.startswith("layer"))
    assert header.split() == [
        "layer",
        "operation",
        "output",
        "shape",
        "parameters",
        "MACs",
        "neurons",
        "group",
    ]
    row = next(line for line in lines if line.startswith("top.conv1 "))
    assert row.split()[-5:] == ["48×55×55", "17,472", "52,707,600", "145,200", "top"]
    assert row.index("17,472") + len("17,472") == header.index("parameters") + len("parameters")
    assert "total: 60,965,224 parameters, 724,406,816 MACs, 15 layers with weights" in lines
    assert "between groups: 234,496 bytes a sample, forward, in single precision" in lines
    assert max(map(len, lines)) <= 110


def test_show_of_reused_layers(netc) -> None:
    spec = b"net n {\n  input x [4]\n  a: linear(4) -> relu -> reuse(a)\n}"
    lines = netc("show", "-", stdin=spec).out.splitlines()
    assert [line.split()[-3:] for line in lines if line.startswith("a ")][1] == ["reused", "16", "4"]
    assert "total: 20 parameters, 32 MACs, 1 layers with weights" in lines


def test_expand_gives_a_spec(netc, tmp_path: Path) -> None:
    flat = netc("expand", LENET).out
    assert loads(flat).parameters == 61_706
    out = tmp_path / "flat.net"
    assert netc("expand", LENET, "-o", out) == Result(0, "", "")
    assert out.read_text(encoding="utf-8") == flat
    assert netc("check", out).code == 0


def test_build_gives_a_module(netc, tmp_path: Path) -> None:
    text = netc("build", LENET, "-D", "classes=3").out
    compile(text, "model.py", "exec")
    out = tmp_path / "model.py"
    assert netc("build", LENET, "-D", "classes=3", "-o", out).code == 0
    assert out.read_text(encoding="utf-8") == text


def test_draw_by_ending_and_by_format(netc, tmp_path: Path) -> None:
    assert netc("draw", LENET, "-o", tmp_path / "a.dot") == Result(0, "", "")
    assert netc("draw", LENET, "-o", tmp_path / "b", "--format", "DOT").code == 0
    assert (tmp_path / "a.dot").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a.dot").read_text(encoding="utf-8").startswith(("digraph", "strict", "//"))


@pytest.mark.parametrize("name", ["a.gif", "a", "a.svg.exe", ".net"])
def test_draw_of_unknown_formats(netc, tmp_path: Path, name: str) -> None:
    result = netc("draw", LENET, "-o", tmp_path / name)
    assert result.code == 2
    assert "the formats are svg, png, pdf" in result.err
    assert list(tmp_path.iterdir()) == []


def test_draw_with_depth_and_resolution(netc, tmp_path: Path) -> None:
    whole, folded, small = (tmp_path / name for name in ("whole.dot", "folded.dot", "small.png"))
    assert netc("draw", f"{RESNET}:resnet50", "-o", str(whole)).code == 0
    assert netc("draw", f"{RESNET}:resnet50", "-o", str(folded), "--depth", "0").code == 0
    assert "bottleneck" in whole.read_text()
    assert "bottleneck" not in folded.read_text()
    assert netc("draw", f"{RESNET}:resnet50", "-o", str(small), "--dpi", "40").code == 0
    assert struct.unpack(">I", small.read_bytes()[16:20])[0] < 800
    assert netc("draw", f"{RESNET}:resnet50", "-o", str(small), "--dpi", "99999").code == 1
    assert netc("draw", f"{RESNET}:resnet50", "-o", str(small), "--depth", "-1").code == 2


def test_a_picture_on_standard_output(netc, tmp_path: Path) -> None:
    drawn = netc("draw", LENET, "-o", "-", "--format", "svg")
    assert (drawn.code, drawn.err) == (0, "")
    assert netc("draw", LENET, "-o", tmp_path / "a.svg").code == 0
    assert drawn.out == (tmp_path / "a.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("-o", "-"), "cannot draw to standard output without --format"),
        (("-o", "x.svg", "--style", "tabel"), "Did you mean `table`?"),
        (("-o", "x.svg", "--theme", "drak"), "Did you mean `dark`?"),
        (("-o", "x.svg", "--dpi", "300"), "--dpi is for png: svg has no pixels"),
    ],
)
def test_wrong_use_of_draw(
    netc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = netc("draw", LENET, *given)
    assert result.code == 2
    assert says in result.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["build", "expand", "draw"])
def test_the_spec_itself_is_never_overwritten(netc, tmp_path: Path, command: str) -> None:
    spec = tmp_path / "a.net"
    spec.write_bytes(Path(LENET).read_bytes())
    more = ("--format", "svg") if command == "draw" else ()
    result = netc(command, f"{spec}:lenet", "-o", spec, *more)
    assert result.code == 2
    assert "is the spec itself" in result.err
    assert spec.read_bytes() == Path(LENET).read_bytes()


def test_mistakes_in_a_spec_write_nothing(netc, bad: Path) -> None:
    for command in ("expand", "build", "draw"):
        out = bad.parent / f"{command}.dot"
        out.write_text("old", encoding="utf-8")
        result = netc(command, bad, "-o", out)
        assert result.code == 1
        assert result.out == ""
        assert "error[E201]" in result.err
        assert out.read_text(encoding="utf-8") == "old"


def test_a_picture_that_cannot_be_made(netc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> bytes:
        raise DrawError("install something first")

    monkeypatch.setattr("netcompiler.draw.drawing.Drawing.render", fail)
    assert netc("draw", LENET, "-o", tmp_path / "a.svg") == Result(1, "", "netc: install something first\n")


# ---- usage ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("chekc", LENET),
        ("check",),
        ("check", "--format", "xml", LENET),
        ("check", "--colour", LENET),
        ("show",),
        ("show", LENET, LENET),
        ("draw", LENET),
        ("build", LENET, "-o", "/"),
    ],
)
def test_wrong_usage(netc, arguments: tuple[str, ...]) -> None:
    result = netc(*arguments)
    assert result.code == 2
    assert "Usage: netc" in result.err + result.out


def test_help_and_version(netc) -> None:
    for command in ((), ("check",), ("show",), ("draw",), ("build",), ("expand",)):
        result = netc(*command, "--help")
        assert result.code == 0
        assert "Usage: netc" in result.out
    assert netc("--version").out.startswith("netc, version 0.")


def test_interrupts(netc, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("netcompiler.pipeline.check", interrupt)
    result = netc("check", LENET)
    assert result.code == 130
    assert result.err.strip() == "interrupted"


def test_too_little_memory(netc, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("netcompiler.pipeline.check", fail)
    assert netc("check", LENET).code == 1
