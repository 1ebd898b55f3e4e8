"""Ways of computing a run that must not change what is computed, and those that must."""

import copy

import pytest
import torch
from torch import nn

import netcompiler
from zoo import recompute, stochastic_depth
from zoo.ema import Ema
from zoo.errors import UserError
from zoo.model import shipped

RESNET = str(shipped()["resnet20"].file)


def resnet() -> tuple[netcompiler.Net, nn.Module]:
    torch.manual_seed(0)
    net = netcompiler.load(RESNET, "resnet20", inputs=(3, 8, 8))
    return net, net.module()


def train_step(module: nn.Module, images: torch.Tensor) -> dict[str, torch.Tensor]:
    torch.manual_seed(1)
    module.train()
    module(images).square().sum().backward()
    gradients = {f"grad {name}": parameter.grad for name, parameter in module.named_parameters()}
    return {**gradients, **module.state_dict()}


def test_recomputing_changes_no_bit_of_gradients_or_statistics() -> None:
    _, plain = resnet()
    again = copy.deepcopy(plain)
    assert recompute.by_block(again) == 9
    images = torch.randn(4, 3, 8, 8)
    one, two = train_step(plain, images), train_step(again, images)
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert torch.equal(plain.eval()(images), again.eval()(images))


def test_recomputing_keeps_less() -> None:
    kept = {}
    for name in ("plain", "again"):
        module = resnet()[1].train()
        if name == "again":
            recompute.by_block(module)
        sizes: list[int] = []

        def pack(tensor: torch.Tensor, sizes: list[int] = sizes) -> torch.Tensor:
            sizes.append(tensor.numel())
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            module(torch.randn(4, 3, 8, 8))
        kept[name] = sum(sizes)
    assert kept["again"] < 0.5 * kept["plain"]


def test_a_net_without_blocks_cannot_recompute() -> None:
    net = netcompiler.loads("net a(classes=3) {\n  input image [1, 8, 8]\n  flatten -> linear(classes)\n}\n")
    with pytest.raises(UserError, match="no blocks"):
        recompute.by_block(net.module())
    with pytest.raises(UserError, match="no residual branches"):
        stochastic_depth.add(net.module(), net, 0.5)


def test_stochastic_depth_leaves_branches_out_in_training_alone() -> None:
    net, module = resnet()
    images = torch.randn(64, 3, 8, 8)
    expected = copy.deepcopy(module).eval()(images)
    assert stochastic_depth.add(module, net, 0.5) == 9
    assert torch.equal(module.eval()(images), expected)
    shares = []
    last = dict(module.named_modules())["layer3.2.bn2"]
    last.register_forward_hook(
        lambda _m, _i, out: shares.append(float((out.flatten(1) == 0).all(1).float().mean()))
    )
    module.train()
    torch.manual_seed(0)
    for _ in range(20):
        module(images)
    assert sum(shares) / 20 == pytest.approx(0.5, abs=0.05)


def test_what_is_kept_is_scaled_up() -> None:
    drop = stochastic_depth._Dropping(0.25)
    module = nn.Identity().train()
    torch.manual_seed(0)
    made = drop(module, (), torch.ones(20000, 2, 1, 1))
    assert made.unique().tolist() == pytest.approx([0, 4 / 3])
    assert float(made.mean()) == pytest.approx(1, abs=0.02)


def test_the_moving_average_is_one() -> None:
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    ema = Ema(module, 0.9, every=2)
    expected = module[0].weight.detach().clone()
    for step in range(1, 7):
        with torch.no_grad():
            module[0].weight.add_(torch.randn(2, 3))
        module(torch.randn(4, 3))
        ema.update(module, step)
        if step % 2 == 0:
            expected = 0.9 * expected + 0.1 * module[0].weight.detach()
    assert torch.allclose(ema.module[0].weight, expected)
    assert ema.module[1].num_batches_tracked == module[1].num_batches_tracked
    assert not any(parameter.requires_grad for parameter in ema.module.parameters())
