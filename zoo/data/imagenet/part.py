"""One part of the data, for training or validation: its images and the class of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from zoo.images.encoded import Images

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Part:
    """Images, and the number of each one's class (int32) among ``wnids``, which are sorted."""

    images: Any
    """``Images`` that can be ``taken``, by indices."""
    wnids: tuple[str, ...]
    label: "np.ndarray"

    def __len__(self) -> int:
        return len(self.label)

    def among(self, wnids: Sequence[str]) -> "Part":
        """Those images whose class is one of ``wnids``, which number the classes now."""
        import numpy as np

        own: Images = self.images
        assert len(own) == len(self.label)
        number = {wnid: i for i, wnid in enumerate(wnids)}
        table = np.array([number.get(wnid, -1) for wnid in self.wnids], np.int32)
        label = table[self.label] if len(self.label) else self.label
        kept = np.flatnonzero(label >= 0)
        if len(kept) == len(label):
            return replace(self, wnids=tuple(wnids), label=label)
        return Part(self.images.taken(kept), tuple(wnids), label[kept])

    def chosen(self, indices: Iterable[int]) -> "Part":
        """The images with these indices."""
        import numpy as np

        which = np.fromiter(indices, np.int64)
        return replace(self, images=self.images.taken(which), label=self.label[which])


def of(images: Any, wnids: Sequence[str]) -> Part:
    """The part of images whose classes' wnids are given one by one."""
    import numpy as np

    known = tuple(sorted(set(wnids)))
    number = {wnid: i for i, wnid in enumerate(known)}
    return Part(images, known, np.fromiter((number[wnid] for wnid in wnids), np.int32, len(wnids)))
