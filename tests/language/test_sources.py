"""Sources: steps that take no value, and what depends on them alone."""

from __future__ import annotations

import pytest
import torch

import netcompiler
from tests.language.nets import by_path, net, reads, wrong


def test_a_source_reads_nothing_wherever_it_stands() -> None:
    built = net("x: relu\nw: parameter([3, 32, 32]) -> exp -> e: sigmoid\nfrom x -> add(e)")
    assert reads(built)["w"] == []
    assert reads(built)["2"] == ["w"]
    assert reads(built)["4"] == ["x", "~e"]
    assert by_path(built)["w"].key("weight") == "w"


def test_a_source_can_stand_before_every_value() -> None:
    graph = netcompiler.loads("net a {\n w: parameter([4])\n input x [4]\n add(w)\n}")
    assert graph.parameters == 4


@pytest.mark.parametrize(
    "body",
    [
        "x: relu\nw: parameter([3, 32, 32])\nfrom x -> concat(w)",
        "x: relu\nw: parameter([3, 32, 32])\nfrom x -> stack(w)",
        "x: relu\nparameter([3, 32, 32]) -> sigmoid -> add(x)",
        "residual { parameter([3, 32, 32]) -> relu }",
    ],
)
def test_a_batch_of_one_meets_a_batch_only_where_it_can(body: str) -> None:
    assert wrong(body) == ["E204"]


def test_values_of_one_batch_meet_everywhere() -> None:
    text = "a: parameter([1, 32, 32])\nb: parameter([2, 32, 32])\nc: concat(a)\nfrom image -> multiply(c)"
    assert reads(net(text))["c"] == ["b", "~a"]


@pytest.mark.parametrize("batch", [1, 3])
def test_what_depends_on_sources_alone_is_computed_once(batch: int) -> None:
    text = """
    block gate { table: parameter([2, 4], init=0.5) -> numbers: linear(4) -> select(1, 1) }
    net a {
      input x [4]
      part: gate
      from x -> multiply(part)
    }
    """
    compiled = netcompiler.loads(text)
    model = compiled.module()
    assert [*model.state_dict()] == ["part.table", "part.numbers.weight", "part.numbers.bias"]
    x = torch.randn(batch, 4)
    table = model.state_dict()["part.table"]
    assert bool((table == 0.5).all())
    part = torch.nn.functional.linear(
        table, model.state_dict()["part.numbers.weight"], model.state_dict()["part.numbers.bias"]
    )[1]
    assert torch.equal(model(x), x * part)
    shapes: list[torch.Size] = []
    model.get_submodule("part.numbers").register_forward_hook(lambda *args: shapes.append(args[2].shape))
    model(x).sum().backward()
    assert shapes == [torch.Size([1, 2, 4])]
    assert all(p.grad is not None for p in model.parameters())


@pytest.mark.parametrize("key", ["index", "7", "_index", "_buffers"])
def test_a_constant_is_saved_under_its_own_name(key: str) -> None:
    text = f"""
    net a {{
      input x [4, 4]
      "{key}": relative_position_index([2, 2], flat=false)
      from x -> add("{key}")
    }}
    """
    model = netcompiler.loads(text).module()
    assert [*model.state_dict()] == [key]
    assert not [*model.parameters()]
    values = torch.tensor([[4, 3, 1, 0], [5, 4, 2, 1], [7, 6, 4, 3], [8, 7, 5, 4]])
    assert torch.equal(model.state_dict()[key], values)
    assert torch.equal(model(torch.zeros(3, 4, 4))[2], values.float())


def test_groups_move_their_sources() -> None:
    text = """
    net a {
      group one, two
      input x [4, 4]
      on one { linear(4) -> y: relu }
      on two {
        here: identity
        w: parameter([4, 4])
        i: relative_position_index(2, flat=false) -> table: times(0.5)
        from here -> add(w) -> add(table)
      }
    }
    """
    compiled = netcompiler.loads(text)
    assert 'parameters = {"two": [self.w, self.i]}' in compiled.source()
    assert compiled.module(devices={"two": "cpu"})(torch.zeros(2, 4, 4)).shape == (2, 4, 4)
