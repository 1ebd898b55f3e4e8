"""The builders of torchvision's classification models, and the specs that stand for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch

import torch
from torch import nn

from tests.peers import import_torchvision


@dataclass(frozen=True, slots=True)
class Peer:
    """One builder of torchvision, and how it is compared.

    Attributes:
        spec: the spec's file, without its ending.
        name: the builder's name, which is the net's.
        size: the height and width of the images.
        own_size: the net's parameters depend on the size, so that the builder is told it.
        runs: whether logits are compared; a net that is too large for a quick test is compared on the meta
            device, by keys, shapes and numbers of parameters.
    """

    spec: str
    name: str
    size: int
    own_size: bool = False
    runs: bool = True

    @property
    def has_constants(self) -> bool:
        """Whether its modules make tensors that are not learned, and so must be made on a real device."""
        return self.spec in ("swin", "maxvit")

    @property
    def net(self) -> str:
        """The net's name in the spec's file."""
        return "alexnet_one" if self.name == "alexnet" else self.name

    def build(self) -> nn.Module:
        """torchvision's model, on the default device and in evaluation."""
        builder = import_torchvision().models.get_model_builder(self.name)
        given: dict[str, object] = {"image_size": self.size} if self.own_size else {}
        if self.name in ("googlenet", "inception_v3"):
            given |= {"aux_logits": True, "init_weights": False}
        with _widths_on_cpu():
            model: nn.Module = builder(**given).eval()
        return model


@contextmanager
def _widths_on_cpu() -> Iterator[None]:
    """RegNets compute their widths with tensors, which need numbers even where the model has none."""
    params = import_torchvision().models.regnet.BlockParams
    compute = params.from_init_params

    def computed(*arguments: object, **options: object) -> object:
        with torch.device("cpu"):
            return compute(*arguments, **options)

    with patch.object(params, "from_init_params", computed):
        yield


def _peers(spec: str, size: int, *names: str, own_size: bool = False) -> list[Peer]:
    return [Peer(spec, name, size, own_size, name not in LARGE) for name in names]


LARGE = {"regnet_y_128gf", "vit_h_14"}
"""More than 600 million parameters."""

_REGNETS = ("400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf")

PEERS: list[Peer] = [
    *_peers("alexnet_one", 63, "alexnet"),
    *_peers("vgg", 32, *(f"vgg{n}{bn}" for n in (11, 13, 16, 19) for bn in ("", "_bn"))),
    *_peers("googlenet", 64, "googlenet"),
    *_peers("inception_v3", 299, "inception_v3"),
    *_peers("squeezenet", 64, "squeezenet1_0", "squeezenet1_1"),
    *_peers("resnet", 64, *(f"resnet{n}" for n in (18, 34, 50, 101, 152))),
    *_peers("resnet", 64, "resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d"),
    *_peers("resnet", 64, "wide_resnet50_2", "wide_resnet101_2"),
    *_peers("densenet", 64, *(f"densenet{n}" for n in (121, 161, 169, 201))),
    *_peers("mobilenet_v2", 64, "mobilenet_v2"),
    *_peers("mobilenet_v3", 64, "mobilenet_v3_large", "mobilenet_v3_small"),
    *_peers("mnasnet", 64, *(f"mnasnet{n}" for n in ("0_5", "0_75", "1_0", "1_3"))),
    *_peers("shufflenet_v2", 64, *(f"shufflenet_v2_x{n}" for n in ("0_5", "1_0", "1_5", "2_0"))),
    *_peers("efficientnet", 64, *(f"efficientnet_b{n}" for n in range(8))),
    *_peers("efficientnet", 64, *(f"efficientnet_v2_{n}" for n in "sml")),
    *_peers("regnet", 64, *(f"regnet_x_{n}" for n in _REGNETS)),
    *_peers("regnet", 64, *(f"regnet_y_{n}" for n in (*_REGNETS, "128gf"))),
    *_peers("convnext", 64, *(f"convnext_{n}" for n in ("tiny", "small", "base", "large"))),
    *_peers("vit", 64, "vit_b_16", "vit_b_32", "vit_l_16", "vit_l_32", own_size=True),
    *_peers("vit", 70, "vit_h_14", own_size=True),
    *_peers("swin", 100, *(f"swin_{n}" for n in "tsb")),
    *_peers("swin", 100, *(f"swin_v2_{n}" for n in "tsb")),
    *_peers("maxvit", 224, "maxvit_t"),
]  # fmt: skip
"""All 80, by family."""

SMALL: list[Peer] = [
    peer
    for peer in PEERS
    if peer.name
    in {
        "alexnet", "vgg11_bn", "googlenet", "inception_v3", "squeezenet1_1", "resnet18", "resnext50_32x4d",
        "wide_resnet50_2", "densenet121", "mobilenet_v2", "mobilenet_v3_small", "mnasnet0_5",
        "shufflenet_v2_x0_5", "efficientnet_b0", "efficientnet_v2_s", "regnet_x_400mf", "regnet_y_400mf",
        "convnext_tiny", "vit_b_32", "swin_t", "swin_v2_t", "maxvit_t",
    }
]  # fmt: skip
"""A small net of each family, for training."""
