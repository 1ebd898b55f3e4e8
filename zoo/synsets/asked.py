"""What the commands about synsets are asked for: the hierarchy, and the data where there is some."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zoo.data.base import DataSet
from zoo.errors import UserError
from zoo.synsets import find, wordnet
from zoo.synsets.hierarchy import Hierarchy, wnids_of


@dataclass(frozen=True)
class Asked:
    """The hierarchy; the data and the wnids of its classes, or None and none where no data was named."""

    hierarchy: Hierarchy
    data: DataSet | None
    wnids: Sequence[str]


def asked(overrides: Sequence[str], folder: Path | None, place: Path | None) -> Asked:
    """What overrides name; ``place`` is where the hierarchy is, if the user says so.

    Raises:
        UserError: there is no data or no hierarchy there, or the data's classes are no wnids.
    """
    if not overrides:
        return Asked(_alone(place), None, ())
    from zoo import config
    from zoo.data import DATASETS

    options = config.request(overrides, folder=folder).configs()[0].data
    source = DATASETS.build(options)
    wnids = wnids_of(source.classes)
    if wnids is None:
        raise UserError(
            f"data={options.name}: its classes, as {source.classes[0]}, have no place in the tree: they are "
            "no wnids like n02084071"
        )
    hierarchy = find.read(place) if place is not None else find.of_data(options, wnids)
    return Asked(hierarchy, source.open(), wnids)


def _alone(place: Path | None) -> Hierarchy:
    where = place or wordnet.find()
    if where is None:
        raise UserError(f"no WordNet is found; --synsets PATH says where it is: {find.WANTED}")
    return find.read(where)
