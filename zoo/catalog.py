"""All nets of the shipped specs with what they cost, quickly.

To elaborate every net takes seconds, so ``specs/models.json`` keeps what was found, with a hash of each spec;
what has changed since is counted anew. ``make models`` writes it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import Any

from zoo import specs
from zoo.citation import Paper, paper

KEPT = "models.json"

Shapes = Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Entry:
    """A net: ``family`` is its spec's file, shapes leave the batch out, MACs are for one sample."""

    name: str
    family: str
    comment: tuple[str, ...]
    parameters: int
    macs: int
    layers: int
    """Layers with weights."""
    inputs: Shapes
    outputs: Shapes

    @property
    def paper(self) -> Paper | None:
        """Where it was published, if its spec says so."""
        return paper(self.comment)

    @property
    def classifies(self) -> bool:
        """Whether ``zoo train`` takes it: it has one input, an image, and gives a number for each class."""
        shapes, first = list(self.inputs.values()), next(iter(self.outputs.values()), ())
        return len(shapes) == 1 and len(shapes[0]) == 3 and len(first) == 1

    def plain(self) -> dict[str, object]:
        """All of it for JSON."""
        found = self.paper
        return {
            "name": self.name,
            "family": self.family,
            "parameters": self.parameters,
            "macs": self.macs,
            "layers": self.layers,
            "inputs": self.inputs,
            "outputs": self.outputs,
            "classifies": self.classifies,
            "paper": found and found.title,
            "authors": found and found.authors,
            "year": found and found.year,
        }


def entries() -> list[Entry]:
    """All nets that can be loaded without further parameters, by family and then as the spec has them.

    Raises:
        UserError: a shipped spec is wrong.
    """
    kept = _kept()
    found: list[Entry] = []
    for file in sorted(specs.folder().glob("*.net")):
        family = kept.get(file.stem)
        known = family is not None and _hashes(family["files"]) == family["files"]
        found += _read(file.stem, family["nets"]) if family and known else _count(file)
    return found


def trainable() -> list[str]:
    """The names of the nets that ``zoo train`` takes.

    Raises:
        UserError: a shipped spec is wrong.
    """
    return [net.name for net in entries() if net.classifies]


def matching(all_nets: Iterable[Entry], words: Iterable[str]) -> list[Entry]:
    """The nets that every word is in: in name, family, paper or year. One with ``*`` is a name's pattern."""
    return [net for net in all_nets if all(_is_in(word.lower(), net) for word in words)]


def counted() -> str:
    """What ``specs/models.json`` has to hold: all nets, counted now."""
    lines = []
    for file in sorted(specs.folder().glob("*.net")):
        nets = [f"    {json.dumps(_row(net), ensure_ascii=False)}" for net in _count(file)]
        files = json.dumps(_hashes([path.name for path in _files(file)]))
        lines.append(f' "{file.stem}": {{"files": {files}, "nets": [\n' + ",\n".join(nets) + "\n ]}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _is_in(word: str, net: Entry) -> bool:
    if "*" in word:
        return fnmatchcase(net.name, word)
    return word in f"{net.name} {net.family} {net.paper or ''}".lower()


def _kept() -> dict[str, Any]:
    try:
        found = json.loads((specs.folder() / KEPT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found if isinstance(found, dict) else {}


def _hashes(files: Iterable[str]) -> dict[str, str]:
    """A hash of each file's bytes; "" for one that is not there."""
    paths = {name: specs.folder() / name for name in files}
    return {
        name: sha256(path.read_bytes()).hexdigest() if path.is_file() else "" for name, path in paths.items()
    }


def _row(net: Entry) -> dict[str, object]:
    return {key: value for key, value in vars(net).items() if key != "family"}


def _read(family: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[Entry]:
    for row in rows:
        yield Entry(**{**row, "family": family, "comment": tuple(row["comment"])})


def _count(file: Path) -> Iterator[Entry]:
    """The nets of a spec, elaborated."""
    from zoo import model

    for found in model.nets(file):
        net = model.load(found)
        sums = net.totals()
        yield Entry(
            name=found.name,
            family=file.stem,
            comment=net.title,
            parameters=sums.parameters,
            macs=sums.macs,
            layers=sums.layers,
            inputs={layer.name: list(layer.output) for layer in net.inputs},
            outputs={o.name: list(o.shape) for o in net.outputs if not o.training_only},
        )


def _files(file: Path) -> list[Path]:
    from zoo import model

    return model.files(file)
