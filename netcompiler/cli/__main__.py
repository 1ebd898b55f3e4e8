"""``python -m netcompiler.cli``."""

from netcompiler.cli import main

main()
