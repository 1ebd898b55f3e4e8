"""Colours that everyone can tell apart, and text that can be read on them."""

from __future__ import annotations

import itertools

import pytest

from netcompiler.draw.colors import contrast
from netcompiler.draw.theme import PAPER, SLIDE, THEMES
from netcompiler.operations.base import OPERATIONS
from tests.draw.vision import VISIONS, distance, lightness

TOGETHER = ("conv", "pool", "linear", "attention", "embedding", "norm", "activation", "merge", "transfer")
"""Kinds that stand in one picture with a colour of their own; the rest are greys."""

TEXT = 4.5
"""Least contrast of text: WCAG 2.2, criterion 1.4.3."""

LINE = 3.0
"""Least contrast of what is not text: WCAG 2.2, criterion 1.4.11."""


@pytest.fixture(params=THEMES.values(), ids=THEMES)
def theme(request):
    return request.param


def grounds(theme):
    """What text and lines may lie on: the paper and all that is filled behind nodes."""
    paints = [*theme.lanes, *theme.blocks, theme.repeated]
    return [theme.paper, *(paint.fill for paint in paints)]


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.005)


def test_every_kind_of_operation_has_a_colour(theme):
    assert {operation.kind for operation in OPERATIONS.values()} <= set(theme.kinds)


def test_text_can_be_read_on_whatever_it_stands(theme):
    least = 7.0 if theme is PAPER else TEXT
    for ground in [*grounds(theme), *(paint.fill for paint in theme.kinds.values())]:
        assert contrast(theme.ink, ground) >= least, ground
        assert contrast(theme.quiet, ground) >= TEXT, ground
    for ground in grounds(theme):
        for color in (theme.skip, theme.crossing, theme.repeat):
            assert contrast(color, ground) >= TEXT, (color, ground)


def test_names_in_a_kinds_own_colour_can_be_read_on_it(theme):
    for kind, paint in theme.kinds.items():
        assert contrast(paint.line, paint.fill) >= TEXT, kind


def test_lines_stand_out(theme):
    lines = [paint.line for paint in theme.kinds.values()] + [theme.flow]
    for line, ground in itertools.product(lines, grounds(theme)):
        assert contrast(line, ground) >= LINE, (line, ground)
    for paint in (*theme.lanes, *theme.blocks, theme.repeated):
        assert contrast(paint.line, theme.paper) >= LINE, paint
        assert contrast(paint.line, paint.fill) >= LINE, paint


@pytest.mark.parametrize("vision", VISIONS)
def test_kinds_differ_to_any_eye(theme, vision):
    for a, b in itertools.combinations(TOGETHER, 2):
        one, other = theme.kind(a), theme.kind(b)
        apart = max(distance(one.fill, other.fill, vision), distance(one.line, other.line, vision))
        assert apart >= 7, (a, b)


@pytest.mark.parametrize("vision", VISIONS)
def test_lines_and_groups_differ_to_any_eye(theme, vision):
    for a, b in itertools.combinations((theme.flow, theme.skip, theme.crossing), 2):
        assert distance(a, b, vision) >= 15, (a, b)
    for one, other in itertools.combinations(theme.lanes, 2):
        assert distance(one.line, other.line, vision) >= 8, (one, other)


def test_greys_of_print_differ():
    """A copy in black and white keeps the kinds apart; step by step, from light to dark."""
    kinds = [kind for kind in TOGETHER if kind != "embedding"]
    shades = sorted(lightness(PAPER.kind(kind).fill) for kind in kinds)
    assert all(b - a >= 2.5 for a, b in itertools.pairwise(shades)), shades


def test_text_for_a_wall_is_larger():
    for size in ("size", "small", "heading", "title", "outline", "thin", "thick"):
        assert getattr(SLIDE, size) >= 1.35 * getattr(PAPER, size), size
