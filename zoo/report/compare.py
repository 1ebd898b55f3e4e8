"""What differs between runs: options, and what only the seed makes of them."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Any

from zoo import config, run_folder, yamls
from zoo.report.facts import Facts
from zoo.schema import GROUPS

MOST_IN_LABEL = 3
"""Options that a run is called by; where more differ, it is called by its folder."""
NOT_SHOWN = {*run_folder.NOT_IN_NAME} - {"recipe"}
ABSENT = "–"
CHOICE = ".name"
"""What the choice of a group ends in; its value says enough without the option's name."""


def differing(runs: Sequence[Facts]) -> list[str]:
    """The options in which runs differ, in the order of their files."""
    known = [run.options for run in runs if run.config]
    keys = dict.fromkeys(key for options in known for key in options if key not in NOT_SHOWN)
    return [key for key in keys if len({repr(options.get(key)) for options in known}) > 1]


def telling(keys: Iterable[str]) -> list[str]:
    """Those that make it another run, rather than say how it is run; the choices come with their options."""
    return [key for key in keys if not run_folder.is_free(key)]


def name(runs: Sequence[Facts]) -> None:
    """Call runs by what differs between them where that is short and tells them apart."""
    keys = [key for key in telling(differing(runs)) if key != "model.spec"]
    named = [run for run in runs if run.config]
    if 0 < len(keys) <= MOST_IN_LABEL:
        labels = [
            ", ".join(_told(key, run.options[key]) for key in keys if key in run.options) for run in named
        ]
        if len(set(labels)) == len(labels) and all(labels):
            for run, label in zip(named, labels, strict=True):
                run.label, run.by_options = label, True
    several = {label for label, count in Counter(run.label for run in runs).items() if count > 1}
    for run in runs:
        if run.label in several:
            run.label = str(run.found.path)


def _told(key: str, value: Any) -> str:
    return shown(value) if key.endswith(CHOICE) else f"{key.rpartition('.')[2]} {shown(value)}"


def short(keys: Sequence[str]) -> list[str]:
    """Options by their last words where these tell them apart; the choice of a group by the group's."""
    ends = [key.removesuffix(CHOICE).rpartition(".")[2] for key in keys]
    return [end if ends.count(end) == 1 else key for key, end in zip(keys, ends, strict=True)]


def unlike(runs: Sequence[Facts], keys: Sequence[str]) -> list[str]:
    """For each run, the options in which it is not as most runs are, in words."""
    values = [
        {key: shown(known[key]) for key in keys if key in known}
        for known in (r.options or r.told for r in runs)
    ]
    names = dict(zip(keys, short(keys), strict=True))
    usual = {}
    for key in keys:
        (value, count), *others = Counter(own.get(key, ABSENT) for own in values).most_common(2)
        if not others or count > others[0][1]:
            usual[key] = value
    return [
        ", ".join(f"{names[key]} {value}" for key, value in own.items() if value != usual.get(key))
        for own in values
    ]


def shown(value: Any) -> str:
    """An option's value as the command line has it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return f"[{','.join(map(shown, value))}]"
    return str(value)


@dataclass(frozen=True)
class Line:
    """An option with its value in each run; ``marked`` where it is worth a look."""

    key: str
    values: tuple[str, ...]
    marked: bool


def options(runs: Sequence[Facts]) -> list[Line]:
    """Every option: of several runs, those that differ are marked, of one run, those that are no default."""
    known = [run.options for run in runs]
    keys = dict.fromkeys(key for each in known for key in each if key not in NOT_SHOWN)
    marked = set(differing(runs)) if len(runs) > 1 else set(_not_default(runs[0]))
    return [
        Line(key, tuple(shown(each[key]) if key in each else ABSENT for each in known), key in marked)
        for key in keys
    ]


def _not_default(run: Facts) -> Iterable[str]:
    """The options that are not what they are where nothing is said about them."""
    usual = dict(yamls.flat(config.plain(config.one())))
    for group, registry in GROUPS.items():
        chosen = run.options.get(f"{group}.name")
        if chosen in registry.entries:
            own = dataclasses.asdict(registry.entries[chosen].options(name=usual[f"{group}.name"]))
            usual.update({f"{group}.{key}": value for key, value in own.items()})
    for key, value in run.options.items():
        if key not in usual or shown(value) != shown(_listed(usual[key])):
            yield key


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class OverSeeds:
    """Runs that differ in their seeds alone. Errors are shares, 0 to 1; deviations are of the sample."""

    label: str
    seeds: tuple[str, ...]
    best: tuple[float, float]
    """Mean and standard deviation of the lowest errors."""
    last: tuple[float, float]
    """The same of the last epochs' errors."""


def over_seeds(runs: Sequence[Facts]) -> list[OverSeeds]:
    """Each group of finished runs that differ in their seeds alone."""
    groups: dict[str, list[Facts]] = {}
    for run in runs:
        if run.config and run.rows and run.state == "done":
            groups.setdefault(repr(_without_seed(run)), []).append(run)
    found = [group for group in groups.values() if len(group) > 1]
    keys = [key for key in telling(differing(runs)) if key != "seed"]
    return [_group(group, keys) for group in found]


def _group(group: Sequence[Facts], keys: Sequence[str]) -> OverSeeds:
    first = group[0].options
    label = ", ".join(_told(key, first[key]) for key in keys if key in first)
    best = [run.best.val_top1_error for run in group if run.best]
    last = [run.last.val_top1_error for run in group if run.last]
    return OverSeeds(
        label or f"{first.get('model.name')} on {first.get('data.name')}",
        tuple(shown(run.options.get("seed")) for run in group),
        (mean(best), stdev(best)),
        (mean(last), stdev(last)),
    )


def _without_seed(run: Facts) -> list[tuple[str, Any]]:
    left = {*telling(run.options)} - NOT_SHOWN - {"seed"}
    return sorted((key, shown(value)) for key, value in run.options.items() if key in left)
