"""Write docs/models.md and docs/models/, a page and a picture for each family: ``make models``.

All of it comes from the specs: their comments, the nets counted, and the picture that models.toml names. The
sizes of torchvision's sources are read from the package that is installed; nothing here imports torch.
"""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from docs.code_lines import RULE, sizes, total
from docs.make_gallery import draw
from zoo import catalog, specs
from zoo.catalog import Entry
from zoo.commands.models import by, number

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "docs" / "models.toml"
INDEX = ROOT / "docs" / "models.md"
FOLDER = ROOT / "docs" / "models"
COUNTED = ROOT / "specs" / catalog.KEPT

HEAD = """\
# Models

The nets that are shipped, a family a page; `zoo models` lists and searches them. Each is `model=NAME` of
`zoo train`, if it classifies images, and `netcompiler.load("specs/FILE.net", "NAME")` in Python. Where
weights are published for torch, layers have the names of that implementation, so its checkpoints load as they
are; tests compare the results.

| family | nets | published in | parameters | MACs |
|---|---|---|---|---|
"""

SIZES = """\

## How long the specs are

Lines of each spec, and of torchvision's Python for the same nets.

| family | spec | torchvision | of it |
|---|---|---|---|
"""


def families(nets: list[Entry]) -> dict[str, list[Entry]]:
    """The nets by family."""
    return {family: list(group) for family, group in groupby(nets, key=lambda net: net.family)}


def commands() -> dict[str, str]:
    """What draws the picture of each family, without the output."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {family: _command(words) for family, words in table.items()}


def _command(words: str) -> str:
    files = [f"specs/{word}" if ".net" in word else word for word in shlex.split(words)]
    return f"netc draw {shlex.join(files)}"


def pages(nets: list[Entry]) -> dict[Path, str]:
    """The text of every page, by its file."""
    drawn = commands()
    found = {
        FOLDER / f"{family}.md": "\n".join(_page(family, members, drawn[family])) + "\n"
        for family, members in families(nets).items()
    }
    found[INDEX] = _index(nets)
    return found


def _page(family: str, nets: list[Entry], command: str) -> Iterator[str]:
    picture = Path(f"{family}.svg")
    yield f"# {family}"
    groups = [(comment, list(group)) for comment, group in groupby(nets, key=lambda net: net.comment)]
    for place, (comment, members) in enumerate(groups):
        yield from ("", " ".join(comment), "")
        if place == 0:
            yield from (f"![{family}]({picture})", "", "```sh", f"{command} -o {picture}", "```", "")
        yield from _table(members)
    first = nets[0].name
    target = f"specs/{family}.net" + (f":{first}" if len(nets) > 1 else "")
    lines = len((specs.folder() / f"{family}.net").read_text(encoding="utf-8").splitlines())
    yield from ("", f"The spec is [specs/{family}.net](../../specs/{family}.net), {lines} lines.", "")
    yield from ("```sh", f"netc show {target}", f"netc build {target} -o {first}.py")
    if _classifies(nets[0]):
        yield f"zoo train model={first} data=imagefolder data.root=photos"
    yield from ("```", "", "[All models](../models.md)")


def _table(nets: list[Entry]) -> Iterator[str]:
    yield "| net | input | parameters | MACs | layers with weights |"
    yield "|---|---|---|---|---|"
    for net in nets:
        shape = ", ".join(map(by, net.inputs.values()))
        yield f"| `{net.name}` | {shape} | {net.parameters:,} | {number(net.macs)} | {net.layers} |"


def _classifies(net: Entry) -> bool:
    image, scores = next(iter(net.inputs.values())), next(iter(net.outputs.values()))
    return len(image) == 3 and len(scores) == 1


def _index(nets: list[Entry]) -> str:
    rows = []
    for family, members in families(nets).items():
        years = sorted({net.paper.year for net in members if net.paper is not None})
        published = ", ".join(map(str, years))
        names = f"`{members[0].name}`" + (f" … `{members[-1].name}`" if len(members) > 1 else "")
        rows.append(
            f"| [{family}](models/{family}.md) | {len(members)}: {names} | {published} | "
            f"{_range([net.parameters for net in members])} | {_range([net.macs for net in members])} |"
        )
    table = [
        f"| {size.family} | {size.spec} | {size.torchvision} | {size.share:.0%} |"
        for size in (*sizes(), total())
    ]
    return HEAD + "\n".join(rows) + "\n" + SIZES + "\n".join(table) + f"\n\n{RULE}\n"


def _range(values: list[int]) -> str:
    low, high = number(min(values)), number(max(values))
    return low if low == high else f"{low} – {high}"


def main() -> None:
    """Count the nets, draw the pictures and write the pages; remove what no family has any more."""
    COUNTED.write_text(catalog.counted(), encoding="utf-8")
    texts = pages(catalog.entries())
    with TemporaryDirectory() as name:
        # All are drawn before the first is replaced: a mistake leaves the pages as they were.
        drawn = {family: Path(name) / f"{family}.svg" for family in commands()}
        for family, command in commands().items():
            draw(command, drawn[family])
        FOLDER.mkdir(exist_ok=True)
        for old in FOLDER.iterdir():
            old.unlink()
        for file in drawn.values():
            (FOLDER / file.name).write_bytes(file.read_bytes())
    for page, text in texts.items():
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
