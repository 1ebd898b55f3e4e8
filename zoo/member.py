"""One of the processes that ``zoo.several`` starts: ``python -m zoo.member FOLDER LAUNCHER``.

They are started with signals held back (``zoo.several``), so that one that comes while Python is still
starting ends it here, without a traceback. Training itself takes them in ``zoo.interrupt``.
"""

import os
import signal
import sys
import threading
import time

HELD = (signal.SIGINT, signal.SIGTERM)
LOOK = 1.0
"""Seconds between two looks at whether the one that started this is still there."""


def _take_signals() -> None:
    for number in HELD:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD)


def _watch(parent: int) -> None:
    """Where the one that started this process is gone, nobody else would end it: it saves itself and ends.

    It may be gone before this process can ask for its number, which is given for that.
    """
    while os.getppid() == parent:
        time.sleep(LOOK)
    os.kill(os.getpid(), signal.SIGTERM)


def _main() -> None:
    threading.Thread(target=_watch, args=(int(sys.argv[2]),), daemon=True).start()
    from pathlib import Path

    from zoo.several import member  # loads torch

    code = member(Path(sys.argv[1]))
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit: threads that talk to the others still run where a run was stopped, and C++ would say so.
    os._exit(code)


if __name__ == "__main__":
    _take_signals()
    _main()
