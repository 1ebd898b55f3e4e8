"""What Python users get for senseless options of a picture: one sentence."""

from __future__ import annotations

import pytest

from netcompiler import figure, loads

NET = loads("net n {\n  input x [4]\n  linear(2)\n}\n")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"width": "16"}, "width takes a number of centimetres, not '16'"),
        ({"depth": 1.5}, "depth takes a whole number, not 1.5"),
        ({"depth": True}, "depth takes a whole number, not True"),
        ({"title": 3}, "title takes text, not 3"),
        ({"expand": "layer1"}, "expand and fold take several paths"),
        ({"fold": [1]}, "fold takes paths of blocks"),
    ],
)
def test_wrong_types(options: dict[str, object], says: str) -> None:
    with pytest.raises(TypeError, match=says):
        NET.draw(**options)


def test_a_figure_of_nothing() -> None:
    with pytest.raises(TypeError, match="takes the nets"):
        figure()
