"""Full disks, workers that die, memory that runs out: nothing done is lost, and one line says what is."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from zoo import checkpoint
from zoo.checkpoint import Position, SaveError, load_last, save_best, save_last
from zoo.errors import UserError
from zoo.files import temporary_for
from zoo.history import Row
from zoo.metrics import Tally
from zoo.progress import Silent
from zoo.saver import Saver
from zoo.train import train

WEIGHTS = {"a": torch.arange(100_000.0)}
STATE = {"b": torch.arange(100_000.0)}


def save(folder: Path, number: int) -> None:
    save_last(folder, WEIGHTS, STATE, Position(step=number), {})


@pytest.fixture
def small_files() -> object:
    """No file can grow beyond 100 kB, as by `ulimit -f`; the system sends a signal, which Python ignores."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(on: bool) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000 if on else soft, hard))

    yield limit
    limit(on=False)


class Heard(Silent):
    """Keeps what is said, and does something after a step."""

    def __init__(self, at: int | None = None, act: Callable[[], None] = lambda: None) -> None:
        self.at, self.act = at, act
        self.ended: Callable[[int], None] = lambda _epoch: None
        self.said: list[str] = []

    def epoch(self, row: Row, best: bool) -> None:
        self.ended(row.epoch)

    def say(self, text: str) -> None:
        self.said.append(text)

    def step(self, epoch: int, step: int, loss: float, tally: Tally, waiting: float) -> None:
        if step == self.at:
            self.act()


class TestFullDisk:
    """The checkpoint before stays whole, and training goes on."""

    def test_a_device_that_is_full(self, tmp_path: Path) -> None:
        save(tmp_path, 1)
        temporary_for(tmp_path / "last.state.pt").symlink_to("/dev/full")
        with pytest.raises(SaveError, match=r"No space left on device|is the disk full"):
            save(tmp_path, 2)
        assert load_last(tmp_path).position.step == 1
        assert not list(tmp_path.glob(".*")), "what was begun is removed"
        save(tmp_path, 3)
        assert load_last(tmp_path).position.step == 3

    def test_a_file_that_may_not_grow(self, tmp_path: Path, small_files: Callable[[bool], None]) -> None:
        save(tmp_path, 1)
        save_best(tmp_path, WEIGHTS, {"epoch": 1})
        small_files(True)
        for _ in range(2):
            with pytest.raises(SaveError, match=r"File too large|is the disk full"):
                save(tmp_path, 2)
            with pytest.raises(SaveError):
                save_best(tmp_path, WEIGHTS, {"epoch": 2})
        small_files(False)
        assert len(list(tmp_path.iterdir())) == 3, "what was begun is removed"
        assert load_last(tmp_path).position.step == 1
        assert checkpoint.about(tmp_path / "best.safetensors")["epoch"] == 1

    @pytest.mark.parametrize("background", [True, False])
    def test_a_saver_tells_once_tries_again_and_ends_with_an_error(
        self, tmp_path: Path, small_files: Callable[[bool], None], background: bool
    ) -> None:
        said: list[str] = []
        saver = Saver(tmp_path, said.append, background=background)
        saver.last(WEIGHTS, STATE, Position(step=1), {})
        saver.wait()
        small_files(True)
        for step in (2, 3):
            saver.last(WEIGHTS, STATE, Position(step=step), {})
            saver.wait()
        assert len(said) == 1
        assert "the checkpoint `last` could not be written: " in said[0]
        with pytest.raises(SaveError, match=r"resume=true goes on from there"):
            saver.close()
        small_files(False)
        saver = Saver(tmp_path, said.append, background=background)
        saver.last(WEIGHTS, STATE, Position(step=4), {})
        saver.close()
        assert load_last(tmp_path).position.step == 4

    def test_what_is_written_later_is_what_was_saved(self, tmp_path: Path) -> None:
        living = torch.zeros(1000)
        saver = Saver(tmp_path, lambda _: None, background=True)
        saver.last({"a": living}, {"b": [living]}, Position(step=1), {})
        living.fill_(1)
        saver.close()
        saved = load_last(tmp_path)
        assert not saved.weights["a"].any()
        assert not saved.state["b"][0].any()

    def test_a_run_outlives_it(self, configure: Callable, small_files: Callable[[bool], None]) -> None:
        given = ("model.params.width=300", "name=a", "trainer.epochs=3")
        whole = train(configure(*given, "name=whole"))
        heard = Heard(23, lambda: small_files(True))
        heard.ended = lambda epoch: small_files(False) if epoch == 2 else None
        result = train(configure(*given, "trainer.save_async=false"), shown=heard)
        assert any("could not be written" in said for said in heard.said)
        names = ("last.safetensors",)
        for name in names:
            one, two = load_file(whole.folder.path / name), load_file(result.folder.path / name)
            assert all(torch.equal(one[key], two[key]) for key in one)

    def test_a_run_that_ends_with_it_says_so(
        self, configure: Callable, small_files: Callable[[bool], None]
    ) -> None:
        given = ("model.params.width=300", "name=a", "trainer.epochs=2")
        with pytest.raises(UserError, match=r"runs/a: the checkpoint .* could not be written"):
            train(configure(*given), shown=Heard(23, lambda: small_files(True)))
        small_files(False)
        assert load_last(Path("runs/a")).position.epoch == 1
        assert train(configure(*given, "resume=true")).last.epoch == 2


@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGSEGV])
def test_a_dead_worker_loses_no_step(configure: Callable, kind: int) -> None:
    given = ("trainer.workers=1", "trainer.epochs=1", "trainer.batch_size=16")

    def kill() -> None:
        for worker in torch.multiprocessing.active_children():
            os.kill(worker.pid or 0, kind)

    with pytest.raises(UserError) as caught:
        train(configure(*given, "name=a"), shown=Heard(5, kill))
    text = str(caught.value)
    assert text.startswith("A process that reads images")
    assert "\n" not in text
    assert "trainer.workers" in text
    at = load_last(Path("runs/a")).position.step
    assert at >= 5
    assert f"The run is saved after step {at}; resume=true goes on." in text
    one = train(configure(*given, "name=a", "resume=true")).folder.path
    two = train(configure(*given, "name=whole")).folder.path
    first, second = (load_file(folder / "last.safetensors") for folder in (one, two))
    assert all(torch.equal(first[name], second[name]) for name in first)


class TestMemory:
    """Out of memory says what to change."""

    @pytest.mark.parametrize(
        "error",
        [
            torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
            RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 99 bytes"),
            MemoryError(),
        ],
    )
    def test_each_kind(self, configure: Callable, error: Exception) -> None:
        def run_out() -> None:
            raise error

        with pytest.raises(UserError) as caught:
            train(configure("name=a"), shown=Heard(30, run_out))
        text = str(caught.value)
        assert text.startswith("Memory ran out in a step of 64 images.")
        for word in (
            "trainer.accumulate=2",
            "trainer.recompute=true",
            "precision=bf16",
            "trainer.batch_size=32",
        ):
            assert word in text
        assert load_last(Path("runs/a")).position.epoch == 1

    def test_other_errors_are_not_taken_for_it(self, configure: Callable) -> None:
        def fail() -> None:
            raise RuntimeError("something else")

        with pytest.raises(RuntimeError, match="something else"):
            train(configure("name=a"), shown=Heard(3, fail))

    @pytest.mark.long
    def test_for_real(self, tmp_path: Path, spec: Path) -> None:
        """With an address space of 6 GB, and a step that takes more."""
        spec.write_text(spec.read_text().replace("width=8", "width=20000"))
        program = (
            "import resource, sys, torch; torch.set_num_threads(1)\n"
            "from zoo.cli import main\n"
            "resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))\n"
            "sys.exit(main(sys.argv[1:]))"
        )
        given = ("train", f"model.spec={spec}", "trainer.batch_size=1024", "trainer.save_async=false")
        ran = subprocess.run(
            [sys.executable, "-c", program, *given], capture_output=True, text=True, check=False
        )
        assert ran.returncode == 1
        assert ran.stderr.startswith("zoo: Memory ran out in a step of 1024 images."), ran.stderr[-500:]
        assert ran.stderr.count("\n") == 1


class TestDiverged:
    """A loss that is no number ends the run; what was good is kept."""

    @pytest.mark.parametrize("value", ["nan", "inf"])
    def test_within_an_epoch_the_last_checkpoint_stays(
        self, configure: Callable, monkeypatch: pytest.MonkeyPatch, value: str
    ) -> None:
        from zoo import loop

        real, seen = loop.step, []

        def step(*arguments: object) -> object:
            seen.append(real(*arguments))  # type: ignore[arg-type]
            return seen[-1]._replace(loss=float(value)) if len(seen) == 13 else seen[-1]

        with monkeypatch.context() as patch:
            patch.setattr(loop, "step", step)
            with pytest.raises(UserError, match=rf"loss became {value} in epoch 1, step 13\. The run is"):
                train(configure("name=a", "trainer.save_steps=5"))
        assert load_last(Path("runs/a")).position.step == 10
        assert train(configure("name=a", "trainer.save_steps=5", "resume=true")).last.epoch == 2


def test_no_compiler_for_torch_compile(configure: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    from torch._inductor.exc import InductorError, InvalidCxxCompiler

    def fail() -> None:
        raise InductorError(InvalidCxxCompiler(), None)

    with pytest.raises(
        UserError, match=r"^trainer\.compile=true: .*; trainer\.compile=false trains without$"
    ):
        train(configure("name=a"), shown=Heard(3, fail))


def test_a_missing_image_is_passed_over_too(
    configure: Callable, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zoo.data.imagefolder import ImageFolder, ImageFolderOptions

    (gone, _), *_ = ImageFolder(ImageFolderOptions(root=str(photos))).train
    real = ImageFolder.open
    monkeypatch.setattr(ImageFolder, "open", lambda self: (gone.unlink(missing_ok=True), real(self))[1])
    heard = Heard()
    given = ("data=imagefolder", f"data.root={photos}", "data.size=8", "trainer.batch_size=4", "name=a")
    train(configure(*given), shown=heard)
    wanted = f"{gone}: cannot be read: No such file or directory"
    assert [said for said in heard.said if "stands in" in said] == [
        f"{wanted}; another stands in for it (1 of 10 allowed)"
    ]
    assert load_last(Path("runs/a")).position.broken == [wanted]
