"""Parsing that goes on after mistakes, so that all of a file's are told at once, each once.

After a mistake, in this order: what was clearly meant is put in its place, when the rest of the statement
fits then; or else the statement is left out, and a definition whose head is wrong with all that stands in it.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

from netcompiler import syntax
from netcompiler.diagnostics import Diagnostic
from netcompiler.limits import Limits
from netcompiler.parse import kinds as k
from netcompiler.parse.driver import Run
from netcompiler.parse.tokens import Scanned, scan
from netcompiler.parse.trouble import Trouble
from netcompiler.source import Source

_ITEMS = frozenset(k.NUMBER_OF[word] for word in ("USE", "BLOCK", "NET", "LET", "DEFAULT"))
_DEFINITIONS = frozenset(k.NUMBER_OF[word] for word in ("USE", "BLOCK", "NET"))


class Recovery:
    """One text, parsed as far as it can be.

    Attributes:
        diagnostics: what is wrong with it, in the order of the text, at most as many as the limit.
    """

    def __init__(self, source: Source, limits: Limits, start: str) -> None:
        self.source = source
        self.limits = limits
        self.scanned: Scanned = scan(source, limits)
        self.found: list[Diagnostic] = []
        self.run = Run(source, self.scanned.columns, start)
        self._open: list[int] = []
        self._walked = 0
        self._mistaken = sorted(d.span.start for d in self.scanned.diagnostics if d.span is not None)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All mistakes, in the order of the text."""
        found = [*self.scanned.diagnostics, *self.found]
        found.sort(key=lambda d: d.span.start if d.span is not None else 0)
        return tuple(found[: self.limits.diagnostics])

    def expression(self) -> syntax.Expression | None:
        """The only expression; None where there is a mistake."""
        at = self.run.go(0)
        if at < len(self.run.tokens.kinds):
            self._say(Trouble(self.run, at, self._opened(at)), 0)
            return None
        tree: syntax.Expression = self.run.values[-1]
        return tree

    def file(self) -> syntax.File:
        """The file, without what cannot be understood."""
        run = self.run
        at = run.go(0)
        while at < len(run.tokens.kinds):
            if len(self.scanned.diagnostics) + len(self.found) >= self.limits.diagnostics:
                return syntax.File(tuple(self._items()), self.source)
            at = run.go(self._go_on(at))
        tree: syntax.File = run.values[-1]
        return tree

    def _items(self) -> list[Any]:
        """The definitions that are there already."""
        kept = self._kept(0, "item")
        items = self.run.values[:1] if kept else []
        return items + (self.run.values[1] if kept == 2 else [])

    def _go_on(self, at: int) -> int:
        """Say what is wrong with a token and get ready for the one given back."""
        run = self.run
        kinds = run.tokens.kinds
        opened = self._opened(at)
        braces = [depth for depth, o in enumerate(opened) if kinds[o] == k.LBRACE]
        base = self._place(opened[braces[-1]]) + 1 if braces else 0
        kept = base + self._kept(base, "statement" if braces else "item")
        # A line end after what is kept belongs to what is not.
        first = kept + 1 if kept < len(run.values) and kinds[at - 1] == k.NEWLINE else kept
        begin = run.begins[first] if first < len(run.begins) else run.tokens.starts[at]
        trouble = Trouble(run, at, opened)
        if self._say(trouble, begin) and kinds[at] != k.ERROR:
            from netcompiler.parse.repairs import repair

            mended = repair(trouble)
            if mended is not None:
                mended.put_into(run.tokens, at)
                return at
        del run.values[kept:], run.begins[kept:], run.stack[kept + 1 :]
        if braces:
            again = self._after_statement(at, len(opened) - braces[-1] - 1)
        else:
            again = self._next_item(at, begin, len(opened))
        return again + 1 if kinds[again] == k.NEWLINE and kept == base else again

    def _say(self, trouble: Trouble, begin: int) -> bool:
        """Tell a mistake, unless it only follows from one in the same statement that is told already."""
        text = self.source.text
        place = trouble.span()
        begin = min(begin, text.rfind("\n", 0, place.start) + 1)
        end = text.find("\n", place.end)
        first = bisect_left(self._mistaken, begin)
        if first < len(self._mistaken) and (end == -1 or self._mistaken[first] <= end):
            return False
        # Files without mistakes need not load what is said of them.
        from netcompiler.parse.messages import explain

        self.found.append(explain(trouble))
        return True

    # ---- where to go on

    def _opened(self, at: int) -> tuple[int, ...]:
        """The brackets that are open before a token; asked for one further on each time."""
        kinds = self.run.tokens.kinds
        for place in range(self._walked, at):
            if kinds[place] in k.OPENING:
                self._open.append(place)
            elif kinds[place] in k.OPENED_BY:
                self._open.pop()
        self._walked = max(self._walked, at)
        return tuple(self._open)

    def _place(self, brace: int) -> int:
        """Where in the stack of values an open brace lies."""
        start = self.run.tokens.starts[brace]
        place = len(self.run.begins) - 1
        while self.run.begins[place] != start or self.run.values[place] != "{":
            place -= 1
        return place

    def _kept(self, base: int, symbol: str) -> int:
        """How many of the values from ``base`` on are whole statements (one, or one and a list of them)."""
        run = self.run
        gotos = run.driver.tables.gotos
        one = gotos[run.stack[base]].get(symbol)
        if len(run.stack) <= base + 1 or run.stack[base + 1] != one:
            return 0
        lists = [state for name, state in gotos[one].items() if name.startswith("__")]
        return 2 if len(run.stack) > base + 2 and run.stack[base + 2] in lists else 1

    def _after_statement(self, at: int, depth: int) -> int:
        """The line end after the statement that a token stands in, or the brace that closes its body.

        ``depth`` brackets are open in the statement before the token.
        """
        kinds = self.run.tokens.kinds
        while kinds[at] != k.END:
            if depth == 0 and kinds[at] in (k.NEWLINE, k.RBRACE):
                return at
            depth += (kinds[at] in k.OPENING) - (kinds[at] in k.OPENED_BY)
            at += 1
        return at

    def _next_item(self, at: int, begin: int, depth: int) -> int:
        """The line end before the next definition, outside all brackets; the text's end where none is."""
        kinds, starts = self.run.tokens.kinds, self.run.tokens.starts
        column = self.source.position(begin)[1]
        while kinds[at] != k.END:
            begins = depth == 0 and kinds[at] == k.NEWLINE and kinds[at + 1] in _ITEMS
            # The `let` of a body without braces is no definition of the file.
            if begins and (
                kinds[at + 1] in _DEFINITIONS or self.source.position(starts[at + 1])[1] <= column
            ):
                return at
            depth += (kinds[at] in k.OPENING) - (kinds[at] in k.OPENED_BY)
            at += 1
        return at
