"""What is done to training images: ``augment=NAME`` says which part of each is taken, one way a file.

A new file in this folder that registers itself is a new ``augment=NAME``. What every way shares (colour,
erasing, mixing) are the options of ``base.AugmentOptions``, and ``transform.Training`` puts all together.
"""

import importlib
import pkgutil

from zoo.augment.base import AUGMENTS

__all__ = ["AUGMENTS"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
