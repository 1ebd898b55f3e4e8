"""Nets of every shape, to be drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import netcompiler
from netcompiler.graph import Graph

SPECS = Path(__file__).parents[2] / "specs"

UNET = """
block double(width) { conv(width, 3, padding=1) -> batchnorm -> relu -> conv(width, 3, padding=1) -> relu }
net unet {
  input image [3, 64, 64]
  enc1: double(16)
  maxpool(2) -> enc2: double(32)
  maxpool(2) -> enc3: double(64)
  maxpool(2) -> middle: double(128)
  conv_transpose(64, 2, stride=2) -> concat(enc3) -> dec3: double(64)
  conv_transpose(32, 2, stride=2) -> concat(enc2) -> dec2: double(32)
  conv_transpose(16, 2, stride=2) -> concat(enc1) -> dec1: double(16)
  head: conv(2, 1)
}
"""

RESIDUAL_UNET = """
block res(width) {
  residual {
    conv(width, 3, padding=1) -> batchnorm -> relu
    conv(width, 3, padding=1) -> batchnorm
  } skip { if channels != width { conv(width, 1) } }
  relu
}
block up(other) { conv_transpose(other.channels, 2, stride=2) -> concat(other) -> res(other.channels) }
net residual_unet {
  input image [1, 64, 64]
  enc1: res(16) -> maxpool(2)
  enc2: res(32) -> maxpool(2)
  enc3: res(64) -> maxpool(2)
  middle: res(128)
  for e in [enc3, enc2, enc1] { up(e) }
  head: conv(2, 1)
}
"""

INCEPTION = """
block unit(width, kernel=1, padding=0) { conv: conv(width, kernel, padding=padding) -> bn: batchnorm -> relu }
block mixed(width) {
  concat {
    branch1: unit(width)
    branch2: { unit(width) -> unit(width, 3, padding=1) }
    branch3: { maxpool(3, stride=1, padding=1) -> unit(width) }
  }
}
net googlenet {
  input image [3, 64, 64]
  stem: unit(16)
  mixed1: mixed(8)
  mixed2: mixed(16)
  aux: { adaptive_avgpool(1) -> flatten -> linear(10) }
  output aux if training
  from mixed2 -> mixed3: mixed(16)
  adaptive_avgpool(1) -> flatten -> fc: linear(10)
  output fc
}
"""

DENSENET = """
block dense(growth) {
  concat {
    identity
    { batchnorm -> relu -> conv(growth, 3, padding=1) }
  }
}
net densenet {
  input image [3, 32, 32]
  conv(16, 3, padding=1)
  block1: { dense(12) * 6 }
  adaptive_avgpool(1) -> flatten -> linear(10)
}
"""

DENSE_BY_NAME = """
net dense {
  input image [3, 32, 32]
  x0: conv(16, 3, padding=1)
  x1: conv(12, 3, padding=1)
  concat(x0) -> x2: conv(12, 3, padding=1)
  concat(x1, x0) -> x3: conv(12, 3, padding=1)
  concat(x2, x1, x0) -> flatten -> linear(10)
}
"""

TWO_INPUTS = """
net two_inputs {
  input image [3, 64, 64]
  input text [40, 128]
  from image -> vision: { conv(32, 3, stride=2) -> relu -> conv(64, 3) -> adaptive_avgpool(1) -> flatten }
  aux: linear(10)
  output aux if training
  from text -> language: { linear(64) -> relu -> mean(1) }
  joint: concat(vision)
  fc: linear(10)
  output fc
}
"""

SIAMESE = """
block tower(width) { conv(width, 3) -> relu -> conv(width, 3) -> relu -> adaptive_avgpool(1) -> flatten }
net siamese {
  input left [3, 32, 32]
  input right [3, 32, 32]
  from left -> tower: tower(16)
  from right -> reuse(tower)
  subtract(tower) -> fc: linear(1)
}
"""

TANGLE = """
net tangle {
  input image [3, 64, 64]
  c1: conv(16, 3, padding=1)
  from c1 -> a1: conv(16, 3, padding=1)
  from c1 -> b1: conv(16, 1)
  from a1 -> a2: conv(16, 3, padding=1)
  from b1 -> add(a1) -> b2: conv(16, 1)
  from a2 -> add(b1) -> a3: conv(16, 3, padding=1)
  from b2 -> add(a2) -> b3: conv(16, 1)
  from a3 -> concat(b3)
  adaptive_avgpool(1) -> flatten -> linear(10)
}
"""

CHAIN = """
net chain {
  input image [3, 64, 64]
  features: { for width in 8..40 { conv(width, 3, padding=1) -> relu } }
  flatten -> linear(10)
}
"""

PIPELINE = """
block basic(width, stride=1) {
  residual { conv(width, 3, stride=stride, padding=1) -> batchnorm -> relu -> conv(width, 3, padding=1) }
  skip down: conv(width, 1, stride=stride)
  relu
}
net pipeline {
  group a, b, c
  input image [3, 64, 64]
  on a { conv1: conv(32, 3, padding=1) -> relu -> l1: basic(32) }
  on b { l2: basic(64, stride=2) -> l3: basic(64) * 3 }
  on c { l4: basic(128, stride=2) -> adaptive_avgpool(1) -> flatten -> fc: linear(10) }
}
"""

THREE_COLUMNS = """
net three_columns {
  group a, b, c
  input image [3, 64, 64]
  columns a, b, c {
    conv1: conv(16, 3, padding=1) -> relu
    exchange
    residual { c1: conv(16, 3, padding=1) -> relu -> exchange -> c2: conv(48, 1) }
    exchange
    conv3: conv(32, 3, padding=1) -> adaptive_avgpool(1) -> flatten
  }
  on b { gather -> fc: linear(10) }
  on c { softmax(1) }
}
"""

TRANSFORMER = """
block encoder(heads, width) {
  residual { layernorm -> attention(heads) }
  residual { layernorm -> linear(4 * width) -> gelu -> linear(width) }
}
net transformer {
  input image [3, 64, 64]
  patch: conv(64, 16, stride=16) -> flatten(2) -> transpose(1, 2) -> class_token -> position_embedding
  encoder(4, 64) * 12
  layernorm -> select(1, 0)
  head: linear(10)
}
"""

INLINE_REPEATS = """
net inline {
  input image [16, 48, 48]
  { residual { conv(16, 3, padding=1) -> relu -> conv(16, 3, padding=1) } -> relu } * 7
  { conv(16, 3, padding=1) -> relu } * 5
  conv(3, 3, padding=1)
}
"""

INTERLEAVED = """
net interleaved {
  input image [3, 8, 8]
  "a.b": conv(4, 3) -> c: conv(4, 1) -> "a.d": conv(4, 3) -> "e.f": conv(4, 3)
  flatten -> linear(3)
}
"""

TEXTS = {
    "unet": UNET,
    "residual_unet": RESIDUAL_UNET,
    "googlenet": INCEPTION,
    "densenet": DENSENET,
    "dense": DENSE_BY_NAME,
    "two_inputs": TWO_INPUTS,
    "siamese": SIAMESE,
    "tangle": TANGLE,
    "chain": CHAIN,
    "pipeline": PIPELINE,
    "three_columns": THREE_COLUMNS,
    "transformer": TRANSFORMER,
    "inline": INLINE_REPEATS,
    "interleaved": INTERLEAVED,
}

SHIPPED = {
    "lenet": "lenet",
    "alexnet": "alexnet",
    "alexnet_one": "alexnet_one",
    "resnet18": "resnet",
    "resnet50": "resnet",
    "resnet152": "resnet",
    "resnet20": "resnet_cifar",
    "resnet1202": "resnet_cifar",
}

EVERY = [*TEXTS, *(net for net in SHIPPED if net != "resnet1202")]
"""For tests of all kinds of nets. ResNet-1202 is a ResNet-20 that takes long: few tests need it."""


@pytest.fixture(scope="session")
def graph_of() -> Callable[[str], Graph]:
    """Gives the graph of a net by its name here, or of a spec's text."""
    known: dict[str, Graph] = {}

    def graph_of(name: str) -> Graph:
        if name not in known:
            if name in SHIPPED:
                net = netcompiler.load(SPECS / f"{SHIPPED[name]}.net", name)
            else:
                net = netcompiler.loads(TEXTS.get(name, name))
            known[name] = net._graph
        return known[name]

    return graph_of


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `every` runs for every net."""
    if "every" in metafunc.fixturenames:
        metafunc.parametrize("every", EVERY)
