"""One training run: a checked config → a run folder with weights, metrics and pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zoo import (
    card,
    checkpoint,
    device,
    elsewhere,
    fast,
    frozen,
    history,
    loop,
    parts,
    placement,
    plot,
    processes,
    recipes,
    run_folder,
)
from zoo.checkpoint import Position
from zoo.data import DATASETS
from zoo.data.base import DataSet
from zoo.durations import duration
from zoo.errors import Interrupted, StoppedError, UserError
from zoo.files import write_text
from zoo.history import Row
from zoo.interrupt import Stop
from zoo.keeper import RunKeeper
from zoo.loader import WorkerError
from zoo.model import Model, fit
from zoo.progress import Reporter, Silent, reporter
from zoo.run_folder import RunFolder
from zoo.schema import Config
from zoo.weights import beginning
from zoo.weights.beginning import Beginning


@dataclass(frozen=True)
class Result:
    """How a run ended: its folder, and its best epoch with the errors there (shares of images, 0 to 1)."""

    folder: RunFolder
    best_epoch: int
    top1_error: float
    loss: float
    last: Row
    """The last epoch, whose errors no choice among epochs has flattered."""


def train(config: Config, overrides: Sequence[str] = (), shown: Reporter | None = None) -> Result:
    """Train as ``config`` says; ``overrides`` are what the run is named after.

    Raises:
        UserError: data, spec, folder or loss are not what they should be.
        Interrupted: Ctrl-C or SIGTERM; the run is saved and can go on.
    """
    shown = (shown or reporter(config.trainer.progress)) if processes.is_main() else Silent()
    folder = processes.from_main(lambda: run_folder.find(config, overrides))
    with processes.agreeing():
        where = device.set_up(config)
        source = DATASETS.build(config.data)
        model = fit(config.model, source)
        placement.check(config, model.net, processes.world())
        frozen.check(model, config.model.freeze)
        where = model.home(where, config.trainer.devices)
    config, choice = processes.from_main(lambda: fast.settle(config, model.net, where))
    data = processes.in_turn(source.open)
    with processes.agreeing():
        built = parts.build(config, model, data, source.augment, where)
    for line in (model.note, parts.headline(config, model, data, built), choice, recipes.batch_note(config)):
        if line:
            shown.say(line)
    position = _begin(config, folder, model, data, built, shown)
    _run(config, folder, built, position, card.about(config, model, data), shown)
    return processes.from_main(lambda: _finish(config, folder, position, model, data, shown))


def _begin(
    config: Config, folder: RunFolder, model: Model, data: DataSet, built: loop.Parts, shown: Reporter
) -> Position:
    """Where the run starts: at the beginning, or with ``resume`` where its checkpoint is."""
    if processes.from_main(lambda: config.resume and checkpoint.exists(folder.path)):
        return _go_on(config, folder, built, shown)
    with processes.agreeing():
        given = beginning.begin(config.model, model, data)
    if given is not None:
        parts.begin_with(built, given.tensors)
    processes.from_main(lambda: _start(config, folder, model, given, shown))
    for note in given.notes if given is not None else ():
        shown.say(note)
    shown.say(f"run folder: {folder.path}")
    return Position()


def _start(config: Config, folder: RunFolder, model: Model, given: Beginning | None, shown: Reporter) -> None:
    run_folder.start(folder, config, model.files(), None if given is None else given.facts())
    write_text(folder.source, model.net.source())
    try:
        model.draw(folder.diagram)
    except UserError as error:  # no reason not to train
        shown.say(str(error))


def _go_on(config: Config, folder: RunFolder, built: loop.Parts, shown: Reporter) -> Position:
    names = [set(names) for names in processes.gathered(parts.names(built))]
    changed, saved = processes.dealt(lambda: _read(config, folder, shown, names))
    with processes.agreeing():
        parts.load(built, saved, folder.path)
    processes.from_main(lambda: write_text(folder.config, run_folder.text(config)))
    at = saved.position
    if at.step > built.length.steps:
        raise UserError(
            f"{folder.path}: {at.step:,} steps are done already, and this run is to have "
            f"{built.length.steps:,}; give a greater trainer.epochs=…"
        )
    if at.step >= built.length.steps and not at.batch:
        done = "the one epoch is" if at.epoch == 1 else f"all {at.epoch} epochs are"
        shown.say(f"{folder.path}: {done} done; a greater trainer.epochs=… goes on")
    else:
        shown.say(f"run folder: {folder.path}; going on after epoch {at.epoch}, step {at.step}")
    for change in changed:
        shown.say(f"  changed since: {change}")
    return at


def _read(
    config: Config, folder: RunFolder, shown: Reporter, names: Sequence[set[str]]
) -> Iterator[tuple[list[str], checkpoint.Saved]]:
    """What each process needs of the checkpoint, by the ``names`` of the tensors that each has."""
    changed = run_folder.changes(folder, config)
    saved = checkpoint.load_last(folder.path)
    if saved.damaged:
        shown.say(f"{folder.path}: {saved.damaged}; going on from the checkpoint before it")
        checkpoint.drop_last(folder.path)
    differ = sorted(set().union(*names) ^ saved.weights.keys())
    if differ:
        raise UserError(
            f"{folder.path}: the net is not the one that this run began with: only one of them has "
            f"{', '.join(differ[:5])}{', …' * (len(differ) > 5)}"
        )
    return ((changed, saved.only(own)) for own in names)


def _run(
    config: Config,
    folder: RunFolder,
    built: loop.Parts,
    position: Position,
    about: dict[str, object],
    shown: Reporter,
) -> None:
    twice = processes.world() > 1 or elsewhere.beside_others(config)
    with Stop(twice=twice) as stop:
        keeper = RunKeeper(config, folder, built, position, about, shown, stop)
        try:
            with device.enough_of_all(config):
                loop.run(built, position, shown, keeper)
        except StoppedError as error:
            shown.end()
            keeper.save(position)
            with processes.agreeing():
                keeper.close()
            raise Interrupted(
                f"Stopped in epoch {position.epoch + 1} after step {position.step}; everything is saved in "
                f"{folder.path}, and the same command with resume=true goes on.",
                max(processes.gathered(stop.signal or 0)),
            ) from error
        except loop.DivergedError as error:
            raise UserError(f"{error} {_advice(folder)}") from error
        except (WorkerError, loop.TooManyBrokenError) as error:
            shown.end()
            keeper.save(position)  # all steps before were good
            raise UserError(
                f"{error} The run is saved after step {position.step}; resume=true goes on."
            ) from error
        finally:
            shown.end()
            keeper.end()
        with processes.agreeing():
            keeper.close()


def _advice(folder: RunFolder) -> str:
    kept = (
        f"{folder.path} keeps the weights of the last checkpoint (last.safetensors) and the best ones."
        if checkpoint.exists(folder.path)
        else "There was no checkpoint yet, so there are no weights to keep."
    )
    return (
        f"The run is stopped. {kept} What usually helps: a lower learning rate (optimizer.lr), a warm-up "
        "(schedule.warmup=2), trainer.clip=1, precision=fp32 if it was not, and a look at the data."
    )


def _finish(
    config: Config, folder: RunFolder, position: Position, model: Model, data: DataSet, shown: Reporter
) -> Result:
    rows = history.read(folder.metrics)
    error, loss, epoch = position.best
    if processes.is_main():
        plot.draw(rows, f"{model.name} on {data.name}", folder.curves)
        write_text(folder.card, card.text(config, model, data, rows, position, run_folder.weights(folder)))
    shown.say(
        f"best: {error:.2%} top-1 error in epoch {epoch:.0f} of {rows[-1].epoch}, "
        f"{duration(sum(row.seconds for row in rows))} in all"
    )
    if position.broken:
        shown.say(f"{len(position.broken)} training images could not be read, and others stood in for them")
    shown.say(
        f"in {folder.path}: best.safetensors, metrics.csv, curves.png, model.svg, tensorboard, README.md"
    )
    return Result(folder, int(epoch), error, loss, rows[-1])
