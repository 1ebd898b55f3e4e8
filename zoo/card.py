"""What a run's weights are: the header of weights files, and the model card beside them."""

from collections.abc import Mapping, Sequence
from typing import Any

from zoo import recipes
from zoo.checkpoint import Position
from zoo.data.base import DataSet
from zoo.durations import duration
from zoo.errors import UserError
from zoo.history import Row
from zoo.metrics import TOP
from zoo.model import Model
from zoo.schema import Config
from zoo.synsets.hierarchy import wnids_of


def about(config: Config, model: Model, data: DataSet) -> dict[str, Any]:
    """What it takes to use the weights, as plain values."""
    return {
        "model": model.name,
        "params": dict(config.model.params),
        "input": list(model.shape),
        "output": model.output,
        "classes": list(data.classes),
        "wnids": wnids_of(data.classes) or [],
        "mean": list(data.mean),
        "std": list(data.std),
        "centre": data.centre,
        "data": data.name,
        "precision": config.precision.name,
        "spec": model.net.expand(),
    }


def text(
    config: Config,
    model: Model,
    data: DataSet,
    rows: Sequence[Row],
    position: Position,
    began: Mapping[str, Any] | None = None,
) -> str:
    """The card, in Markdown; ``began`` are facts about the weights that the run began with."""
    last, (error, loss, epoch) = rows[-1], position.best
    rate = config.optimizer.rate(config.trainer.batch_size)
    shape = "×".join(map(str, model.shape))
    top5 = len(data.classes) > TOP
    of_last, of_best = (f" {share:.2%} |" * top5 for share in (last.val_top5_error, _top5(rows, epoch)))
    lines = [
        f"# {model.name} on {data.name}",
        "",
        *_recipe(config),
        f"- **Net**: {model.name}, {model.net.parameters:,} parameters, input {shape}; the spec is in",
        "  `spec/`, the PyTorch module in `model.py`, the diagram in `model.svg`.",
        *_began(config, began),
        f"- **Data**: {data.name}; {len(data.train.labels):,} training images, {len(data.val.labels):,} for",
        f"  validation, {len(data.classes):,} classes. Values are in [0, 1], less {_numbers(data.mean)},",
        f"  divided by {_numbers(data.std)}.",
        f"- **Training**: {config.optimizer.name}, rate {rate:g}, {config.schedule.name}",
        f"  schedule, batches of {config.trainer.batch_size}, {last.epoch} epochs, {last.step:,} steps, seed",
        f"  {config.seed}, {config.precision.name}; {duration(sum(row.seconds for row in rows))} in all.",
        "",
        f"| validation | top-1 error |{' top-5 error |' * top5} loss |",
        f"|---|---|{'---|' * top5}---|",
        f"| last epoch | {last.val_top1_error:.2%} |{of_last} {last.val_loss:.4f} |",
        f"| best epoch ({epoch:.0f}) | {error:.2%} |{of_best} {loss:.4f} |",
        "",
        "The best epoch was chosen on the same images, which flatters it a little.",
        "",
        "`best.safetensors` holds the weights of the best epoch, `config.yaml` every option,",
        "`environment.yaml` the versions, the machine and the git state. `zoo train --from` with this folder",
        "runs it again.",
    ]
    if position.broken:
        lines += ["", f"{len(position.broken)} training images could not be read:", ""]
        lines += [f"- {text}" for text in position.broken]
    return "\n".join(lines) + "\n"


def _recipe(config: Config) -> list[str]:
    if config.recipe is None:
        return []
    try:
        recipe = recipes.find(config.recipe)
    except UserError:  # of the user's own, in a folder that is not at hand
        return [f"- **Recipe**: {config.recipe}"]
    words = f"{recipe.name}: {recipe.about} {recipe.source} Published: {recipe.published}"
    return [f"- **Recipe**: {words}"]


def _began(config: Config, began: Mapping[str, Any] | None) -> list[str]:
    lines = []
    if began is not None:
        new = ", ".join(began["new"]) or "nothing"
        lines += [
            f"- **Began with** the weights in `{began['file']}` (SHA-256 {began['sha256']});",
            f"  newly initialised: {new}.",
        ]
    if config.model.freeze:
        lines += [f"- **Frozen**: {', '.join(config.model.freeze)}."]
    return lines


def _top5(rows: Sequence[Row], epoch: float) -> float:
    return next(row.val_top5_error for row in rows if row.epoch == epoch)


def _numbers(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.4g}" for value in values)
