"""Samples that give their class as a number, in the order of the wnids that are sorted, or as a wnid."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zoo.data.imagenet import names
from zoo.data.imagenet import part as parts
from zoo.data.imagenet.folders import wnid_of
from zoo.data.imagenet.layouts import Found
from zoo.errors import UserError


def found(
    samples: Sequence[tuple[Any, Sequence[str]]],
    words: Mapping[str, Sequence[str]],
    file: str | None,
    given: Sequence[str] = (),
) -> Found:
    """The data of images with the class of each, for training and for validation.

    ``words`` are those in files beside the data; ``file`` is the user's own; ``given`` are names that the
    data itself has. Numbers are those of the wnids in one of these files, or of ILSVRC's 1,000.

    Raises:
        UserError: there are other classes than the files name.
    """
    (train, train_classes), (val, val_classes) = samples
    known = {*train_classes, *val_classes}
    if all(wnid_of(text) for text in known):
        own = [[str(wnid_of(text)) for text in classes] for classes in (train_classes, val_classes)]
        return Found(parts.of(train, own[0]), parts.of(val, own[1]), words)
    if not all(text.isdecimal() for text in known):
        wrong = next(text for text in sorted(known) if not text.isdecimal())
        raise UserError(f"{train.name(0)}: a class is a wnid or a number here, and not {wrong[:40]!r}")
    table = _table(1 + max(map(int, known)), words, file, given)
    if table is None:
        raise UserError(
            f"{train.name(0)}: classes are numbers, up to {max(map(int, known))}, and nothing says of which "
            "wnids: data.names=FILE with a wnid in each line, in the order of the numbers, or "
            f"{names.FILES[0]} beside the data"
        )
    own = [[table[int(text)] for text in classes] for classes in (train_classes, val_classes)]
    return Found(parts.of(train, own[0]), parts.of(val, own[1]), words)


def _table(
    count: int, words: Mapping[str, Sequence[str]], file: str | None, given: Sequence[str]
) -> Sequence[str] | None:
    """The wnid of each number."""
    if file is not None:
        own = list(names.read(Path(file).expanduser()))
        if len(own) < count:
            raise UserError(f"data.names={file}: {len(own):,} wnids, and there are classes up to {count - 1}")
        return own
    named = [wnid_of(name) for name in given]
    if named and all(named):
        return [str(wnid) for wnid in named]
    if len(words) >= count:
        return sorted(words)
    return list(names.ilsvrc()) if count == len(names.ilsvrc()) else None
