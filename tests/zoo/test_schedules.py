"""The learning rate over a run."""

import pytest
import torch

from zoo.errors import UserError
from zoo.schedules import (
    ConstantOptions,
    CosineOptions,
    Length,
    OneCycleOptions,
    Plateau,
    PlateauOptions,
    PolyOptions,
    ScheduleOptions,
    StepOptions,
    constant,
    cosine,
    onecycle,
    poly,
    step,
)


def length(epochs: int) -> Length:
    return Length(100 * epochs, 100)


def test_constant_warms_up_and_stays() -> None:
    factor = constant(ConstantOptions(warmup=2, warmup_from=0.1), length(10))
    assert [factor(now) for now in (0, 100, 200, 990)] == pytest.approx([0.1, 0.55, 1, 1])


def test_a_constant_warm_up_as_for_110_layers() -> None:
    options = ConstantOptions(unit="steps", warmup=400, warmup_from=0.1, warmup_shape="constant")
    factor = constant(options, length(10))
    assert [factor(now) for now in (0, 399, 400)] == pytest.approx([0.1, 0.1, 1])


def test_step_drops_at_its_milestones() -> None:
    factor = step(StepOptions(warmup=0, milestones=(30, 60), gamma=0.1), length(90))
    found = [factor(now) for now in (0, 2999, 3000, 5900, 6000, 8900)]
    assert found == pytest.approx([1, 1, 0.1, 0.1, 0.01, 0.01])


def test_milestones_in_steps() -> None:
    factor = step(StepOptions(warmup=0, unit="steps", milestones=(320, 480)), Length(640, 39))
    assert [factor(now) for now in (319, 320, 479, 480)] == pytest.approx([1, 0.1, 0.1, 0.01])


def test_step_without_milestones_takes_half_and_three_quarters() -> None:
    factor = step(StepOptions(warmup=0), length(8))
    assert [factor(now) for now in (390, 400, 600)] == pytest.approx([1, 0.1, 0.01])


def test_cosine_goes_from_the_warm_up_to_its_end() -> None:
    factor = cosine(CosineOptions(warmup=2, warmup_from=0.01, final=0.1), length(10))
    assert factor(100) == pytest.approx(0.505)
    assert factor(200) == 1
    assert factor(600) == pytest.approx(0.55)
    assert factor(1000) == pytest.approx(0.1)


def test_by_epoch_the_rate_changes_between_epochs_only() -> None:
    factor = cosine(CosineOptions(warmup=0, every="epoch"), length(10))
    assert factor(0) == factor(99) == 1
    assert factor(100) == factor(199) < 1


def test_poly_is_a_power_of_what_is_left() -> None:
    factor = poly(PolyOptions(warmup=0, power=2, final=0.1), length(10))
    assert [factor(now) for now in (0, 500, 1000)] == pytest.approx([1, 0.1 + 0.9 * 0.25, 0.1])


def test_onecycle_is_torchs() -> None:
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=1.0)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=1000, cycle_momentum=False)
    factor = onecycle(OneCycleOptions(), Length(1000, 10))
    for now in range(999):
        assert factor(now) == pytest.approx(scheduler.get_last_lr()[0], abs=0.004)
        optimizer.step()
        scheduler.step()


def test_plateau_is_torchs() -> None:
    options = PlateauOptions(warmup=0, patience=1, gamma=0.5)
    ours = Plateau(options, length(20))
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    for epoch, error in enumerate((0.5, 0.4, 0.4, 0.4, 0.3, 0.31, 0.32, 0.33, 0.34)):
        ours.epoch_done(error)
        theirs.step(error)
        assert ours(100 * epoch) == optimizer.param_groups[0]["lr"]
        again = Plateau(options, length(20))
        again.load(ours.state())
        ours = again
    assert ours(0) < 0.5


def test_a_warm_up_must_fit_the_run() -> None:
    with pytest.raises(UserError, match=r"schedule\.warmup=5: longer than the run"):
        cosine(CosineOptions(warmup=5), length(3))


def test_the_warm_up_by_default_fits_any_run() -> None:
    assert [constant(ConstantOptions(), Length(steps, 100)).warmup for steps in (1000, 100, 40)] == [
        1,
        1,
        0.2,
    ]
    in_steps = cosine(CosineOptions(unit="steps"), length(10))
    assert [in_steps(now) for now in (0, 50, 100)] == pytest.approx([0.01, 0.505, 1])
    half = cosine(CosineOptions(), Length(40, 100))
    assert (half(19) < 1, half(20), half(40)) == (True, pytest.approx(1), pytest.approx(0))


def test_units_are_checked() -> None:
    assert ScheduleOptions().unit == "epochs"
