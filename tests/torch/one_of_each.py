"""One net of each family that is quick to run and trace: with fewer blocks where its spec allows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

import netcompiler


@dataclass(frozen=True, slots=True)
class Small:
    """A net, the parameters that make it small, and the shape of its input."""

    target: str
    input: tuple[int, ...]
    parameters: dict[str, Any]

    def net(self) -> netcompiler.Net:
        return netcompiler.load(f"specs/{self.target}", inputs=self.input, **self.parameters)

    def data(self) -> Tensor:
        """Two samples; of words' numbers where the input has one dimension."""
        generator = torch.Generator().manual_seed(0)
        if len(self.input) == 1:
            return torch.randint(0, 50, (2, *self.input), generator=generator)
        return torch.randn(2, *self.input, generator=generator)


def _small(target: str, *shape: int, **parameters: Any) -> Small:
    return Small(target, shape, parameters)


ONE_OF_EACH = {
    "alexnet": _small("alexnet.net", 3, 67, 67, classes=10),
    "alexnet_one": _small("alexnet_one.net", 3, 63, 63, classes=10),
    "convnext": _small("convnext.net:convnext", 3, 32, 32, width=16, depths=[1, 1, 2, 1], drop=0.1),
    "densenet": _small("densenet.net:densenet", 3, 32, 32, depths=[1, 2, 2, 1], width=16),
    "efficientnet": _small("efficientnet.net:efficientnet_b0", 3, 64, 64),
    "fpn": _small("fpn.net:resnet_fpn", 3, 64, 64, unit="bottleneck", depths=[1, 2, 1, 1], maps=16),
    "googlenet": _small("googlenet.net", 3, 64, 64),
    "gpt": _small("gpt.net:gpt", 16, depth=2, heads=2, width=16, context=16, vocabulary=50, dropped=0.1),
    "inception_v3": _small("inception_v3.net", 3, 299, 299),
    "lenet": _small("lenet.net", 1, 28, 28),
    "maxvit": _small(
        "maxvit.net:maxvit", 3, 224, 224, stem=8, widths=[32] * 4, depths=[1, 1, 1, 1], drop=0.1
    ),
    "mlp_mixer": _small("mlp_mixer.net:mlp_mixer", 3, 32, 32, patch=8, width=16, depth=2, size=32),
    "mnasnet": _small("mnasnet.net:mnasnet0_5", 3, 64, 64),
    "mobilenet_v2": _small("mobilenet_v2.net", 3, 64, 64, width=0.25),
    "mobilenet_v3": _small("mobilenet_v3.net:mobilenet_v3_small", 3, 64, 64),
    "nin": _small("nin.net:nin_cifar", 3, 32, 32),
    "preact_resnet": _small("preact_resnet.net:resnetv2", 3, 64, 64, depths=[1, 2, 1, 1]),
    "regnet": _small(
        "regnet.net:regnet", 3, 64, 64, depth=7, first=16, slope=12.0, step=2.2, group_width=8, squeeze=True
    ),
    "resnet": _small("resnet.net:resnet", 3, 64, 64, unit="bottleneck", depths=[1, 2, 1, 1]),
    "resnet_cifar": _small("resnet_cifar.net:resnet20", 3, 32, 32),
    "se_resnet": _small("se_resnet.net:seresnet", 3, 64, 64, depths=[1, 2, 1, 1]),
    "shufflenet_v2": _small("shufflenet_v2.net:shufflenet_v2_x0_5", 3, 64, 64),
    "squeezenet": _small("squeezenet.net:squeezenet1_1", 3, 64, 64),
    "swin": _small(
        "swin.net:swin", 3, 64, 64, width=16, depths=[2, 2, 1, 1], heads=[1, 2, 4, 8], window=2,
        drop=0.1, size=64
    ),
    "unet": _small("unet.net:unet", 1, 188, 188, maps=4),
    "vgg": _small("vgg.net:vgg11_bn", 3, 32, 32, classes=10),
    "vit": _small("vit.net:vit", 3, 32, 32, patch=8, width=16, depth=2, heads=2, size=32),
    "zfnet": _small("zfnet.net", 3, 96, 96, classes=10),
}  # fmt: skip
