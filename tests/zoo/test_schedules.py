"""The learning rate over a run."""

import pytest

from zoo.errors import UserError
from zoo.schedules import ConstantOptions, CosineOptions, StepOptions, constant, cosine, step


def test_constant_warms_up_and_stays() -> None:
    factor = constant(ConstantOptions(warmup=2), 10)
    assert [factor(now) for now in (0.5, 1, 2, 9.9)] == [0.25, 0.5, 1, 1]
    assert factor(0) > 0


def test_step_drops_at_its_milestones() -> None:
    factor = step(StepOptions(warmup=0, milestones=(30, 60), gamma=0.1), 90)
    assert [factor(now) for now in (0, 29.99, 30, 59, 60, 89)] == pytest.approx([1, 1, 0.1, 0.1, 0.01, 0.01])


def test_step_without_milestones_takes_half_and_three_quarters() -> None:
    factor = step(StepOptions(warmup=0), 8)
    assert [factor(now) for now in (3.9, 4, 6)] == pytest.approx([1, 0.1, 0.01])


def test_cosine_goes_from_the_warm_up_to_its_end() -> None:
    factor = cosine(CosineOptions(warmup=2, final=0.1), 10)
    assert factor(1) == 0.5
    assert factor(2) == 1
    assert factor(6) == pytest.approx(0.55)
    assert factor(10) == pytest.approx(0.1)


def test_a_warm_up_must_fit_the_run() -> None:
    with pytest.raises(UserError, match=r"schedule\.warmup=5: longer than the run"):
        cosine(CosineOptions(warmup=5), 3)
