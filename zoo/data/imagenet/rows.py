"""Images in the rows of a table of Parquet files."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from zoo.data.huggingface import TableSplit


@dataclass(frozen=True)
class Rows:
    """Some rows of a table: their numbers, and the names (bytes) that the table has for the files."""

    table: "TableSplit"
    row: "np.ndarray"
    file: "np.ndarray"

    def __len__(self) -> int:
        return len(self.row)

    def name(self, index: int) -> str:
        return self.table.where(int(self.row[index]))

    def stem(self, index: int) -> str:
        own = os.path.basename(os.fsdecode(self.file[index]))  # noqa: PTH119
        return os.path.splitext(own)[0] or f"{int(self.row[index]):08}"  # noqa: PTH122

    def length(self, index: int) -> int:
        return len(self.read(index))

    def read(self, index: int) -> bytes:
        return self.table.encoded(int(self.row[index]))

    def head(self, index: int, size: int) -> bytes:
        return self.read(index)[:size]

    def taken(self, chosen: "np.ndarray") -> "Rows":
        """Those with these indices."""
        return Rows(self.table, self.row[chosen], self.file[chosen])


def of(table: "TableSplit") -> Rows:
    """All rows of a split."""
    import numpy as np

    names = [os.fsencode(name or "") for name in table.files()]
    return Rows(table, np.arange(len(names)), np.array(names, np.bytes_))
