"""Published tables: each number with the command that reproduces it, and what runs here have measured.

A paper is a YAML file beside this one.
"""
