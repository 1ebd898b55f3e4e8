"""Where a run's numbers go beside ``metrics.csv`` and TensorBoard, one place a file.

A new file in this folder that registers itself is a new ``logger=NAME``.
"""

import importlib
import pkgutil

from zoo.loggers.base import LOGGERS

__all__ = ["LOGGERS"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
