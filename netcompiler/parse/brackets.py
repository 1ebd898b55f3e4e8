"""Brackets that match, or are made to."""

from __future__ import annotations

from netcompiler.diagnostics import Diagnostic
from netcompiler.limits import Limits
from netcompiler.parse import kinds as k
from netcompiler.parse.columns import Columns
from netcompiler.source import Source


def match_brackets(source: Source, limits: Limits, tokens: Columns) -> tuple[Columns, list[Diagnostic], bool]:
    """Tokens whose brackets match, what was wrong with them, and whether they are nested too deeply."""
    opened: list[int] = []
    deepest = limits.nesting
    for kind in [kind for kind in tokens.kinds if kind >= k.LPAR]:
        if kind <= k.LBRACE:
            if len(opened) >= deepest:
                break
            opened.append(kind)
        elif not opened or k.CLOSING[opened.pop()] != kind:
            break
    else:
        if not opened:
            return tokens, [], False
    # Few files come here, and the others need not load it.
    from netcompiler.parse.mending import Mending

    mending = Mending(source, limits, tokens)
    mending.run()
    if mending.deep is not None:
        return tokens, [mending.deep], True
    return mending.mended(), mending.found, False
