"""``zoo batchnorm``: compute a net's batch norm statistics again, over all training images."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from zoo import arguments as line
from zoo import ranks
from zoo.errors import UserError
from zoo.options import option
from zoo.settings import TrainedOptions, table, take, unknown, words

NAME = "zoo batchnorm"
USAGE = f"{NAME} checkpoint=RUN -o FILE.safetensors [data=CHOICE] [OPTION=VALUE] ..."
HELP = f"""\
usage: {USAGE}

Write a trained net's weights with other batch norm statistics: mean and variance over the training images, as
He et al. computed them for the release of their ResNets, in place of the running averages of training. Images
are prepared as in validation, each is read once, and layers normalise by their batch meanwhile.

  zoo batchnorm checkpoint=runs/resnet50 -o resnet50.safetensors
  zoo batchnorm checkpoint=runs/resnet50 -o resnet50.safetensors images=100000 batch_size=256
  zoo evaluate checkpoint=resnet50.safetensors data=imagenet data.root=path/to/imagenet

  -o FILE             the new weights file
  --config-dir DIR    also look for choices of data there, as zoo train does
  -h, --help          this text

Options (OPTION=VALUE), with type, default and meaning; data=CHOICE and data.OPTION=VALUE are those of
zoo train:

"""
MINUTES = 10.0
"""That processes wait for one another."""


@dataclass(frozen=True)
class BatchNormOptions(TrainedOptions):
    """Options of this command."""

    images: int | None = option(None, "take so many training images, at random; null takes all", low=2)
    seed: int = option(0, "of the order of the images", low=0, high=2**32 - 1)


def run(arguments: Sequence[str]) -> int:
    """Compute them, and write the file."""
    parser = line.parser(NAME, USAGE)
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_intermixed_args(list(arguments))
    if given.help:
        sys.stdout.write(HELP + table(BatchNormOptions))
        return 0
    options, rest = take(BatchNormOptions, given.overrides)
    for word in rest:
        if not word.startswith(("data=", "data.")):
            raise unknown(BatchNormOptions, word, NAME, ["data"])
    if given.output is None:
        raise UserError("-o FILE.safetensors is missing: where the new weights go")
    if given.output.suffix != ".safetensors" or not given.output.parent.is_dir():
        raise UserError(f"-o {given.output}: a .safetensors file in a folder that exists is expected")
    try:
        _recompute(options, rest, given.config_dir, given.output)
    except UserError as error:
        if ranks.local():  # the first process of this machine says it
            raise UserError("") from error
        raise
    return 0


def complete(before: Sequence[str], start: str) -> Iterable[str]:
    """Options, runs, and data sets."""
    from zoo import completion

    if before and before[-1] in {"-o", "--config-dir"}:
        return []
    data = [word for word in completion.overrides(before, start) if word.startswith("data")]
    return ["--config-dir", "--help", "-o", *words(BatchNormOptions, start), *data]


def _recompute(
    options: BatchNormOptions, overrides: Sequence[str], folder: Path | None, output: Path
) -> None:
    from zoo import checkpoint, device, judge, norm_statistics, processes, trained

    path = trained.find(options.checkpoint)
    with processes.joined(options.device, MINUTES):
        where = device.ready(options.device, options.threads, "device")
        with processes.agreeing():
            data = judge.open_data(overrides, path, folder)
            classifier = trained.classifier(trained.load(path, where), options.precision)
            count = min(options.images or len(data.train.labels), len(data.train.labels))
            layers = norm_statistics.recompute(
                classifier, data.train, options.images, options.seed, options.batch_size, options.workers
            )
            if processes.is_main():
                what = f"{count:,} training images of {data.name}"
                about = {**checkpoint.about(path), "statistics": what}
                checkpoint.save_weights(output, classifier.module.state_dict(), about)
                sys.stdout.write(f"{output}: statistics of {layers} batch norms over {what}\n")
