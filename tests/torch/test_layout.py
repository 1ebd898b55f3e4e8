"""Long statements are broken as the formatter would break them."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from netcompiler.torch.layout import LINE_LENGTH, wrap
from netcompiler.torch.literals import literal
from netcompiler.torch.loops import fold_calls, fold_children, fold_items


def call(rng: random.Random, depth: int) -> str:
    """A random constructor call of random length."""
    arguments = []
    for _ in range(rng.randint(1, 6)):
        kind = rng.random()
        if depth > 0 and kind < 0.4:
            arguments.append(call(rng, depth - 1))
        elif depth > 0 and kind < 0.5:
            arguments.append(f"*({call(rng, depth - 1)} for _ in range({rng.randint(3, 20)}))")
        elif kind < 0.6:
            arguments.append("[" + ", ".join(["value"] * rng.randint(1, 30)) + "]")
        elif kind < 0.7:
            arguments.append('", (["')
        else:
            arguments.append("x" * rng.randint(1, 25))
    return f"nn.Some{'e' * rng.randint(0, 12)}({', '.join(arguments)})"


def test_wrapped_lines_are_the_formatter_s(tmp_path: Path) -> None:
    rng = random.Random(0)
    lines = []
    for i in range(150):
        lines += [f"def method{i}(self, x, y):", *wrap(f"self.name{i} = {call(rng, 2)}", 4)]
        lines += [*wrap(f"x = {' + '.join(['self.some_module(x)'] * rng.randint(2, 9))}", 4)]
        lines += [*wrap(f"y += {call(rng, 1)}", 4)]
        lines += [
            *wrap(f"for module in ({', '.join(['self.abc[0].conv1'] * rng.randint(2, 9))}):", 4),
            "        pass",
        ]
        lines += [
            *wrap(f"return torch.cat([{', '.join(['self.some(x)'] * rng.randint(2, 12))}], 1)", 4),
            "",
            "",
        ]
    lines += [
        *wrap(f"def f({', '.join(f'argument{i}: int' for i in range(12))}) -> None:"),
        "    pass",
        "",
        "",
    ]
    lines += [
        *wrap(f"def g({', '.join(f'argument{i}: int' for i in range(6))}) -> tuple[int, int]:"),
        "    pass",
    ]
    file = tmp_path / "lines.py"
    file.write_text("\n".join(lines) + "\n")
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", f"--line-length={LINE_LENGTH}"]
    done = subprocess.run([*command, file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_literals() -> None:
    assert literal(1e-06) == "1e-6"
    assert literal(0.1) == "0.1"
    assert literal(1e22) == "1e22"
    assert literal((1,)) == "(1,)"
    assert literal((1, (2.0, None), True)) == "(1, (2.0, None), True)"
    for text in ("same", "it's", 'say "x"', "both ' and \"", "back\\slash\n", "ä\ud800"):
        assert eval(literal(text)) == text


def test_folding() -> None:
    assert fold_items(["A()", "B()", "B()", "B()", "C()", "C()"]) == [
        "A()",
        "*(B() for _ in range(3))",
        "C()",
        "C()",
    ]
    children = [(str(i), "B()", f'self.add_module("{i}", B())') for i in range(2, 6)]
    assert fold_children(children) == ["for i in range(2, 6):", "    self.add_module(str(i), B())"]
    assert fold_children(children[:2]) == [statement for _, _, statement in children[:2]]
    assert fold_calls([f'    x = getattr(self, "{i}")(x)' for i in range(3)]) == [
        "    for i in range(0, 3):",
        "        x = getattr(self, str(i))(x)",
    ]
