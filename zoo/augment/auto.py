"""``augment=auto``: what suits the data."""

import dataclasses
from dataclasses import dataclass

from zoo.augment.base import AUGMENTS, AugmentOptions, Place


@dataclass(frozen=True)
class AutoOptions(AugmentOptions):
    """Options of ``augment=auto``."""


@AUGMENTS.register("auto", AutoOptions)
def auto(_options: AutoOptions, suits: AugmentOptions) -> Place | None:
    """What suits the data: small shifts of digits, random crops of photographs."""
    return AUGMENTS.build(suits, suits)


def settled(options: AugmentOptions, suits: AugmentOptions) -> AugmentOptions:
    """The options in force: for ``auto`` those that suit the data, with what was set beside them."""
    if not isinstance(options, AutoOptions):
        return options
    shared = {field.name: getattr(options, field.name) for field in dataclasses.fields(AugmentOptions)}
    shared = {name: value for name, value in shared.items() if value != getattr(AugmentOptions(), name)}
    return dataclasses.replace(suits, **{**shared, "name": suits.name})
