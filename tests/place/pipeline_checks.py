"""What must hold for a pipeline of several processes, against the same net in one process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import DeviceMesh
from torch.nn.functional import cross_entropy

import netcompiler
from netcompiler.bubble import held_activations, idle_fraction
from netcompiler.torch.pipelining.pipeline import Pipeline
from tests.place.chains import HEADS, TOKENS, four
from tests.place.processes import Check

BATCH = 16


# ---- one process beside the pipeline -------------------------------------------------------------


class Beside:
    """A pipeline, and the same net in this process alone, trained on the same batches.

    Both start from the same seed. The single process cuts a batch as the pipeline does, and adds up
    gradients in the same order; so all is equal to the last bit, with batch norms too.
    """

    def __init__(
        self,
        net: netcompiler.Net,
        place: dist.ProcessGroup | DeviceMesh,
        schedule: str,
        microbatches: int,
        loss: Callable[..., Tensor] = cross_entropy,
    ) -> None:
        self.net, self.microbatches, self.loss = net, microbatches, loss
        torch.manual_seed(7)
        self.whole = net.module()
        after = torch.rand(1)
        torch.manual_seed(7)
        self.pipeline = net.pipeline(place, schedule=schedule, microbatches=microbatches, loss=loss)
        assert torch.equal(torch.rand(1), after)
        self.optimizers = [
            torch.optim.SGD(module.parameters(), 0.05, momentum=0.9)
            for module in (self.whole, self.pipeline.module)
        ]

    def step(self, inputs: Sequence[Tensor], target: Tensor) -> None:
        """One step of both; the losses and gradients are equal."""
        single = self.alone(inputs, target)
        loss = self.pipeline.step(*self.own(inputs), target=target if self.pipeline.is_last else None)
        assert (loss is not None) == self.pipeline.is_last
        if loss is not None:
            assert torch.equal(loss, single), (loss, single)
            assert not loss.requires_grad
        self.assert_same_gradients()

    def alone(self, inputs: Sequence[Tensor], target: Tensor) -> Tensor:
        """The gradients of one process, micro-batch by micro-batch; gives the mean loss."""
        losses = []
        cuts = zip(*(tensor.chunk(self.microbatches) for tensor in (*inputs, target)), strict=True)
        for *some, aim in cuts:
            loss = self.loss(self.whole(*some), aim) / self.microbatches
            loss.backward()
            losses.append(loss.detach())
        return torch.stack(losses).sum()

    def own(self, inputs: Sequence[Tensor]) -> Sequence[Tensor]:
        return inputs if self.pipeline.is_first else ()

    def update(self) -> None:
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad()
        self.assert_same_state()

    def assert_same_gradients(self) -> None:
        for key, parameter in self.pipeline.module.named_parameters():
            expected = self.whole.get_parameter(key).grad
            assert (parameter.grad is None) == (expected is None), key
            if parameter.grad is not None and expected is not None:
                assert torch.equal(parameter.grad, expected), (key, (parameter.grad - expected).abs().max())

    def assert_same_state(self) -> None:
        whole = self.whole.state_dict()
        for key, tensor in self.pipeline.module.state_dict().items():
            assert torch.equal(tensor, whole[key]), key

    def assert_same_evaluation(self, inputs: Sequence[Tensor]) -> None:
        found = self.pipeline.evaluate(*self.own(inputs))
        modes = {module.training for module in self.pipeline.module.modules()}
        assert modes == {True}
        self.whole.eval()
        with torch.no_grad():
            expected = self.whole(*inputs)
        self.whole.train()
        if not self.pipeline.is_last:
            assert found is None
            return
        # A convolution may add in another order for another number of samples, as a micro-batch has.
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)
        assert not found.requires_grad


def images(number: int, size: int = BATCH) -> tuple[Tensor, Tensor]:
    """A batch that is the same on every process."""
    generator = torch.Generator().manual_seed(number)
    return torch.randn(size, 3, 12, 12, generator=generator), torch.randint(10, (size,), generator=generator)


# ---- checks --------------------------------------------------------------------------------------


def trains_as_one_process(schedule: str, microbatches: int, group: dist.ProcessGroup) -> None:
    both = Beside(four(), group, schedule, microbatches)
    both.assert_same_state()
    for number in range(3):
        image, label = images(number)
        both.step([image], label)
        both.update()
    for size in (BATCH, 10, 1):
        both.assert_same_evaluation([images(9, size)[0]])
    both.step([images(3)[0]], images(3)[1])


def works_in_the_order_of_its_schedule(schedule: str, group: dist.ProcessGroup) -> None:
    """As many activations are held as the formula says, so it is this schedule that runs."""
    pipeline = four().pipeline(group, schedule=schedule, microbatches=8, loss=cross_entropy)
    parts = [pipeline.module] if schedule != "interleaved" else list(pipeline.module.children())
    order: list[str] = []
    for part in parts:
        part.register_forward_hook(lambda *_: order.append("F"))
        next(part.parameters()).register_post_accumulate_grad_hook(lambda _: order.append("B"))
    image, label = images(0)
    pipeline.step(image, target=label)
    order.clear()  # the first step runs each part once more, on nothing, to see what it gives
    pipeline.step(image, target=label)
    held = [order[:end].count("F") - order[:end].count("B") for end in range(len(order) + 1)]
    rank, count = dist.get_rank(group), dist.get_world_size(group)
    assert max(held) == held_activations(schedule, 4, count, 8)[rank], "".join(order)
    assert len(order) == 2 * 8 * len(parts)
    if schedule == "1f1b":
        assert "".join(order) == "F" * (4 - rank) + "BF" * (4 + rank) + "B" * (4 - rank)
    assert pipeline.bubble == idle_fraction(schedule, 4, count, 8)


def values_that_lie_in_no_order(group: dist.ProcessGroup) -> None:
    """A transposed value travels too, and its gradient comes back."""
    both = Beside(netcompiler.loads(TRANSPOSED), group, "gpipe", 2)
    generator = torch.Generator().manual_seed(2)
    words, label = torch.randn(4, 6, 8, generator=generator), torch.randint(5, (4,), generator=generator)
    both.step([words], label)
    both.update()
    both.assert_same_evaluation([words])


def a_planned_resnet_trains(group: dist.ProcessGroup) -> None:
    """A net of the shipped specs, cut by the planner: a cut through its blocks, with shortcuts across."""
    net = netcompiler.load("specs/resnet_cifar.net", "resnet20", inputs=[3, 16, 16]).place(4).net
    both = Beside(net, group, "1f1b", 4)
    for number in range(2):
        generator = torch.Generator().manual_seed(number)
        image = torch.randn(8, 3, 16, 16, generator=generator)
        both.step([image], torch.randint(10, (8,), generator=generator))
        both.update()


def every_key_is_somewhere_once(schedule: str, group: dist.ProcessGroup) -> None:
    pipeline = four().pipeline(group, schedule=schedule, microbatches=4)
    keys: list[list[str]] = [[] for _ in range(dist.get_world_size(group))]
    dist.all_gather_object(keys, list(pipeline.module.state_dict()), group)
    learned = [key for key, _ in pipeline.module.named_parameters()]
    assert learned == [key for key in keys[dist.get_rank(group)] if key in learned]
    whole = four().module("meta").state_dict()
    assert sorted(key for some in keys for key in some) == sorted(whole)
    assert pipeline.groups == tuple("abcd"[dist.get_rank(group) :: dist.get_world_size(group)])


def a_whole_checkpoint_loads(group: dist.ProcessGroup) -> None:
    torch.manual_seed(1)
    whole = four().module().state_dict()
    pipeline = four().pipeline(group, schedule="interleaved", microbatches=2)
    own = {key: whole[key] for key in pipeline.module.state_dict()}
    pipeline.module.load_state_dict(own)
    assert all(torch.equal(tensor, whole[key]) for key, tensor in pipeline.module.state_dict().items())
    with pytest.raises(RuntimeError, match="unexpected keys"):
        pipeline.module.load_state_dict(whole)
    given = pipeline.module.load_state_dict(whole, strict=False)
    assert sorted([*given.unexpected_keys, *own]) == sorted(whole)
    own.popitem()
    with pytest.raises(RuntimeError, match="missing keys"):
        pipeline.module.load_state_dict(own)


def one_state_for_all(schedule: str, group: dist.ProcessGroup) -> None:
    """What a pipeline gives, one process loads, and the other way round."""
    torch.manual_seed(3)
    pipeline = four().pipeline(group, schedule=schedule, microbatches=4)
    whole = pipeline.gather_state_dict()
    torch.manual_seed(3)
    expected = four().module().state_dict()
    if dist.get_rank(group):
        assert not whole
    else:
        assert list(whole) == list(expected)
        assert all(torch.equal(tensor, whole[key]) for key, tensor in expected.items())
    other = four().module().state_dict()
    pipeline.load_state_dict(other)
    assert all(torch.equal(tensor, other[key]) for key, tensor in pipeline.module.state_dict().items())
    with pytest.raises(RuntimeError, match=r"this is no state of four: it misses fc.weight$"):
        pipeline.load_state_dict({key: tensor for key, tensor in other.items() if key != "fc.weight"})
    with pytest.raises(RuntimeError, match="it has the unknown head, tail"):
        pipeline.load_state_dict({**other, "head": torch.zeros(1), "tail": torch.zeros(1)})


def gradients_are_clipped(group: dist.ProcessGroup) -> None:
    both = Beside(four(), group, "interleaved", 2)
    for norm_type in (2.0, 1.0, float("inf")):
        both.step([images(0)[0]], images(0)[1])
        expected = nn.utils.clip_grad_norm_(both.whole.parameters(), 0.01, norm_type)
        found = both.pipeline.clip_grad_norm_(0.01, norm_type)
        # The squares are added up in another order.
        torch.testing.assert_close(found, expected, rtol=1e-6, atol=0)
        for key, parameter in both.pipeline.module.named_parameters():
            torch.testing.assert_close(parameter.grad, both.whole.get_parameter(key).grad, rtol=1e-6, atol=0)
        both.whole.zero_grad()
        both.pipeline.module.zero_grad()


def heads_of_training(group: dist.ProcessGroup) -> None:
    def loss(given: tuple[Tensor, Tensor], target: Tensor) -> Tensor:
        assert given._fields == ("fc", "aux")  # type: ignore[attr-defined]
        return cross_entropy(given[0], target) + 0.3 * cross_entropy(given[1], target)

    both = Beside(netcompiler.loads(HEADS), group, "1f1b", 4, loss)
    generator = torch.Generator().manual_seed(2)
    image, label = torch.randn(8, 3, 8, 8, generator=generator), torch.randint(4, (8,), generator=generator)
    for _ in range(2):
        both.step([image], label)
        both.update()
        both.assert_same_evaluation([image])


def inputs_of_several_kinds(group: dist.ProcessGroup) -> None:
    both = Beside(netcompiler.loads(TOKENS), group, "1f1b", 2)
    generator = torch.Generator().manual_seed(2)
    words = torch.randint(20, (4, 6), generator=generator)
    mask, label = torch.randn(4, 6, 8, generator=generator), torch.randint(5, (4,), generator=generator)
    for _ in range(2):
        both.step([words, mask], label)
        both.update()
    both.assert_same_evaluation([words, mask])


def gradients_add_up(group: dist.ProcessGroup) -> None:
    """Several steps without an update in between: gradients of earlier ones stay as they are."""
    both = Beside(four(), group, "gpipe", 2)
    for number in range(3):
        both.step([images(number)[0]], images(number)[1])


def frozen_layers(group: dist.ProcessGroup) -> None:
    """Layers that do not learn, and learn later: what comes back between stages changes with them."""
    both = Beside(four(), group, "interleaved", 4)
    frozen = ("stem", "bn", "layer1")
    for module in (both.whole, both.pipeline.module):
        for key, parameter in module.named_parameters():
            parameter.requires_grad = not key.startswith(frozen)
    both.step([images(0)[0]], images(0)[1])
    both.update()
    for module in (both.whole, both.pipeline.module):
        module.requires_grad_(True)
    both.step([images(1)[0]], images(1)[1])
    both.update()
    # Batch norms that keep their averages: a step in evaluation mode, and evaluation of the same batch.
    both.whole.eval()
    both.pipeline.module.eval()
    for number in (2, 3):
        both.step([images(number)[0]], images(number)[1])
        both.update()
        found = both.pipeline.evaluate(*both.own([images(number)[0]]))
        if found is not None:
            torch.testing.assert_close(found, both.whole(images(number)[0]).detach(), rtol=1e-5, atol=1e-6)
    assert not both.pipeline.module.training


def other_layouts_and_types(group: dist.ProcessGroup) -> None:
    """channels_last under autocast: values travel in their layout and type."""
    both = Beside(four(), group, "1f1b", 4)
    both.whole.to(memory_format=torch.channels_last)
    both.pipeline.module.to(memory_format=torch.channels_last)
    for number in range(2):
        image, label = images(number)
        with torch.autocast("cpu", torch.bfloat16):
            both.step([image.to(memory_format=torch.channels_last)], label)
        both.update()
    # Without autocast, and of another size: a new format.
    both.step([images(5, 8)[0][:, :, :10].contiguous()], images(5, 8)[1])


def replicas(group: dist.ProcessGroup) -> None:
    """Two pipelines of two processes: gradients are the mean of both."""
    ranks = torch.tensor(dist.get_process_group_ranks(group)).reshape(2, 2)
    mesh = DeviceMesh("cpu", ranks, mesh_dim_names=("data", "stage"))
    row = mesh.get_coordinate()[0]  # type: ignore[index]
    for schedule in ("1f1b", "interleaved"):
        net = four() if schedule == "interleaved" else netcompiler.loads(TWO)
        both = Beside(net, mesh, schedule, 2)
        for module in (both.whole, both.pipeline.module):  # after they are made, as users do
            module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        for number in range(2):
            means: dict[str, Tensor] = {}
            for other in (1 - row, row):
                loss = both.alone([images(2 * number + other)[0]], images(2 * number + other)[1])
                for key, parameter in both.whole.named_parameters():
                    assert parameter.grad is not None
                    means[key] = means.get(key, torch.zeros(())) + parameter.grad / 2
                    parameter.grad = None
            image, label = images(2 * number + row)
            found = both.pipeline.step(*both.own([image]), target=label if both.pipeline.is_last else None)
            assert found is None or torch.equal(found, loss)
            for key, parameter in both.pipeline.module.named_parameters():
                assert torch.equal(parameter.grad, means[key]), key  # type: ignore[arg-type]
            both.pipeline.module.zero_grad()


TRANSPOSED = """
net transposed {
  group a, b
  input words [6, 8]
  on a { linear(8) -> transpose(1, 2) }
  on b { linear(4) -> gelu -> flatten -> fc: linear(5) }
}
"""

TWO = """
net two {
  group a, b
  input image [3, 12, 12]
  on a { conv1: conv(8, 3, padding=1) -> gelu }
  on b { conv2: conv(8, 3, padding=1) -> relu -> adaptive_avgpool(1) -> flatten -> fc: linear(10) }
}
"""


@contextmanager
def refused(pipeline: Pipeline, here: bool, message: str) -> Iterator[None]:
    """The process that finds a mistake says which, the others that there is one."""
    expected = (ValueError, message) if here else (RuntimeError, "cannot use its batch, and says why")
    with pytest.raises(expected[0], match=expected[1]):
        yield


def mistakes(group: dist.ProcessGroup) -> None:
    """Each is an error on every process, before anything is sent; the pipeline goes on afterwards."""
    both = Beside(netcompiler.loads(TWO), group, "1f1b", 4)
    pipeline = both.pipeline
    first, last = pipeline.is_first, pipeline.is_last
    image, label = images(0)
    own, aim = both.own([image]), label if last else None
    with pytest.raises(ValueError, match=r"14 cannot be cut into 4 .*: give 12 samples, or leave out"):
        pipeline.step(*both.own([image[:14]]), target=None if aim is None else aim[:14])
    with pytest.raises(ValueError, match="different numbers of samples: image 16, target 12"):
        pipeline.step(*own, target=None if aim is None else aim[:12])
    with refused(pipeline, last, "the process of the last stage needs a target"):
        pipeline.step(*own)
    with refused(pipeline, first, "the net has 1 inputs .image., and 0 were given"):
        pipeline.step(target=aim)
    with refused(pipeline, first, r"input image has 4 dimensions, the batch first; given is \[3, 12, 12\]"):
        pipeline.step(*both.own([image[0]]), target=aim)
    with pytest.raises(RuntimeError, match=r"stage 0 of the pipeline cannot take .* to have 3 channels"):
        pipeline.step(*both.own([image[:, :2]]), target=aim)
    pipeline.module.train(first)
    with pytest.raises(RuntimeError, match="differ in training mode or autocast"):
        pipeline.step(*own, target=aim)
    pipeline.module.train()
    both.step([image], label)


def a_process_that_stays_away(group: dist.ProcessGroup) -> None:
    ranks = dist.get_process_group_ranks(group)
    patience = timedelta(seconds=1)
    brief = dist.new_group(ranks, timeout=patience, use_local_synchronization=True)
    pipeline = netcompiler.loads(TWO).pipeline(brief, microbatches=2, loss=cross_entropy)
    if pipeline.is_last:
        return
    message = r"rank 1 \(a\) lost touch with its pipeline of ranks 1, 3: .*[Tt]imed out"
    with pytest.raises(netcompiler.CommunicationError, match=message):
        pipeline.step(images(0)[0])


def what_cannot_be_made(group: dist.ProcessGroup) -> None:
    with pytest.raises(ValueError, match="4 stages cannot run on 2 processes with the schedule 1f1b"):
        four().pipeline(group, microbatches=4)
    with pytest.raises(ValueError, match="there is no schedule 'dfs'"):
        four().pipeline(group, microbatches=4, schedule="dfs")
    with pytest.raises(ValueError, match="needs at least 2 micro-batches, not 1"):
        netcompiler.loads(TWO).pipeline(group, microbatches=1)
    with pytest.raises(ValueError, match="top and bottom wait for each other"):
        netcompiler.load("specs/alexnet.net").pipeline(group, microbatches=4)
    with pytest.raises(ValueError, match="net lenet has no placement groups"):
        netcompiler.load("specs/lenet.net").pipeline(group, microbatches=4)
    only = netcompiler.loads(TWO).pipeline(group, microbatches=4)
    with pytest.raises(ValueError, match="needs a loss"):
        only.step(images(0)[0], target=images(0)[1])
    assert (only.evaluate(images(0)[0]) is None) != only.is_last


TRAINING = [
    ("gpipe", 2, 4),
    ("gpipe", 8, 4),
    ("1f1b", 4, 4),
    ("1f1b", 8, 4),
    ("interleaved", 2, 2),
    ("interleaved", 8, 2),
    ("interleaved", 2, 1),
    ("interleaved", 4, 4),
]

# Two of the four processes, and not in the way they are numbered in all: ranks must be those of the group.
PLACES = {1: (2,), 2: (1, 3), 4: (0, 1, 2, 3)}

_FOUR = PLACES[4]
_TWO = PLACES[2]

CHECKS: dict[str, tuple[Sequence[int], Check]] = {
    **{
        f"{schedule}, {microbatches} micro-batches, {count} processes": (
            PLACES[count],
            partial(trains_as_one_process, schedule, microbatches),
        )
        for schedule, microbatches, count in TRAINING
    },
    **{
        f"the order of {schedule}": (PLACES[count], partial(works_in_the_order_of_its_schedule, schedule))
        for schedule, count in (("gpipe", 4), ("1f1b", 4), ("interleaved", 2))
    },
    "values that lie in no order": (_TWO, values_that_lie_in_no_order),
    "a planned ResNet": (_FOUR, a_planned_resnet_trains),
    "keys, 4 processes": (_FOUR, partial(every_key_is_somewhere_once, "1f1b")),
    "keys, 2 processes": (_TWO, partial(every_key_is_somewhere_once, "interleaved")),
    "a whole checkpoint loads": (_TWO, a_whole_checkpoint_loads),
    "one state, 4 processes": (_FOUR, partial(one_state_for_all, "1f1b")),
    "one state, 2 processes": (_TWO, partial(one_state_for_all, "interleaved")),
    "gradients are clipped": (_TWO, gradients_are_clipped),
    "heads of training": (_FOUR, heads_of_training),
    "inputs of several kinds": (_TWO, inputs_of_several_kinds),
    "gradients add up": (_FOUR, gradients_add_up),
    "frozen layers": (_TWO, frozen_layers),
    "other layouts and types": (_FOUR, other_layouts_and_types),
    "replicas": (_FOUR, replicas),
    "mistakes": (_TWO, mistakes),
    "a process that stays away": (_TWO, a_process_that_stays_away),
    "what cannot be made": (_TWO, what_cannot_be_made),
}
