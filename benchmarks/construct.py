"""Making a model: `load(…).module()`, the spec's text parsed each time, and torchvision's constructor.

Both initialise their weights. One net of each family, at the size of its paper, in processor time.
"""

from collections.abc import Callable
from time import process_time

import torch

import netcompiler
from benchmarks.measure import ROOT, compare
from netcompiler.parse import parser
from tests.peers import import_torchvision
from tests.torch.families import SMALL, Peer

ROUNDS = 3


def main() -> None:
    """Prints a line for each family."""
    torch.set_num_threads(1)
    for peer in SMALL:
        compare(peer.name, _ours(peer), _theirs(peer), ROUNDS, process_time)


def _ours(peer: Peer) -> Callable[[], object]:
    spec = ROOT / "specs" / f"{peer.spec}.net"

    def make() -> object:
        parser.forget()
        return netcompiler.load(spec, peer.net).module()

    return make


def _theirs(peer: Peer) -> Callable[[], object]:
    builder = import_torchvision().models.get_model_builder(peer.name)
    given = {"init_weights": True, "aux_logits": True} if peer.spec in ("googlenet", "inception_v3") else {}
    return lambda: builder(**given)


if __name__ == "__main__":
    main()
