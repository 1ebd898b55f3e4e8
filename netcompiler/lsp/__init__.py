"""The language server, ``netc lsp``: what editors show of a spec while it is written.

What is answered is found by plain functions of a text that was read (`reading`) and a place in it; `server`
alone knows the protocol's library.
"""
