"""Loss and errors, against the plain definitions."""

from typing import NamedTuple

import pytest
import torch
from torch.nn.functional import cross_entropy

from zoo.loss import Loss
from zoo.metrics import Tally


class Outputs(NamedTuple):
    main: torch.Tensor
    aux: torch.Tensor


def test_a_tally_counts_exactly() -> None:
    torch.manual_seed(0)
    logits, labels = torch.randn(50, 10), torch.randint(10, (50,))
    tally = Tally()
    for start in (0, 20, 40):
        part = slice(start, min(start + 20, 50))
        tally.add(logits[part], labels[part], float(cross_entropy(logits[part], labels[part])))
    order = logits.argsort(dim=1, descending=True).tolist()
    right = labels.tolist()
    assert tally.images == 50
    assert tally.top1 == sum(row[0] != label for row, label in zip(order, right, strict=True))
    assert tally.top5 == sum(label not in row[:5] for row, label in zip(order, right, strict=True))
    assert tally.loss == pytest.approx(float(cross_entropy(logits, labels)), rel=1e-6)
    assert Tally(**tally.state()) == tally


def test_top5_of_three_classes_is_never_wrong() -> None:
    tally = Tally()
    tally.add(torch.randn(7, 3), torch.randint(3, (7,)), 1.0)
    assert tally.top5_error == 0


def test_the_loss_of_one_output_is_cross_entropy() -> None:
    logits, labels = torch.randn(4, 3), torch.tensor([0, 1, 2, 0])
    total, own = Loss("output")(logits, labels)
    assert total == own == cross_entropy(logits, labels)


def test_auxiliary_outputs_add_their_share() -> None:
    outputs, labels = Outputs(torch.randn(4, 3), torch.randn(4, 3)), torch.tensor([0, 1, 2, 0])
    total, own = Loss("main", ("aux",), 0.3)(outputs, labels)
    assert own == cross_entropy(outputs.main, labels)
    assert total == own + 0.3 * cross_entropy(outputs.aux, labels)
    assert Loss("main")(outputs, labels)[0] == own


def test_the_loss_is_in_float32() -> None:
    logits = torch.randn(4, 3).bfloat16()
    assert Loss("output")(logits, torch.tensor([0, 1, 2, 0]))[0].dtype == torch.float32
