"""``zoo bench``: measure images a second and memory of a net, by batch size."""

import dataclasses
import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo import arguments as line
from zoo.errors import UserError
from zoo.options import option
from zoo.settings import table, take, unknown, words

if TYPE_CHECKING:
    from zoo.bench import Row, Speed
    from zoo.model import Model
    from zoo.schema import Config

NAME = "zoo bench"
USAGE = f"{NAME} [model=NET] [batch=1,8,32] [precision=fp32,bf16] [OPTION=VALUE] ... [--json]"
HELP = f"""\
usage: {USAGE}

Measure how many images a second a net classifies and trains on here, and the memory that it takes, by batch
size. A forward pass is what zoo predict does with a batch, and a training step is that of zoo train, from
bytes to moved weights; reading images is no part of either. Each row has a process of its own. After a
warm-up, medians are shown, and the spread: how far apart the middle half of the times lies, in shares of the
median. Without data=… the images are noise of the size that the net's spec declares.

  zoo bench model=resnet50
  zoo bench model=resnet50 batch=16,64 precision=bf16 optimizer=adamw trainer.compile=true
  zoo bench model=resnet20 data=digits batch=128 trainer.threads=1

  --json              print JSON
  --config-dir DIR    also look for files there, as zoo train does
  -h, --help          this text

Options (OPTION=VALUE), with type, default and meaning; other options and groups are those of zoo train:

"""
GROUPS = ("augment", "data", "loss", "model", "optimizer", "schedule", "trainer", "recipe", "seed")
_HEADS = f"{'images/s':>13}{'spread':>9}{'memory':>12}"
BUSY = 0.25
"""Share of the processors that others may use before it is said."""


@dataclass(frozen=True)
class BenchOptions:
    """Options of this command."""

    batch: tuple[int, ...] = option((1, 8, 32), "batch sizes to measure", low=1)
    precision: tuple[str, ...] | None = option(
        None, "number formats to measure; null is fp32, and bf16 where the device computes in it"
    )
    seconds: float = option(3.0, "how long each forward pass and training step is repeated", above=0)


def run(arguments: Sequence[str]) -> int:
    """Measure, a line at a time."""
    parser = line.parser(NAME, USAGE)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_intermixed_args(list(arguments))
    if given.help:
        sys.stdout.write(HELP + table(BenchOptions))
        return 0
    options, rest = take(BenchOptions, given.overrides)
    for word in rest:
        if word.partition("=")[0].partition(".")[0] not in GROUPS:
            raise unknown(BenchOptions, word, NAME, GROUPS)
    from zoo import config

    _bench(options, config.request(rest, folder=given.config_dir).configs()[0], given.json, rest)
    return 0


def complete(before: Sequence[str], start: str) -> Iterable[str]:
    """Options and overrides."""
    from zoo import completion

    if before and before[-1] == "--config-dir":
        return []
    others = [
        word
        for word in completion.overrides(before, start)
        if word.partition("=")[0].partition(".")[0] in GROUPS
    ]
    return ["--config-dir", "--help", "--json", *words(BenchOptions, start), *others]


def _bench(options: BenchOptions, config: "Config", as_json: bool, overrides: Sequence[str]) -> None:
    from zoo import bench, device, fast

    where = device.ready(config.trainer.device, config.trainer.threads, "trainer.device")
    if not any(word.startswith(("data=", "data.", "recipe=")) for word in overrides):
        config = bench.with_noise(config)
    net = bench.fitted(config)
    formats = options.precision or (("fp32", "bf16") if fast.computes_in_bf16(where) else ("fp32",))
    _check(formats)
    rows: list[Row] = []
    if not as_json:
        _head(net, device.describe(where))
    for row in bench.measure(config, formats, options.batch, options.seconds):
        rows.append(row)
        if not as_json:
            sys.stdout.write(_line(row))
            sys.stdout.flush()
    if as_json:
        about = {"model": net.name, "input": list(net.shape), "device": device.describe(where)}
        values = {**about, "load_before": _load(), "rows": [dataclasses.asdict(row) for row in rows]}
        sys.stdout.write(json.dumps(values, indent=2) + "\n")


def _check(formats: Sequence[str]) -> None:
    known = ("fp32", "bf16", "fp16")
    for name in formats:
        if name not in known:
            raise UserError(f"precision={name}: one or more of {', '.join(known)} are expected")


def _head(net: "Model", where: str) -> None:
    import torch

    from zoo import environment

    shape = "×".join(map(str, net.shape))
    sys.stdout.write(
        f"{net.name}: {net.net.parameters:,} parameters, {net.net.macs:,} multiply-accumulates an "
        f"image of {shape}\n"
        f"{where} ({environment.processor()}, {os.cpu_count()} processors), torch {torch.__version__}\n"
    )
    if _load() > BUSY * (os.cpu_count() or 1):
        sys.stdout.write(f"Other programs keep {_load():.1f} processors busy: these numbers are too low.\n")
    sys.stdout.write(f"\n{'':18}{'forward':>22}{'':12}{'training step':>22}\nprecision   batch{2 * _HEADS}\n")


def _line(row: "Row") -> str:
    return f"{row.precision:<9}{row.batch:>8}{_cells(row.forward)}{_cells(row.training)}\n"


def _cells(speed: "Speed | str") -> str:
    if isinstance(speed, str):
        return f"{speed:>34}"
    return f"{speed.images_per_second:13,.1f}{speed.spread:9.1%}{speed.memory / 1024:8.2f} GiB"


def _load() -> float:
    """Processors that were busy in the last minute, on average; 0 where the system does not tell."""
    try:
        return os.getloadavg()[0]
    except (OSError, AttributeError):
        return 0.0
