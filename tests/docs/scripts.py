"""The scripts beside the pages, as modules."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

from tests.docs.blocks import ROOT


def script(name: str) -> ModuleType:
    """The script ``docs/NAME.py``."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where its dataclasses look for their names
    spec.loader.exec_module(module)
    return module
