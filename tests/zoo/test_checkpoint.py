"""Checkpoints survive a crash at any moment, and a damaged file."""

import pickle
from contextlib import suppress
from pathlib import Path

import pytest
import torch

from zoo import checkpoint
from zoo.checkpoint import Position, about, load_last, save_best, save_last
from zoo.errors import UserError


def save(folder: Path, number: int) -> None:
    weights = {"fc.weight": torch.full((3, 4), float(number)), "bn.num": torch.tensor(number)}
    save_last(folder, weights, {"optimizer": {"lr": 0.1 * number}}, Position(epoch=number), {"model": "m"})


def number(folder: Path) -> int:
    """Which save a folder holds, with all its parts in agreement."""
    saved = load_last(folder)
    found = {
        int(saved.weights["fc.weight"][0, 0]),
        int(saved.weights["bn.num"]),
        saved.position.epoch,
        round(saved.state["optimizer"]["lr"] / 0.1),
    }
    assert len(found) == 1, "parts of different saves"
    return found.pop()


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    assert not checkpoint.exists(tmp_path)
    position = Position(3, 7, 99, [5.0, 0.5, 1.0, 0.0], [0.1, 0.2, 3])
    save_last(tmp_path, {"a": torch.arange(6.0).view(2, 3)}, {"x": [1, "two"]}, position, {"model": "m"})
    saved = load_last(tmp_path)
    assert checkpoint.exists(tmp_path)
    assert torch.equal(saved.weights["a"], torch.arange(6.0).view(2, 3))
    assert saved.position == position
    assert saved.state["x"] == [1, "two"]
    assert saved.damaged is None
    assert about(tmp_path / "last.safetensors")["model"] == "m"


def test_the_previous_one_is_kept(tmp_path: Path) -> None:
    save(tmp_path, 1)
    save(tmp_path, 2)
    assert number(tmp_path) == 2
    (tmp_path / "last.state.pt").unlink()
    assert number(tmp_path) == 1


class CrashError(Exception):
    pass


STEPS = 9


def crash(folder: Path, monkeypatch: pytest.MonkeyPatch, value: int, after: int) -> None:
    """A save of which only the first ``after`` file operations happen."""
    done = 0

    def counted(real):
        def call(*arguments, **named):
            nonlocal done
            if done == after:
                raise CrashError
            done += 1
            return real(*arguments, **named)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", counted(Path.replace))
        patch.setattr(checkpoint, "save_file", counted(checkpoint.save_file))
        patch.setattr(torch, "save", counted(torch.save))
        patch.setattr(checkpoint, "sync", counted(checkpoint.sync))
        with suppress(CrashError):  # a save has less to do, and may get through, after one that crashed
            save(folder, value)


@pytest.mark.parametrize("after", range(STEPS))
@pytest.mark.parametrize("again", range(STEPS))
def test_crashes_at_any_step_leave_a_whole_pair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int, again: int
) -> None:
    """Every file operation of a save in turn is the last that happens, in two saves one after the other."""
    save(tmp_path, 1)
    save(tmp_path, 2)
    crash(tmp_path, monkeypatch, 3, after)
    kept = number(tmp_path)
    assert kept in {2, 3}
    assert kept == 3 or after < STEPS - 1
    crash(tmp_path, monkeypatch, 4, again)
    assert kept <= number(tmp_path) <= 4
    save(tmp_path, 5)
    assert number(tmp_path) == 5, "what a crash left behind is in nobody's way"
    save(tmp_path, 6)
    (tmp_path / "last.state.pt").unlink()
    assert number(tmp_path) == 5


def test_a_save_takes_that_many_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the test above honest: there is no step that it leaves out."""
    save(tmp_path, 1)
    calls: list[str] = []
    real = {"replace": Path.replace, "save_file": checkpoint.save_file, "sync": checkpoint.sync}
    monkeypatch.setattr(Path, "replace", lambda *a: calls.append("replace") or real["replace"](*a))
    monkeypatch.setattr(checkpoint, "save_file", lambda *a: calls.append("weights") or real["save_file"](*a))
    monkeypatch.setattr(checkpoint, "sync", lambda *a: calls.append("sync") or real["sync"](*a))
    save(tmp_path, 2)
    assert calls == ["weights", "sync", "sync", "replace", "replace", "replace", "replace", "sync"]
    assert len(calls) + 1 == STEPS, "torch.save is the one not listed"


@pytest.mark.parametrize("name", ["last.state.pt", "last.safetensors"])
@pytest.mark.parametrize("share", [0, 0.3, 0.9])
def test_a_file_cut_short_falls_back_to_the_previous_pair(tmp_path: Path, name: str, share: float) -> None:
    save(tmp_path, 1)
    save(tmp_path, 2)
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: int(len(data) * share)])
    assert number(tmp_path) == 1
    assert "damaged" in str(load_last(tmp_path).damaged)


def test_a_damaged_pair_is_dropped_and_not_kept(tmp_path: Path) -> None:
    save(tmp_path, 1)
    save(tmp_path, 2)
    (tmp_path / "last.state.pt").write_bytes(b"no checkpoint")
    assert load_last(tmp_path).damaged
    checkpoint.drop_last(tmp_path)
    save(tmp_path, 3)
    (tmp_path / "last.state.pt").unlink()
    assert number(tmp_path) == 1


def test_nothing_whole_is_an_error(tmp_path: Path) -> None:
    save(tmp_path, 1)
    (tmp_path / "last.state.pt").write_bytes(b"no checkpoint")
    with pytest.raises(UserError, match=r"no checkpoint that can be read: last.state.pt is"):
        load_last(tmp_path)


class Trap:
    def __reduce__(self) -> tuple:
        return (Path.touch, (Path("sprung"),))


@pytest.mark.parametrize("how", ["torch", "pickle"])
def test_code_in_a_checkpoint_never_runs(tmp_path: Path, how: str) -> None:
    save(tmp_path, 1)
    if how == "torch":
        torch.save({"version": 1, "tag": Trap()}, tmp_path / "last.state.pt")
    else:
        (tmp_path / "last.state.pt").write_bytes(pickle.dumps(Trap(), protocol=2))
    with pytest.raises(UserError, match="no checkpoint that can be read"):
        load_last(tmp_path)
    assert not Path("sprung").exists()


def test_the_best_keeps_its_predecessor(tmp_path: Path) -> None:
    for value in (1.0, 2.0, 3.0):
        save_best(tmp_path, {"a": torch.tensor([value])}, {"epoch": int(value)})
    assert about(tmp_path / "best.safetensors")["epoch"] == 3
    assert about(tmp_path / "best.previous.safetensors")["epoch"] == 2
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_shared_and_strided_tensors_are_saved_apart(tmp_path: Path) -> None:
    base = torch.arange(12.0)
    weights = {"a": base, "b": base, "part": base[3:6], "strided": base.view(3, 4).t()}
    save_last(tmp_path, weights, {}, Position(), {})
    read = load_last(tmp_path).weights
    assert read.keys() == weights.keys()
    assert all(torch.equal(read[name], weights[name]) for name in weights)


def test_others_may_read_the_files_as_the_umask_says(tmp_path: Path) -> None:
    save(tmp_path, 1)
    plain = tmp_path / "plain"
    plain.touch()
    assert (tmp_path / "last.safetensors").stat().st_mode == plain.stat().st_mode
