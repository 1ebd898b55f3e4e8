"""Warnings: what a spec may say, and surely does not mean.

A rule is a function in a module of `rules/`, under a decorator that gives its code and title; nothing else
lists rules. One of `file_rule` reads what a file says (`Survey`), one of `layer_rule` a layer of a net and
what is around it (`Wiring`). `heed` leaves out what a spec's own ``# netc: ignore[W101]`` comments ask for.
"""

from netcompiler.lint.check import lint_file, lint_graph
from netcompiler.lint.ignore import heed
from netcompiler.lint.rule import RULES

__all__ = ["RULES", "heed", "lint_file", "lint_graph"]
