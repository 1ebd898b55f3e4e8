"""``sweeper=optuna``: Optuna chooses the options of each run by what the runs before it found.

Hydra's own plugin for Optuna wants an Optuna of 2022. This asks a study for values, has Hydra's launcher make
the runs, and tells the study their errors. The study is a file, so that a search that was stopped goes on;
what a trial draws depends on the seed, its number and the results before it, and on nothing else.
"""

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, IntervalSweep, Override, QuotedString, RangeSweep
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import Trial, TrialState

from zoo.errors import UserError
from zoo.run_folder import tells

STUDY, JOURNAL = "zoo", "study.journal"
WORST = 1.0
"""The error that a run without a result counts as, so that the search keeps away from it."""


@dataclass(frozen=True)
class Search:
    """One search; the options are those of ``sweeper=optuna``.

    ``launch`` runs jobs, each a list of overrides, whose numbers begin with the one given.
    """

    folder: Path
    launch: Callable[..., Sequence[Any]]
    trials: int
    sampler: str
    seed: int
    at_once: int
    resume: bool
    overwrite: bool

    def run(self, arguments: Sequence[str]) -> None:
        """Make the runs; ``arguments`` are overrides, some with ranges.

        Raises:
            UserError: no option has a range, or the study is not one to go on with.
        """
        parsed = OverridesParser.create().parse_overrides(list(arguments))
        space = {each.get_key_element(): distribution(each) for each in parsed if each.is_sweep_override()}
        fixed = [text for text, each in zip(arguments, parsed, strict=True) if not each.is_sweep_override()]
        if not space:
            raise UserError(
                "sweeper=optuna: no option has a range; give one a range, as optimizer.lr=interval(0.01,0.4)"
            )
        study = self._study(_told(arguments))
        while (left := self.trials - len(study.get_trials(states=(TrialState.COMPLETE,)))) > 0:
            trials = [self._ask(study, space) for _ in range(min(left, self.at_once))]
            jobs = [[*fixed, *(f"{key}={_value(trial, key)}" for key in space)] for trial in trials]
            results = self.launch(jobs, initial_job_idx=trials[0].number)
            for trial, result in zip(trials, results, strict=True):
                error = result.return_value
                if error is not None and math.isnan(error):  # stopped; it goes on with the search
                    return
                study.tell(trial, WORST if error is None else float(error))

    def _study(self, told: list[str]) -> optuna.Study:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        file = self.folder / JOURNAL
        if self.overwrite:
            for path in (file, *self.folder.glob("jobs/*")):
                path.unlink(missing_ok=True)
        if file.exists() and not self.resume:
            raise UserError(
                f"{self.folder}: holds a search already; resume=true goes on with it, overwrite=true "
                "replaces it, sweeper.study=… keeps both"
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        storage = JournalStorage(JournalFileBackend(str(file)))
        study = optuna.create_study(storage=storage, study_name=STUDY, load_if_exists=True)
        before = study.user_attrs.get("told", told)
        if before != told:
            raise UserError(
                f"{self.folder}: the search began with {' '.join(before)}, and cannot go on with "
                f"{' '.join(told)}"
            )
        study.set_user_attr("told", told)
        for trial in study.get_trials(states=(TrialState.RUNNING,)):  # was under way when it was stopped
            study.tell(trial.number, state=TrialState.FAIL)
            study.enqueue_trial(trial.params)
        return study

    def _ask(self, study: optuna.Study, space: Mapping[str, BaseDistribution]) -> Trial:
        """The next trial: what is random in it comes from the seed and the number of trials so far."""
        number = len(study.get_trials(deepcopy=False))
        drawn = int(np.random.default_rng((self.seed, number)).integers(2**32))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            study.sampler = (
                optuna.samplers.RandomSampler(drawn)
                if self.sampler == "random"
                else optuna.samplers.TPESampler(seed=drawn, constant_liar=self.at_once > 1)
            )
        return study.ask(dict(space))


def distribution(override: Override) -> BaseDistribution:
    """What an override's values are drawn from.

    Raises:
        UserError: a sort of range that cannot be searched.
    """
    value = override.value()
    if isinstance(value, ChoiceSweep | RangeSweep):
        return CategoricalDistribution([_text(each) for each in override.sweep_iterator()])
    if isinstance(value, IntervalSweep) and value.start is not None and value.end is not None:
        log = "log" in value.tags
        try:
            if isinstance(value.start, int) and isinstance(value.end, int):
                return IntDistribution(value.start, value.end, log=log)
            return FloatDistribution(value.start, value.end, log=log)
        except ValueError as error:
            raise UserError(f"{str(override.input_line).lstrip('+')}: {error}") from error
    raise UserError(f"{str(override.input_line).lstrip('+')}: a choice, a range or an interval is expected")


def _text(value: Any) -> str | int | float | bool:
    """A value of a choice, as it would be typed: Optuna keeps nothing else."""
    if isinstance(value, QuotedString):
        return str(value.with_quotes())
    return value if isinstance(value, bool | int | float) else str(value)


def _value(trial: Trial, key: str) -> str:
    """In as many digits as one would type, and within the range: it becomes a part of the folder's name."""
    value, drawn_from = trial.params[key], trial.distributions[key]
    if isinstance(value, float) and isinstance(drawn_from, FloatDistribution):
        return repr(min(max(float(f"{value:.5g}"), drawn_from.low), drawn_from.high))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _told(arguments: Sequence[str]) -> list[str]:
    """What makes it this search and no other."""
    return sorted(text.lstrip("+") for text in arguments if tells(text))
