"""``zoo report``: write one page about runs: curves, options, mistakes, filters, the net's diagram."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zoo import arguments as line
from zoo.errors import UserError
from zoo.options import option
from zoo.settings import RunOptions, table, take, unknown, words

if TYPE_CHECKING:
    from zoo.report.facts import Facts
    from zoo.report.judged import Judged

NAME = "zoo report"
USAGE = f"{NAME} RUN ... [-o report.html] [OPTION=VALUE] ..."
HELP = f"""\
usage: {USAGE}

Write one HTML page about runs, which needs nothing but itself: learning curves, the best results, options
compared, confusion matrices, the surest mistakes as pictures, the first layer's filters, the nets' diagrams.
RUN is a run's folder, a sweep's, or a folder that holds runs; of several runs the page has all curves in the
same axes, and of runs with different options a table to sort and parallel coordinates.

  zoo report runs/resnet20-digits
  zoo report runs/lenet-digits runs/resnet20-digits -o both.html
  zoo report runs/sweeps/2026-11-23_10-00-00

The best runs are evaluated on the validation images that they were trained with. What is missing (weights,
epochs, images that are gone) the page says.

  -o FILE.html        where the page goes; report.html without it
  -h, --help          this text

Options (OPTION=VALUE), with type, default and meaning:

"""


@dataclass(frozen=True)
class ReportOptions(RunOptions):
    """Options of this command."""

    evaluate: int = option(4, "how many runs are evaluated, the best first; 0 is none", low=0)
    mistakes: int = option(24, "how many mistakes of a run are shown", low=0, high=1000)


def run(arguments: Sequence[str]) -> int:
    """Write the page."""
    parser = line.parser(NAME, USAGE)
    parser.add_argument("-o", "--output", type=Path, default=Path("report.html"))
    given = parser.parse_intermixed_args(list(arguments))
    if given.help:
        sys.stdout.write(HELP + table(ReportOptions))
        return 0
    options, rest = take(ReportOptions, given.overrides)
    for word in rest:
        if "=" in word and not Path(word).exists():
            raise unknown(ReportOptions, word, NAME)
    if not rest:
        raise UserError("no runs: name folders of runs, or of a sweep")
    output: Path = given.output
    if output.suffix not in {".html", ".htm"}:
        raise UserError(f"-o {output}: the page is HTML; name a file that ends in .html")
    if not output.parent.is_dir():
        raise UserError(f"-o {output}: there is no folder {output.parent}")
    _report(options, [Path(word) for word in rest], output)
    return 0


def complete(before: Sequence[str], start: str) -> Iterable[str]:
    """Options and runs."""
    if before and before[-1] == "-o":
        return []
    return ["--help", "-o", *words(ReportOptions, start), *_folders(start)]


def _folders(start: str) -> Iterable[str]:
    folder = Path(start or "runs/x").parent
    return sorted(str(config.parent) for config in folder.glob("*/config.yaml"))


def _report(options: ReportOptions, paths: Sequence[Path], output: Path) -> None:
    from zoo.report import compare, facts, found

    runs = [facts.read(each) for each in found.find(paths)]
    compare.name(runs)

    from zoo.report import diagram, write  # which take longer to import than wrong paths take to be found

    judged = _judge(options, runs)
    size = write.write(output, runs, judged, diagram.diagrams(runs))
    counted = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
    sys.stdout.write(f"{output}: {counted}, {size / 1024:,.0f} KiB\n")


def _judge(options: ReportOptions, runs: Sequence["Facts"]) -> list["Judged | None"]:
    """The best runs evaluated, in their places; why one could not be goes onto the page."""
    from zoo.report.judged import Judge

    judge = Judge(options, options.mistakes)
    able = [number for number, run in enumerate(runs) if run.about is not None]
    able.sort(key=lambda number: (runs[number].error is None, runs[number].error))
    made: list[Judged | None] = [None] * len(runs)
    for number in able[: options.evaluate]:
        run = runs[number]
        try:
            made[number] = seen = judge(run)
        except (UserError, OSError) as error:
            run.missing.append(f"It could not be evaluated: {str(error).splitlines()[0]}")
            line.complain(f"{run.label}: not evaluated: {str(error).splitlines()[0]}")
            continue
        sys.stdout.write(f"{run.label}: {seen.tally.top1_error:.2%} top-1 error, evaluated\n")
        sys.stdout.flush()
    return made
