"""Where a blank stands between two words of one line."""

from __future__ import annotations

from netcompiler.format.leaves import Leaf

_ENDS_OPERAND = {"NAME", "NUMBER", "STRING", "RPAR", "RSQB", "TRUE", "FALSE", "NONE", "IN"}
_TIGHT_BEFORE = {"COMMA", "COLON", "DOT", "_RANGE", "RPAR", "RSQB"}
_TIGHT_AFTER = {"LPAR", "LSQB", "DOT", "_RANGE"}


def space(found: list[Leaf]) -> None:
    """Set ``space`` of every leaf, and tell brackets apart.

    A parenthesis or bracket that belongs to the operand before it, as of a call or an index, becomes of kind
    ``CALL`` or ``INDEX``.
    """
    words = _Words()
    for leaf in found:
        words.take(leaf)


class _Words:
    """The leaves so far: what stands before the next one."""

    def __init__(self) -> None:
        self.before = ""  # kind
        self.earlier = ["", ""]  # kinds of the two before it
        self.operand = False  # whether an operand ends before the next leaf
        self.sign = False  # whether a sign stands before it
        self.parentheses = 0

    def take(self, leaf: Leaf) -> None:
        if leaf.starts:
            self.__init__()  # type: ignore[misc]
        kind = leaf.kind
        leaf.space = self._space(kind)
        self.sign = kind in ("PLUS", "MINUS") and not self.operand
        if self.operand and kind == "LPAR":
            leaf.kind = "CALL"
        elif self.operand and kind == "LSQB" and self.earlier[1] != "INPUT":
            leaf.kind = "INDEX"
        if kind in ("LPAR", "RPAR"):
            self.parentheses += 1 if kind == "LPAR" else -1
        loops = kind == "IN" and self.before == "NAME" and self.earlier[1] == "FOR"
        self.operand = kind in _ENDS_OPERAND and not loops
        self.earlier = [self.earlier[1], self.before]
        self.before = kind

    def _space(self, kind: str) -> bool:
        if not self.before or kind in _TIGHT_BEFORE or self.before in _TIGHT_AFTER or self.sign:
            return False
        if "EQUAL" in (kind, self.before):
            return not self.parentheses
        if kind == "LSQB":
            return not self.operand or self.earlier[1] == "INPUT"
        return kind != "LPAR" or not self.operand
