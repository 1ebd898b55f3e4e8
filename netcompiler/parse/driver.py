"""Runs the parse table over tokens and builds syntax nodes as it goes: no recursion, no tree in between.

Most rules of expressions take one symbol and make one (a number is an atom is a postfix is a power …). What
such a chain ends in depends on the state below it, the symbol and the next token alone, so it is found once
and then looked up.
"""

# ruff: noqa: ARG001, ARG005
# What makes nodes is called in one way, whether it needs a place or not.

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from netcompiler.parse import kinds as k
from netcompiler.parse.columns import Columns
from netcompiler.parse.nodes import builder
from netcompiler.parse.tables import Rule, Tables, tables
from netcompiler.source import Source, Span

One = Callable[[Source, Any, int, int], Any]
"""Makes a node of the only symbol that its rule takes: source, value, first character, end."""

Many = Callable[[Source, list[Any], int, int], Any]
"""Makes a node, or a list of children, of all symbols that its rule takes."""


class _Reduction(NamedTuple):
    """A rule that takes several symbols, as the loop needs it."""

    rule: int
    size: int
    make: Many


class _Step(NamedTuple):
    """What follows when a symbol is there and the next token is known.

    Attributes:
        state: the state after all rules that take only this symbol.
        makes: the nodes that these make, one of the other.
        then: the rule that comes next; None when it is the next token's turn.
    """

    state: int
    makes: tuple[One, ...]
    then: _Reduction | None


class Driver:
    """The parse table with all that was looked up so far. Threads share it: they would write the same."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.rules = tables.rules
        self._ones = [_one(rule) if rule.size == 1 else None for rule in tables.rules]
        self._reductions = [
            _Reduction(number, rule.size, _many(rule)) for number, rule in enumerate(tables.rules)
        ]
        states = range(len(tables.actions))
        self.shifts: list[dict[int, _Step]] = [{} for _ in states]
        self.reduced: list[dict[int, _Step]] = [{} for _ in states]

    def shift(self, state: int, kind: int, following: int) -> _Step | None:
        """What taking a token leads to; None where it cannot stand."""
        target = self.tables.actions[state].get(kind, -1)
        if target < 0:
            return None
        step = self._settle(state, target, following)
        self.shifts[state][kind << 8 | following] = step
        return step

    def reduce(self, below: int, rule: int, following: int) -> _Step:
        """What the symbol of a rule leads to."""
        step = self._settle(below, self.tables.gotos[below][self.rules[rule].origin], following)
        self.reduced[below][rule << 8 | following] = step
        return step

    def make(self, rule: int, parts: list[Any]) -> Callable[[Source, int, int], Any]:
        """What makes the value of a rule of its parts."""
        if len(parts) != 1:
            return lambda source, begin, end: self._reductions[rule].make(source, parts, begin, end)
        one = self._ones[rule]
        return lambda source, begin, end: parts[0] if one is None else one(source, parts[0], begin, end)

    def _settle(self, below: int, state: int, following: int) -> _Step:
        makes: list[One] = []
        while True:
            action = self.tables.actions[state].get(following, 0)
            if action >= 0:
                return _Step(state, tuple(makes), None)
            rule = self.rules[~action]
            if rule.size != 1:
                return _Step(state, tuple(makes), self._reductions[~action])
            make = self._ones[~action]
            if make is not None:
                makes.append(make)
            state = self.tables.gotos[below][rule.origin]


@cache
def driver() -> Driver:
    """The driver of the language."""
    return Driver(tables())


class Run:
    """One parse.

    Attributes:
        stack: the states, the current one last.
        values: the node, list or text of each symbol, one fewer than states.
        begins: the first character of each symbol.
    """

    def __init__(self, source: Source, tokens: Columns, start: str) -> None:
        self.driver = driver()
        self.source = source
        self.tokens = tokens
        self.first, self.last = self.driver.tables.starts[start]
        self.stack = [self.first]
        self.values: list[Any] = []
        self.begins: list[int] = []

    def go(self, at: int) -> int:
        """Take tokens from the one at ``at`` on, as many as can stand.

        Gives the number of tokens when all was taken (the text's end counts as one), and otherwise the
        place of the first that cannot stand; all rules that end before it are done.
        """
        driver, source, tokens = self.driver, self.source, self.tokens
        self._reduce_before(at)
        shifts, reduced = driver.shifts, driver.reduced
        stack, values, begins = self.stack, self.values, self.begins
        kinds, texts, starts, ends = tokens.kinds, tokens.texts, tokens.starts, tokens.ends
        state = stack[-1]
        for i in range(at, len(kinds) - 1):
            following = kinds[i + 1]
            kind = kinds[i]
            step = shifts[state].get(kind << 8 | following) or driver.shift(state, kind, following)
            if step is None:
                return i
            begin = starts[i]
            end = ends[i]
            value: Any = texts[i]
            state, makes, then = step
            for make in makes:
                value = make(source, value, begin, end)
            while then is not None:
                rule, size, build = then
                taken = size - 1
                parts = values[-taken:]
                parts.append(value)
                begin = begins[-taken]
                del values[-taken:], begins[-taken:], stack[-taken:]
                value = build(source, parts, begin, end)
                below = stack[-1]
                state, makes, then = reduced[below].get(rule << 8 | following) or driver.reduce(
                    below, rule, following
                )
                for make in makes:
                    value = make(source, value, begin, end)
            stack.append(state)
            values.append(value)
            begins.append(begin)
        return len(kinds) if state == self.last else len(kinds) - 1

    def _reduce_before(self, at: int) -> None:
        """Apply the rules that end before a token; `go` does so itself from there on."""
        kinds, ends = self.tokens.kinds, self.tokens.ends
        end = ends[at - 1] if at else 0
        while self.stack[-1] != self.last:
            action = self.driver.tables.actions[self.stack[-1]].get(kinds[at], 0)
            if action >= 0:
                return
            rule = self.driver.rules[~action]
            first = len(self.values) - rule.size
            parts = self.values[first:]
            begin = self.begins[first] if parts else end
            self.values[first:] = [self.driver.make(~action, parts)(self.source, begin, end)]
            self.begins[first:] = [begin]
            self.stack[first + 1 :] = [self.driver.tables.gotos[self.stack[first]][rule.origin]]

    def accepts(self, kind: int) -> bool:
        """Whether a token of this kind could come next."""
        return self.after([kind]) == 1

    def after(self, kinds: list[int]) -> int:
        """How many of these tokens could come next, one after the other."""
        tables = self.driver.tables
        stack = list(self.stack)
        for taken, kind in enumerate(kinds):
            while (action := tables.actions[stack[-1]].get(kind)) is not None and action < 0:
                rule = tables.rules[~action]
                del stack[len(stack) - rule.size :]
                stack.append(tables.gotos[stack[-1]][rule.origin])
                if kind == k.END and stack[-1] == self.last:
                    break
            if kind == k.END and stack[-1] == self.last:
                return taken + 1
            if action is None:
                return taken
            stack.append(action)
        return len(kinds)


# ---- what makes the nodes ----------------------------------------------------------------------


def _one(rule: Rule) -> One | None:
    if rule.name is None and not rule.origin.startswith("__"):
        return None
    if rule.name is None:
        return lambda source, value, begin, end: [value]
    build = builder(rule.name)
    if rule.picks == (0,):
        return lambda source, value, begin, end: build(Span(source, begin, end), value)
    place = rule.picks.index(0) if 0 in rule.picks else len(rule.picks)
    before = (None,) * place
    after = (None,) * (len(rule.picks) - place - 1)
    if 0 not in rule.picks:
        return lambda source, value, begin, end: build(Span(source, begin, end), *before)
    return lambda source, value, begin, end: build(Span(source, begin, end), *before, value, *after)


def _many(rule: Rule) -> Many:
    picks, splices = rule.picks, rule.splices
    if rule.name is None:
        if rule.origin.startswith("__"):
            return _longer(picks[1:]) if splices == 0 else _list(picks)
        (only,) = picks
        return lambda source, parts, begin, end: parts[only]
    build = builder(rule.name)
    if splices >= 0:
        return _spliced(build, picks, splices)
    if -1 not in picks:
        if len(picks) == 1:
            (first,) = picks
            return lambda source, parts, begin, end: build(Span(source, begin, end), parts[first])
        if len(picks) == 2:
            one, two = picks
            return lambda source, parts, begin, end: build(Span(source, begin, end), parts[one], parts[two])

    def make(source: Source, parts: list[Any], begin: int, end: int) -> Any:
        return build(Span(source, begin, end), *[parts[p] if p >= 0 else None for p in picks])

    return make


def _list(picks: tuple[int, ...]) -> Many:
    """The first of several."""
    return lambda source, parts, begin, end: [parts[p] for p in picks]


def _longer(picks: tuple[int, ...]) -> Many:
    """One more of several: they are appended, so that a long list takes time in proportion."""

    def make(source: Source, parts: list[Any], begin: int, end: int) -> Any:
        items: list[Any] = parts[0]
        items += [parts[p] for p in picks]
        return items

    return make


def _spliced(build: Callable[..., Any], picks: tuple[int, ...], splices: int) -> Many:
    """A node that has a list of children among its parts."""
    before = [p for p in picks if p < splices]
    after = [p for p in picks if p > splices]

    def make(source: Source, parts: list[Any], begin: int, end: int) -> Any:
        children = [*[parts[p] for p in before], *parts[splices], *[parts[p] for p in after]]
        return build(Span(source, begin, end), *children)

    return make
