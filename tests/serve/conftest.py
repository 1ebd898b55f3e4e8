"""A running `netc serve` and its spec, for every test here."""

from tests.serve.served import serve, spec

__all__ = ["serve", "spec"]
