"""Syntax tree to graph: names, parameters, repeats, shapes."""
