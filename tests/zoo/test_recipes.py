"""Recipes: whole experiments, checked like the command line, and below it."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from zoo import model, recipes
from zoo.config import one, plain
from zoo.schema import Config


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_is_a_config_with_its_source(name: str) -> None:
    made = one(f"recipe={name}")
    assert made.recipe == name
    recipe = recipes.find(name)
    assert recipe.about
    assert recipe.source
    assert "%" in recipe.published
    model.find(made.model)


def test_alexnet_has_the_settings_of_its_paper() -> None:
    made = one("recipe=alexnet_2012")
    assert made.model.name == "alexnet"
    assert (made.optimizer.lr, made.optimizer.weight_decay, made.trainer.batch_size) == (0.01, 5e-4, 128)
    assert plain(made)["augment"]["pca"] == 0.1
    assert plain(made)["schedule"]["gamma"] == 0.1


def test_the_command_line_goes_before_a_recipe_in_any_order() -> None:
    for given in (("recipe=resnet_2015", "optimizer.lr=0.4"), ("optimizer.lr=0.4", "recipe=resnet_2015")):
        made = one(*given)
        assert (made.optimizer.lr, made.optimizer.weight_decay) == (0.4, 1e-4)


def test_of_a_group_that_the_user_chooses_a_recipe_says_nothing() -> None:
    made = one("recipe=resnet_2015", "optimizer=adamw", "model=lenet", "data=digits", "augment=none")
    assert made.optimizer == one("optimizer=adamw").optimizer
    assert made.model.params == {}
    assert made.trainer.batch_size == 256


def test_a_sweep_over_recipes(zoo: Callable, spec: Path) -> None:
    shared = (
        f"model.spec={spec}",
        "data=digits",
        "augment=auto",
        "trainer.epochs=1",
        "trainer.batch_size=64",
    )
    given = ("recipe=resnet_2015,alexnet_2012", "trainer.progress=none", "schedule=constant")
    ran = zoo("train", "-m", *given, *shared)
    assert ran.code == 0, ran.err
    rates = {made.parent.name.partition("_model")[0] for made in Path("runs").glob("*/config.yaml")}
    assert {name.partition("_2")[0] for name in rates} >= {"resnet", "alexnet"}


class TestOwn:
    """Recipes of the user's own, in --config-dir DIR/recipes."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "own" / "recipes").mkdir(parents=True)
        return tmp_path / "own"

    def run(self, zoo: Callable, folder: Path, text: str, *given: str) -> tuple[int, str, str]:
        (folder / "recipes" / "mine.yaml").write_text(text, encoding="utf-8")
        return zoo("train", "--cfg", "job", "--config-dir", str(folder), "recipe=mine", *given)

    def test_it_is_found(self, zoo: Callable, folder: Path) -> None:
        code, out, _ = self.run(zoo, folder, "model: lenet\ntrainer:\n  epochs: 7\nname: it's a 'name'\n")
        assert code == 0
        assert "name: lenet" in out
        assert "epochs: 7" in out
        assert "name: it's a 'name'" in out

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (
                "optimizer:\n  name: sgd\n  lrr: 1\n",
                "optimizer.lrr: no such option of optimizer=sgd; did you",
            ),
            ("optimzer: sgd\n", "optimzer: no such option; did you mean optimizer?"),
            ("trainer:\n  epochs: many\n", "trainer.epochs=many: a whole number is expected"),
            ("optimizer: sdg\n", "optimizer=sdg: no such choice; did you mean optimizer=sgd?"),
            ("recipe: other\n", "a recipe cannot name another"),
            ("- a\n", "not a recipe: it holds no mapping"),
        ],
    )
    def test_a_mistake_names_the_file(self, zoo: Callable, folder: Path, text: str, message: str) -> None:
        code, _, err = self.run(zoo, folder, text)
        assert code == 1
        assert err.startswith(f"zoo: {folder / 'recipes' / 'mine.yaml'}: {message}")
        assert err.count("\n") == 1

    def test_a_mistake_of_the_command_line_does_not(self, zoo: Callable, folder: Path) -> None:
        code, _, err = self.run(zoo, folder, "model: lenet\n", "optimizer.lrr=1")
        assert code == 1
        assert err.startswith("zoo: optimizer.lrr: no such option")


def test_an_unknown_recipe_is_suggested(zoo: Callable) -> None:
    ran = zoo("train", "recipe=resnet_2016")
    assert (ran.code, ran.err) == (
        1,
        "zoo: recipe=resnet_2016: no such recipe; did you mean recipe=resnet_2015?\n",
    )


def test_a_config_survives_the_way_through_overrides() -> None:
    """What `--from` does: every value, quoted, is read back as it was."""
    from zoo.config import request

    odd = 'it\'s "odd" \\ ${x} [1,2] {a:b} = , : null\\'
    first = one("optimizer=adamw", "schedule=step", "schedule.milestones=[1,2.5]", "optimizer.lr=1e-30")
    first = dataclasses.replace(first, name=odd.replace("${x}", "$x"), seed=7)
    (again,) = request([], base=plain(first)).configs()
    assert again == first
    assert isinstance(again, Config)
