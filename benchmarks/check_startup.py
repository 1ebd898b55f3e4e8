"""Whole process `netc check` against a process that only imports what any such program must."""

import sys

from benchmarks.measure import NETC, compare, process


def main() -> None:
    """Prints one ratio."""
    imports = process(sys.executable, "-c", "import networkx, lark, click")
    compare(
        "netc check specs/resnet.net / bare imports", process(NETC, "check", "specs/resnet.net"), imports, 41
    )


if __name__ == "__main__":
    main()
