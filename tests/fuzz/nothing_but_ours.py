"""What is done with a text that may be anything: only `SpecError` and `DrawError` may come of it."""

from __future__ import annotations

import json

from netcompiler import loads, pipeline
from netcompiler.diagnostics import Diagnostic, SpecError
from netcompiler.format import format_source
from netcompiler.limits import Limits
from netcompiler.read import from_bytes, from_text

LIMITS = Limits(layers=1000, steps=20_000, list_items=1000, source_bytes=100_000)
"""Far below the defaults, so that many texts are looked at in little time."""


def look_at_bytes(data: bytes, limits: Limits = LIMITS) -> None:
    """Look at a file's bytes."""
    try:
        text = from_bytes(data, "a.net", limits).text
    except SpecError as error:
        shown(error.diagnostics)
        return
    look(text, limits)


def look(text: str, limits: Limits = LIMITS) -> None:
    """Check a text, format it, and show its nets."""
    try:
        source = from_text(text, "a.net", limits)
    except SpecError as error:
        shown(error.diagnostics)
        return
    found = pipeline.check(source, limits, {})
    shown(found)
    try:
        form = format_source(source, limits)
    except SpecError as error:
        shown(error.diagnostics)
    else:
        _is_fixed(form, limits)
    if any(diagnostic.severity == "error" for diagnostic in found):
        return
    for name, signature in pipeline.analyse(source, limits).nets.items():
        if signature.loadable:
            _show(text, name, limits)


def _is_fixed(form: str, limits: Limits) -> None:
    """The formatter's own output is in form. It may be larger than its input, and so beyond a limit."""
    if len(form.encode()) <= limits.source_bytes:
        assert format_source(from_text(form, "a.net", limits), limits) == form


def _show(text: str, name: str, limits: Limits) -> None:
    net = loads(text, name, limits=limits)
    assert net.summary()
    json.dumps(net.plain(), allow_nan=False)
    # The flat net has quoted names of its own, which may be longer than a limit allows.
    again = loads(net.expand(), limits=Limits(layers=10**6, steps=10**7, tokens=10**7))
    assert [layer.output for layer in again.layers] == [layer.output for layer in net.layers]


def shown(found: tuple[Diagnostic, ...] | list[Diagnostic]) -> None:
    """Every diagnostic can be shown in every form."""
    for diagnostic in found:
        assert diagnostic.code[0] in "EW"
        text = diagnostic.render()
        assert text
        assert "\x1b" not in text
        assert json.loads(json.dumps(diagnostic.to_json()))["code"] == diagnostic.code
        assert len(diagnostic.to_github().splitlines()) == 1
