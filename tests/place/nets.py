"""Nets with placement groups for the tests: some written out, and random ones."""

from __future__ import annotations

import random
import re

from netcompiler import Net, loads

ALEXNET = """
net small(classes=10) {                       # the shipped two-column net, smaller and without dropout
  group top, bottom
  default conv(init=normal(std=0.1), bias_init=0)
  default linear(init=normal(std=0.1), bias_init=1)
  input image [3, 63, 63]
  columns top, bottom {
    conv1: conv(6, 11, stride=4, padding=2)   -> relu -> norm -> maxpool(3, stride=2)
    conv2: conv(8, 5, padding=2, bias_init=1) -> relu -> norm -> maxpool(3, stride=2)
    exchange
    conv3: conv(12, 3, padding=1) -> relu
    conv5: conv(8, 3, padding=1)  -> relu -> flatten
    exchange
    fc6: linear(16) -> relu
    exchange
    fc7: linear(16) -> relu
  }
  on top { gather -> fc8: linear(classes, bias_init=0) }
}
block norm { lrn(5, alpha=1e-4, beta=0.75, k=2) }
"""

SEQUENCE = """
net sequence {                                # one group after the other, and back
  group a, b
  input image [3, 16, 16]
  on a { conv(5, 3, padding=1, bias=false) -> batchnorm -> relu }
  on b { body: { conv(7, 3, stride=2) -> relu -> conv(7, 3) -> batchnorm } -> relu }
  on a { adaptive_avgpool(1) -> flatten -> fc: linear(4) }
}
"""

BOTH = """
net both {                                    # columns, cuts, and a residual that runs over both groups
  group a, b
  input image [3, 16, 16]
  on a { stem: conv(8, 3, padding=1) -> relu }
  columns a, b { conv(4, 3, padding=1) -> relu -> exchange -> conv(4, 3, padding=1, groups=4) }
  on b { gather -> x: conv(6, 1) }
  tail: {
    on b { conv(6, 3, padding=1) -> relu }
    on a { conv(6, 3, padding=1) }
    on b { add(x) -> relu }
  }
  on b { adaptive_avgpool(1) -> flatten -> fc: linear(5) }
  from x -> on a { adaptive_avgpool(2) -> flatten -> aux: linear(5) }
  output fc
  output aux if training
}
"""

FOUR = """
net four {                                    # three columns of four groups, two of which go on; two inputs
  group a, b, c, d
  input image [2, 8, 8]
  input mask [2, 8, 8]
  from image -> columns a, b, d {
    conv(3, 3, padding=1) -> exchange -> relu
    conv(3, 1) -> exchange -> conv(2, 1)
  }
  on c { gather -> multi: conv(2, 1) }
  again: columns d, c { add(mask) -> exchange -> conv(2, 1) }
  on b { gather -> flatten -> fc: linear(3) }
}
"""

PARTLY = """
net partly {                                  # a group without weights, and values that need no gradient
  group a, b
  input image [3, 9, 9]
  on b { avgpool(3, stride=2) -> small: relu }
  on a { conv(4, 1) -> relu }
  on b { maxpool(2) -> seen: flatten }
  from small -> on a { flatten -> given: linear(5) }
  output given
  output seen
}
"""


class RandomSpec:
    """A random net of `on` and `columns`, with values that are read again later and auxiliary outputs.

    Every value outside `columns` has the shape [4, 6, 6].
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.groups = "abcd"[: self.random.randint(2, 4)]
        self.names: list[str] = []
        self.outputs = {"last": ""}

    def net(self) -> Net:
        lines = [self._segment(i) for i in range(self.random.randint(2, 8))]
        lines = ["on a { conv(4, 1) }", *lines, "on b { conv(2, 6) -> flatten -> last: linear(2) }"]
        body = "\n".join(lines + [f"output {name}{when}" for name, when in self.outputs.items()])
        groups = [group for group in self.groups if re.search(rf"(on|columns|,) {group}\b", body)]
        return loads(f"net random {{\ngroup {', '.join(groups)}\ninput image [4, 6, 6]\n{body}\n}}")

    def _segment(self, number: int) -> str:
        start = ""
        if self.names and self.random.random() < 0.25:
            start = f"from {self.random.choice(self.names)} -> "
            self.outputs[self.names[-1]] = " if training" * (self.random.random() < 0.6)
        body = self._columns(number) if self.random.random() < 0.4 else ""
        steps = [self._step() for _ in range(self.random.randint(1, 4))]
        first = "gather -> conv(4, 1) -> " * bool(body)
        self.names.append(f"v{number}")
        end = f"on {self.random.choice(self.groups)} {{ {first}{' -> '.join(steps)} -> v{number}: relu }}"
        return f"{start}{body}{end}"

    def _step(self) -> str:
        return self.random.choice(
            ["conv(4, 3, padding=1)", "relu", "batchnorm", "residual { conv(4, 1) -> gelu }"]
        )

    def _columns(self, number: int) -> str:
        groups = self.random.sample(self.groups, self.random.randint(2, len(self.groups)))
        steps = []
        for _ in range(self.random.randint(1, 3)):
            steps += [self._step(), "exchange", "conv(4, 1)"]
        steps += [self._step()] * self.random.randint(0, 1)
        return f"s{number}: columns {', '.join(groups)} {{ {' -> '.join(steps)} }}\n"
