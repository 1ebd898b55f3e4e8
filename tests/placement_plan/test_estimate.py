"""The cost model against sums done by hand, and against slots of a pipeline filled one by one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from netcompiler import bubble as bubbles
from netcompiler import load, loads
from netcompiler.bubble import idle_fraction
from netcompiler.cli import planning
from netcompiler.cost import transfers
from netcompiler.placement import cut, training
from netcompiler.placement.estimate import all_reduce_seconds, optimizer_seconds
from netcompiler.placement.facts import bubble, group_facts, pipeline_of
from netcompiler.placement.machines import MACHINES, Link, Machine, changed, numbers
from netcompiler.placement.run import copy_seconds
from netcompiler.placement.training import Training
from netcompiler.placement.work import forward_seconds

SPECS = Path(__file__).parents[2] / "specs"
FREE = Link(float("inf"), 0.0)
SIMPLE = replace(
    MACHINES["laptop"], peak=1e9, reached=1.0, memory_bandwidth=1e30, launch=0.0, inside=FREE, between=FREE
)
"""Only arithmetic takes time."""

CHAIN = """net n {{
  group a, b, c
  input x [4, 8, 8]
  on a {{ conv(4, {}, padding="same") }}
  on b {{ conv(4, {}, padding="same") }}
  on c {{ conv(4, {}, padding="same") }}
}}"""


def chain(*kernels: int):
    """Three stages, a convolution each."""
    return loads(CHAIN.format(*kernels))


# ---- layers ----------------------------------------------------------------------------------------


def test_a_layer_takes_the_longer_of_arithmetic_and_memory() -> None:
    layer = loads("net n { input x [4, 8, 8]\nconv(8, 3, padding=1, bias=false)\n}").layer("0")
    fast = replace(SIMPLE, launch=1e-6)
    assert forward_seconds(layer, 10, fast, 4) == pytest.approx(1e-6 + 2 * 64 * 36 * 8 * 10 / 1e9)
    slow = replace(fast, memory_bandwidth=1e6)
    moved = (4 * 64 + 8 * 64) * 10 * 2 + 4 * 8 * 9 * 4
    assert forward_seconds(layer, 10, slow, 2) == pytest.approx(1e-6 + moved / 1e6)


def test_views_take_no_time() -> None:
    net = loads("net n { input x [4, 8, 8]\nflatten\nlinear(2)\n}")
    assert forward_seconds(net.layer("0"), 10, MACHINES["a100"], 2) == 0


# ---- pipelines -------------------------------------------------------------------------------------


def slots(times: list[float], microbatches: int) -> float:
    """When the last stage is done with the last micro-batch: each stage takes them in turn."""
    done = [0.0] * microbatches
    for seconds in times:
        free = 0.0
        for index, ready in enumerate(done):
            free = done[index] = max(ready, free) + seconds
    return done[-1]


@pytest.mark.parametrize("microbatches", [1, 2, 4, 16])
@pytest.mark.parametrize("kernels", [(3, 3, 3), (1, 3, 5), (5, 1, 3), (3, 5, 1)])
def test_a_pipeline_against_its_slots(kernels: tuple[int, ...], microbatches: int) -> None:
    net = chain(*kernels)
    plan = Training(batch=16, microbatches=microbatches)
    times = [2 * 64 * 16 * k * k * 16 / microbatches / 1e9 for k in kernels]
    expected = 3 * slots(times, microbatches)
    assert copy_seconds(net._graph, SIMPLE, plan, ("a", "b", "c")) == pytest.approx(expected)
    found = bubble(net._graph, microbatches)
    assert found.uneven == pytest.approx(1 - sum(times) * microbatches / (3 * slots(times, microbatches)))


def test_even_stages_wait_as_the_papers_say() -> None:
    net = chain(3, 3, 3)
    for count in (1, 3, 12):
        (found,) = net.estimate([3], machine=SIMPLE, training=Training(batch=12, microbatches=count))
        idle = idle_fraction("gpipe", 3, 3, count)
        assert found.waiting / (found.waiting + found.arithmetic) == pytest.approx(idle)
        assert bubble(net._graph, count).uneven == pytest.approx(bubble(net._graph, count).even)


def test_messages_of_a_chain() -> None:
    """Two values of 1,024 bytes a sample go forward, and their gradients back."""
    machine = replace(SIMPLE, inside=Link(1e6, 1e-3), node=8)
    (found,) = chain(3, 3, 3).estimate([3], machine=machine, training=Training(batch=8))
    assert found.messages == pytest.approx(4 * (1e-3 + 8 * 1024 / 1e6))


def test_a_slow_link_sets_the_pace() -> None:
    machine = replace(SIMPLE, inside=Link(1e3, 0.0), node=8)
    plan = Training(batch=8, microbatches=8)
    seconds = copy_seconds(chain(1, 1, 1)._graph, machine, plan, ("a", "b", "c"))
    once = copy_seconds(chain(1, 1, 1)._graph, machine, replace(plan, batch=1, microbatches=1), None)
    assert seconds == pytest.approx(once + 7 * 2 * 1.024)


# ---- columns ---------------------------------------------------------------------------------------


def test_columns_work_at_the_same_time() -> None:
    net = load(SPECS / "alexnet.net")
    plan = Training(batch=2)
    (found,) = net.estimate([2], machine=SIMPLE, training=plan)
    tops = net.totals("top").macs
    assert found.step == pytest.approx(3 * 2 * 2 * tops / 1e9 + found.optimizer, rel=1e-6)
    last = net.layer("fc8").macs  # the other column has nothing to do then
    assert found.waiting == pytest.approx(3 * 2 * 2 * last / 2 / 1e9)


def test_messages_of_columns() -> None:
    """Three exchanges and a gather, both ways, each as long as its own bytes."""
    net = load(SPECS / "alexnet.net")
    machine = replace(SIMPLE, inside=Link(1e9, 0.0))
    (found,) = net.estimate([2], machine=machine, training=Training(batch=4))
    one_way = sum(t.bytes for t in transfers(net._graph) if t.source == "bottom")
    assert found.messages == pytest.approx(2 * 4 * one_way / 1e9)


# ---- copies ----------------------------------------------------------------------------------------


def test_all_reduce_by_hand() -> None:
    machine = replace(SIMPLE, node=4, inside=Link(1e9, 1e-5), between=Link(1e8, 1e-3))
    assert all_reduce_seconds(8e6, 1, 1, machine) == 0
    assert all_reduce_seconds(8e6, 4, 1, machine) == pytest.approx(6 * (2e6 / 1e9 + 1e-5))
    rings = 6 * (2e6 / 1e9 + 1e-5) + 2 * (4e6 / 1e8 + 1e-3)
    assert all_reduce_seconds(8e6, 8, 1, machine) == pytest.approx(rings)
    # Four groups fill a node: every copy is on a node of its own, and four rings share the nodes' links.
    assert all_reduce_seconds(8e6, 2, 4, machine) == pytest.approx(2 * (4e6 / 0.25e8 + 1e-3))


def test_gradients_are_hidden_by_the_backward_pass() -> None:
    net = loads("net n { input x [4, 8, 8]\nconv(4, 3, padding=1)\n}")
    machine = replace(SIMPLE, inside=Link(1e6, 0.0), overlap=0.0)
    one, two = net.estimate([1, 2], machine=machine, training=Training(batch=8))
    assert two.gradients == pytest.approx(net.parameters * 4 / 1e6)
    assert two.step - one.step == pytest.approx(two.gradients)
    (hidden,) = net.estimate([2], machine=replace(machine, overlap=1.0), training=Training(batch=8))
    backward = 2 * 2 * net.macs * 8 / 1e9
    assert hidden.gradients == pytest.approx(max(0.0, two.gradients - backward))


def test_what_the_parts_add_up_to() -> None:
    net = load(SPECS / "resnet.net", "resnet18")
    for found in net.estimate([1, 8, 64, 1024], machine="ethernet", training=Training(batch=64, element=2)):
        assert found.step == sum(found.parts.values())
        assert found.rate * found.step == pytest.approx(found.samples)
        assert found.samples == 64 * found.devices
        assert 0 < found.efficiency <= 1 + 1e-12
        assert found.bound in found.parts
    first = net.estimate([1])[0]
    assert first.efficiency == pytest.approx(1)
    assert first.memory == net.parameters * 12 + 32 * 2 * sum(
        layer.neurons for layer in net.layers if layer.operation.kind != "input"
    )


def test_optimizers_differ_in_memory_and_time() -> None:
    net = load(SPECS / "lenet.net")
    layers = list(net._graph.layers())
    machine = replace(SIMPLE, memory_bandwidth=1e9)
    seconds = [optimizer_seconds(layers, machine, Training(optimizer=o)) for o in ("sgd", "momentum", "adam")]
    assert seconds == pytest.approx([net.parameters * 4 * n / 1e9 for n in (3, 5, 7)])
    needs = [Training(1, optimizer=o).whole(layers) for o in ("sgd", "momentum", "adam")]
    assert needs[2] - needs[1] == needs[1] - needs[0] == 4 * net.parameters


def test_1f1b_holds_fewer_activations() -> None:
    net = chain(3, 3, 3)
    held = [
        net.estimate([3], training=Training(batch=32, microbatches=16, schedule=s))[0].memory
        for s in ("gpipe", "1f1b")
    ]
    assert held[1] < held[0] / 3


@pytest.mark.parametrize("schedule", planning.SCHEDULES)
def test_what_is_held_is_what_the_schedules_hold(schedule: str) -> None:
    for stages, count in ((2, 2), (4, 4), (4, 16)):
        plan = Training(batch=2 * count, microbatches=count, schedule=schedule)
        held = bubbles.held_activations(schedule, stages, stages, count)
        assert [plan.held(stage, stages) for stage in range(stages)] == [2 * n for n in held]


def test_numbers_of_devices_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="3 devices cannot hold copies of a net on 2 groups"):
        load(SPECS / "alexnet.net").estimate([2, 3])
    with pytest.raises(ValueError, match="a pipeline"):
        load(SPECS / "alexnet.net").estimate([2], training=Training(microbatches=2))


# ---- facts -----------------------------------------------------------------------------------------


def test_groups_send_what_transfers_say() -> None:
    for file in ("alexnet.net",):
        graph = load(SPECS / file)._graph
        for facts in group_facts(graph):
            assert facts.sent.forward == sum(t.bytes for t in transfers(graph) if t.source == facts.group)
            assert facts.received.forward == sum(t.bytes for t in transfers(graph) if t.target == facts.group)
            assert facts.received.backward == facts.sent.forward
    assert pipeline_of(graph) is None
    assert pipeline_of(chain(3, 3, 3)._graph) == ("a", "b", "c")


# ---- machines --------------------------------------------------------------------------------------


def test_the_command_line_knows_the_planners_words() -> None:
    assert set(planning.SCHEDULES) <= set(bubbles.SCHEDULES)
    assert tuple(cut.OBJECTIVES) == planning.OBJECTIVES
    assert tuple(training.OPTIMIZERS) == planning.OPTIMIZERS


@pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda m: m.name)
def test_every_number_can_be_changed_and_has_a_source(machine: Machine) -> None:
    assert machine.sources
    for name, value in numbers(machine):
        assert dict(numbers(changed(machine, name, str(value))))[name] == value
        other = "0.25" if name in ("reached", "overlap") else "3"
        assert dict(numbers(changed(machine, name, other)))[name] == float(other)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("nod", "4", "did you mean `node`"),
        ("node", "1.5", "whole number"),
        ("peak", "fast", "no number"),
        ("overlap", "1.5", "from 0 to 1"),
        ("inside.bandwidth", "0", "above 0"),
        ("peak", "nan", "above 0"),
    ],
)
def test_numbers_that_a_machine_cannot_have(name: str, text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        changed(MACHINES["laptop"], name, text)
