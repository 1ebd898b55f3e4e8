"""A process draws for weights that it does not hold: its own are those of the whole net."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

import netcompiler
from netcompiler.torch.draws import CHUNK, Draws
from netcompiler.torch.share import draw_state
from tests.place.nets import BOTH, FOUR, PARTLY, SEQUENCE, RandomSpec

SIZES = [0, 1, 3, 15, 16, 17, 31, 100, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 5]
SIZES += [3 * CHUNK + 7, 5 * CHUNK + 16]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.float16])
@pytest.mark.parametrize(
    "draw", ["normal_", "uniform_", "bernoulli_", "exponential_", "random_", "log_normal_"]
)
def test_the_generator_is_where_it_would_be(draw: str, dtype: torch.dtype) -> None:
    for size in SIZES if draw in ("normal_", "uniform_") else [1, 17, CHUNK + 3]:
        torch.manual_seed(size)
        torch.empty(3).normal_()  # a number that is left over from before
        getattr(torch.empty(size, dtype=dtype), draw)()
        expected = torch.get_rng_state()
        torch.manual_seed(size)
        torch.empty(3).normal_()
        with Draws(torch.device("cpu")):
            getattr(torch.empty(size, dtype=dtype, device="meta"), draw)()
        assert torch.equal(torch.get_rng_state(), expected), size


def test_tensors_that_are_there_are_drawn_as_ever() -> None:
    torch.manual_seed(0)
    expected = torch.empty(100).normal_()
    torch.manual_seed(0)
    with Draws(torch.device("cpu")):
        assert torch.equal(torch.empty(100).normal_(), expected)
        transposed = torch.empty(30, 50, device="meta").T.normal_()
    assert transposed.is_meta


def check(net: netcompiler.Net) -> None:
    torch.manual_seed(11)
    whole = net.module().state_dict()
    end = torch.get_rng_state()
    found: dict[str, Tensor] = {}
    for group in net.groups:
        torch.manual_seed(11)
        state, keys = draw_state(net._graph, [group])
        assert torch.equal(torch.get_rng_state(), end)
        assert keys == list(whole)
        assert not found.keys() & state.keys()
        found |= state
    assert found.keys() == whole.keys()
    for key, value in found.items():
        assert torch.equal(value, whole[key]), key


ODD = """
net odd {
  group a, b
  default linear(init=INIT, bias_init=normal(std=2))
  input x [5]
  on a { linear(1) -> linear(3) }
  on b { linear(7) -> linear(16) -> linear(17) -> u: { linear(3) -> linear(2, bias=false) } }
  on a { linear(40) -> layernorm }
  on b { linear(5) }
}
"""


@pytest.mark.parametrize(
    "rule",
    [
        "normal",
        "uniform(a=-1)",
        "trunc_normal(std=0.02)",
        "trunc_normal",
        "trunc_normal(a=1.5, b=2)",
        "orthogonal",
        "xavier_normal",
        "kaiming_uniform",
        "constant(val=3)",
    ],
)
def test_shapes_and_rules_of_all_kinds(rule: str) -> None:
    check(netcompiler.loads(ODD.replace("INIT", rule)))


@pytest.mark.parametrize("spec", [BOTH, FOUR, PARTLY, SEQUENCE])
def test_specs(spec: str) -> None:
    check(netcompiler.loads(spec))


@pytest.mark.parametrize("seed", range(20))
def test_random_specs(seed: int) -> None:
    check(RandomSpec(seed).net())


def test_tensors_without_modules_and_attention() -> None:
    check(
        netcompiler.loads("""net n {
          group a, b
          default linear(init=xavier_uniform, bias_init=normal(std=1e-6))
          input image [3, 32, 32]
          on a {
            conv(16, 8, stride=8, init=trunc_normal(std=0.1))
            flatten(2) -> transpose(1, 2) -> class_token
          }
          on b { position_embedding -> residual { layernorm -> attention(4) } -> linear(8) }
          on a { attention(2) -> batchnorm -> select(1, 0) -> linear(3) }
        }""")
    )


def test_alexnet_as_it_is_shipped() -> None:
    check(netcompiler.load("specs/alexnet.net"))
