"""The data sets, one a file. A new file in this folder that registers itself is a new ``data=NAME``."""

import importlib
import pkgutil

from zoo.data.base import DATASETS

__all__ = ["DATASETS"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
