"""`overwritable` and `inplace`: working in place must change no output and no gradient."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from torch import Tensor, nn

from netcompiler.code import ExpressionCode, ModuleCode
from netcompiler.operations import OPERATIONS
from netcompiler.operations.base import Call
from tests.operations.rendering import call_of, inplace_text_of, run_of, tensors_of
from tests.operations.strategies import Example, examples, fitting

Run = Callable[..., Tensor]
OVERWRITABLE = [name for name, operation in OPERATIONS.items() if operation.overwritable]
INPLACE = [name for name, operation in OPERATIONS.items() if operation.inplace]
MERGES = [name for name, operation in OPERATIONS.items() if operation.kind == "merge"]
SETTINGS = examples(12)


def results(
    run: Run, call: Call, then: Run, training: bool, indices: tuple[int, ...] = ()
) -> list[Tensor | None]:
    """The output of ``then(run(inputs))`` and all gradients, from the same random numbers each time."""
    weights: list[Tensor] = []
    if isinstance(run, nn.Module):
        run.train(training)
        weights = list(run.parameters())
    torch.manual_seed(0)
    leaves = tensors_of(call.inputs, grad=True, indices=indices)
    torch.manual_seed(1)
    for weight in weights:
        nn.init.normal_(weight)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's advice on rarely used modes
        output = then(run(*(leaf * 1 for leaf in leaves)))
    outer = torch.linspace(0.5, 2.0, output.numel()).view_as(output)
    wanted = [leaf for leaf in leaves if leaf.requires_grad] + weights
    gradients = torch.autograd.grad((output * outer).sum(), wanted, allow_unused=True) if wanted else ()
    return [output.detach(), *gradients]


def assert_same(a: list[Tensor | None], b: list[Tensor | None], tolerance: float = 0.0) -> None:
    assert len(a) == len(b)
    for x, y in zip(a, b, strict=True):
        if x is None or y is None:
            assert x is y
        else:
            torch.testing.assert_close(x, y, rtol=tolerance, atol=tolerance, equal_nan=True)


def test_what_may_be_overwritten_is_known() -> None:
    assert set(OVERWRITABLE) == {
        "conv", "conv_transpose", "linear", "attention", "cross_attention",
        "maxpool", "avgpool", "adaptive_avgpool", "adaptive_maxpool", "mean",
        "batchnorm", "frozen_batchnorm", "instancenorm", "groupnorm", "layernorm", "rmsnorm", "lrn", "scale",
        "add", "subtract", "multiply", "maximum", "concat", "stack", "matmul", "exchange", "gather",
        "pad", "upsample", "class_token", "position_embedding", "embedding", "roll", "times",
        "shifted_window_mask",
    }  # fmt: skip


@pytest.mark.parametrize("name", OVERWRITABLE)
def test_an_overwritable_output_may_be_overwritten(name: str) -> None:
    @SETTINGS
    @given(fitting(name))
    def check(example: Example) -> None:
        call = call_of(name, example[0], **example[1])
        for training in (True, False):
            run = run_of(OPERATIONS[name].code(call))
            whole = OPERATIONS[name].indices
            expected = results(run, call, torch.relu, training, whole)
            assert_same(expected, results(run, call, torch.relu_, training, whole))

    check()


@pytest.mark.parametrize("name", OVERWRITABLE)
def test_an_overwritable_output_is_no_view_of_an_input(name: str) -> None:
    @SETTINGS
    @given(fitting(name))
    def check(example: Example) -> None:
        call = call_of(name, example[0], **example[1])
        run = run_of(OPERATIONS[name].code(call))
        tensors = tensors_of(call.inputs, indices=OPERATIONS[name].indices)
        inputs = {tensor.untyped_storage().data_ptr() for tensor in tensors}
        for training in (True, False):
            if isinstance(run, nn.Module):
                run.train(training)
            with torch.no_grad(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                assert run(*tensors).untyped_storage().data_ptr() not in inputs

    check()


@pytest.mark.parametrize("name", INPLACE)
def test_in_place_modules_compute_the_same(name: str) -> None:
    @SETTINGS
    @given(fitting(name))
    def check(example: Example) -> None:
        call = call_of(name, example[0], **example[1])
        code = OPERATIONS[name].code(call)
        assert isinstance(code, ModuleCode)
        for training in (True, False):
            plain, inplace = run_of(code), run_of(code, inplace=True)
            # In place, torch computes the slope of an exponential from the output: the last digit differs.
            tolerance = 1e-6 if name in ("elu", "selu", "celu") else 0.0
            expected = results(plain, call, torch.clone, training)
            assert_same(expected, results(inplace, call, torch.clone, training), tolerance)

    check()


@pytest.mark.parametrize("name", MERGES)
def test_in_place_statements_compute_the_same(name: str) -> None:
    @SETTINGS
    @given(fitting(name))
    def check(example: Example) -> None:
        call = call_of(name, example[0], **example[1])
        code = OPERATIONS[name].code(call)
        assert isinstance(code, ExpressionCode)
        statement = inplace_text_of(code)
        if statement is None:
            return

        def run(*tensors: Tensor) -> Tensor:
            names = dict(zip("abcdefgh", tensors, strict=False))
            exec(statement, {}, names)
            return names["a"]

        assert_same(results(run_of(code), call, torch.clone, True), results(run, call, torch.clone, True))

    check()


def test_add_works_in_place_on_two_values() -> None:
    code = OPERATIONS["add"].code(call_of("add", ((4, 3), (4, 3))))
    assert code == ExpressionCode("{0} + {1}", "{0} += {1}")


def test_add_does_not_work_in_place_on_a_value_that_broadcasts() -> None:
    code = OPERATIONS["add"].code(call_of("add", ((4, 1), (4, 3)), broadcast=True))
    assert code == ExpressionCode("{0} + {1}", None)
