"""The texts of a picture of volumes, before they have a place."""

from __future__ import annotations

from collections.abc import Sequence

from netcompiler.draw import words
from netcompiler.draw.dot import line_width
from netcompiler.draw.picture import Line, Span
from netcompiler.draw.styles.volumes.scene import Bracket, Read, Volume
from netcompiler.draw.theme import Theme

_NOTE = 40.0
"""How wide a note may be before it is broken, in points, where a word is not wider."""

_LONGEST = 18
"""Characters of a name or a word in a note; longer ones are cut."""


def extent(text: int | str, theme: Theme) -> Line:
    """A size: of a volume, in ink."""
    return (Span(str(text), theme.small, theme.ink),)


def caption(volume: Volume, theme: Theme) -> Line:
    """What stands below a volume: its channels or units."""
    return (Span(str(volume.shape[0]), theme.small, theme.ink, bold=True),)


def is_resized(volume: Volume) -> bool:
    """True for maps of another height or width than those that they are made from."""
    return volume.is_map and all(read.source.shape[1:] != volume.shape[1:] for read in volume.reads)


def kernel(read: Read, theme: Theme) -> Line:
    """``3×3``; nothing for a value that no window reads."""
    if read.window is None:
        return ()
    return (Span("×".join(map(str, read.window.size)), theme.small, theme.repeat, bold=True),)


def notes(volume: Volume, theme: Theme) -> list[Line]:
    """What stands below the step to a volume: pools on the way, the stride, ``dense``."""
    texts = [text for read in volume.reads[:1] for text in read.pools] + list(volume.notes)
    return [line for text in texts for line in _broken(text, theme)]


def name(volume: Volume, theme: Theme) -> Line:
    """A volume's name in the spec."""
    return (Span(_cut(volume.name), theme.small, theme.quiet),) if volume.name else ()


def block(bracket: Bracket, theme: Theme) -> Line:
    """A block's name, and how often it stands there."""
    line: Line = (Span(_cut(bracket.name), theme.small, theme.quiet),) if bracket.name else ()
    if bracket.times > 1:
        space = " " if line else ""
        line += (Span(f"{space}×{bracket.times}", theme.small + 1, theme.repeat, bold=True),)
    if bracket.varies:
        line += (Span(" sizes differ", theme.small, theme.repeat),)
    return line


def costs(volumes: Sequence[Volume]) -> tuple[str, str]:
    """Parameters and MACs of the volumes of a column; "" for none."""
    layers = [layer for volume in volumes for layer in volume.layers]
    parameters = sum(layer.parameters for layer in layers)
    macs = sum(layer.macs for layer in layers)
    return words.count(parameters) if parameters else "", words.count(macs) if macs else ""


def size(lines: Sequence[Line], theme: Theme) -> tuple[float, float]:
    """Width and height of lines below one another."""
    return max(map(line_width, lines), default=0.0), leading(theme) * len(lines)


def leading(theme: Theme) -> float:
    """From one line of small print to the next."""
    return theme.small * 1.2


def _broken(text: str, theme: Theme) -> list[Line]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {_cut(word)}" if lines else _cut(word)
        if lines and line_width(_note(longer, theme)) <= _NOTE * theme.small / 7.5:
            lines[-1] = longer
        else:
            lines.append(_cut(word))
    return [_note(line, theme) for line in lines]


def _note(text: str, theme: Theme) -> Line:
    return (Span(text, theme.small, theme.quiet),)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
