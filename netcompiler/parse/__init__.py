"""Text to syntax tree."""

from netcompiler.parse.parser import parse_expression, parse_file, recover_file

__all__ = ["parse_expression", "parse_file", "recover_file"]
