"""``zoo evaluate``: count a trained net's errors on validation images."""

import dataclasses
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from zoo import arguments as line
from zoo import ranks
from zoo.errors import UserError
from zoo.options import option
from zoo.protocols import PROTOCOLS
from zoo.settings import TrainedOptions, table, take, unknown, words

if TYPE_CHECKING:
    import torch

    from zoo.findings import Findings
    from zoo.protocols.base import ProtocolOptions

NAME = "zoo evaluate"
USAGE = f"{NAME} checkpoint=RUN [data=CHOICE] [protocol=CHOICE] [OPTION=VALUE] ... [-o CLASSES.csv] [--json]"
HELP = f"""\
usage: {USAGE}

Count a trained net's errors and its loss on a data set, each image once. Of each image the net gets the
square in the middle, as in the validation of its training, or what protocol=CHOICE says. What it takes to
prepare images (size, mean, std) comes from the weights file. Errors come with 95 % confidence intervals.

  zoo evaluate checkpoint=runs/resnet20-digits                on the data that the run used
  zoo evaluate checkpoint=best.safetensors data=imagefolder data.root=path/to/images
  zoo evaluate checkpoint=runs/resnet50 protocol=10crop -o classes.csv
  zoo evaluate ensemble=[runs/a,runs/b,runs/c] protocol=multiscale
  zoo evaluate checkpoint=runs/resnet50 submission=guesses.txt boxes=whole

Classes are matched by their names; the data may have fewer than the net knows. Started by torchrun, several
processes share the images, with the same result: torchrun --nproc-per-node 2 -m zoo evaluate …

  -o FILE.csv         also write the errors of each class, and what it is most often taken for
  --subtrees FILE.csv also write the errors of each synset above the classes
  --json              print numbers as JSON, with a reliability diagram
  --config-dir DIR    also look for choices of data there, as zoo train does
  -h, --help          this text

Options (OPTION=VALUE), with type, default and meaning; data=CHOICE and data.OPTION=VALUE are those of
zoo train:

"""
MINUTES = 10.0
"""That processes wait for one another."""


@dataclass(frozen=True)
class EvaluateOptions(TrainedOptions):
    """Options of this command."""

    ensemble: tuple[str, ...] = option(
        (), "several nets in place of checkpoint: their probabilities are averaged"
    )
    split: str = option("val", "which of the data's images", choices=("val", "train"))
    protocol: str = option(
        "center",
        "what the net is shown of an image",
        choices=tuple(PROTOCOLS.entries),
    )
    submission: str | None = option(
        None, "also write five guesses a line to this file, as the ImageNet challenge takes them"
    )
    boxes: str = option(
        "none",
        "what stands after each guess in that file: nothing, or the box of the whole image",
        choices=("none", "whole"),
    )
    devkit: str | None = option(
        None, "ImageNet's development kit, which numbers the classes; null looks in data.root"
    )


@dataclass(frozen=True)
class Files:
    """Where to write, beside what is printed."""

    classes: Path | None
    subtrees: Path | None
    config_dir: Path | None


def run(arguments: Sequence[str]) -> int:
    """Evaluate, and print what came out."""
    parser = line.parser(NAME, USAGE)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--subtrees", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_intermixed_args(list(arguments))
    if given.help:
        sys.stdout.write(HELP + _tables())
        return 0
    options, rest = take(EvaluateOptions, given.overrides)
    protocol, rest = _protocol(options.protocol, rest)
    for word in rest:
        if not word.startswith(("data=", "data.")):
            raise _unknown(options.protocol, word)
    for path in (given.output, given.subtrees):
        if path is not None and path.suffix != ".csv":
            raise UserError(f"{path}: errors by class are written as CSV; name a file that ends in .csv")
    try:
        found = _evaluate(options, protocol, rest, Files(given.output, given.subtrees, given.config_dir))
    except UserError as error:
        if ranks.local():  # the first process of this machine says it
            raise UserError("") from error
        raise
    if found is not None:
        _print(found, given.output, options.submission, as_json=given.json)
    return 0


def complete(before: Sequence[str], start: str) -> Iterable[str]:
    """Options, runs, and data sets."""
    from zoo import completion

    own = ("--config-dir", "--help", "--json", "--subtrees", "-o")
    if before and before[-1] in {"-o", "--config-dir", "--subtrees"}:
        return []
    chosen = next((word.partition("=")[2] for word in before if word.startswith("protocol=")), "center")
    data = [word for word in completion.overrides(before, start) if word.startswith("data")]
    return [*own, *words(EvaluateOptions, start), *_words(chosen, start), *data]


def _evaluate(
    options: EvaluateOptions, protocol: "ProtocolOptions", overrides: Sequence[str], files: Files
) -> "Findings | None":
    """What came out; None in the processes beside the main one."""
    from zoo import device, processes, trained

    paths = [trained.find(path) for path in options.ensemble or [options.checkpoint]]
    if options.ensemble and options.checkpoint is not None:
        raise UserError("checkpoint=… and ensemble=[…]: give one of the two")
    with processes.joined(options.device, MINUTES):
        where = device.ready(options.device, options.threads, "device")
        with processes.agreeing():
            found = _judged(options, protocol, overrides, files, paths, where)
        return found if processes.is_main() else None


def _judged(
    options: EvaluateOptions,
    protocol: "ProtocolOptions",
    overrides: Sequence[str],
    files: Files,
    paths: Sequence[Path],
    where: "torch.device",
) -> "Findings":
    from zoo import judge, panel, processes
    from zoo.data import DATASETS
    from zoo.findings import Findings, hierarchy_of
    from zoo.synsets.hierarchy import wnids_of

    data_options = judge.find_data(overrides, paths[0], files.config_dir)
    data = DATASETS.build(data_options).open()
    nets = panel.assemble(paths, protocol, options.precision, options.batch_size, where)
    own = getattr(data, options.split)
    writer = _submission(options, data_options, own, nets.about.classes)
    wnids = wnids_of(nets.about.classes)
    hierarchy, why = hierarchy_of(data_options, wnids)
    if files.subtrees is not None and hierarchy is None:
        why = why or f"the net's classes, as {nets.about.classes[0]}, are no wnids"
        raise UserError(f"--subtrees {files.subtrees}: {why}")
    split = judge.renumbered(own, data.classes, nets.about)
    judged = panel.ask(nets, split, options.batch_size, options.workers)
    found = Findings(nets, judged, options.protocol, data.name, options.split, hierarchy, wnids)
    if processes.is_main():
        _write(found, files)
        if writer is not None:
            writer.write(judged.answers)
        if why is not None:
            line.complain(f"mistakes are not measured in a tree: {why}")
    return found


def _submission(options: EvaluateOptions, data: Any, split: Any, classes: Sequence[str]) -> Any:
    """What writes the submission, made first, so that mistakes show before the work; None without one."""
    if options.submission is None:
        return None
    from zoo.challenge.writer import Writer

    return Writer.of(Path(options.submission), options.boxes, options.devkit, data, split, classes)


def _write(found: "Findings", files: Files) -> None:
    from zoo.class_table import write_classes, write_subtrees

    if files.classes is not None:
        write_classes(files.classes, found.nets.about.classes, found.judged.answers)
    if files.subtrees is not None:
        assert found.hierarchy is not None
        assert found.wnids is not None
        write_subtrees(files.subtrees, found.wnids, found.hierarchy, found.judged.answers)


def _print(found: "Findings", output: Path | None, submission: str | None, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(found.values(), indent=2) + "\n")
        return
    sys.stdout.writelines(f"{text}\n" for text in found.lines())
    if output is not None:
        sys.stdout.write(f"errors by class: {output}\n")
    if submission is not None:
        sys.stdout.write(f"submission: {submission}\n")


# ---- the options of protocols ----------------------------------------------------------------


def _protocol(name: str, words: Sequence[str]) -> "tuple[ProtocolOptions, list[str]]":
    """The options of a protocol among words, and the words that are none of them."""
    own = cast("type[ProtocolOptions]", PROTOCOLS.entries[name].options)
    found, rest = take(own, [word for word in words if not word.startswith("name=")])
    return dataclasses.replace(found, name=name), rest


def _unknown(protocol: str, word: str) -> UserError:
    key = word.partition("=")[0]
    having = [name for name, entry in PROTOCOLS.entries.items() if key in _names(entry.options)]
    if having:
        return UserError(
            f"{key}: no option of protocol={protocol}; it is one of protocol={', '.join(having)}"
        )
    return unknown(EvaluateOptions, word, NAME, [*_names(PROTOCOLS.entries[protocol].options), "data"])


def _names(options: type[Any]) -> list[str]:
    return [field.name for field in dataclasses.fields(options) if field.name != "name"]


def _words(protocol: str, start: str) -> Iterable[str]:
    if protocol not in PROTOCOLS.entries:
        return []
    return [
        word for word in words(PROTOCOLS.entries[protocol].options, start) if not word.startswith("name=")
    ]


def _tables() -> str:
    """The options of this command, and of each protocol."""
    parts = [table(EvaluateOptions)]
    for name, entry in PROTOCOLS.entries.items():
        if _names(entry.options):
            parts.append(f"\n\nprotocol={name}: {entry.summary}\n\n{table(entry.options)}")
    return "".join(parts) + "\n"
