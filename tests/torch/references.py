"""Nets beyond torchvision's, written by hand as their authors and timm write them."""

from __future__ import annotations

from itertools import pairwise
from math import sqrt

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.peers import import_torchvision


class NetworkInNetwork(nn.Module):
    """The Caffe models of Lin, Chen & Yan (2013), as converted to PyTorch."""

    def __init__(self, widths: list[list[int]], kernels: list[int], stride: int, *, cifar: bool) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for i, (row, kernel) in enumerate(zip(widths, kernels, strict=True)):
            first = i == 0 and not cifar
            padding = 0 if first else kernel // 2
            layers += [nn.Conv2d(channels, row[0], kernel, stride if first else 1, padding), nn.ReLU()]
            for before, width in pairwise(row):
                layers += [nn.Conv2d(before, width, 1), nn.ReLU()]
            channels = row[-1]
            if i < len(widths) - 1:
                average = cifar and i == 1
                layers.append((nn.AvgPool2d if average else nn.MaxPool2d)(3, 2, ceil_mode=True))
                if cifar or i == 2:
                    layers.append(nn.Dropout())
        self.features = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(self.features(x), 1).flatten(1)


def nin() -> nn.Module:
    widths = [[96, 96, 96], [256, 256, 256], [384, 384, 384], [1024, 1024, 1000]]
    return NetworkInNetwork(widths, [11, 5, 3, 3], 4, cifar=False)


def nin_cifar() -> nn.Module:
    return NetworkInNetwork([[192, 160, 96], [192, 192, 192], [192, 192, 10]], [5, 5, 3], 1, cifar=True)


class ZFNet(nn.Module):
    """Figure 3 of Zeiler & Fergus (2013)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 96, 7, 2, 1)
        self.conv2 = nn.Conv2d(96, 256, 5, 2)
        self.conv3 = nn.Conv2d(256, 384, 3, padding=1)
        self.conv4 = nn.Conv2d(384, 384, 3, padding=1)
        self.conv5 = nn.Conv2d(384, 256, 3, padding=1)
        self.fc6 = nn.Linear(9216, 4096)
        self.fc7 = nn.Linear(4096, 4096)
        self.fc8 = nn.Linear(4096, 1000)

    def forward(self, x: Tensor) -> Tensor:
        for conv in (self.conv1, self.conv2):
            x = F.max_pool2d(F.relu(conv(x)), 3, 2, ceil_mode=True)
            x = F.local_response_norm(x, 5, 1e-4, 0.75, 2.0)
        x = F.relu(self.conv4(F.relu(self.conv3(x))))
        x = F.max_pool2d(F.relu(self.conv5(x)), 3, 2, ceil_mode=True).flatten(1)
        for fc in (self.fc6, self.fc7):
            x = F.dropout(F.relu(fc(x)), 0.5, self.training)
        output: Tensor = self.fc8(x)
        return output


class Downsample(nn.Module):
    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, width, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        output: Tensor = self.conv(x)
        return output


class PreActBottleneck(nn.Module):
    """timm's, and with the stride in the first convolution the paper's."""

    def __init__(self, channels: int, width: int, stride: int, *, paper: bool) -> None:
        super().__init__()
        strides = (stride, 1) if paper else (1, stride)
        if channels != 4 * width or stride != 1:
            self.downsample: nn.Module | None = Downsample(channels, 4 * width, stride)
        else:
            self.downsample = None
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv1 = nn.Conv2d(channels, width, 1, strides[0], bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, strides[1], 1, bias=False)
        self.norm3 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        active = F.relu(self.norm1(x))
        skip = x if self.downsample is None else self.downsample(active)
        y = self.conv2(F.relu(self.norm2(self.conv1(active))))
        output: Tensor = self.conv3(F.relu(self.norm3(y))) + skip
        return output


class PreActBasic(nn.Module):
    """Two convolutions, with shortcuts that have no weights: option A of the paper on residual nets."""

    def __init__(self, channels: int, width: int, stride: int, *, first: bool) -> None:
        super().__init__()
        self.first, self.stride, self.added = first, stride, width - channels
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv1 = nn.Conv2d(channels, width, 3, stride, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        active = F.relu(self.norm1(x))
        skip = active if self.first else x[:, :, :: self.stride, :: self.stride]
        skip = torch.cat([skip, skip.new_zeros(len(x), self.added, *skip.shape[2:])], 1)
        output: Tensor = self.conv2(F.relu(self.norm2(self.conv1(active)))) + skip
        return output


class Stage(nn.Module):
    def __init__(self, blocks: list[nn.Module]) -> None:
        super().__init__()
        self.blocks = nn.Sequential(*blocks)

    def forward(self, x: Tensor) -> Tensor:
        output: Tensor = self.blocks(x)
        return output


class PreActResNet(nn.Module):
    """He, Zhang, Ren & Sun (2016): timm's `resnetv2_*` for ImageNet, the paper's nets for CIFAR."""

    def __init__(
        self, widths: list[int], depths: list[int], classes: int, *, cifar: bool, basic: bool
    ) -> None:
        super().__init__()
        self.stem = nn.Sequential()
        kernel, stride, start = (3, 1, 16) if cifar else (7, 2, 64)
        self.stem.add_module("conv", nn.Conv2d(3, start, kernel, stride, kernel // 2, bias=False))
        if not cifar:
            self.stem.add_module("pool", nn.MaxPool2d(3, 2, 1))
        channels, stages = start, []
        for s, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            blocks: list[nn.Module] = []
            for i in range(depth):
                stride = 2 if s > 0 and i == 0 else 1
                if basic:
                    blocks.append(PreActBasic(channels, width, stride, first=s == i == 0))
                else:
                    blocks.append(PreActBottleneck(channels, width, stride, paper=cifar))
                channels = width if basic else 4 * width
            stages.append(Stage(blocks))
        self.stages = nn.Sequential(*stages)
        self.norm = nn.BatchNorm2d(channels)
        self.head = nn.Module()
        self.head.fc = nn.Linear(channels, classes) if cifar else nn.Conv2d(channels, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.norm(self.stages(self.stem(x))))
        x = F.adaptive_avg_pool2d(x, 1)
        if isinstance(self.head.fc, nn.Linear):
            x = x.flatten(1)
        output: Tensor = self.head.get_submodule("fc")(x)
        return output.flatten(1)


def resnetv2(depths: list[int]) -> nn.Module:
    return PreActResNet([64, 128, 256, 512], depths, 1000, cifar=False, basic=False)


def preact_cifar(n: int, *, basic: bool) -> nn.Module:
    return PreActResNet([16, 32, 64], [n] * 3, 10, cifar=True, basic=basic)


class SqueezeExcite(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels // 16, 1)
        self.fc2 = nn.Conv2d(channels // 16, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        scores = self.fc2(F.relu(self.fc1(x.mean((2, 3), keepdim=True))))
        return x * scores.sigmoid()


def seresnet(depths: list[int], groups: int = 1, width_per_group: int = 64) -> nn.Module:
    """torchvision's ResNet, with squeeze-and-excitation where timm has it."""
    resnet = import_torchvision().models.resnet

    class Block(resnet.Bottleneck):  # type: ignore[name-defined, misc]
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **options)
            self.se = SqueezeExcite(self.bn3.num_features)

        def forward(self, x: Tensor) -> Tensor:
            y = F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))
            y = self.se(self.bn3(self.conv3(y)))
            return F.relu(y + (x if self.downsample is None else self.downsample(x)))

    model: nn.Module = resnet.ResNet(Block, depths, groups=groups, width_per_group=width_per_group)
    return model


class UNet(nn.Module):
    """Figure 1 of Ronneberger, Fischer & Brox (2015), with the names of its Caffe model."""

    UP = ("upconv_u1d_u0a", "upconv_u2d_u1a", "upconv_u3d_u2a", "upconv_d4c_u3a")

    def __init__(self) -> None:
        super().__init__()
        channels = 1
        for i in range(5):
            self.add_module(f"conv_d{i}a-b", nn.Conv2d(channels, 64 * 2**i, 3))
            self.add_module(f"conv_d{i}b-c", nn.Conv2d(64 * 2**i, 64 * 2**i, 3))
            channels = 64 * 2**i
        for i in (3, 2, 1, 0):
            self.add_module(self.UP[i], nn.ConvTranspose2d(2 * 64 * 2**i, 64 * 2**i, 2, 2))
            self.add_module(f"conv_u{i}b-c", nn.Conv2d(2 * 64 * 2**i, 64 * 2**i, 3))
            self.add_module(f"conv_u{i}c-d", nn.Conv2d(64 * 2**i, 64 * 2**i, 3))
        self.add_module("conv_u0d-score", nn.Conv2d(64, 2, 1))

    def run(self, name: str, x: Tensor) -> Tensor:
        output: Tensor = self.get_submodule(name)(x)
        return output

    def forward(self, x: Tensor) -> Tensor:
        kept = []
        for i in range(5):
            x = F.relu(self.run(f"conv_d{i}a-b", F.max_pool2d(x, 2) if i else x))
            x = F.relu(self.run(f"conv_d{i}b-c", x))
            x = F.dropout(x, 0.5, self.training) if i > 2 else x
            kept.append(x)
        for i in (3, 2, 1, 0):
            x = F.relu(self.run(self.UP[i], x))
            cut = (kept[i].shape[2] - x.shape[2]) // 2
            x = torch.cat([x, kept[i][:, :, cut : cut + x.shape[2], cut : cut + x.shape[3]]], 1)
            x = F.relu(self.run(f"conv_u{i}c-d", F.relu(self.run(f"conv_u{i}b-c", x))))
        return self.run("conv_u0d-score", x)


class Double(nn.Module):
    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before in (channels, width):
            layers += [nn.Conv2d(before, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
        self.double_conv = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        output: Tensor = self.double_conv(x)
        return output


class PaddedUNet(nn.Module):
    """milesial/Pytorch-UNet, for images whose sides are multiples of 16."""

    def __init__(self) -> None:
        super().__init__()
        self.inc = Double(1, 64)
        for i in range(1, 5):
            down, up = nn.Module(), nn.Module()
            down.maxpool_conv = nn.Sequential(nn.MaxPool2d(2), Double(32 * 2**i, 64 * 2**i))
            width = 1024 // 2**i
            up.up = nn.ConvTranspose2d(2 * width, width, 2, 2)
            up.conv = Double(2 * width, width)
            self.add_module(f"down{i}", down)
            self.add_module(f"up{i}", up)
        self.outc = nn.Module()
        self.outc.conv = nn.Conv2d(64, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        kept = [self.inc(x)]
        for i in range(1, 5):
            kept.append(self.get_submodule(f"down{i}.maxpool_conv")(kept[-1]))
        x = kept.pop()
        for i in range(1, 5):
            x = self.get_submodule(f"up{i}.up")(x)
            x = self.get_submodule(f"up{i}.conv")(torch.cat([kept.pop(), x], 1))
        output: Tensor = self.get_submodule("outc.conv")(x)
        return output


class Perceptron(nn.Module):
    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        output: Tensor = self.fc2(F.gelu(self.fc1(x)))
        return output


class MixerBlock(nn.Module):
    def __init__(self, tokens: int, width: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width, 1e-6), nn.LayerNorm(width, 1e-6)
        self.mlp_tokens = Perceptron(tokens, width // 2)
        self.mlp_channels = Perceptron(width, 4 * width)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.mlp_tokens(self.norm1(x).transpose(1, 2)).transpose(1, 2)
        output: Tensor = x + self.mlp_channels(self.norm2(x))
        return output


class Mixer(nn.Module):
    """Tolstikhin et al. (2021), with timm's names."""

    def __init__(self, patch: int, width: int, depth: int, size: int = 224) -> None:
        super().__init__()
        self.stem = nn.Module()
        self.stem.proj = nn.Conv2d(3, width, patch, patch)
        self.blocks = nn.Sequential(*(MixerBlock((size // patch) ** 2, width) for _ in range(depth)))
        self.norm = nn.LayerNorm(width, 1e-6)
        self.head = nn.Linear(width, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = self.get_submodule("stem.proj")(x).flatten(2).transpose(1, 2)
        output: Tensor = self.head(self.norm(self.blocks(x)).mean(1))
        return output


class SelfAttention(nn.Module):
    def __init__(self, width: int, heads: int, dropped: float) -> None:
        super().__init__()
        self.c_attn, self.c_proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.heads, self.dropped = heads, dropped

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (part.unflatten(2, (self.heads, -1)).transpose(1, 2) for part in self.c_attn(x).chunk(3, 2))
        scores = q @ k.transpose(2, 3) / sqrt(q.shape[3])
        scores = scores.masked_fill(torch.ones_like(scores, dtype=torch.bool).triu(1), float("-inf"))
        weights = F.dropout(scores.softmax(3), self.dropped, self.training)
        y = self.c_proj((weights @ v).transpose(1, 2).flatten(2))
        return F.dropout(y, self.dropped, self.training)


class FeedForward(nn.Module):
    def __init__(self, width: int, dropped: float) -> None:
        super().__init__()
        self.c_fc, self.c_proj = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.dropped = dropped

    def forward(self, x: Tensor) -> Tensor:
        return F.dropout(self.c_proj(F.gelu(self.c_fc(x))), self.dropped, self.training)


class DecoderLayer(nn.Module):
    def __init__(self, width: int, heads: int, dropped: float) -> None:
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn = SelfAttention(width, heads, dropped)
        self.mlp = FeedForward(width, dropped)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(self.ln_1(x))
        output: Tensor = x + self.mlp(self.ln_2(x))
        return output


class GPT(nn.Module):
    """GPT-2 with nanoGPT's names; the scores read the table of tokens, so there is no `lm_head`."""

    def __init__(
        self,
        depth: int,
        heads: int,
        width: int,
        context: int = 1024,
        vocabulary: int = 50257,
        dropped: float = 0.0,
    ) -> None:
        super().__init__()
        self.dropped = dropped
        self.transformer = nn.ModuleDict(
            {
                "wte": nn.Embedding(vocabulary, width),
                "wpe": nn.Embedding(context, width),
                "h": nn.Sequential(*(DecoderLayer(width, heads, dropped) for _ in range(depth))),
                "ln_f": nn.LayerNorm(width),
            }
        )

    def forward(self, tokens: Tensor) -> Tensor:
        parts = self.transformer
        x = parts["wte"](tokens) + parts["wpe"](torch.arange(tokens.shape[1]))
        x = parts["ln_f"](parts["h"](F.dropout(x, self.dropped, self.training)))
        return F.linear(x, self.get_parameter("transformer.wte.weight"))


def fpn(*, frozen: bool) -> nn.Module:
    """torchvision's ResNet-50 with a feature pyramid."""
    tv = import_torchvision()
    import torchvision.models.detection.backbone_utils as utils  # type: ignore[import-untyped]

    norm = tv.ops.misc.FrozenBatchNorm2d if frozen else nn.BatchNorm2d
    model: nn.Module = utils.resnet_fpn_backbone(
        backbone_name="resnet50", weights=None, norm_layer=norm, trainable_layers=5
    )
    return model
