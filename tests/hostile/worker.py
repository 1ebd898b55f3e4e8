"""Runs `netc` once for each line of JSON that it reads, each time in a fork of its own with limits."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

_MEMORY = 2 * 2**30
"""Address space of a run in bytes: far more than any may take, so that a test fails and the machine lives."""


def main() -> None:
    """Answer each request with what the run gave and took."""
    # What every command needs is there before the first fork: a run costs milliseconds.
    import netcompiler.api
    import netcompiler.cli
    import netcompiler.draw.drawing  # noqa: F401
    from netcompiler.limits import DEFAULT_LIMITS
    from netcompiler.parse import parse_file
    from netcompiler.source import Source

    parse_file(Source("warm", "net n {\n  input x [1]\n  relu\n}"), DEFAULT_LIMITS)
    for line in sys.stdin:
        print(json.dumps(_run(**json.loads(line))), flush=True)


def _run(arguments: list[str], folder: str, seconds: float) -> dict[str, object]:
    outputs = [Path(folder, name) for name in (".stdout", ".stderr")]
    child = os.fork()
    if child == 0:
        _child(arguments, folder, outputs)
    status, usage = _wait(child, seconds)
    out, err = (path.read_bytes().decode(errors="replace") for path in outputs)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "seconds": usage.ru_utime + usage.ru_stime,
        "bytes": usage.ru_maxrss * 1024,
        "out": out,
        "err": err,
    }


def _wait(child: int, seconds: float) -> tuple[int, resource.struct_rusage]:
    """Wait for a run; one that takes longer is ended."""
    end = time.monotonic() + seconds
    while True:
        done, status, usage = os.wait4(child, os.WNOHANG)
        if done:
            return status, usage
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            _, status, usage = os.wait4(child, 0)
            return status, usage
        time.sleep(0.002)


def _child(arguments: list[str], folder: str, outputs: list[Path]) -> None:
    code = 70
    try:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        os.chdir(folder)
        for stream, path in zip((1, 2), outputs, strict=True):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
        sys.argv = ["netc", *arguments]
        code = _netc()
    finally:
        os._exit(code)


def _netc() -> int:
    import traceback

    from netcompiler.cli import main as netc

    try:
        netc()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001  (what users must never see is what the tests look for)
        traceback.print_exc()
        return 99
    finally:
        sys.stdout and sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    main()
