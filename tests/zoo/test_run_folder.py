"""A run's name: stable, readable, and never outside the folder of runs."""

from collections.abc import Callable

import pytest

from zoo.errors import UserError
from zoo.run_folder import default_name, find
from zoo.schema import Config


@pytest.fixture
def options(configure: Callable) -> Config:
    return configure()


def test_the_name_is_model_data_and_what_was_overridden(options: Config) -> None:
    given = ["seed=1", "model=lenet", "data=digits", "optimizer.lr=0.1", "resume=true", "trainer.device=cpu"]
    assert default_name(options, given) == "tiny-digits_optimizer.lr=0.1_seed=1"
    assert default_name(options, given) == default_name(options, given[::-1])
    assert default_name(options, []) == "tiny-digits"


def test_odd_characters_and_long_names(options: Config) -> None:
    assert default_name(options, ["data.size=[1 2]/x"]) == "tiny-digits_data.size=_1_2_x"
    many = [f"model.params.number{i}={i}" for i in range(30)]
    name = default_name(options, many)
    assert len(name) == 100
    assert name != default_name(options, [*many, "seed=1"])


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/tmp/x"])
def test_a_name_stays_within_the_folder_of_runs(configure: Callable, name: str) -> None:
    with pytest.raises(UserError, match="a name within the folder of runs is expected"):
        find(configure(f"name={name}"), [])


def test_resume_and_overwrite_contradict(configure: Callable) -> None:
    with pytest.raises(UserError, match="contradict"):
        find(configure("resume=true", "overwrite=true"), [])
