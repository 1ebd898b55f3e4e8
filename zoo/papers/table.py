"""A paper's numbers, as its file lists them, and the command lines that reproduce each."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zoo import check, yamls
from zoo.errors import UserError
from zoo.options import option
from zoo.suggest import hint

FOLDER = Path(__file__).parent
NEEDS = {"imagenet": "ImageNet", "cifar10": "CIFAR-10"}
"""The data sets that papers use, by their names here."""
IMAGES = {"imagenet": 50_000, "cifar10": 10_000}
"""How many images their errors are counted on."""


@dataclass(frozen=True)
class Row:
    """One published result; errors in percent. Without ``name`` it cannot be run; ``why_not`` says why."""

    what: str = option("", "the paper's name for the net or nets")
    table: str = option("", "where the paper has it")
    data: str = option("", "the data set")
    name: str | None = option(None, "what its runs are called")
    train: tuple[str, ...] = option((), "overrides of zoo train")
    nets: int = option(1, "how many are trained, with seeds from 1", low=1)
    protocol: tuple[str, ...] = option((), "options of zoo evaluate")
    top1: float | None = option(None, "published top-1 error", low=0, high=100)
    top5: float | None = option(None, "published top-5 error", low=0, high=100)
    why_not: str = option("", "why it cannot be reproduced")

    def runs(self) -> list[str]:
        """The names of its runs, each of another seed."""
        return [f"paper-{self.name}-{seed}" for seed in range(1, self.nets + 1)] if self.name else []

    def trained_by(self, runs: str, roots: Mapping[str, str]) -> list[list[str]]:
        """What ``zoo train`` gets for each run; ``roots`` are the folders of data sets, by name."""
        data = [f"data={self.data}", *([f"data.root={roots[self.data]}"] if self.data in roots else [])]
        return [
            [*self.train, *data, f"seed={seed}", f"runs={runs}", f"name={name}"]
            for seed, name in enumerate(self.runs(), 1)
        ]

    def evaluated_by(self, runs: str) -> list[str]:
        """What ``zoo evaluate`` gets. The last weights count: papers do not choose by validation images."""
        paths = [f"{runs}/{name}/last.safetensors" for name in self.runs()]
        which = f"checkpoint={paths[0]}" if len(paths) == 1 else f"ensemble=[{','.join(paths)}]"
        return [which, *self.protocol]

    def kept_in(self, runs: str) -> str:
        """The file that keeps what ``zoo evaluate`` finds."""
        how = self.protocol[0].partition("=")[2]
        if self.nets == 1:
            return f"{runs}/{self.runs()[0]}/{how}.json"
        return f"{runs}/paper-{self.name}-{self.nets}-nets-{how}.json"

    def lines(self, runs: str, roots: Mapping[str, str]) -> list[str]:
        """The lines for a shell, one for each training, one for the evaluation; none where it cannot be."""
        if self.name is None:
            return []
        shown = {name: name.upper() for name in NEEDS if name != "cifar10"} | dict(roots)
        training = [shlex.join(["zoo", "train", *words]) for words in self.trained_by(runs, shown)]
        evaluation = shlex.join(["zoo", "evaluate", *self.evaluated_by(runs), "--json"])
        return [*training, f"{evaluation} > {shlex.quote(self.kept_in(runs))}"]


@dataclass(frozen=True)
class Paper:
    """A paper and its rows."""

    name: str
    title: str
    source: str
    rows: tuple[Row, ...]
    left_out: str


def names() -> dict[str, Path]:
    """The files of all papers, by name."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}


def find(name: str) -> Paper:
    """Read a paper's table.

    Raises:
        UserError: there is none of that name, or its file is wrong.
    """
    files = names()
    if name not in files:
        raise UserError(f"there is no paper {name}; {hint(name, files)}")
    try:
        values = yamls.load(files[name].read_text(encoding="utf-8"))
        rows = tuple(check.build(Row, row, f"rows[{i}]") for i, row in enumerate(values["rows"]))
        return Paper(name, values["title"], values["source"], rows, values.get("left_out", ""))
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"{files[name]}: not a paper's table: {error}") from error
