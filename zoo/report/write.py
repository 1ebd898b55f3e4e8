"""The page: what was found out about runs, put into a template that needs nothing but itself."""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup

from zoo.durations import duration
from zoo.errors import UserError
from zoo.files import write_text
from zoo.report import compare
from zoo.report.confusion import Confusion, confusion
from zoo.report.curves import colours, curves, numbers
from zoo.report.diagram import Diagram
from zoo.report.facts import Facts
from zoo.report.filters import Filters, filters
from zoo.report.judged import Judged, channels
from zoo.report.known import Known, known
from zoo.report.parallel import parallel
from zoo.report.pictures import Inline, inline
from zoo.schema import GROUPS

MOST_COMPARED = 8
"""With more runs than this, their options stand in the table of runs alone."""
MOST_COLUMNS = 4
"""Where runs differ in more options than this, each has one cell with those in which it is unlike most."""


@dataclass(frozen=True)
class Shown:
    """A picture that was taken for another class."""

    picture: Inline
    guess: str
    label: str
    probability: float
    of_label: float
    where: str


@dataclass
class View:
    """A run, as the page shows it."""

    number: int
    colour: str
    facts: Facts
    options: list[str]
    """The values of the options in which the runs differ."""
    unlike: str
    """In words, the options in which it is not as most runs are."""
    known: list[Known] = field(default_factory=list)
    judged: Judged | None = None
    confusion: Confusion | None = None
    mistakes: list[Shown] = field(default_factory=list)
    filters: list[Filters] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """What its epochs took."""
        return sum(row.seconds for row in self.facts.rows)

    @property
    def looked_into(self) -> bool:
        """Whether there is more of it than its numbers."""
        return bool(self.judged or self.known or self.facts.missing)


def write(
    path: Path, runs: Sequence[Facts], judged: Sequence[Judged | None], diagrams: Sequence[Diagram]
) -> int:
    """Write the page; its size in bytes. ``judged`` has an entry for each run.

    Raises:
        UserError: it cannot be written.
    """
    text = page(runs, judged, diagrams)
    try:
        write_text(path, text)
    except OSError as error:
        raise UserError(f"-o {path}: cannot be written: {error.strerror}") from error
    return len(text.encode())


def page(runs: Sequence[Facts], judged: Sequence[Judged | None], diagrams: Sequence[Diagram]) -> str:
    """The page's text."""
    from jinja2 import Environment, StrictUndefined

    keys = compare.telling(compare.differing(runs)) if len(runs) > 1 else []
    paint = colours(runs)
    unlike = compare.unlike(runs, keys)
    views = [
        _view(number, paint[number], run, (keys, unlike[number]), seen, diagrams)
        for number, (run, seen) in enumerate(zip(runs, judged, strict=True))
    ]
    order = sorted(views, key=lambda view: (view.facts.error is None, view.facts.error))
    style, script = _file("page.css"), _file("page.js")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"percent": _percent, "duration": duration, "breakable": _breakable}
    return environment.from_string(_file("page.html")).render(
        title=_title(runs),
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704  (files of this package)
        script=Markup(script),  # noqa: S704
        data=_json({"runs": numbers(runs)}),
        views=views,
        order=order,
        keys=compare.short(keys) if len(keys) <= MOST_COLUMNS else [],
        few=len(keys) <= MOST_COLUMNS,
        seeds=compare.over_seeds(runs),
        curves=curves(runs),
        parallel=parallel(runs, paint),
        diagrams=diagrams,
        options=compare.options(runs) if len(runs) <= MOST_COMPARED else [],
        many=len(runs) > 8,
        top5=any(row.val_top5_error or row.train_top5_error for run in runs for row in run.rows),
    )


def _view(
    number: int,
    colour: str,
    run: Facts,
    differing: tuple[Sequence[str], str],
    judged: Judged | None,
    diagrams: Sequence[Diagram],
) -> View:
    keys, unlike = differing
    options = run.options or run.told
    values = [compare.shown(options[key]) if key in options else compare.ABSENT for key in keys]
    net = next((each.net for each in diagrams if run in each.runs), None)
    view = View(number, colour, run, values, unlike, known(run, judged, net))
    if judged is not None:
        view.judged = judged
        view.confusion = confusion(judged.by_class)
        view.mistakes = [_shown(mistake) for mistake in judged.mistakes]
        trained = judged.trained
        view.filters = filters(trained.net, trained.module, trained.about.input[0])
    return view


def _shown(mistake: Any) -> Shown:
    where = Path(mistake.name).name or f"validation image {mistake.index:,}"
    return Shown(
        inline(channels(mistake.image).numpy()),
        mistake.guess,
        mistake.label,
        mistake.probability,
        mistake.of_label,
        where,
    )


def _title(runs: Sequence[Facts]) -> str:
    if len(runs) == 1:
        return runs[0].label
    sweeps = {run.found.sweep for run in runs}
    sweep = sweeps.pop() if len(sweeps) == 1 else None
    return f"Sweep {sweep.name}: {len(runs)} runs" if sweep is not None else f"{len(runs)} runs"


def _breakable(name: str) -> Markup:
    """A run's name, which a browser may break before each of its overrides."""
    groups = "|".join(("model", "trainer", "seed", *GROUPS))
    return Markup("<wbr>").join(re.split(rf"(?<=/)|(?=_(?:{groups})[.=])", name))


def _percent(share: float) -> str:
    """A share in percent, with as many digits as tell: 12.5 %, 0.83 %."""
    return f"{100 * share:.2f}\N{NO-BREAK SPACE}%"


def _file(name: str) -> str:
    return files(__package__).joinpath("page", name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """What a browser may do for the page: show what is in it, and run the one script that is its own."""
    rules = {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": _digest(style),
        "script-src": _digest(script),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _json(values: Any) -> Markup:
    """Data within a script element, which no text in it can end."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704
