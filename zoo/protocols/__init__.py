"""How a trained net is shown an image, one way a file; importing this package registers all of them."""

import importlib
import pkgutil

from zoo.protocols.base import PROTOCOLS

__all__ = ["PROTOCOLS"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
