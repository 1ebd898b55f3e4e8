"""Where processes find one another when torchrun starts them, and when it starts them anew.

torchrun keeps one store for all attempts, and what processes of an attempt have left there, as the addresses
of those that have ended, misleads those of the next, which then wait in vain (pytorch#135712; so it is in
torch 2.13). ``TORCHELASTIC_RESTART_COUNT`` does not tell attempts apart, for each machine has its own count.
So the first process gives each attempt a name, and tells it to those that ask now.
"""

import os
import secrets
import time
from datetime import timedelta

from torch.distributed.distributed_c10d import PrefixStore, Store
from torch.distributed.rendezvous import rendezvous

PAUSE = 0.01
"""Seconds between two looks at who has asked."""


def own_store(patience: timedelta) -> Store | None:
    """The store of this attempt alone, where torchrun has one; None for torch's way of finding one.

    All processes call this together.

    Raises:
        RuntimeError: not all of them came in time.
    """
    if os.environ.get("TORCHELASTIC_USE_AGENT_STORE") != "True":
        return None
    store, rank, world = next(rendezvous("env://", timeout=patience))
    store.set_timeout(patience)
    name = _ask(store, rank) if rank else _answer(store, world, patience)
    return PrefixStore(f"zoo/attempt/{name}", store)


def _ask(store: Store, rank: int) -> str:
    """The attempt's name, from the first process."""
    token = secrets.token_hex(8)
    store.set(f"zoo/asks/{rank}", token)
    name = store.get(f"zoo/answer/{token}").decode()
    store.set(f"zoo/knows/{name}/{rank}", "")
    return name


def _answer(store: Store, world: int, patience: timedelta) -> str:
    """Name this attempt, and tell all others; questions of earlier attempts may still be there."""
    name, missing = secrets.token_hex(8), set(range(1, world))
    end = time.monotonic() + patience.total_seconds()
    while missing:
        if time.monotonic() > end:
            raise RuntimeError(f"processes {', '.join(map(str, sorted(missing)))} did not come")
        for rank in sorted(missing):
            if store.check([f"zoo/knows/{name}/{rank}"]):
                missing.discard(rank)
            elif store.check([f"zoo/asks/{rank}"]):
                store.set(f"zoo/answer/{store.get(f'zoo/asks/{rank}').decode()}", name)
        time.sleep(PAUSE)
    return name
