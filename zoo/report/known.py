"""What a model card tells of a run: the net, the data, the training, the machine, the code."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoo import recipes
from zoo.durations import duration
from zoo.errors import UserError
from zoo.report.compare import shown
from zoo.report.facts import Facts
from zoo.report.judged import Judged

if TYPE_CHECKING:
    import netcompiler


OF_TRAINING = (
    "optimizer.name",
    "optimizer.lr",
    "schedule.name",
    "trainer.batch_size",
    "precision.name",
    "seed",
)
TRAINING = "{}, rate {}, {} schedule, batches of {}, {}, seed {}"


@dataclass(frozen=True)
class Known:
    """One fact: what it is about, and the words; ``code`` for what was typed."""

    about: str
    words: str
    code: bool = False


def known(run: Facts, judged: Judged | None, net: "netcompiler.Net | None") -> list[Known]:
    """What there is to tell of a run."""
    return [
        fact for fact in (*_net(run, net), *_data(run, judged), *_training(run), *_machine(run)) if fact.words
    ]


def _net(run: Facts, net: "netcompiler.Net | None") -> Iterator[Known]:
    if run.about is not None:
        shape = "×".join(map(str, run.about.input))
        yield Known("Net", f"{run.about.model}, input {shape}")
    elif run.config:
        yield Known("Net", str(run.options.get("model.spec") or run.options.get("model.name")))
    if net is not None:
        yield Known("Parameters", f"{net.parameters:,}")
        yield Known("Multiply-accumulates", f"{net.macs:,} an image")


def _data(run: Facts, judged: Judged | None) -> Iterator[Known]:
    if run.about is None:
        yield Known("Data", str(run.options.get("data.name") or ""))
        return
    count = f"; {judged.tally.images:,} validation images" if judged is not None else ""
    classes = len(run.about.classes)
    yield Known("Data", f"{run.about.data}, {classes:,} {'class' if classes == 1 else 'classes'}{count}")


def _training(run: Facts) -> Iterator[Known]:
    options = run.options
    if options.get("recipe"):
        yield Known("Recipe", _recipe(str(options["recipe"])))
    if options:
        told = {key: shown(options.get(key)) for key in OF_TRAINING}
        yield Known("Training", TRAINING.format(*told.values()))
    if run.last is not None:
        seconds = sum(row.seconds for row in run.rows)
        speed = sorted(row.images_per_second for row in run.rows)[len(run.rows) // 2]
        yield Known(
            "Took",
            f"{_counted(run.last.epoch, 'epoch')}, {run.last.step:,} steps, {duration(seconds)}; "
            f"{speed:,.0f} images/s, {run.last.memory:,.0f} MiB, "
            f"{run.last.waiting:.0%} of the last epoch spent waiting for images",
        )


def _recipe(name: str) -> str:
    try:
        recipe = recipes.find(name)
    except UserError:  # of the user's own, in a folder that is not at hand
        return name
    return f"{recipe.name}. {recipe.source} Published: {recipe.published}"


def _machine(run: Facts) -> Iterator[Known]:
    found = run.environment
    packages: Any = found.get("packages") or {}
    git: Any = found.get("git") or {}
    parts = [found.get("gpu"), found.get("processor"), _counted(found.get("threads"), "thread")]
    yield Known("Machine", ", ".join(str(part) for part in parts if part))
    versions = [f"{name} {packages[name]}" for name in ("torch", "netcompiler", "numpy") if name in packages]
    python = [f"Python {found['python']}"] if "python" in found else []
    yield Known("Versions", ", ".join([*python, *versions]))
    if git.get("commit"):
        changed = len(git.get("changed") or ())
        state = f", {_counted(changed, 'file')} changed since (git.diff)" if changed else ""
        yield Known("Code", f"git commit {str(git['commit'])[:12]}{state}")
    yield Known("Command", str(found.get("command") or ""), code=True)
    yield Known("Folder", str(run.found.path), code=True)


def _counted(count: Any, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}" if count else ""
