"""Overrides, through Hydra, to checked configs; every mistake is one line and exit code 1."""

from collections.abc import Callable
from pathlib import Path

import pytest

from zoo import config, model, yamls
from zoo.config import one, request
from zoo.errors import UserError
from zoo.optimizers import DecoupledOptions, SgdOptions
from zoo.schema import ModelOptions

MISSING = "optimizer.name: missing; there is " + ", ".join(
    f"optimizer.name={name}" for name in ("adam", "adamw", "lamb", "nadam", "radam", "rmsprop", "sgd")
)


def test_without_overrides_everything_has_its_default() -> None:
    made = one()
    assert made.model.name == "resnet20"
    assert made.data.name == "digits"
    assert made.optimizer == SgdOptions(name="sgd")
    assert made.trainer.epochs == 20


def test_overrides_reach_their_options() -> None:
    made = one("model=lenet", "optimizer.lr=0.3", "trainer.epochs=3", "seed=7", "+schedule.warmup=0.5")
    assert (made.model.name, made.optimizer.lr, made.trainer.epochs, made.seed) == ("lenet", 0.3, 3, 7)
    assert made.schedule.warmup == 0.5


@pytest.mark.parametrize("choice", ["optimizer=adamw", "optimizer.name=adamw", "+optimizer=adamw"])
def test_a_choice_brings_its_own_defaults(choice: str) -> None:
    assert one(choice) == one("optimizer=adamw")
    assert one(choice).optimizer == DecoupledOptions(name="adamw")


def test_every_shipped_net_is_a_model() -> None:
    names = model.shipped()
    assert {"lenet", "alexnet", "alexnet_one", "resnet50", "resnet20"} <= set(names)
    assert "resnet_cifar" not in names, "a net with a parameter left to fill cannot be trained by name"
    for name in names:
        assert model.find(ModelOptions(name)).name == name
    for name in sorted(names)[::20]:  # Hydra takes a third of a second for each
        assert one(f"model={name}").model.name == name


def test_parameters_of_the_net_need_no_plus() -> None:
    assert one("model.params.classes=12").model.params == {"classes": 12}


def test_a_value_may_refer_to_another() -> None:
    assert one("seed=5", "data.split_seed=${seed}").data == one("seed=5", "data.split_seed=5").data


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("optimizer.lrr=0.1", "optimizer.lrr: no such option of optimizer=sgd; did you mean optimizer.lr?"),
        ("+optimizer.lrr=3", "optimizer.lrr: no such option of optimizer=sgd; did you mean optimizer.lr?"),
        ("++optimizer.lrr=3", "optimizer.lrr: no such option of optimizer=sgd; did you mean optimizer.lr?"),
        ("trainer.epoch=3", "trainer.epoch: no such option; did you mean trainer.epochs?"),
        ("sede=3", "sede: no such option; did you mean seed?"),
        ("trainer.epochs=ninety", "trainer.epochs=ninety: a whole number is expected"),
        ("trainer.epochs=1.5", "trainer.epochs=1.5: a whole number is expected"),
        ("trainer.epochs=0", "trainer.epochs=0: must be at least 1"),
        ("optimizer.lr=null", "optimizer.lr=null: a number is expected"),
        ("trainer.device=gpu", "trainer.device=gpu: one of auto, cpu, cuda is expected"),
        ("optimizer=sdg", "optimizer=sdg: no such choice; did you mean optimizer=sgd?"),
        ("optimizer.name=sdg", "optimizer=sdg: no such choice; did you mean optimizer=sgd?"),
        ("logger=3", "logger=3: no such choice; there is logger=mlflow, logger=none, logger=wandb"),
        ("model=resnet2O", "model=resnet2O: no such choice; did you mean model=resnet20?"),
        ("model=my/own.net", "model=my/own.net: a spec of your own is given as model.spec=my/own.net"),
        (
            "model.params.clases=3",
            "model.params.clases: net resnet20 has no such parameter; did you mean model.params.classes?",
        ),
        ("trainer=3", "trainer=3: no such choice; there is trainer=default"),
        ("~optimizer", "~optimizer: an option cannot be taken away; give it a value"),
        ("epochs", "epochs: not an override; write option=value (zoo train --help lists the options)"),
        ("seed=1,2", "seed=1,2: several values; add -m to run each"),
        ("seed=${nowhere}", "seed: Interpolation key 'nowhere' not found"),
        (
            "name=a(b",
            "name=a(b: the value cannot be read; quote one with special characters: 'name=\"a(b\"'",
        ),
        ("hydra.foo=1", "Key 'foo' not in 'HydraConf'"),
    ],
)
def test_a_mistake_is_one_line(zoo: Callable, override: str, message: str) -> None:
    ran = zoo("train", override)
    assert ran.err == f"zoo: {message}\n"
    assert ran.code == 1
    assert ran.out == ""


def test_two_models_exclude_each_other(spec: Path) -> None:
    with pytest.raises(UserError, match="both name a net"):
        one("model=lenet", f"model.spec={spec}")


def test_a_sweep_is_checked_before_its_first_run(zoo: Callable, tmp_path: Path) -> None:
    ran = zoo("train", "-m", "optimizer=sgd,adamw", "optimizer.momentum=0.8")
    assert ran.code == 1
    assert ran.err.startswith("zoo: optimizer.momentum: no such option of optimizer=adamw; ")
    assert not (tmp_path / "runs").exists()


def test_a_sweep_has_a_config_for_each_combination() -> None:
    made = request(["model=lenet,resnet20", "optimizer.lr=0.1,0.2"], multirun=True).configs()
    assert {(each.model.name, each.optimizer.lr) for each in made} == {
        ("lenet", 0.1), ("lenet", 0.2), ("resnet20", 0.1), ("resnet20", 0.2),
    }  # fmt: skip


class TestConfigDir:
    """Group files of the user's own are held to the same schema."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "own" / "optimizer").mkdir(parents=True)
        return tmp_path / "own"

    def test_a_file_is_a_choice(self, zoo: Callable, folder: Path) -> None:
        (folder / "optimizer" / "mine.yaml").write_text("name: sgd\nlr: 0.3\n", encoding="utf-8")
        ran = zoo("train", "--cfg", "job", "--config-dir", str(folder), "optimizer=mine")
        made = yamls.load(ran.out)["optimizer"]
        assert (made["name"], made["lr"], made["momentum"]) == ("sgd", 0.3, 0.9)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (
                "name: sgd\nlrr: 3\n",
                "optimizer.lrr: no such option of optimizer=sgd; did you mean optimizer.lr?",
            ),
            ("name: sgd\nlr: fast\n", "optimizer.lr=fast: a number is expected"),
            ("name: sdg\n", "optimizer=sdg: no such choice; did you mean optimizer=sgd?"),
            ("lr: 3\n", MISSING),
            ("_target_: os.system\ncommand: ls\n", MISSING),
        ],
    )
    def test_a_mistake_in_a_file_is_one_line(
        self, zoo: Callable, folder: Path, text: str, message: str
    ) -> None:
        (folder / "optimizer" / "mine.yaml").write_text(text, encoding="utf-8")
        ran = zoo("train", "--config-dir", str(folder), "optimizer=mine")
        assert (ran.code, ran.err) == (1, f"zoo: {message}\n")

    def test_aliases_are_refused(self, zoo: Callable, folder: Path) -> None:
        bomb = "a: &a [x, x]\nb: &b [*a, *a]\n"
        (folder / "optimizer" / "mine.yaml").write_text(bomb, encoding="utf-8")
        ran = zoo("train", "--config-dir", str(folder), "optimizer=mine")
        assert ran.code == 1
        assert "YAML aliases" in ran.err

    def test_broken_yaml_names_its_file(self, zoo: Callable, folder: Path) -> None:
        (folder / "optimizer" / "mine.yaml").write_text("a: [", encoding="utf-8")
        ran = zoo("train", "--config-dir", str(folder))
        assert ran.code == 1
        assert "mine.yaml: not YAML" in ran.err
        assert ran.err.count("\n") == 1

    def test_a_missing_folder(self, zoo: Callable) -> None:
        ran = zoo("train", "--config-dir", "nowhere")
        assert (ran.code, ran.err) == (1, "zoo: --config-dir nowhere: no such folder\n")


def test_cfg_prints_what_a_run_would_have(zoo: Callable) -> None:
    ran = zoo("train", "--cfg", "job", "model=lenet", "schedule=step", "schedule.milestones=[3,6]")
    assert ran.code == 0
    assert yamls.load(ran.out) == config.plain(
        one("model=lenet", "schedule=step", "schedule.milestones=[3,6]")
    )


def test_one_length_alone() -> None:
    """What the command line says of a run's length stands, whatever unit a recipe gives it in."""
    recipe = one("recipe=resnet_cifar_2015", "data=digits", "trainer.epochs=3")
    assert (recipe.trainer.epochs, recipe.trainer.steps) == (3, None)
    assert one("recipe=resnet_cifar_2015", "data=digits").trainer.steps == 64000
    assert one("trainer.epochs=3", "trainer.steps=null").trainer.steps is None


def test_a_forgotten_prefix() -> None:
    with pytest.raises(UserError, match=r"^epochs: no such option; did you mean trainer\.epochs\?$"):
        one("epochs=3")
