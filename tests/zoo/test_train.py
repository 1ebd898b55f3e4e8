"""Whole runs on real digits: what they leave behind, that they repeat exactly, and how they end early."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from zoo import checkpoint, yamls
from zoo.config import one
from zoo.data.imagefolder import ImageFolder, ImageFolderOptions
from zoo.errors import Interrupted, UserError
from zoo.history import Row, read
from zoo.metrics import Tally
from zoo.progress import Silent
from zoo.train import Result, train


class Recorder(Silent):
    """Keeps the losses, and can send a signal after a step or an epoch."""

    def __init__(self, step: int | None = None, epoch: int | None = None) -> None:
        self.at_step, self.at_epoch = step, epoch
        self.losses: list[float] = []
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def step(self, epoch: int, step: int, loss: float, tally: Tally, waiting: float) -> None:
        self.losses.append(loss)
        if step == self.at_step:
            os.kill(os.getpid(), signal.SIGINT)

    def epoch(self, row: Row, best: bool) -> None:
        if row.epoch == self.at_epoch:
            os.kill(os.getpid(), signal.SIGTERM)


def weights(result: Result) -> dict[str, torch.Tensor]:
    return load_file(result.folder.path / "last.safetensors")


def same(first: Result, second: Result) -> bool:
    one, two = weights(first), weights(second)
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)


def numbers(result: Result) -> list[tuple[float, ...]]:
    """The rows of metrics.csv without what the clock decides."""
    return [tuple(vars(row).values())[:-4] for row in read(result.folder.metrics)]


def test_a_run_learns_and_leaves_everything_in_its_folder(configure: Callable, spec: Path) -> None:
    recorder = Recorder()
    result = train(configure("trainer.epochs=3"), ["trainer.epochs=3"], recorder)
    folder = result.folder.path
    assert folder == Path("runs/tiny-digits_trainer.epochs=3")
    assert result.top1_error < 0.25
    assert result.last.epoch == 3

    rows = read(folder / "metrics.csv")
    assert [row.epoch for row in rows] == [1, 2, 3]
    assert [row.step for row in rows] == [22, 44, 66]
    assert rows[-1].val_top1_error * 360 == pytest.approx(round(rows[-1].val_top1_error * 360))
    best = min(rows, key=lambda row: (row.val_top1_error, row.val_loss))
    assert (result.best_epoch, result.top1_error, result.loss) == (
        best.epoch,
        best.val_top1_error,
        best.val_loss,
    )

    about = checkpoint.about(folder / "best.safetensors")
    assert about["epoch"] == best.epoch
    assert about["top1_error"] == best.val_top1_error
    assert about["classes"] == list("0123456789")
    assert about["input"] == [1, 8, 8]

    assert (folder / "spec" / "tiny.net").read_text() == spec.read_text()
    assert "class " in (folder / "model.py").read_text()
    assert b"<svg" in (folder / "model.svg").read_bytes()
    assert yamls.load((folder / "config.yaml").read_text())["trainer"]["epochs"] == 3
    with Image.open(folder / "curves.png") as picture:
        assert min(picture.size) > 400
        assert len(picture.convert("RGB").getcolors(1 << 20) or []) > 10
    assert b"</svg>" in (folder / "curves.svg").read_bytes()

    events = EventAccumulator(str(folder / "tensorboard")).Reload()
    shown = events.Scalars("top-1 error/validation")
    assert [event.step for event in shown] == [1, 2, 3]
    assert [event.value for event in shown] == pytest.approx([row.val_top1_error for row in rows])

    assert (
        "tiny: 1,378 parameters, input 1×8×8, 10 classes; digits: 1,437 training and 360" in recorder.said[0]
    )
    assert not list(folder.glob(".*")), "no temporary files"


def test_the_saved_weights_give_the_reported_error(configure: Callable, spec: Path) -> None:
    import netcompiler
    from zoo.data.digits import Digits, DigitsOptions

    result = train(configure())
    module = netcompiler.load(spec, inputs=(1, 8, 8), classes=10).module().eval()
    path = result.folder.path / "best.safetensors"
    module.load_state_dict(load_file(path))
    about = checkpoint.about(path)
    split = Digits(DigitsOptions()).open().val
    images = torch.from_numpy(split.images).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        guesses = module((images - about["mean"][0]) / about["std"][0]).argmax(dim=1)
    wrong = int((guesses != torch.tensor(split.labels)).sum())
    assert wrong / len(split.labels) == result.top1_error


def test_the_same_seed_gives_the_same_losses(configure: Callable) -> None:
    runs = {}
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        recorder = Recorder()
        runs[name] = train(configure(f"seed={seed}", f"name={name}"), shown=recorder), recorder.losses
    assert runs["a"][1] == runs["b"][1]
    assert len(runs["a"][1]) == 44
    assert same(runs["a"][0], runs["b"][0])
    assert numbers(runs["a"][0]) == numbers(runs["b"][0])
    assert runs["a"][1] != runs["c"][1]


def test_a_run_resumed_between_epochs_ends_as_if_never_stopped(configure: Callable) -> None:
    always = ("schedule=constant", "seed=1")
    whole = train(configure(*always, "trainer.epochs=3", "name=whole"))
    train(configure(*always, "trainer.epochs=1", "name=parts"))
    recorder = Recorder()
    parts = train(configure(*always, "trainer.epochs=3", "name=parts", "resume=true"), shown=recorder)
    assert same(whole, parts)
    assert numbers(whole) == numbers(parts)
    assert len(recorder.losses) == 44
    assert "  changed since: trainer.epochs: 1 → 3" in recorder.said


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
@pytest.mark.parametrize("step", [7, 22, 30])
def test_a_run_stopped_anywhere_ends_as_if_never_stopped(
    configure: Callable, step: int, optimizer: str
) -> None:
    always = (f"optimizer={optimizer}",)
    straight = Recorder()
    whole = train(configure(*always, "name=whole"), shown=straight)
    with pytest.raises(Interrupted) as caught:
        train(configure(*always, "name=parts"), shown=Recorder(step=step))
    assert caught.value.exit_code == 130
    assert f"after step {step}; everything is saved in runs/parts" in str(caught.value)
    recorder = Recorder()
    parts = train(configure(*always, "name=parts", "resume=true"), shown=recorder)
    assert recorder.losses == straight.losses[step:]
    assert same(whole, parts)
    assert numbers(whole) == numbers(parts)


def test_sigterm_after_an_epoch_ends_as_if_never_stopped(configure: Callable) -> None:
    whole = train(configure("name=whole"))
    with pytest.raises(Interrupted) as caught:
        train(configure("name=parts"), shown=Recorder(epoch=1))
    assert caught.value.exit_code == 143
    parts = train(configure("name=parts", "resume=true"))
    assert same(whole, parts)
    events = EventAccumulator(str(parts.folder.events)).Reload()
    assert [event.step for event in events.Scalars("loss/train")] == [1, 2]


def test_images_from_files_resume_exactly_with_workers(configure: Callable, photos: Path) -> None:
    always = (
        "data=imagefolder",
        f"data.root={photos}",
        "data.size=8",
        "trainer.batch_size=4",
        "trainer.workers=2",
    )
    whole = train(configure(*always, "name=whole"))
    with pytest.raises(Interrupted):
        train(configure(*always, "name=parts"), shown=Recorder(step=8))
    parts = train(configure(*always, "name=parts", "resume=true", "trainer.workers=0"))
    assert same(whole, parts)
    assert numbers(whole) == numbers(parts)


class TestEnds:
    """Runs that end early, and folders that are not free."""

    def test_a_loss_that_is_no_number_stops_the_run(self, zoo: Callable, spec: Path) -> None:
        arguments = ["train", f"model.spec={spec}", "trainer.epochs=3", "schedule=constant", "name=bad"]
        assert zoo(*arguments[:-3], "trainer.epochs=1", *arguments[-2:]).code == 0
        before = load_file("runs/bad/last.safetensors")
        ran = zoo(*arguments, "resume=true", "optimizer.lr=1e30")
        assert ran.code == 1
        assert ran.err.count("\n") == 1
        assert "loss became" in ran.err or "no longer finite" in ran.err
        assert "keeps the weights of the last checkpoint" in ran.err
        assert "optimizer.lr" in ran.err
        after = load_file("runs/bad/last.safetensors")
        assert all(torch.equal(before[name], after[name]) for name in before)
        assert [row.epoch for row in read(Path("runs/bad/metrics.csv"))] == [1]
        assert zoo(*arguments, "resume=true").code == 0, "the last good checkpoint is of use"

    def test_weights_are_checked_before_they_are_saved(
        self, configure: Callable, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The last step of an epoch can break the weights while all losses were finite."""

        def poisoned(module: torch.nn.Module, *_: object, **__: object) -> Tally:
            module.get_parameter("fc.weight").data[0, 0] = float("inf")
            return Tally((10, 1.0, 0, 0))

        monkeypatch.setattr("zoo.loop.alone", lambda module, *_: module)
        monkeypatch.setattr("zoo.loop.evaluate", poisoned)
        with pytest.raises(UserError, match=r"weight fc.weight is no longer finite in epoch 1"):
            train(configure("name=bad"))
        assert not Path("runs/bad/last.safetensors").exists()

    def images(self, photos: Path) -> ImageFolder:
        return ImageFolder(ImageFolderOptions(root=str(photos)))

    def broken(self, photos: Path, count: int) -> tuple[str, ...]:
        """Break some training images, and none of those held out."""
        green = [path for path, label in self.images(photos).train if label == 1]
        for path in green[:count]:
            path.write_bytes(path.read_bytes()[:300])
        return "data=imagefolder", f"data.root={photos}", "data.size=8", "name=a", "trainer.batch_size=4"

    def test_broken_images_are_named_counted_and_passed_over(
        self, zoo: Callable, spec: Path, photos: Path
    ) -> None:
        ran = zoo("train", f"model.spec={spec}", *self.broken(photos, 2))
        assert ran.code == 0
        said = [line for line in ran.out.splitlines() if "another stands in for it" in line]
        assert 1 <= len(said) <= 2
        assert said[0].startswith(f"{photos}/green/")
        assert said[0].endswith("(1 of 10 allowed)")
        assert "could not be read, and others stood in for them" in ran.out
        assert f"- {photos}/green/" in Path("runs/a/README.md").read_text()

    def test_too_many_broken_images_end_the_run_and_lose_nothing(
        self, zoo: Callable, spec: Path, photos: Path
    ) -> None:
        given = self.broken(photos, 3)
        ran = zoo("train", f"model.spec={spec}", *given, "trainer.broken=1")
        assert ran.code == 1
        assert "trainer.broken=1 are passed over." in ran.err
        assert ran.err.endswith("resume=true goes on.\n")
        assert ran.err.count("\n") == 1
        more = ("trainer.broken=5", "resume=true")
        assert zoo("train", f"model.spec={spec}", *given, *more).code == 0

    def test_a_broken_image_is_never_passed_over_in_validation(
        self, zoo: Callable, spec: Path, photos: Path
    ) -> None:
        for path, _ in self.images(photos).val:
            path.write_bytes(b"nothing")
        ran = zoo("train", f"model.spec={spec}", *self.broken(photos, 0))
        assert ran.code == 1
        assert ran.err.startswith(f"zoo: {photos}/")
        assert ran.err.count("\n") == 1

    def test_ctrl_c_says_how_to_go_on(
        self, zoo: Callable, spec: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("zoo.train.reporter", lambda _: Recorder(step=3))
        ran = zoo("train", f"model.spec={spec}", "trainer.epochs=1")
        assert ran.code == 130
        assert "resume=true goes on" in ran.err
        assert checkpoint.load_last(Path("runs/tiny-digits_trainer.epochs=1")).position.step == 3

    def test_a_sweep_ends_with_ctrl_c_too(
        self, zoo: Callable, spec: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("zoo.train.reporter", lambda _: Recorder(step=3))
        ran = zoo("train", "-m", f"model.spec={spec}", "trainer.epochs=1", "seed=1,2")
        assert ran.code == 130
        assert "run 2 of 2" not in ran.out

    def test_a_run_is_never_overwritten_unasked(self, zoo: Callable, spec: Path) -> None:
        arguments = ["train", f"model.spec={spec}", "trainer.epochs=1"]
        assert zoo(*arguments).code == 0
        ran = zoo(*arguments)
        assert ran.code == 1
        assert "holds a run already; resume=true goes on with it, overwrite=true replaces it" in ran.err
        first = Path("runs/tiny-digits_trainer.epochs=1/last.safetensors").read_bytes()
        assert zoo(*arguments, "overwrite=true").code == 0
        assert Path("runs/tiny-digits_trainer.epochs=1/last.safetensors").read_bytes() != first, "another tag"

    def test_overwriting_touches_only_what_a_run_writes(self, configure: Callable) -> None:
        folder = train(configure("name=a", "trainer.epochs=1")).folder.path
        (folder / "notes.txt").write_text("mine")
        train(configure("name=a", "trainer.epochs=1", "overwrite=true"))
        assert (folder / "notes.txt").read_text() == "mine"
        assert len(list((folder / "tensorboard").iterdir())) == 1

    def test_a_folder_of_other_files_is_left_alone(self, configure: Callable) -> None:
        Path("runs/mine").mkdir(parents=True)
        Path("runs/mine/config.yaml").write_text("my: own\n")
        for override in ("overwrite=true", "resume=true", "seed=0"):
            with pytest.raises(UserError, match="holds files that are no run's"):
                train(configure("name=mine", override))
        assert Path("runs/mine/config.yaml").read_text() == "my: own\n"

    def test_a_place_that_cannot_be_written(self, zoo: Callable, spec: Path) -> None:
        Path("file").write_text("")
        ran = zoo("train", f"model.spec={spec}", "runs=file", "trainer.epochs=1")
        assert (ran.code, ran.err) == (1, "zoo: file/tiny-digits_trainer.epochs=1: Not a directory\n")

    def test_nothing_to_resume(self, configure: Callable) -> None:
        with pytest.raises(UserError, match=r"runs/gone: no run here to resume; runs holds no runs"):
            train(configure("name=gone", "resume=true"))
        train(configure("name=there", "trainer.epochs=1"))
        with pytest.raises(UserError, match=r"name=… picks one of runs: there"):
            train(configure("name=gone", "resume=true"))

    @pytest.mark.parametrize(
        "change",
        ["seed=5", "data.split_seed=1", "optimizer=adamw", "trainer.batch_size=32", "model.params.width=4"],
    )
    def test_another_run_cannot_be_resumed(self, configure: Callable, change: str) -> None:
        train(configure("name=a", "trainer.epochs=1"))
        with pytest.raises(UserError, match=r"runs/a: the run cannot go on with another "):
            train(configure("name=a", "resume=true", change))

    def test_another_net_cannot_be_resumed(self, configure: Callable, spec: Path) -> None:
        train(configure("name=a", "trainer.epochs=1"))
        spec.write_text(spec.read_text().replace("width=8", "width=9"))
        with pytest.raises(UserError, match=r"runs/a: the net is not the one that this run began with"):
            train(configure("name=a", "resume=true"))

    def test_a_finished_run_only_says_so(self, configure: Callable) -> None:
        first = train(configure("name=a"))
        recorder = Recorder()
        again = train(configure("name=a", "resume=true"), shown=recorder)
        assert recorder.losses == []
        assert any("all 2 epochs are done" in said for said in recorder.said)
        assert same(first, again)
        assert again.top1_error == first.top1_error

    def test_a_damaged_checkpoint_falls_back_by_one(self, configure: Callable) -> None:
        whole = train(configure("name=a", "schedule=constant", "trainer.epochs=3"))
        expected = weights(whole), numbers(whole)
        state = whole.folder.path / "last.state.pt"
        state.write_bytes(state.read_bytes()[:1000])
        recorder = Recorder()
        again = train(
            configure("name=a", "schedule=constant", "trainer.epochs=3", "resume=true"), shown=recorder
        )
        assert any("last.state.pt is damaged" in said for said in recorder.said)
        assert len(recorder.losses) == 22
        assert all(torch.equal(expected[0][name], tensor) for name, tensor in weights(again).items())
        assert numbers(again) == expected[1]


class TestWays:
    """The options that change how a run is computed."""

    @pytest.mark.parametrize(
        "way",
        [
            ("precision=bf16",),
            ("trainer.channels_last=true",),
            ("optimizer=adamw", "optimizer.lr=0.02"),
            ("optimizer.nesterov=true",),
            ("precision=fp16",),
            ("schedule=step",),
            ("schedule=onecycle", "optimizer.lr=0.1"),
            ("schedule=poly",),
            ("schedule=plateau",),
            ("data.size=16",),
            ("trainer.clip=1.0",),
            ("trainer.ema=0.8",),
            ("augment.mixup=0.1", "loss.smoothing=0.05"),
            ("augment.erase=0.2",),
            ("loss=binary", "optimizer=lamb", "optimizer.lr=0.05", "trainer.epochs=5"),
        ],
    )
    def test_it_learns(self, configure: Callable, way: tuple[str, ...]) -> None:
        recorder = Recorder()
        result = train(configure(*way), shown=recorder)
        assert result.top1_error < 0.4
        assert sum(recorder.losses[-5:]) < 0.7 * sum(recorder.losses[:5])

    def test_accumulating_is_the_same_step(self, configure: Callable, spec: Path) -> None:
        spec.write_text(spec.read_text().replace("batchnorm -> ", "").replace("dropout(0.1) -> ", ""))
        runs = {}
        for parts in (1, 3):
            recorder = Recorder()
            result = train(configure(f"name={parts}", f"trainer.accumulate={parts}"), shown=recorder)
            runs[parts] = recorder.losses, result
        assert runs[1][0] == pytest.approx(runs[3][0], rel=1e-4)
        assert runs[1][1].top1_error == pytest.approx(runs[3][1].top1_error, abs=0.01)

    def test_a_clipped_gradient_moves_the_weights_no_further(self, configure: Callable) -> None:
        recorder = Recorder()
        train(configure("trainer.clip=1e-9", "optimizer.weight_decay=0", "trainer.epochs=1"), shown=recorder)
        assert recorder.losses[-1] > 2

    def test_a_number_of_steps_instead_of_epochs(self, configure: Callable) -> None:
        recorder = Recorder()
        result = train(configure("trainer.steps=30"), shown=recorder)
        assert len(recorder.losses) == 30
        assert [row.step for row in read(result.folder.metrics)] == [22, 30]

    def test_recomputing_changes_no_loss(self, configure: Callable) -> None:
        losses = []
        for recomputed in ("false", "true"):
            recorder = Recorder()
            given = ("model=resnet20", "trainer.steps=4", f"trainer.recompute={recomputed}")
            train(
                one("trainer.progress=none", f"name=a{recomputed}", "schedule.warmup=0", *given),
                shown=recorder,
            )
            losses.append(recorder.losses)
        assert losses[0] == losses[1]

    def test_stochastic_depth_is_another_run(self, configure: Callable) -> None:
        losses = []
        for rate in (0, 0.5):
            recorder = Recorder()
            given = ("model=resnet20", "trainer.steps=4", f"trainer.stochastic_depth={rate}")
            train(one("trainer.progress=none", f"name=a{rate}", "schedule.warmup=0", *given), shown=recorder)
            losses.append(recorder.losses)
        assert losses[0] != losses[1]

    @pytest.mark.long
    def test_compiled_it_is_the_same_run(self, configure: Callable) -> None:
        losses = []
        for compiled in ("false", "true"):
            recorder = Recorder()
            train(
                configure(
                    *(f"name=a{compiled}", f"trainer.compile={compiled}"),
                    *("trainer.steps=8", "schedule.warmup=0"),
                ),
                shown=recorder,
            )
            losses.append(recorder.losses)
        assert losses[0] == pytest.approx(losses[1], rel=0.05)

    def test_two_options_that_do_not_go_together(self, configure: Callable) -> None:
        with pytest.raises(UserError, match="do not go together"):
            train(configure("trainer.compile=true", "trainer.recompute=true"))

    def test_bf16_is_another_precision(self, configure: Callable) -> None:
        losses = {}
        for precision in ("fp32", "bf16"):
            recorder = Recorder()
            train(
                configure(f"name={precision}", f"precision={precision}", "trainer.epochs=1"), shown=recorder
            )
            losses[precision] = recorder.losses
        assert losses["fp32"] != losses["bf16"]
        assert losses["fp32"] == pytest.approx(losses["bf16"], rel=0.1)

    def test_auxiliary_outputs_add_to_the_loss_in_training(self, configure: Callable, spec: Path) -> None:
        text = spec.read_text().replace(
            "dropout(0.1) -> flatten -> fc: linear(classes)",
            "body: dropout(0.1)\n  flatten -> fc: linear(classes)\n"
            "  from body -> flatten -> side: linear(classes)\n  output fc\n  output side if training",
        )
        spec.write_text(text)
        losses = {}
        for weight in (0.0, 0.3):
            recorder = Recorder()
            train(
                configure(f"name={weight}", f"loss.aux_weight={weight}", "trainer.epochs=1"),
                shown=recorder,
            )
            losses[weight] = recorder.losses
        # The first step starts from the same weights: the two losses there are about log(10) each.
        assert losses[0.3][0] == pytest.approx(losses[0.0][0] * 1.3, rel=0.15)
        assert losses[0.3][0] > losses[0.0][0]

    def test_small_images_are_scaled_for_a_deep_net(self, configure: Callable) -> None:
        recorder = Recorder()
        spec = Path("deep.net")
        spec.write_text(
            "net deep(classes=10) {\n  input image [1, 20, 20]\n"
            "  conv(4, 5) -> maxpool(2) -> conv(4, 5) -> relu\n  flatten -> fc: linear(classes)\n}\n"
        )
        train(configure("model.spec=deep.net", "trainer.epochs=1"), shown=recorder)
        assert recorder.said[0] == "deep is too deep for 8×8 images: they are scaled to 20×20"
        assert "input 1×20×20" in recorder.said[1]


class TestModels:
    """Nets that do not fit are refused with the compiler's own words, or one line."""

    @pytest.fixture
    def refused(self, zoo: Callable) -> Callable[..., str]:
        def run(text: str, *overrides: str) -> str:
            Path("own.net").write_text(text)
            ran = zoo("train", "model.spec=own.net", *overrides)
            assert ran.code == 1
            assert "Traceback" not in ran.err
            assert not Path("runs").exists()
            return ran.err

        return run

    def test_a_wrong_spec(self, refused: Callable) -> None:
        err = refused("net a(classes=10) {\n  input image [1, 8, 8]\n  conv2(8, 3) -> linear(classes)\n}\n")
        assert "own.net:3:3: error[E" in err
        assert "conv2(8, 3)" in err

    def test_images_that_are_too_small(self, refused: Callable) -> None:
        err = refused(
            "net a(classes=10) {\n  input image [1, 8, 8]\n  conv(8, 9) -> flatten -> linear(classes)\n}\n",
            "data.size=4",
        )
        assert "error[E" in err
        assert "The images are 1×4×4; data.size=… sets another size." in err

    def test_a_net_for_other_classes(self, refused: Callable) -> None:
        err = refused("net a {\n  input image [1, 8, 8]\n  flatten -> linear(5)\n}\n")
        assert "gives [5] as its `output`, and the data has 10 classes" in err
        assert "net NAME(classes=1000)" in err

    def test_two_inputs(self, refused: Callable) -> None:
        err = refused(
            "net a(classes=10) {\n  input one [1, 8, 8]\n  input two [1, 8, 8]\n"
            "  add(one) -> flatten -> linear(classes)\n}\n"
        )
        assert "has 2 inputs (one, two); zoo trains nets with one" in err

    def test_several_nets_and_none_chosen(self, refused: Callable) -> None:
        net = "(classes=10) { input image [1, 8, 8]\n flatten -> linear(classes) }\n"
        err = refused(f"net a{net}net b{net}")
        assert "choose with model.net=a|b" in err
        assert "did you mean model.net=a?" in refused(f"net a{net}net b{net}", "model.net=aa")

    def test_no_file(self, zoo: Callable) -> None:
        ran = zoo("train", "model.spec=gone.net")
        assert (ran.code, ran.err) == (1, "zoo: model.spec=gone.net: no such file\n")

    def test_no_gpu(self, zoo: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
        ran = zoo("train", "trainer.device=cuda")
        assert ran.code == 1
        assert ran.err.startswith("zoo: trainer.device=cuda: PyTorch sees no GPU here")


def test_a_sweep_runs_every_combination_and_ranks_them(zoo: Callable, spec: Path) -> None:
    ran = zoo("train", "-m", f"model.spec={spec}", "trainer.epochs=1", "optimizer.lr=0.05,1e-5", "seed=0,1")
    assert ran.code == 0, ran.err
    assert "run 4 of 4" in ran.out
    ranked = ran.out.partition("best first:\n")[2].splitlines()[:4]
    errors = [float(line.split("%")[0]) for line in ranked]
    assert errors == sorted(errors)
    assert all(line.split()[-2] == "optimizer.lr=0.05" for line in ranked[:2])
    assert not any("trainer.epochs" in line for line in ranked), "what they all share"
    folders = sorted(path.parent.name for path in Path("runs").glob("tiny-digits*/best.safetensors"))
    assert len(folders) == 4
    (table,) = Path("runs/sweeps").glob("*/results.csv")
    assert len(table.read_text().splitlines()) == 5


def test_a_failed_run_of_a_sweep_does_not_end_it(zoo: Callable, spec: Path) -> None:
    ran = zoo("train", "-m", f"model.spec={spec}", "trainer.epochs=1", "optimizer.lr=1e30,0.05", "name=a,b")
    assert ran.code == 1
    assert "runs failed, as said above" in ran.err
    assert Path("runs/b/best.safetensors").exists()


@pytest.mark.parametrize(("model", "epochs"), [("resnet20", 2), ("lenet", 5)])
def test_shipped_nets_train_on_digits(zoo: Callable, model: str, epochs: int) -> None:
    ran = zoo("train", f"model={model}", f"trainer.epochs={epochs}", "trainer.threads=1")
    assert ran.code == 0, ran.err
    rows = read(Path(f"runs/{model}-digits_trainer.epochs={epochs}/metrics.csv"))
    assert rows[-1].train_loss < 0.6 * rows[0].train_loss
