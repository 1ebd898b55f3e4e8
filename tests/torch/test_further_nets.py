"""Nets beyond torchvision's classification models, against references that are written by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import netcompiler
from tests.torch import references
from tests.torch.filling import NoRandomNumbers, fill, matters, settle, shapes


@dataclass(frozen=True, slots=True)
class Case:
    """A net, its reference, and what both are run on.

    Attributes:
        parameters: the net's, where the whole net is too large for a quick test.
        tolerance: how far results may lie apart, relative to the largest; 0 where operations are the same.
    """

    spec: str
    reference: Callable[[], nn.Module]
    input: tuple[int, ...]
    parameters: dict[str, Any] = field(default_factory=dict)
    tolerance: float = 0.0

    def net(self) -> netcompiler.Net:
        return netcompiler.load(f"specs/{self.spec}", inputs=self.input, **self.parameters)

    def data(self) -> Tensor:
        generator = torch.Generator().manual_seed(1)
        if len(self.input) == 1:
            return torch.randint(0, 50, (2, *self.input), generator=generator)
        return torch.randn(2, *self.input, generator=generator)


GPT = {"depth": 2, "heads": 3, "width": 48, "context": 32, "vocabulary": 50, "dropped": 0.1}

CASES = {
    "nin": Case("nin.net:nin", references.nin, (3, 224, 224)),
    "nin_cifar": Case("nin.net:nin_cifar", references.nin_cifar, (3, 32, 32)),
    "zfnet": Case("zfnet.net", references.ZFNet, (3, 224, 224)),
    "resnetv2_50": Case(
        "preact_resnet.net:resnetv2_50", lambda: references.resnetv2([3, 4, 6, 3]), (3, 64, 64)
    ),
    "preact_resnet110": Case(
        "preact_resnet.net:preact_resnet110", lambda: references.preact_cifar(18, basic=True), (3, 16, 16)
    ),
    "preact_resnet164": Case(
        "preact_resnet.net:preact_resnet164", lambda: references.preact_cifar(18, basic=False), (3, 16, 16)
    ),
    "seresnet50": Case("se_resnet.net:seresnet50", lambda: references.seresnet([3, 4, 6, 3]), (3, 64, 64)),
    "seresnext50_32x4d": Case(
        "se_resnet.net:seresnext50_32x4d", lambda: references.seresnet([3, 4, 6, 3], 32, 4), (3, 64, 64)
    ),
    "unet": Case("unet.net:unet", references.UNet, (1, 188, 188)),
    "unet_padded": Case("unet.net:unet_padded", references.PaddedUNet, (1, 32, 32)),
    "mixer_s32": Case(
        "mlp_mixer.net:mixer_s32", lambda: references.Mixer(32, 512, 8, 64), (3, 64, 64), {"size": 64}
    ),
    # `scaled_dot_product_attention` and a product in place of a layer sum in another order.
    "gpt": Case("gpt.net:gpt", lambda: references.GPT(**GPT), (24,), GPT, tolerance=1e-6),
    "fpn": Case(
        "fpn.net:resnet50_fpn", lambda: references.fpn(frozen=False), (3, 70, 90), {"norm": "batchnorm"}
    ),
    "fpn_frozen": Case("fpn.net:resnet50_fpn", lambda: references.fpn(frozen=True), (3, 70, 90)),
}


def values(result: Any) -> list[Tensor]:
    """The outputs, of a dictionary's in its order."""
    if isinstance(result, Tensor):
        return [result]
    return list(result.values()) if isinstance(result, dict) else list(result)


@pytest.mark.parametrize("name", CASES)
def test_weights_load_and_results_are_equal(name: str) -> None:
    case = CASES[name]
    net = case.net()
    with NoRandomNumbers():
        ours, theirs = net.module(), case.reference()
    assert shapes(ours) == shapes(theirs)
    assert net.parameters == sum(p.numel() for p in theirs.parameters())
    fill(theirs)
    data = case.data()
    assert settle(theirs, data) == net.macs
    ours.load_state_dict(theirs.state_dict(), strict=True)
    for training in (False, True):
        results = []
        for model in (ours, theirs):
            torch.manual_seed(2)
            with torch.no_grad():
                results.append(values(model.train(training)(data)))
        for found, expected in zip(*results, strict=True):
            assert matters(expected)
            if training and case.tolerance:
                continue  # dropout's random numbers are drawn elsewhere
            assert found.shape == expected.shape
            error = (found - expected).abs().max() / expected.abs().max()
            assert error <= case.tolerance, float(error)


PUBLISHED = {
    "nin.net:nin_cifar": 966_986,  # Caffe's model zoo
    "zfnet.net:zfnet": 62_357_608,
    "preact_resnet.net:resnetv2_50": 25_549_352,  # timm
    "preact_resnet.net:resnetv2_101": 44_541_480,
    "preact_resnet.net:resnetv2_152": 60_185_128,
    "se_resnet.net:seresnet50": 28_088_024,  # timm
    "se_resnet.net:seresnet101": 49_326_872,
    "se_resnet.net:seresnet152": 66_821_848,
    "se_resnet.net:seresnext50_32x4d": 27_559_896,
    "se_resnet.net:seresnext101_32x4d": 48_955_416,
    "mlp_mixer.net:mixer_s32": 19_104_624,  # timm
    "mlp_mixer.net:mixer_s16": 18_528_264,
    "mlp_mixer.net:mixer_b32": 60_293_428,
    "mlp_mixer.net:mixer_b16": 59_880_472,
    "mlp_mixer.net:mixer_l32": 206_939_264,
    "mlp_mixer.net:mixer_l16": 208_196_168,
    "gpt.net:gpt2": 124_439_808,  # Hugging Face's transformers
    "gpt.net:gpt2_medium": 354_823_168,
    "gpt.net:gpt2_large": 774_030_080,
    "gpt.net:gpt2_xl": 1_557_611_200,
}
"""Numbers of parameters, of papers and other implementations."""

ROUNDED = {
    "preact_resnet.net:preact_resnet110": 1.7,  # the paper
    "preact_resnet.net:preact_resnet164": 1.7,
    "preact_resnet.net:preact_resnet1001": 10.3,  # 10.2 in the paper
    "mlp_mixer.net:mixer_h14": 432,  # 431 in the paper, which gives round numbers
}
"""Millions of parameters."""


@pytest.mark.parametrize("target", PUBLISHED)
def test_parameters_are_as_many_as_published(target: str) -> None:
    assert netcompiler.load(f"specs/{target}").parameters == PUBLISHED[target]


@pytest.mark.parametrize("target", ROUNDED)
def test_parameters_are_about_as_many_as_published(target: str) -> None:
    millions = netcompiler.load(f"specs/{target}").parameters / 1e6
    assert abs(millions - ROUNDED[target]) <= (0.05 if ROUNDED[target] < 100 else 0.5)


def test_unet_has_the_papers_sizes() -> None:
    net = netcompiler.load("specs/unet.net:unet")
    assert net.outputs[0].shape == (2, 388, 388)
    lowest = [net.layer(name).output for name in ("conv_d4a-b", "conv_d4b-c", "conv_u3c-d")]
    assert lowest == [(1024, 30, 30), (1024, 28, 28), (512, 52, 52)]


def test_tokens_see_no_later_ones() -> None:
    model = CASES["gpt"].net().module().eval()
    tokens = CASES["gpt"].data()
    changed = tokens.clone()
    changed[:, 10:] = 0
    with torch.no_grad():
        before, after = model(tokens), model(changed)
    torch.testing.assert_close(before[:, :10], after[:, :10])
    assert not torch.isclose(before[:, 10:], after[:, 10:]).all()


def test_the_pyramid_has_five_maps() -> None:
    net = netcompiler.load("specs/fpn.net:resnet50_fpn")
    assert [output.shape for output in net.outputs] == [(256, n, n) for n in (200, 100, 50, 25, 13)]
