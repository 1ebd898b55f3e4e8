"""Write docs/gallery.md and its pictures: ``python docs/make_gallery.py``, or ``make gallery``.

gallery.toml says which there are. A picture is what the command below it writes, to the byte.
"""

from __future__ import annotations

import contextlib
import html
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from netcompiler.cli import netc

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "docs" / "gallery.toml"
PAGE = ROOT / "docs" / "gallery.md"
IMAGES = ROOT / "docs" / "images"

HEAD = """\
# Gallery

Every picture is what the command below it writes, from the specs that are shipped. Click on one to see it
alone. On a dark page you see them as `--theme dark` draws them. [drawing.md](drawing.md) has all styles and
options.
"""


@dataclass(frozen=True)
class Picture:
    """A picture of the gallery; gallery.toml says what the attributes mean."""

    name: str
    title: str
    words: str
    command: str
    dark: bool = True

    @property
    def commands(self) -> dict[str, str]:
        """The commands of its files, by the file's name."""
        found = {f"{self.name}.svg": self.command}
        if self.dark:
            found[f"{self.name}-dark.svg"] = f"{self.command} --theme dark"
        return found


@dataclass(frozen=True)
class Section:
    """Pictures that belong together, mostly of one style."""

    title: str
    words: str
    pictures: tuple[Picture, ...]


def sections() -> list[Section]:
    """All of gallery.toml."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return [
        Section(section["title"], section["words"], tuple(Picture(**entry) for entry in section["picture"]))
        for section in table["section"]
    ]


def pictures() -> list[Picture]:
    """All pictures, in order."""
    return [picture for section in sections() for picture in section.pictures]


def commands() -> dict[str, str]:
    """The commands of all image files, by the file's name."""
    return {name: command for picture in pictures() for name, command in picture.commands.items()}


def draw(command: str, file: Path) -> None:
    """Run a command of the page as a user would, at the root of the checkout."""
    program, *words = shlex.split(command)
    assert program == "netc"
    with contextlib.chdir(ROOT):
        netc.main([*words, "-o", str(file)], standalone_mode=False)


def page() -> str:
    """The text of the page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield HEAD.rstrip()
    for section in sections():
        yield from ("", f"## {section.title}", "", section.words.strip())
        for picture in section.pictures:
            yield from ("", f"### {picture.title}", "", picture.words.strip(), "", *_image(picture), "")
            yield from ("```sh", f"{picture.command.strip()} -o {picture.name}.svg", "```")


def _image(picture: Picture) -> Iterator[str]:
    path = f"{IMAGES.relative_to(PAGE.parent)}/{picture.name}"
    yield "<picture>"
    if picture.dark:
        yield f'  <source media="(prefers-color-scheme: dark)" srcset="{path}-dark.svg">'
    yield f'  <img src="{path}.svg" alt="{html.escape(picture.title)}">'
    yield "</picture>"


def main() -> None:
    """Write the page and its pictures, and remove pictures that it no longer has."""
    with TemporaryDirectory() as name:
        # All are drawn before the first is replaced: a mistake leaves the gallery as it was.
        for image, command in commands().items():
            draw(command, Path(name) / image)
        IMAGES.mkdir(exist_ok=True)
        for old in IMAGES.glob("*.svg"):
            old.unlink()
        for image in commands():
            (IMAGES / image).write_bytes((Path(name) / image).read_bytes())
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
