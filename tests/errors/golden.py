"""Specs with the messages they get, in one file: `tests/errors/E204-residual.net`.

After the spec come lines that begin with `#|`, the expected output. Lines before them that begin with `#$`
say how the spec is read, when a plain `netc check` would not show the mistake:

    #$ net NAME a=1 b=2       load this net with these parameters
    #$ place groups=2 …       cut the net `n` into groups, as `netc place` does
    #$ limit nesting=10       with another limit
    #$ encoding latin-1       the file's bytes, instead of UTF-8
    #$ ends cr                its lines end with a carriage return
    #$ read other.net         another path is given

`REWRITE=1 pytest tests/errors` writes what comes out into the files: read every line of the difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from netcompiler import pipeline
from netcompiler.api import load_source
from netcompiler.diagnostics import Diagnostic, SpecError
from netcompiler.limits import DEFAULT_LIMITS, Limits
from netcompiler.read import read_file

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Golden:
    path: Path
    spec: str
    directives: Mapping[str, str]
    expected: str

    @property
    def code(self) -> str:
        return self.path.name.partition("-")[0]

    @property
    def limits(self) -> Limits:
        name, _, value = self.directives.get("limit", "").partition("=")
        return replace(DEFAULT_LIMITS, **{name: int(value)}) if name else DEFAULT_LIMITS

    def found(self, folder: Path) -> list[Diagnostic]:
        """What is wrong with the spec, put into a folder of its own beside the other files of `used/`."""
        (folder.parent / "outside.net").write_text("block half { relu }\n", encoding="utf-8")
        folder.mkdir()
        place = folder / self.path.name
        end = {"cr": "\r", "lf": "\n"}[self.directives.get("ends", "lf")]
        place.write_bytes(self.spec.replace("\n", end).encode(self.directives.get("encoding", "utf-8")))
        for other in (FOLDER / "used").iterdir():
            (folder / other.name).write_bytes(other.read_bytes())
        name = self.directives.get("read", self.path.name)
        try:
            source = read_file(folder / name, self.limits, name=name)
            if "place" in self.directives:
                pairs = (pair.split("=") for pair in self.directives["place"].split())
                load_source(source, "n", {}).place(**{k: int(v) for k, v in pairs})
                return []
            if "net" not in self.directives:
                return pipeline.check(source, self.limits, {})
            net, *pairs = self.directives["net"].split()
            given = {k: int(v) for k, v in (pair.split("=") for pair in pairs)}
            load_source(source, net, given, limits=self.limits)
        except SpecError as error:
            return list(error.diagnostics)
        return []

    def write(self, output: str) -> None:
        lines = [f"#$ {k} {v}" for k, v in self.directives.items()]
        lines += [f"#| {line}".rstrip() for line in output.splitlines()]
        self.path.write_text(self.spec + "\n".join(lines) + "\n", encoding="utf-8")


def goldens() -> list[Golden]:
    return [_read(path) for path in sorted(FOLDER.glob("*.net"))]


def _read(path: Path) -> Golden:
    text = path.read_text(encoding="utf-8")
    spec = "".join(line for line in text.splitlines(keepends=True) if not line.startswith(("#|", "#$")))
    directives = (line.split(maxsplit=2)[1:] for line in text.splitlines() if line.startswith("#$"))
    expected = [line[3:] for line in text.splitlines() if line.startswith("#|")]
    return Golden(path, spec, dict(directives), "\n".join(expected))
