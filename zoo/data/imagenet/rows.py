"""Images in the rows of a table of Parquet files."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from zoo.data.huggingface import TableSplit


@dataclass(frozen=True)
class Rows:
    """Some rows of a table; ``row`` has their numbers."""

    table: "TableSplit"
    row: "np.ndarray"

    def __len__(self) -> int:
        return len(self.row)

    def name(self, index: int) -> str:
        return self.table.where(int(self.row[index]))

    def stem(self, index: int) -> str:
        own = self.table.file(int(self.row[index]))
        return PurePath(own).stem if own else f"{int(self.row[index]):08}"

    def read(self, index: int) -> bytes:
        return self.table.encoded(int(self.row[index]))

    def head(self, index: int, size: int) -> bytes:
        return self.read(index)[:size]

    def taken(self, chosen: "np.ndarray") -> "Rows":
        """Those with these indices."""
        return Rows(self.table, self.row[chosen])
