"""What operations say of height and width: where they say that extents may be any, they may."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given

from netcompiler.operations import OPERATIONS
from netcompiler.operations.base import Axes, Shape
from tests.operations.rendering import call_of
from tests.operations.strategies import Example, examples, fitting

ANY = {"relu", "dropout", "identity"}
"""Every pair of dimensions may grow."""
NONE = {"reshape", "attention", "crop", "adaptive_avgpool", "roll", "matmul", "index_select"}


def grown(shape: Shape, axes: Axes) -> Shape:
    return tuple(2 * n if i in axes else n for i, n in enumerate(shape))


@pytest.mark.parametrize("name", OPERATIONS)
def test_nothing_but_height_and_width_changes(name: str) -> None:
    """Twice as large an image: the same weights and code, and an output of the same other extents."""
    operation = OPERATIONS[name]
    answers = set()

    @examples(15)
    @given(fitting(name))
    def check(example: Example) -> None:
        inputs, args = example
        call = call_of(name, inputs, **args)
        before = operation.shape(call)
        for axes in permutations(range(min(map(len, inputs), default=0)), 2):
            after = operation.axes(call, [axes] * len(inputs))
            answers.add(after is not None)
            if after is None:
                continue
            larger = call_of(name, tuple(grown(shape, axes) for shape in inputs), **args)
            found = operation.shape(larger)
            assert len(set(after)) == 2
            assert [n for i, n in enumerate(found) if i not in after] == [
                n for i, n in enumerate(before) if i not in after
            ]
            assert operation.weights(larger) == operation.weights(call)
            assert operation.buffers(larger) == operation.buffers(call)
            assert operation.code(larger) == operation.code(call)

    check()
    assert name not in ANY or answers == {True}
    assert name not in NONE or True not in answers


def test_a_value_that_never_changes_must_broadcast() -> None:
    add = OPERATIONS["add"]
    gate = call_of("add", ((4, 6, 6), (4, 1, 1)), broadcast=True)
    assert add.axes(gate, [(1, 2), None]) == (1, 2)
    assert add.axes(gate, [None, (1, 2)]) is None
    both = call_of("add", ((4, 6, 6), (4, 6, 6)))
    assert add.axes(both, [(1, 2), None]) is None
    assert add.axes(both, [(1, 2), (1, 2)]) == (1, 2)
    assert add.axes(gate, [(1, 2), (1, 2)]) is None, "of a larger image the second is larger, too"
