"""What the classes of an imported net are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zoo.data.imagenet import names
from zoo.data.imagenet.folders import wnid_of
from zoo.errors import UserError

ILSVRC = 1000


@dataclass(frozen=True)
class Named:
    """Names in the order of the net's numbers, and where they are from."""

    names: tuple[str, ...]
    said: str


def of(file: str | None, data: Sequence[str], count: int) -> Named:
    """The names of ``count`` classes: from a file, from data, or ILSVRC's; else their numbers.

    ILSVRC's are sorted by wnid, as in the training of torchvision's, timm's and Caffe's nets.

    Raises:
        UserError: there are not as many, or two are the same.
    """
    if file is not None:
        return Named(_checked(_read(Path(file).expanduser()), count, f"classes={file}"), f"classes: {file}")
    if data:
        return Named(_checked(tuple(data), count, "data"), "classes: the data's, in their order")
    if count == ILSVRC:
        words = names.ilsvrc()
        said = "classes: ILSVRC's 1,000, sorted by wnid"
        return Named(names.classes(list(words), words), said)
    return Named(tuple(map(str, range(count))), "classes: numbers; classes=FILE names them")


def _checked(found: tuple[str, ...], count: int, what: str) -> tuple[str, ...]:
    if len(found) != count:
        raise UserError(f"{what}: has {len(found):,} classes, and the net {count:,}")
    if len(set(found)) != count:
        twice = next(name for name in found if found.count(name) > 1)
        raise UserError(f"{what}: has the class {twice} twice")
    return found


def _read(path: Path) -> tuple[str, ...]:
    """A class a line; of a line with a wnid and words, as ``synset_words.txt`` has them, the first word."""
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except OSError as error:
        raise UserError(f"classes={path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"classes={path}: a class a line is expected, and this is no text") from error
    lines = [line for line in lines if line]
    if not lines or any(wnid_of(line) is None for line in lines):
        return tuple(lines)
    words = names.of([str(wnid_of(line)) for line in lines], names.read(path))
    return names.classes([str(wnid_of(line)) for line in lines], words)
