"""Each operation's shapes, weights and buffers against torch's, over generated inputs and arguments."""

from __future__ import annotations

import contextlib
import warnings

import pytest
import torch
from hypothesis import event, given
from hypothesis import strategies as st
from torch import Tensor, nn

from netcompiler.code import ModuleCode
from netcompiler.operations import OPERATIONS
from netcompiler.operations.base import Call, Shape, ShapeError
from tests.operations.rendering import call_of, run_of, tensors_of
from tests.operations.strategies import STRATEGIES, Example, examples, fitting

# Where an operation refuses on purpose what torch would take: a part of its message, and the operations.
STRICTER: dict[str, set[str]] = {
    # torch does not know which dimension is the batch
    "batch dimension": set(OPERATIONS),
    # torch would take the batch for the channels of a sample without batch
    "expects an input of shape": {
        "crop",
        "frozen_batchnorm",
        "instancenorm",
        "pixel_shuffle",
        "pixel_unshuffle",
        "shifted_window_mask",
    },
    # no merge broadcasts unless it is told to
    "branches have different": {"add", "subtract", "multiply", "maximum"},
    "takes two matrices": {"matmul"},
    "matrices do not fit": {"matmul"},
    "query, key and value do not fit": {"scaled_dot_product_attention"},
    # torch's squeeze is silent about other extents
    "and not 1": {"squeeze"},
    # no value is empty
    "cuts everything off": {"pad"},
    "it needs extents of 1 or more": {"reshape"},
    # torch would pad the batch
    "needs two for each of the last dimensions": {"pad"},
    # Python's slices end where the value ends
    "is larger than the input": {"crop"},
    "reaches out of the input": {"crop"},
    # one way to say what is normalised over is enough
    "exclude each other": {"layernorm"},
    # torch takes limits that no number is between, and slices that are empty
    "`min` is above `max`": {"clamp"},
    "`unbiased` is a part": {"linear"},
    "`shape` needs at least one extent": {"parameter"},
    "is smaller than `window_size`": {"shifted_window_mask"},
    # torch's pool in one dimension has no such argument
    "`divisor_override` needs": {"avgpool"},
}

# Where torch would give a tensor without elements, or fail.
EMPTY = ("cuts off the whole result", "leaves nothing of the input")

EXAMPLES = {"conv": 250, "conv_transpose": 250, "maxpool": 250, "avgpool": 250, "pad": 150, "upsample": 150}


def theirs(call: Call, name: str) -> Tensor:
    """What torch makes of the same call, in training."""
    run = run_of(OPERATIONS[name].code(call))
    tensors = tensors_of(call.inputs, indices=OPERATIONS[name].indices)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's advice on rarely used modes
        return run(*tensors)


def ours(call: Call, name: str) -> Shape | ShapeError:
    try:
        return OPERATIONS[name].shape(call)
    except ShapeError as error:
        return error


@pytest.mark.parametrize("name", OPERATIONS)
def test_shapes_and_errors_are_those_of_torch(name: str) -> None:
    @examples(EXAMPLES.get(name, 60))
    @given(STRATEGIES[name])
    def check(example: Example) -> None:
        inputs, args = example
        call = call_of(name, inputs, **args)
        found = ours(call, name)
        if not isinstance(found, ShapeError):
            event("fits")
            assert found == tuple(theirs(call, name).shape[1:])
            return
        event(found.message)
        if any(part in found.message for part in EMPTY):
            with contextlib.suppress(RuntimeError):
                assert theirs(call, name).numel() == 0
            return
        if any(part in found.message and name in names for part, names in STRICTER.items()):
            return
        with pytest.raises(
            (RuntimeError, ValueError, IndexError, AssertionError, AttributeError, ShapeError)
        ):
            theirs(call, name)

    check()


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_value_of_any_rank_is_taken_or_refused(name: str) -> None:
    @examples(30)
    @given(STRATEGIES[name], st.integers(0, 6))
    def check(example: Example, rank: int) -> None:
        inputs, args = example
        call = call_of(name, tuple((3, 4, 5, 6, 7, 8)[:rank] for _ in inputs), **args)
        found = ours(call, name)
        assert isinstance(found, ShapeError) or all(n >= 1 for n in found)

    check()


@pytest.mark.parametrize("name", OPERATIONS)
def test_weights_and_buffers_are_those_of_torch(name: str) -> None:
    @examples(25)
    @given(fitting(name))
    def check(example: Example) -> None:
        call = call_of(name, example[0], **example[1])
        operation = OPERATIONS[name]
        module = (
            run_of(operation.code(call)) if isinstance(operation.code(call), ModuleCode) else nn.Identity()
        )
        assert isinstance(module, nn.Module)
        learned = {key: tuple(p.shape) for key, p in module.named_parameters()}
        saved = {key: tuple(t.shape) for key, t in module.state_dict().items() if key not in learned}
        assert operation.weights(call) == learned
        assert operation.buffers(call) == saved

    check()
