"""What a net answered → a file as the challenge takes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.challenge import submission
from zoo.challenge.submission import Guess
from zoo.challenge.truth import ids, order
from zoo.data.stems import stems
from zoo.errors import UserError

if TYPE_CHECKING:
    from zoo.answers import Answers
    from zoo.data.base import Split


@dataclass(frozen=True)
class Writer:
    """Knows the ids of the net's classes and the order of the images before the net is asked."""

    path: Path
    whole: bool
    """Whether each guess has the box of the whole image."""
    ids: Sequence[int]
    order: Sequence[int]

    @classmethod
    def of(
        cls, path: Path, boxes: str, kit: str | None, data: Any, split: "Split", classes: Sequence[str]
    ) -> "Writer":
        """For a net with these classes, on a split of the data with these options.

        Raises:
            UserError: classes have no ids, images no names, or there is no folder to write to.
        """
        if not path.parent.is_dir():
            raise UserError(f"submission={path}: there is no folder {path.parent}")
        return cls(path, boxes == "whole", ids(kit, data).of(classes, "the net"), order(stems(split)))

    def write(self, answers: "Answers") -> None:
        """A line for each image, the surest guess first."""
        submission.write(self.path, (self._row(answers, index) for index in self.order))

    def _row(self, answers: "Answers", index: int) -> list[Guess]:
        height, width = answers.sizes[index].tolist()
        box = (1.0, 1.0, float(width), float(height)) if self.whole else None
        return [Guess(self.ids[guess], box) for guess in answers.guesses[index].tolist()]
