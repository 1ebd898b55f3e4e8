r"""Names of another program → those of a spec: lines ``PATTERN -> REPLACEMENT``.

A pattern is a regular expression of Python's for a whole name, its groups are ``\1``, ``\2`` … in the
replacement. Each line is applied to every name, one line after the other. A replacement that ends in
``(reshape)`` also gives the tensor the shape that the net has, where it holds as many values; an empty
replacement drops the tensor. What follows ``#`` at a line's beginning is a comment.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from zoo.errors import UserError
from zoo.suggest import hint

FOLDER = Path(__file__).parent / "mappings"
RESHAPE = "(reshape)"


@dataclass(frozen=True)
class Line:
    """One line of a mapping."""

    pattern: re.Pattern[str]
    replacement: str
    reshape: bool


@dataclass(frozen=True)
class Renaming:
    """A mapping and where it is from."""

    name: str
    lines: tuple[Line, ...]

    def applied(
        self, tensors: Mapping[str, Tensor], shapes: Mapping[str, tuple[int, ...]]
    ) -> dict[str, Tensor]:
        """Tensors by their new names; ``shapes`` are the net's, by its own.

        Raises:
            UserError: two of them get one name.
        """
        found: dict[str, Tensor] = {}
        before: dict[str, str] = {}
        for name, tensor in tensors.items():
            new, reshape = self._renamed(name)
            if not new:
                continue
            if new in found:
                raise UserError(f"{self.name}: {before[new]} and {name} both become {new}")
            found[new], wanted = tensor, shapes.get(new)
            if reshape and wanted is not None and math.prod(wanted) == tensor.numel():
                found[new] = tensor.reshape(wanted)
            before[new] = name
        return found

    def _renamed(self, name: str) -> tuple[str, bool]:
        reshape = False
        for line in self.lines:
            match = line.pattern.fullmatch(name)
            if match is not None:
                name, reshape = match.expand(line.replacement), reshape or line.reshape
        return name, reshape


def shipped() -> dict[str, Path]:
    """The mappings that come with the zoo, by name."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.txt"))}


def find(text: str, what: str = "mapping") -> Renaming:
    """A shipped mapping by its name, or one in a file; ``what`` is the option that names it.

    Raises:
        UserError: there is none, or a line is none of a mapping.
    """
    known = shipped()
    path = known.get(text) or Path(text).expanduser()
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"{what}={text}: neither a file that can be read nor one of the zoo's; {hint(text, known)}"
        ) from error
    numbered = enumerate(content.splitlines(), 1)
    return Renaming(
        f"mapping={text}",
        tuple(
            _line(line.strip(), f"{path}, line {number}")
            for number, line in numbered
            if line.strip() and not line.lstrip().startswith("#")
        ),
    )


def _line(text: str, where: str) -> Line:
    pattern, arrow, replacement = (part.strip() for part in text.partition("->"))
    if not arrow or not pattern:
        raise UserError(f"{where}: PATTERN -> REPLACEMENT is expected")
    reshape = replacement.endswith(RESHAPE)
    replacement = replacement.removesuffix(RESHAPE).strip()
    try:
        made = re.compile(pattern)
        groups = {int(number) for number in re.findall(r"\\(\d+)", replacement)}
    except re.error as error:
        raise UserError(f"{where}: {pattern}: no regular expression: {error}") from error
    if groups and max(groups) > made.groups:
        raise UserError(f"{where}: \\{max(groups)}: the pattern has {made.groups} groups")
    return Line(made, replacement, reshape)
