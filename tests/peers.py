"""Other people's packages that tests compare with. None is a dependency of the product."""

from __future__ import annotations

import functools
import warnings
from types import ModuleType


@functools.cache
def import_torchvision() -> ModuleType:
    """The torchvision package.

    Its wheel for GPUs has operators in a library that CPU builds of torch cannot load; the two schemas below
    are all that ``import torchvision`` asks for. What needs the operators themselves does not run.
    """
    import torch

    try:
        torch.ops.torchvision.nms  # noqa: B018 - defined already
    except AttributeError:
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _KEPT.append(library)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torchvision
        import torchvision.models
        import torchvision.ops
    module: ModuleType = torchvision
    return module


_KEPT: list[object] = []
"""A library's definitions last as long as the object."""
