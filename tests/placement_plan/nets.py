"""Random nets without groups, as text: blocks, loops, repeats, skips, shared weights, several outputs."""

from __future__ import annotations

import random

BLOCKS = """
block unit(width) {
  residual { conv(width, 3, padding=1) -> bn: batchnorm -> relu -> conv(width, 1) } skip conv(width, 1)
  relu
}
block pair(width) { a: conv(width, 1) -> relu -> b: conv(width, 1) }
"""


class RandomSpec:
    """One random spec; every value of it has the shape [4, 6, 6]."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.names: list[str] = []
        self.again: list[str] = []

    def text(self) -> str:
        lines = ["net n(classes=3) {", "  input image [4, 6, 6]"]
        for number in range(self.random.randint(3, 8)):
            lines += [f"  {line}" for line in self.statement(number)]
        if self.names and self.random.random() < 0.3:
            lines.append(f"  output {self.names[0]} if training")
        lines += ["  adaptive_avgpool(1) -> flatten", "  fc: linear(classes)", "}"]
        return "\n".join(lines) + BLOCKS

    def statement(self, number: int) -> list[str]:
        kinds = [self.layers, self.scope, self.repeat, self.loop, self.skip, self.shared, self.branches]
        return self.random.choice(kinds)(number)

    def step(self) -> str:
        steps = ("conv(4, 3, padding=1)", "conv(4, 1) -> batchnorm -> relu", "unit(4)", "pair(4)", "gelu")
        return self.random.choice(steps)

    def layers(self, number: int) -> list[str]:
        self.names.append(f"x{number}")
        return [f"conv(4, 1) -> {self.step()}  # {number}", f"x{number}: conv(4, 3, padding=1)"]

    def scope(self, number: int) -> list[str]:
        self.names.append(f"s{number}")
        return [f"s{number}: {{", f"  {self.step()}", f"  {self.step()} -> conv(4, 1)", "}"]

    def repeat(self, number: int) -> list[str]:
        label = self.random.choice(["", f"r{number}: "])
        count = self.random.choice(["2", "3", "(1 + 1)"])
        return [f"{label}{self.random.choice(['unit(4)', 'pair(4)', 'conv(4, 1)'])} * {count}"]

    def loop(self, number: int) -> list[str]:
        items = self.random.choice(["0..3", "[2, 5]", "0..len([1, 2])"])
        return [
            f"for i in {items} {{",
            f'  "l{number}_{{i}}": {self.random.choice(["unit(4)", "pair(4)"])}',
            "  relu",
            "}",
        ]

    def skip(self, number: int) -> list[str]:
        if not self.names:
            return self.layers(number)
        return [f"conv(4, 1) -> add({self.random.choice(self.names)})"]

    def shared(self, number: int) -> list[str]:
        self.again.append(f"w{number}")
        return [f"w{number}: conv(4, 3, padding=1) -> relu", f"reuse({self.random.choice(self.again)})"]

    def branches(self, number: int) -> list[str]:
        source = self.random.choice(["image", *self.names])
        return [
            "concat {",
            f"  {self.step()}",
            "  identity",
            f"  from {source} -> conv(2, 1)",
            "}",
            "conv(4, 1)",
        ]
