"""Nets whose groups come one after another, for the tests of pipelines."""

from __future__ import annotations

import random

from netcompiler import Net, loads

FOUR = """
# Four groups one after another, with a value that passes over two of them.
net four(classes=10) {
  group a, b, c, d
  input image [3, 12, 12]
  on a { stem: conv(8, 3, padding=1, bias=false) -> bn: batchnorm -> relu }
  on b {
    layer1: {
      early: conv(8, 3, padding=1, init=normal(std=0.1)) -> relu
      conv2: conv(8, 3, padding=1, init=normal(std=0.2)) -> batchnorm -> relu
    }
  }
  on c { layer2: { conv1: conv(8, 3, stride=2, padding=1, bias_init=1) -> relu } }
  from stem -> on d { short: conv(8, 1, stride=2) }
  from layer2 -> on d { add(short) -> relu -> adaptive_avgpool(1) -> flatten -> fc: linear(classes) }
}
"""

HEADS = """
# Two outputs, one of them from the middle and in training only; a group that evaluation does without.
net heads {
  group a, b, side, c
  input image [3, 8, 8]
  on a { conv(6, 3, padding=1) -> stem: relu }
  on b { conv(6, 3, padding=1) -> body: relu }
  from stem -> on side { adaptive_avgpool(1) -> flatten -> aux: linear(4) }
  from body -> on c { adaptive_avgpool(1) -> flatten -> fc: linear(4) }
  output fc
  output aux if training
}
"""

TOKENS = """
# Whole numbers and a mask, which is read by the last group only; a value that all samples share.
net tokens {
  group a, b
  input words [6]
  input mask [6, 8]
  on a { table: parameter([6, 8], init=normal(std=1)) }
  from words -> on a { embedding(20, 8) -> add(table) -> hidden: layernorm }
  from table -> on b { shared: tanh }
  from mask -> on b { seen: sigmoid }
  from hidden -> on b { linear(8) -> add(shared) -> multiply(seen) -> flatten -> fc: linear(5) }
}
"""


def four(**parameters: int) -> Net:
    """The net of the tests that need no other."""
    return loads(FOUR, **parameters)


class RandomChain:
    """A random net whose groups come one after another, with values read again many groups later.

    Every value is [4, 6, 6] up to the last layers.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.count = self.random.randint(1, 5)

    def net(self) -> Net:
        groups = [f"g{i}" for i in range(self.count)]
        lines, names, outputs = [], [], ["last"]
        for i, group in enumerate(groups):
            for k in range(self.random.randint(1, 3)):
                name = f"v{i}{'xyz'[k]}"
                start = f"from {names[-1]} -> " if names else ""
                lines.append(f"{start}on {group} {{ {' -> '.join(self._steps())} -> {name}: conv(4, 1) }}")
                if names and self.random.random() < 0.6:
                    lines.append(f"from {self.random.choice(names)} -> on {group} {{ {name}old: relu }}")
                    lines.append(f"from {name} -> on {group} {{ add({name}old) -> {name}sum: sigmoid }}")
                    name += "sum"
                names.append(name)
        chosen = self.random.sample(names, self.random.randint(0, min(2, len(names))))
        outputs += [name + self.random.choice(["", " if training"]) for name in chosen]
        lines.append(f"from {names[-1]} -> on {groups[-1]} {{ conv(2, 6) -> flatten -> last: linear(2) }}")
        body = "\n".join([*lines, *(f"output {name}" for name in outputs)])
        return loads(f"net chain {{\ngroup {', '.join(groups)}\ninput image [4, 6, 6]\n{body}\n}}")

    def _steps(self) -> list[str]:
        steps = ["conv(4, 3, padding=1)", "relu", "batchnorm", "residual { conv(4, 1) -> gelu }"]
        return [self.random.choice(steps) for _ in range(self.random.randint(1, 3))]
