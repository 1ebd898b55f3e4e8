"""The time of `netcompiler.load` by depth: ResNets for CIFAR with 6n + 2 layers, up to ResNet-1202."""

from statistics import median

import netcompiler
from benchmarks.measure import ROOT, seconds

SPEC = ROOT / "specs" / "resnet_cifar.net"
ROUNDS = 5


def main() -> None:
    """Prints a line for each depth; time for a layer that stays level is time linear in depth."""
    for n in (3, 9, 18, 50, 100, 200):
        layers = len(_load(n).graph)
        time = median(seconds(lambda n=n: _load(n)) for _ in range(ROUNDS))
        layer = time / layers * 1e6
        print(f"resnet{6 * n + 2}: {time * 1e3:.1f} ms, {layers} graph nodes, {layer:.1f} µs for each")


def _load(n: int) -> netcompiler.Net:
    return netcompiler.load(SPEC, "resnet_cifar", n=n)


if __name__ == "__main__":
    main()
