"""What must hold for a net whose groups run in several processes, against the same net in one process.

Every check runs on four processes: two replicas of two groups, or one of four.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from functools import partial

import pytest
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

import netcompiler
from netcompiler.torch.communicate import Communicator
from tests.place.nets import ALEXNET, BOTH, FOUR, PARTLY, SEQUENCE, RandomSpec
from tests.place.processes import Check

SPECS = {"alexnet": ALEXNET, "sequence": SEQUENCE, "both": BOTH, "four": FOUR}
BATCH = 4


class Pair:
    """The part of this process, and beside it the whole net, of the same seed."""

    def __init__(self, net: str | netcompiler.Net, seed: int = 0) -> None:
        self.net = netcompiler.loads(net) if isinstance(net, str) else net
        self.mesh = netcompiler.mesh(self.net, timeout=20)
        torch.manual_seed(seed)
        self.whole = self.net.module()
        end = torch.get_rng_state()
        torch.manual_seed(seed)
        self.part = self.net.module(mesh=self.mesh)
        assert torch.equal(torch.get_rng_state(), end)
        self.group = self.net.groups[self.mesh.get_local_rank("placement")]
        self.replica = self.mesh.get_local_rank("data")

    @property
    def talk(self) -> Communicator:
        return netcompiler.part_of(self.part)[1]

    def batch(self, step: int, size: int = BATCH) -> list[Tensor]:
        generator = torch.Generator().manual_seed(step)
        return [torch.randn(size, *x.output, generator=generator) for x in self.net.inputs]

    def same_state(self, tolerance: float = 0.0) -> None:
        mine, theirs = self.part.state_dict(), self.whole.state_dict()
        for key, value in mine.items():
            if tolerance:
                torch.testing.assert_close(value, theirs[key], rtol=tolerance, atol=tolerance)
            else:
                assert torch.equal(value, theirs[key]), key

    def same_gradients(self) -> None:
        theirs = dict(self.whole.named_parameters())
        for key, parameter in self.part.named_parameters():
            mine, other = parameter.grad, theirs[key].grad
            if other is None:  # only what the loss did not use
                assert mine is None or not mine.any(), key
            else:
                torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-6, msg=key)


def outputs_of(given: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return given if isinstance(given, tuple) else (given,)


def loss_of(given: Tensor | tuple[Tensor, ...], classes: Tensor) -> Tensor:
    losses = [cross_entropy(o.flatten(1), classes % o.flatten(1).shape[1]) for o in outputs_of(given)]
    return torch.stack(losses).sum()


def trains_alike(_: dist.ProcessGroup, spec: str) -> None:
    """The same loss over 20 steps, the same weights after them, and in evaluation the same outputs."""
    pair = Pair(SPECS[spec])
    modules = (pair.part, pair.whole)
    optimizers = [torch.optim.SGD(m.parameters(), lr=0.05, momentum=0.9) for m in modules]
    for step in range(20):
        classes = torch.arange(BATCH) + step
        losses = []
        for module, optimizer in zip(modules, optimizers, strict=True):
            optimizer.zero_grad()
            loss = loss_of(module(*pair.batch(step)), classes)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        assert losses[0] == pytest.approx(losses[1], abs=1e-6), step
    pair.same_state(1e-5)
    for module in modules:
        module.eval()
    with torch.no_grad():
        ours, theirs = (module(*pair.batch(99, 3)) for module in modules)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)
    for module in modules:  # evaluation with gradients
        module.zero_grad()
        loss_of(module(*pair.batch(98)), torch.arange(BATCH)).backward()
    pair.same_gradients()


def holds_its_own_alone(_: dist.ProcessGroup, spec: str) -> None:
    """The keys of all parts are the whole net's, none twice, and each is as one process has drawn it."""
    pair = Pair(SPECS[spec], seed=7)
    pair.same_state()
    mine = list(pair.part.state_dict())
    layers = {layer.path: layer.group for layer in pair.net.layers}
    assert {layers[key.rpartition(".")[0]] for key in mine} <= {pair.group}
    assert sum(p.numel() for p in pair.part.parameters()) == pair.net.totals(pair.group).parameters
    every: list[list[str]] = [[] for _ in pair.net.groups]
    dist.all_gather_object(every, mine, group=pair.mesh.get_group("placement"))
    assert sorted(key for keys in every for key in keys) == sorted(pair.whole.state_dict())


def sends_what_the_partition_says(_: dist.ProcessGroup, spec: str) -> None:
    """Byte for byte, in training and in evaluation."""
    pair = Pair(SPECS[spec])
    plan = pair.net.partition()
    for size in (3, 3, 5):
        before = copy.copy(pair.talk.sent)
        loss_of(pair.part(*pair.batch(0, size)), torch.arange(size)).backward()
        predicted = plan.sent(pair.group)
        assert pair.talk.sent.forward - before.forward == size * predicted.forward
        assert pair.talk.sent.backward - before.backward == size * predicted.backward
    pair.part.eval()
    before = copy.copy(pair.talk.sent)
    with torch.no_grad():
        pair.part(*pair.batch(0, 3))
    assert pair.talk.sent.forward - before.forward == 3 * plan.sent(pair.group, training=False).forward
    assert pair.talk.sent.backward == before.backward


def random_nets(_: dist.ProcessGroup, seeds: Sequence[int]) -> None:
    """Outputs, gradients and bytes of nets made up at random."""
    for seed in seeds:
        net = RandomSpec(seed).net()
        if len(net.groups) == 3:
            continue  # four processes do not share out among them
        pair = Pair(net, seed)
        pair.same_state()
        for module in (pair.part, pair.whole):
            loss_of(module(*pair.batch(seed)), torch.arange(BATCH)).backward()
        pair.same_gradients()
        predicted = pair.net.partition().sent(pair.group)
        assert pair.talk.sent.forward == BATCH * predicted.forward, seed
        assert pair.talk.sent.backward == BATCH * predicted.backward, seed


def with_data_parallelism(_: dist.ProcessGroup, kind: str) -> None:
    """Two replicas of two groups, each with half of a batch, are one net with the whole of it."""
    from torch.distributed.fsdp import fully_shard
    from torch.nn.parallel import DistributedDataParallel

    pair = Pair(ALEXNET)
    if kind == "ddp":
        run: nn.Module = DistributedDataParallel(pair.part, process_group=pair.mesh.get_group("data"))
    else:
        run = fully_shard(pair.part, mesh=pair.mesh["data"])
    modules = (run, pair.whole)
    optimizers = [torch.optim.SGD(m.parameters(), lr=0.02, momentum=0.9) for m in modules]
    for step in range(5):
        images, classes = pair.batch(step)[0], torch.arange(BATCH) + step
        halves = images.chunk(2)[pair.replica], classes.chunk(2)[pair.replica]
        for (x, y), module, optimizer in zip((halves, (images, classes)), modules, optimizers, strict=True):
            optimizer.zero_grad()
            loss_of(module(x), y).backward()
            optimizer.step()
    norms = [netcompiler.grad_norm(run), nn.utils.get_total_norm([p.grad for p in pair.whole.parameters()])]
    assert float(norms[0]) == pytest.approx(float(norms[1]), rel=1e-5)
    expected = pair.whole.state_dict()
    gathered = netcompiler.gather_state_dict(run)
    assert list(gathered) == (list(expected) if dist.get_rank() == 0 else [])
    for key, value in gathered.items():
        torch.testing.assert_close(value, expected[key], rtol=1e-5, atol=1e-6)
    fresh = {key: torch.full_like(value, 0.5) for key, value in expected.items()}
    netcompiler.load_state_dict(run, fresh)
    assert all(torch.equal(v, fresh[k]) for k, v in netcompiler.gather_state_dict(run).items())


def state_of_the_whole(_: dist.ProcessGroup) -> None:
    """One state dict with the spec's names, both ways; plain data travels with tensors."""
    pair = Pair(BOTH)
    loss_of(pair.part(*pair.batch(0)), torch.arange(BATCH)).backward()
    torch.optim.SGD(pair.part.parameters(), lr=0.1).step()
    state = netcompiler.gather_state_dict(pair.part)
    box = [state]
    dist.broadcast_object_list(box)
    state = box[0]
    assert list(state) == list(pair.whole.state_dict())
    pair.whole.load_state_dict(state, strict=True)
    pair.same_state()
    torch.manual_seed(77)
    other = pair.net.module()
    netcompiler.load_state_dict(pair.part, other.state_dict())
    pair.whole = other
    pair.same_state()
    wrong = {k: v for k, v in other.state_dict().items() if k != "stem.bias"} | {"surplus": torch.zeros(1)}
    with pytest.raises(RuntimeError, match=r"missing keys: stem\.bias; unknown keys: surplus"):
        netcompiler.load_state_dict(pair.part, wrong)
    mine = {
        f"{pair.group}.lr": 0.25,
        f"{pair.group}.step": torch.tensor(3),
        f"{pair.group}.none": torch.empty(0),
    }
    found = dict(netcompiler.gather_state(mine, pair.mesh))
    if dist.get_rank() == 0:
        assert list(found) == ["a.lr", "a.step", "a.none", "b.lr", "b.step", "b.none"]
        assert (found["b.lr"], found["b.step"].item(), found["b.none"].shape) == (0.25, 3, (0,))
    else:
        assert not found


def clips_over_all_groups(_: dist.ProcessGroup) -> None:
    """The norm is that of one process, and so is what it leaves."""
    for norm_type in (2.0, 1.0, float("inf")):
        pair = Pair(FOUR)
        for module in (pair.part, pair.whole):
            loss_of(module(*pair.batch(0)), torch.arange(BATCH)).backward()
        expected = nn.utils.clip_grad_norm_(pair.whole.parameters(), 0.01, norm_type)
        total = netcompiler.clip_grad_norm_(pair.part, 0.01, norm_type)
        assert float(total) == pytest.approx(float(expected), rel=1e-5)
        pair.same_gradients()


def a_group_without_weights(_: dist.ProcessGroup) -> None:
    """It has nothing to learn, and takes part in everything."""
    pair = Pair(PARTLY)
    assert [*pair.part.parameters()] == [] or pair.group == "a"
    for _step in range(2):
        for module in (pair.part, pair.whole):
            module.zero_grad()
            loss_of(module(*pair.batch(0))[0], torch.arange(BATCH)).backward()
        pair.same_gradients()
    torch.testing.assert_close(pair.part(*pair.batch(1)), pair.whole(*pair.batch(1)))
    netcompiler.grad_norm(pair.part)


def layouts_and_autocast(_: dist.ProcessGroup) -> None:
    """Values travel as they lie in memory, and in the precision that they have in this pass."""
    pair = Pair(SEQUENCE)
    for module in (pair.part, pair.whole):
        module.to(memory_format=torch.channels_last)
    (images,) = pair.batch(0)
    images = images.contiguous(memory_format=torch.channels_last)
    seen: list[bool] = []
    for convolution in (m for m in pair.part.modules() if isinstance(m, nn.Conv2d)):
        convolution.register_forward_pre_hook(
            lambda _, x: seen.append(x[0].is_contiguous(memory_format=torch.channels_last))
        )
    for module in (pair.part, pair.whole):
        loss_of(module(images), torch.arange(BATCH)).backward()
    pair.same_gradients()
    assert seen
    assert all(seen)
    before = pair.talk.sent.forward
    with torch.autocast("cpu", dtype=torch.bfloat16):
        given, expected = pair.part(images), pair.whole(images)
    torch.testing.assert_close(given, expected)
    assert given.dtype == torch.bfloat16
    halves = pair.net.partition().sent(pair.group).forward * BATCH // 2
    # Batch norm gives single precision where the convolution before it gave half of it.
    assert halves <= pair.talk.sent.forward - before <= 2 * halves
    loss_of(given.float(), torch.arange(BATCH)).backward()


def says_what_is_wrong(_: dist.ProcessGroup) -> None:
    """Before anything is sent, and on every process."""
    pair = Pair(SEQUENCE)
    (images,) = pair.batch(dist.get_rank())
    with pytest.raises(ValueError, match="have different inputs: the processes of one replica take the same"):
        pair.part(images)
    (images,) = pair.batch(0, 2 + pair.mesh.get_local_rank("placement"))
    with pytest.raises(ValueError, match="have different inputs"):
        pair.part(images)
    (images,) = pair.batch(0)
    with pytest.raises(ValueError, match="an input wants a gradient"):
        pair.part(images.requires_grad_())
    net = netcompiler.loads(FOUR)
    with pytest.raises(
        ValueError, match="the mesh has 2 places along `placement`; four has the groups a, b, c, d"
    ):
        net.module(mesh=pair.mesh)
    with pytest.raises(ValueError, match="4 × 2 processes are needed for 4 × "):
        netcompiler.mesh(pair.net, data=4)
    three = "group a, b, c\n on a { relu }\n on b { relu }\n on c { relu }"
    with pytest.raises(
        ValueError, match="4 processes do not share out among the groups a, b, c of n: start 3, 6"
    ):
        netcompiler.mesh(netcompiler.loads(f"net n {{\n input x [4]\n {three}\n}}"))
    with pytest.raises(ValueError, match="net n has no placement groups"):
        netcompiler.mesh(netcompiler.loads("net n {\n input x [4]\n relu\n}"))
    with pytest.raises(ValueError, match="the mesh has no dimension `placement`, it has data"):
        pair.net.module(mesh=pair.mesh["data"])
    with pytest.raises(ValueError, match="give `devices` in one process, or a `mesh` of several"):
        pair.net.module({"a": "cpu"}, mesh=pair.mesh)
    with pytest.raises(ValueError, match="this module is no part of a net"):
        netcompiler.gather_state_dict(pair.whole)
    given = pair.part(images.detach())  # all is well after that
    torch.testing.assert_close(given, pair.whole(images))


def waits_no_longer_than_it_was_told(_: dist.ProcessGroup) -> None:
    """A process that does not answer is named within the timeout."""
    net = netcompiler.loads(SEQUENCE)
    mesh = netcompiler.mesh(net, timeout=2)
    part = net.module(mesh=mesh)
    images = torch.randn(2, 3, 16, 16)
    part(images)
    if mesh.get_local_rank("placement"):
        time.sleep(4)
        return
    start = time.monotonic()
    with pytest.raises(
        netcompiler.CommunicationError, match=r"group a \(rank \d\) lost touch with b \(rank \d\): "
    ):
        part(images)
    assert time.monotonic() - start < 4


def copies_and_averages(_: dist.ProcessGroup) -> None:
    """A moving average of the weights is a part like the one it was made of."""
    pair = Pair(SEQUENCE)
    average = torch.optim.swa_utils.AveragedModel(pair.part)
    average.update_parameters(pair.part)
    pair.part.eval()
    average.eval()
    with torch.no_grad():
        torch.testing.assert_close(average(*pair.batch(0)), pair.part(*pair.batch(0)))
    assert netcompiler.part_of(average)[1] is pair.talk


CHECKS: dict[str, Check] = {
    **{f"trains alike: {name}": partial(trains_alike, spec=name) for name in SPECS},
    **{f"holds its own alone: {name}": partial(holds_its_own_alone, spec=name) for name in SPECS},
    **{f"sends: {name}": partial(sends_what_the_partition_says, spec=name) for name in SPECS},
    "random nets": partial(random_nets, seeds=range(14)),
    "ddp": partial(with_data_parallelism, kind="ddp"),
    "fsdp": partial(with_data_parallelism, kind="fsdp"),
    "state": state_of_the_whole,
    "clip": clips_over_all_groups,
    "a group without weights": a_group_without_weights,
    "layouts and autocast": layouts_and_autocast,
    "errors": says_what_is_wrong,
    "averages": copies_and_averages,
    "timeout": waits_no_longer_than_it_was_told,
}
