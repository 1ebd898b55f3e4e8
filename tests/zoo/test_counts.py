"""Loss and errors, against the plain definitions."""

from typing import NamedTuple

import pytest
import torch
from torch.nn.functional import cross_entropy

from zoo.losses import BinaryOptions, Loss, LossOptions, binary
from zoo.losses import cross_entropy as make_loss
from zoo.metrics import Tally

PLAIN = make_loss(LossOptions())


class Outputs(NamedTuple):
    main: torch.Tensor
    aux: torch.Tensor


def test_a_tally_counts_exactly() -> None:
    torch.manual_seed(0)
    logits, labels = torch.randn(50, 10), torch.randint(10, (50,))
    tally = Tally()
    for start in (0, 20, 40):
        part = slice(start, min(start + 20, 50))
        tally.add(logits[part], labels[part], cross_entropy(logits[part], labels[part]))
    order = logits.argsort(dim=1, descending=True).tolist()
    right = labels.tolist()
    assert tally.images == 50
    assert tally.top1_error * 50 == sum(row[0] != label for row, label in zip(order, right, strict=True))
    assert tally.top5_error * 50 == sum(label not in row[:5] for row, label in zip(order, right, strict=True))
    assert tally.loss == pytest.approx(float(cross_entropy(logits, labels)), rel=1e-6)
    assert Tally(tally.state()).state() == tally.state()


def test_top5_of_three_classes_is_never_wrong() -> None:
    tally = Tally()
    tally.add(torch.randn(7, 3), torch.randint(3, (7,)), torch.tensor(1.0))
    assert tally.top5_error == 0


def test_the_loss_of_one_output_is_cross_entropy() -> None:
    logits, labels = torch.randn(4, 3), torch.tensor([0, 1, 2, 0])
    total, own = Loss(PLAIN, "output")(logits, labels)
    assert total == own == cross_entropy(logits, labels)


def test_auxiliary_outputs_add_their_share() -> None:
    outputs, labels = Outputs(torch.randn(4, 3), torch.randn(4, 3)), torch.tensor([0, 1, 2, 0])
    total, own = Loss(PLAIN, "main", ("aux",), 0.3)(outputs, labels)
    assert own == cross_entropy(outputs.main, labels)
    assert total == own + 0.3 * cross_entropy(outputs.aux, labels)
    assert Loss(PLAIN, "main")(outputs, labels)[0] == own


def test_the_loss_is_in_float32() -> None:
    logits = torch.randn(4, 3).bfloat16()
    assert Loss(PLAIN, "output")(logits, torch.tensor([0, 1, 2, 0]))[0].dtype == torch.float32


def test_smoothing_is_torchs() -> None:
    logits, labels = torch.randn(4, 3), torch.tensor([0, 1, 2, 0])
    smooth = make_loss(LossOptions(smoothing=0.1))
    assert smooth(logits, labels) == cross_entropy(logits, labels, label_smoothing=0.1)


def test_binary_takes_mixed_images_for_both_classes() -> None:
    logits = torch.randn(2, 3)
    mixed = torch.tensor([[0.7, 0.3, 0.0], [0.9, 0.1, 0.0]])
    present = torch.tensor([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    expected = torch.nn.functional.binary_cross_entropy_with_logits(logits, present)
    assert binary(BinaryOptions(threshold=0.2))(logits, mixed) == expected
    shares = torch.nn.functional.binary_cross_entropy_with_logits(logits, mixed)
    assert binary(BinaryOptions(threshold=None))(logits, mixed) == shares
    one = binary(BinaryOptions(smoothing=0.1))(logits, torch.tensor([2, 0]))
    assert one == binary(BinaryOptions())(logits, torch.eye(3)[[2, 0]])
