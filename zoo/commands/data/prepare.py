"""``zoo data prepare``: check ImageNet's files, and unpack them into folders or convert them to shards."""

import sys
from collections.abc import Iterable, Sequence

from zoo import arguments as line
from zoo.errors import UserError

NAME = "zoo data prepare"
USAGE = f"{NAME} data=imagenet data.root=FOLDER out=FOLDER [to=shards|folders] [OPTION=VALUE] ..."
HELP = f"""\
usage: {USAGE}

Make ImageNet ready for training: check the archives and the number of images, and write WebDataset shards, or
folders by wnid for training and for validation. It reads every layout that data=imagenet reads, archives
without unpacking them first. It can be ended at any moment; the same command goes on where it was.

  zoo data prepare data=imagenet data.root=downloads out=/fast/imagenet
  zoo data prepare data=imagenet data.root=downloads out=/fast/imagenet to=folders

  --config-dir DIR    also look for configuration files there
  -h, --help          this text

Options (OPTION=VALUE), with type, default and meaning:

"""


def run(arguments: Sequence[str]) -> int:
    """Do it, and say what came of it."""
    given = line.parser(NAME, USAGE).parse_intermixed_args(list(arguments))
    from zoo.data.imagenet.prepare.work import PrepareOptions, prepare
    from zoo.settings import table, take

    if given.help:
        sys.stdout.write(HELP + table(PrepareOptions))
        return 0
    from zoo import config
    from zoo.data import DATASETS
    from zoo.data.imagenet import ImageNet

    options, rest = take(PrepareOptions, given.overrides)
    chosen = config.request(["data=imagenet", *rest], folder=given.config_dir).configs()[0]
    data = DATASETS.build(chosen.data)
    if not isinstance(data, ImageNet):
        raise UserError(f"data={chosen.data.name}: {NAME} is for all of data=imagenet")
    prepare(data, options)
    return 0


def complete(words: Sequence[str], start: str) -> Iterable[str]:
    """Its own options, and those of data=imagenet."""
    from zoo import completion, settings
    from zoo.data.imagenet.prepare.work import PrepareOptions

    found = completion.overrides(["data=imagenet", *words], start)
    own = settings.words(PrepareOptions, start)
    return ["--help", "--config-dir", *own, *(word for word in found if word.startswith("data"))]
