"""`use`: blocks from other files below the same root."""

from __future__ import annotations

from pathlib import Path

import pytest

from netcompiler import SpecError, check, files, load
from netcompiler.limits import Limits
from netcompiler.pipeline import analyse
from netcompiler.read import read_file

NET = "\nnet n {\n  input image [3, 8, 8]\n  b\n}\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".net")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "main.net"


def codes(file: Path) -> list[str]:
    return [d.code for d in check(file)]


def test_blocks_are_taken_with_their_files_defaults_and_variables(tmp_path: Path) -> None:
    main = write(
        tmp_path,
        main='default conv(padding=1)\nuse "lib/blocks.net": b' + NET,
        lib__blocks="let w = 5\ndefault conv(bias=false)\nblock b { conv(w, 3) -> c }\nblock c { relu }",
    )
    layer = load(main).layers[1]
    assert (layer.args["bias"], layer.args["padding"], layer.output[0]) == (False, 0, 5)
    assert layer.span.source.path == tmp_path / "lib" / "blocks.net"
    assert codes(main) == ["W108"]  # the default of this file reaches nothing


def test_paths_are_relative_to_the_file_that_uses(tmp_path: Path) -> None:
    main = write(
        tmp_path,
        main='use "lib/a.net": b' + NET,
        lib__a='use "../c.net": d\nblock b { d }',
        c='use "lib/e.net": f\nblock d { f }',
        lib__e="block f { relu }",
    )
    assert [x.path for x in load(main).layers[1:]] == ["0.0.0.0"]


def test_a_file_used_twice_is_one_file(tmp_path: Path) -> None:
    main = write(
        tmp_path,
        main='use "a.net": b\nuse "c.net": d\nuse "a.net": e' + NET.replace("b\n", "b -> d -> e\n"),
        a="block b { relu }\nblock e { gelu }",
        c='use "a.net": b\nblock d { b }',
    )
    assert len(load(main).layers) == 4


def test_only_a_files_own_definitions_are_taken(tmp_path: Path) -> None:
    main = write(tmp_path, main='use "a.net": b' + NET, a='use "c.net": b', c="block b { relu }")
    assert codes(main) == ["E201"]


def test_nets_and_variants_are_taken_too(tmp_path: Path) -> None:
    main = write(
        tmp_path,
        main='use "a.net": b' + NET,
        a="net m(w) {\n input x [3, 4, 4]\n conv(w, 1)\n}\nnet b = m(7)",
    )
    assert load(main, "n").layers[-1].output == (7, 8, 8)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"main": 'use "a.net": b' + NET}, ["E108"]),
        ({"main": 'use "": b' + NET}, ["E108"]),
        ({"main": 'use "/etc/hostname": b' + NET}, ["E108"]),
        ({"main": 'use "../outside.net": b' + NET}, ["E108"]),
        ({"main": 'use "lib": b' + NET, "lib__x": "block b { relu }"}, ["E108"]),
        ({"main": 'use "main.net": b' + NET}, ["E108"]),
        ({"main": 'use "a.net": b' + NET, "a": 'use "main.net": n\nblock b { relu }'}, ["E108"]),
        ({"main": 'use "a.net": b\nblock b { gelu }' + NET, "a": "block b { relu }"}, ["E206"]),
        ({"main": 'use "a.net": relu' + NET.replace("b\n", "relu\n"), "a": "block b { relu }"}, ["E201"]),
        ({"main": 'use "a.net": b' + NET, "a": "block b { rellu }"}, ["E201"]),
        ({"main": 'use "a.net": b' + NET, "a": "block b { relu"}, ["E105"]),
        ({"main": 'use "a.net": b\nuse "a.net": c' + NET, "a": "block b { relu"}, ["E105"]),
        ({"main": 'use "a.net": b\nnet m = b' + NET, "a": "block b { relu"}, ["E105"]),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, files: dict[str, str], expected: list[str]) -> None:
    (tmp_path / "outside.net").write_text("block b { relu }", encoding="utf-8")
    assert codes(write(tmp_path / "specs", **files)) == expected


def test_symlinks_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "outside.net").write_text("block b { relu }", encoding="utf-8")
    main = write(tmp_path / "specs", main='use "link.net": b' + NET, real="block b { relu }")
    (tmp_path / "specs" / "link.net").symlink_to(tmp_path / "outside.net")
    assert codes(main) == ["E108"]
    (tmp_path / "specs" / "link.net").unlink()
    (tmp_path / "specs" / "link.net").symlink_to("real.net")
    assert codes(main) == []
    (tmp_path / "specs" / "link.net").unlink()
    (tmp_path / "specs" / "link.net").symlink_to("link.net")
    assert codes(main) == ["E108"]


def test_a_file_reached_by_two_names_is_one_file(tmp_path: Path) -> None:
    main = write(tmp_path, main='use "link.net": b' + NET)
    (tmp_path / "link.net").symlink_to("main.net")
    assert codes(main) == ["E108"]


def test_text_in_no_file_cannot_use_others() -> None:
    from netcompiler import loads

    with pytest.raises(SpecError, match="E108"):
        loads('use "a.net": b' + NET)


def test_many_files_and_many_uses_end(tmp_path: Path) -> None:
    files = {f"f{i}": f'use "f{i + 1}.net": b{i + 1}\nblock b{i} {{ b{i + 1} }}' for i in range(150)}
    main = write(tmp_path, main='use "f0.net": b0', **files)
    assert "E217" in codes(main)
    main.write_text('use "f149.net": b149\n' * 1000)
    assert set(codes(main)) == {"E108", "E206"}


def test_the_files_together_are_bounded(tmp_path: Path) -> None:
    main = write(tmp_path, main='use "a.net": b' + NET, a="block b { relu }" + "#" * 500)
    with pytest.raises(AssertionError):
        assert analyse(read_file(main, Limits()), Limits()).diagnostics
    few = Limits(source_bytes=600)
    assert [d.code for d in analyse(read_file(main, few), few).diagnostics] == []
    write(tmp_path, c="block c { relu }" + "#" * 300)
    main.write_text('use "a.net": b\nuse "c.net": c\n' + NET)
    assert [d.code for d in analyse(read_file(main, few), few).diagnostics] == ["E103"]


def test_files_lists_what_to_copy(tmp_path: Path) -> None:
    block = "block b(width=4) { conv(width, 3) }\n"
    main = write(
        tmp_path,
        main='use "parts/one.net": b' + NET,
        parts__one='use "two.net": c\nblock b() { c }\n',
        parts__two=block.replace("b(", "c("),
    )
    assert [path.relative_to(tmp_path.resolve()).as_posix() for path in files(main)] == [
        "main.net",
        "parts/one.net",
        "parts/two.net",
    ]
    (tmp_path / "parts" / "two.net").unlink()
    with pytest.raises(SpecError):
        files(main)
