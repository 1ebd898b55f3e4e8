"""`check` by the number of layers: time and memory for a layer that stay level are linear in the layers.

Every net is checked in a process of its own, with the limits raised, in processor time. Three kinds: one
block that is repeated, the same layers written out line by line, and residual blocks, whose merges read two
values.
"""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from gc import collect
from pathlib import Path
from statistics import median
from subprocess import run
from time import process_time

from benchmarks.measure import ROOT
from netcompiler import pipeline
from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.source import Source

SIZES = (100, 1_000, 10_000, 100_000)
ROUNDS = 3
LIMITS = replace(DEFAULT_LIMITS, source_bytes=2**24, tokens=10**7, layers=2 * SIZES[-1], steps=10**9)

_HEAD = "net deep {\n  input image [16, 32, 32]\n"
_CONV = "conv(16, 3, padding=1, bias=false)"


def _repeated(layers: int) -> str:
    block = f"block unit {{\n  {_CONV}\n  batchnorm\n  relu\n}}\n\n"
    return f"{block}{_HEAD}  unit * {layers // 3}\n}}\n"


def _written_out(layers: int) -> str:
    return f"{_HEAD}" + f"  {_CONV}\n  batchnorm\n  relu\n" * (layers // 3) + "}\n"


def _residual(layers: int) -> str:
    conv = f"  {_CONV} -> batchnorm"
    body = f"  residual {{\n  {conv} -> relu\n  {conv}\n  }} -> relu\n"
    return f"block unit {{\n{body}}}\n\n{_HEAD}  unit * {layers // 7}\n}}\n"


KINDS: Mapping[str, Callable[[int], str]] = {
    "one block, repeated": _repeated,
    "written out": _written_out,
    "residual blocks": _residual,
}


def main() -> None:
    """Prints a line for each kind and size, and how much a layer's time grows from the second size on."""
    for kind in KINDS:
        times = {}
        for size in SIZES:
            found = [_apart(kind, size) for _ in range(ROUNDS)]
            whole, parse, memory = (median(f[k] for f in found) for k in ("check", "parse", "memory"))
            layers = found[0]["layers"]
            times[size] = whole / layers
            print(
                f"{kind}, {layers:,.0f} layers: check {whole:.3f} s, {whole / layers * 1e6:.1f} µs a layer,"
                f" of which reading the text {parse / layers * 1e6:.1f} µs;"
                f" {memory / 2**20:.0f} MiB, {memory / layers / 2**10:.2f} KiB a layer",
                flush=True,
            )
        growth = times[SIZES[-1]] / times[SIZES[1]]
        print(f"{kind}: a layer's time at {SIZES[-1]:,} / at {SIZES[1]:,}: {growth:.2f}", flush=True)


def _apart(kind: str, size: int) -> dict[str, float]:
    """One check in a process of its own: its memory is no other's."""
    command = [sys.executable, "-m", "benchmarks.check_layers", kind, str(size)]
    found: dict[str, float] = json.loads(run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    return found


def _one(kind: str, size: int) -> dict[str, float]:
    """The seconds and bytes of one check."""
    pipeline.check(Source("warm", _written_out(30)), LIMITS, {})
    source = Source(kind, KINDS[kind](size))
    collect()
    before = _peak()
    start = process_time()
    # The text is parsed once: what `check` asks for again is kept.
    analysis = pipeline.analyse(source, LIMITS)
    parsed = process_time()
    found = pipeline.check(source, LIMITS, {})
    end = process_time()
    memory = _peak() - before
    assert not found, found[0]
    layers = sum(1 for _ in pipeline.build_graph(analysis, None, ()).layers()) - 1
    return {"check": end - start, "parse": parsed - start, "memory": memory, "layers": layers}


def _peak() -> int:
    """The most memory that this process has had, in bytes: Linux says."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_one(sys.argv[1], int(sys.argv[2]))))
    else:
        main()
