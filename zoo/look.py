"""What is in a data set, in words: how many images of which class, and of what size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean, median

from zoo.data.base import DataSet, Source, Split
from zoo.images.picture import BrokenImageError

MOST_SIZES = 500
"""Images of each split whose sizes are looked at, evenly spread over it."""
MOST_CLASSES = 40
"""With more classes than this, only those with most and with fewest images are listed."""
MOST_DECODED = 100
"""Photographs of each split that are decoded whole; of others the head alone is read."""
ENDS = 10
MOST_NAMED = 5


@dataclass(frozen=True)
class Sizes:
    """Heights and widths of the images that were looked at, and what was wrong with others."""

    heights: list[int]
    widths: list[int]
    broken: list[str]
    decoded: int
    """Photographs that were decoded whole."""


def describe(source: Source, data: DataSet) -> str:
    """Some lines about a data set, which end with a table of its classes."""
    splits = {"training": data.train, "validation": data.val}
    kind = {1: "grey", 3: "colour"}.get(source.channels, f"{source.channels} channels")
    lines = [f"{data.name}: {_plural(len(data.classes), 'class', 'classes')}, {kind}"]
    counts = {name: _counts(split, len(data.classes)) for name, split in splits.items()}
    for name, split in splits.items():
        lines.append(f"  {name:<12}{_balance(counts[name])}")
        lines += [f"  {'':<12}{text}" for text in _sizes(sizes(split), len(split.labels))]
    lines.append(
        f"  {'normalised':<12}with mean {_numbers(data.mean)}, standard deviation {_numbers(data.std)}"
    )
    return "\n".join([*lines, "", *_table(data.classes, counts)]) + "\n"


def sizes(split: Split) -> Sizes:
    """The sizes of images all over a split; of a file, the head alone is decoded where that will do."""
    from zoo.images.photo import Photo

    heights: list[int] = []
    widths: list[int] = []
    broken: list[str] = []
    total, decoded = len(split.labels), 0
    looked = min(total, MOST_SIZES)
    every = max(1, -(-looked // MOST_DECODED))
    for i in range(looked):
        try:
            picture = split.picture(i * total // looked)
            if isinstance(picture, Photo) and i % every == 0:
                decoded += 1
                picture.pixels(1)  # one that is cut short has a good head
        except BrokenImageError as error:
            broken.append(str(error))
            continue
        heights.append(picture.height)
        widths.append(picture.width)
    return Sizes(heights, widths, broken, decoded)


def _counts(split: Split, classes: int) -> list[int]:
    counts = [0] * classes
    for label in split.labels:
        counts[label] += 1
    return counts


def _balance(counts: Sequence[int]) -> str:
    each = f"{min(counts):,} to {max(counts):,}" if min(counts) < max(counts) else f"{counts[0]:,}"
    empty = sum(count == 0 for count in counts)
    without = f"; {_plural(empty, 'class has', 'classes have')} none" if empty and any(counts) else ""
    return f"{_plural(sum(counts), 'image')}, {each} a class (mean {mean(counts):,.1f}){without}"


def _sizes(found: Sizes, total: int) -> Iterator[str]:
    looked = len(found.heights) + len(found.broken)
    if found.heights:
        pairs = list(zip(found.widths, found.heights, strict=True))
        if len(set(pairs)) == 1:
            yield f"{_size(*pairs[0])} pixels"
        else:
            ends = f"{_size(*min(pairs, key=_area))} to {_size(*max(pairs, key=_area))}"
            middle = _size(median(found.widths), median(found.heights))
            yield f"{ends} pixels (width × height), median {middle}; {looked:,} looked at"
    if 0 < found.decoded < total:
        yield f"{found.decoded:,} of {total:,} decoded whole; data.verify=true looks for damage in every one"
    if found.broken:
        yield f"{len(found.broken):,} of {looked:,} looked at cannot be read:"
        yield from (f"  {text}" for text in found.broken[:MOST_NAMED])
        if len(found.broken) > MOST_NAMED:
            yield f"  and {len(found.broken) - MOST_NAMED:,} more"


def _table(classes: Sequence[str], counts: dict[str, list[int]]) -> Iterator[str]:
    width = max(len("class"), *map(len, classes)) + 2
    yield f"{'class':<{width}}" + "".join(f"{name:>12}" for name in counts)
    shown: list[int | None] = list(range(len(classes)))
    if len(classes) > MOST_CLASSES:
        totals = [sum(own) for own in zip(*counts.values(), strict=True)]
        order = sorted(range(len(classes)), key=lambda label: -totals[label])
        shown = [*order[:ENDS], None, *order[-ENDS:]]
    for label in shown:
        if label is None:
            between = f"{len(classes) - 2 * ENDS:,} classes"
            yield f"… {between} between those with most images and those with fewest"
        else:
            yield f"{classes[label]:<{width}}" + "".join(f"{own[label]:>12,}" for own in counts.values())


def _numbers(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.4f}" for value in values)


def _plural(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _size(width: float, height: float) -> str:
    return f"{width:g}×{height:g}"


def _area(pair: tuple[int, int]) -> int:
    return pair[0] * pair[1]
