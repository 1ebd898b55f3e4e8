"""Recipes: whole experiments, ``recipe=NAME``, each one YAML file of choices and options with its source.

A recipe says what would otherwise be typed: ``GROUP: CHOICE``, ``GROUP: {name: CHOICE, OPTION: VALUE}``, or
``OPTION: VALUE``. What the command line says goes before it, and for a group that the command line chooses
the recipe says nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo import yamls
from zoo.errors import UserError
from zoo.suggest import hint

if TYPE_CHECKING:
    from zoo.schema import Config

FOLDER = Path(__file__).parent / "configs" / "recipes"
WORDS = ("about", "source", "published")
"""What a recipe says of itself, beside its choices."""


@dataclass(frozen=True)
class Recipe:
    """One recipe; ``values`` are its choices and options as plain values."""

    name: str
    file: Path
    values: Mapping[str, Any]
    about: str
    source: str
    published: str
    """The result that the source reports with these settings, and on what."""


def names(folder: Path | None = None) -> dict[str, Path]:
    """The files of all recipes by name; those of ``folder``/recipes take the place of shipped ones."""
    places = [FOLDER, *([folder / "recipes"] if folder else [])]
    return {file.stem: file for place in places for file in sorted(place.glob("*.yaml"))}


def batch_note(config: "Config", folder: Path | None = None) -> str | None:
    """Where a run has another batch than its recipe, and the recipe's rate all the same: a line saying so."""
    if config.recipe is None or config.optimizer.lr_batch is not None:
        return None
    try:
        values = find(config.recipe, folder).values
    except UserError:  # of the user's own, in a folder that is not at hand
        return None
    published, own = (values.get("trainer") or {}).get("batch_size"), config.trainer.batch_size
    optimizer = values.get("optimizer")
    rate = optimizer.get("lr") if isinstance(optimizer, Mapping) else None
    if published in (None, own) or rate != config.optimizer.lr:
        return None
    return (
        f"batches of {own} images with the rate that recipe={config.recipe} has for {published}: "
        f"optimizer.lr_batch={published} makes it {rate * own / published:.3g}, in proportion"
    )


def find(name: str, folder: Path | None = None) -> Recipe:
    """Read a recipe.

    Raises:
        UserError: there is none of that name, or its file is not one.
    """
    files = names(folder)
    if name not in files:
        raise UserError(f"recipe={name}: no such recipe; {hint(name, files, 'recipe=')}")
    try:
        values = yamls.load(files[name].read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{files[name]}: not a recipe: {error}") from error
    words = {word: " ".join(str(values.pop(word, "")).split()) for word in WORDS}
    if "recipe" in values:
        raise UserError(f"{files[name]}: a recipe cannot name another; write its options out")
    return Recipe(name, files[name], values, **words)
