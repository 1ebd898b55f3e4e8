"""A file is replaced whole or not at all."""

from pathlib import Path

import pytest

from zoo.files import write_text, written


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(ZeroDivisionError), written(path) as temporary:
        temporary.write_text(str(1 / (temporary.write_text("half") - 4)))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_success_replaces_it_and_keeps_the_suffix_on_the_way(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text("old")
    with written(path) as temporary:
        assert temporary.suffix == ".svg"
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]
