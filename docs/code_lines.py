"""How many lines of code the specs have, and torchvision's sources for the same nets."""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

SPECS = Path(__file__).resolve().parents[1] / "specs"

SOURCES = {
    "alexnet_one": "alexnet",
    "convnext": "convnext",
    "densenet": "densenet",
    "efficientnet": "efficientnet",
    "googlenet": "googlenet",
    "inception_v3": "inception",
    "maxvit": "maxvit",
    "mnasnet": "mnasnet",
    "mobilenet_v2": "mobilenetv2",
    "mobilenet_v3": "mobilenetv3",
    "regnet": "regnet",
    "resnet": "resnet",
    "shufflenet_v2": "shufflenetv2",
    "squeezenet": "squeezenet",
    "swin": "swin_transformer",
    "vgg": "vgg",
    "vit": "vision_transformer",
}
"""torchvision's module of each family."""

RULE = """\
A line counts when there is code on it: blank lines, comments and docstrings do not. Of torchvision's modules,
imports, `__all__`, decorators and all that describes weights (the `…_Weights` classes and what they share)
are left out as well, as are the modules that they import; of ours, the operations.
`python -m docs.code_lines` prints the table."""


@dataclass(frozen=True)
class Size:
    """Lines of code for one family."""

    family: str
    spec: int
    torchvision: int

    @property
    def share(self) -> float:
        """The spec's lines, of torchvision's."""
        return self.spec / self.torchvision


@cache
def sizes() -> tuple[Size, ...]:
    """The families that torchvision has too. ModuleNotFoundError without torchvision."""
    found = find_spec("torchvision")  # does not import it
    if found is None or found.origin is None:
        raise ModuleNotFoundError("torchvision, whose sources are counted, is missing: make install")
    folder = Path(found.origin).parent / "models"
    return tuple(
        Size(family, of_spec(_read(SPECS / f"{family}.net")), of_python(_read(folder / f"{module}.py")))
        for family, module in SOURCES.items()
    )


def total() -> Size:
    """All families together."""
    return Size("all", sum(size.spec for size in sizes()), sum(size.torchvision for size in sizes()))


def of_spec(text: str) -> int:
    """Lines of a spec with code on them."""
    return sum(bool(line.strip()) and not line.strip().startswith("#") for line in text.splitlines())


def of_python(text: str) -> int:
    """Lines of a module with code that says what a net is."""
    ignored = {
        tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER
    }  # fmt: skip
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in ignored:
            lines |= set(range(token.start[0], token.end[0] + 1))
    tree = ast.parse(text)
    for node in ast.walk(tree):
        for first, last in _left_out(node):
            lines -= set(range(first, last + 1))
    return len(lines)


def _left_out(node: ast.AST) -> list[tuple[int, int]]:
    """First and last lines of what does not count at this node."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [_span(node)]
    if isinstance(node, ast.Assign) and any(_describes(target) for target in node.targets):
        return [_span(node)]
    if isinstance(node, ast.ClassDef) and node.name.endswith("_Weights"):
        return [_span(node)]
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.Module):
        spans = [_span(line) for line in getattr(node, "decorator_list", [])]
        return spans + ([_span(node.body[0])] if ast.get_docstring(node, clean=False) is not None else [])
    return []


def _describes(target: ast.expr) -> bool:
    """Whether a variable says what a module exports, or what its weights have in common."""
    return isinstance(target, ast.Name) and (
        target.id == "__all__" or target.id.startswith(("_COMMON", "_META"))
    )


def _span(node: ast.stmt | ast.expr) -> tuple[int, int]:
    return node.lineno, node.end_lineno or node.lineno


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def main() -> None:
    """Print the table."""
    for size in (*sizes(), total()):
        sys.stdout.write(f"{size.family:14} {size.spec:4} {size.torchvision:4} {size.share:4.0%}\n")


if __name__ == "__main__":
    main()
