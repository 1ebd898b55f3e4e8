"""Right specs at random: nets whose shapes fit, of merges, repeats, groups, blocks, conditions and reuse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

Shape = tuple[int, int, int]
"""Channels, height and width."""

_MOST_CHANNELS = 12
_DEEPEST = 3

_FIT_ANYTHING = [
    *(
        "relu",
        "gelu",
        "sigmoid",
        "tanh",
        "silu",
        "leaky_relu(0.2)",
        "relu6",
        "batchnorm",
        "dropout(0)",
        "identity",
    ),
    *(
        "conv(channels, 3, padding=1)",
        "conv(channels, 1)",
        "batchnorm -> relu",
        "act",
        "conv(2 * channels, 1) -> conv(channels // 2, 1)",
    ),
]


_BLOCKS = [
    "conv(width, k, padding=k // 2) -> act",
    "let half = width // 2\nresidual { conv(half + 1, 1) -> act -> conv(width, 1) } skip conv(width, 1)",
    "if channels == width { identity } else { conv(width, 1) -> batchnorm }",
    "body: conv(width, 1)\nconcat {\nconv(1, 1)\nfrom in -> conv(1, 1)\n} -> conv(width, 1) -> add(body)",
]
"""Bodies of blocks that fit any image and give one of ``width`` channels."""


@dataclass(frozen=True)
class Spec:
    """A spec's text, and how many steps, merges and so on it has, by kind."""

    text: str
    kinds: dict[str, int]


@dataclass
class _Value:
    """A named value: its shape, and the shape that its step reads when it can run once more."""

    name: str
    shape: Shape
    reads: Shape | None


@dataclass
class _Body:
    """Lines under construction, with the current value's shape and the names seen from here."""

    shape: Shape
    depth: int
    names: list[_Value] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def add(self, line: str, shape: Shape | None = None) -> None:
        self.lines.append(line)
        self.shape = shape or self.shape

    def text(self) -> str:
        return "{\n" + "\n".join(self.lines) + "\n}"


class Writer:
    """Writes one spec. ``draw`` draws from strategies, so that hypothesis can make a failing spec smaller."""

    def __init__(self, draw: Callable[[st.SearchStrategy[T]], T]) -> None:
        self._draw = draw
        self.kinds: dict[str, int] = {}
        self.blocks: list[str] = []
        self._count = 0
        self._loops: list[str] = []

    # ---- chance ------------------------------------------------------------------------------

    def pick(self, items: Sequence[T]) -> T:
        return self._draw(st.sampled_from(items))

    def chance(self, one_in: int) -> bool:
        return self._draw(st.integers(0, one_in - 1)) == one_in - 1

    def number(self, least: int, most: int) -> int:
        return self._draw(st.integers(least, most))

    def name(self, stem: str, end: str = "") -> str:
        """A new name, as a label and as a reference; in loops their variables are in it."""
        self._count += 1
        loops = "".join(f"_{{{variable}}}" for variable in self._loops)
        name = f"{stem}{self._count}{loops}{end}"
        return f'"{name}"' if loops or end else name

    # ---- the file ----------------------------------------------------------------------------

    def spec(self) -> str:
        grouped = self.chance(3)
        shape = (self.number(1, 6), self.number(4, 9), self.number(4, 9))
        head = ["net m(w=4, ks=[1, 3], act=relu) {"]
        if grouped:
            head.append("group left, right")
        head.append(f"input image [{shape[0]}, {shape[1]}, {shape[2]}]")
        body = self._placed(shape) if grouped else self._whole(shape)
        comment = self.pick(["", "# a net\n", "# first\n# second\n\n"])
        defaults = self.pick(["", "default conv(bias=false)\n", "default conv(init=normal(std=0.1))\n"])
        variant = self.pick(["", "\nnet k = m(w=5)"])
        net = "\n".join([*head, *body, "}"])
        return (
            f"{comment}{defaults}let two = 2\nlet twice(x) = two * x\n"
            + "\n".join([*self.blocks, net])
            + variant
        )

    def _whole(self, shape: Shape) -> list[str]:
        body = _Body(shape, 0, [_Value("image", shape, None)])
        self.steps(body, self.number(2, 6))
        self._end(body)
        return body.lines

    def _end(self, body: _Body) -> None:
        if self.chance(3):
            self._kind("output")
            body.add("aux: relu")
            body.add("output aux" + self.pick(["", " if training"]))
            body.add("last: sigmoid")
            body.add("output last")
        elif self.chance(3):
            body.add("conv(channels, 1)")
        else:
            body.add(self.pick(["adaptive_avgpool(1) -> flatten", "flatten"]) + " -> fc: linear(w + 1)")

    def _placed(self, shape: Shape) -> list[str]:
        """Columns with exchanges, and parts on one group before and after."""
        self._kind("columns")
        lines = []
        if self.chance(2):
            before = _Body(shape, 1)
            self.steps(before, self.number(1, 2))
            before.add("relu")
            shape = before.shape
            lines.append(f"on right {before.text()}")
            if self.chance(2):
                # What enters another group is what was current.
                lines.append("on left { " + self._conv(before) + " }")
                return lines
            lines.append(f"on left {{ {self.name('over')}: {self._conv(before)} }}")
            return [*lines, "on right { relu }"]
        columns = _Body(shape, 1)
        self.steps(columns, self.number(1, 3))
        for _ in range(self.number(0, 2)):
            self._kind("exchange")
            columns.add("exchange", (2 * columns.shape[0], *columns.shape[1:]))
            columns.add(self._conv(columns))
            self.steps(columns, self.number(0, 2))
        label = self.pick(["", "trunk: "])
        lines.append(f"{label}columns left, right {columns.text()}")
        after = _Body((2 * columns.shape[0], *columns.shape[1:]), 1)
        after.add("gather")
        self.steps(after, self.number(0, 2))
        return [*lines, f"on {self.pick(['left', 'right'])} {after.text()}"]

    # ---- steps -------------------------------------------------------------------------------

    def steps(self, body: _Body, count: int) -> None:
        for _ in range(count):
            kinds = [self._plain, self._convolve, self._resample, self._named, self._merge_name, self._again]
            if body.depth < _DEEPEST:
                kinds += [self._residual, self._branches, self._group, self._repeat, self._if, self._for]
                kinds += [self._call, self._anew]
            self.pick(kinds)(body)
        if not body.lines:
            body.add("relu")

    def _kind(self, kind: str) -> None:
        self.kinds[kind] = self.kinds.get(kind, 0) + 1

    def _simple(self) -> str:
        return self.pick(_FIT_ANYTHING)

    def _plain(self, body: _Body) -> None:
        self._kind("step")
        body.add(" -> ".join(self._simple() for _ in range(self.number(1, 2))))

    def _width(self) -> tuple[str, int]:
        """An expression and its value; ``w`` is 4."""
        return self.pick(
            [
                ("3", 3),
                ("4", 4),
                ("6", 6),
                ("8", 8),
                ("two", 2),
                ("twice(3)", 6),
                ("[2, 4][1]", 4),
                ("2 ** 2", 4),
            ]
        )

    def _conv(self, body: _Body) -> str:
        """A convolution that keeps height and width; the body takes its shape."""
        text, width = self._width()
        body.shape = (width, *body.shape[1:])
        return self.pick(
            [f"conv({text}, 1)", f"conv({text}, 3, padding=1)", f'conv({text}, 3, padding="same")']
        )

    def _convolve(self, body: _Body) -> None:
        self._kind("conv")
        c, h, w = body.shape
        if min(h, w) < 4 or self.chance(2):
            body.add(self._conv(body))
            return
        text, width = self._width()
        k, s, p = self.number(1, 3), self.number(1, 2), self.number(0, 1)
        size = (1 + (h + 2 * p - k) // s, 1 + (w + 2 * p - k) // s)
        groups = ", groups=channels" if width % c == 0 and self.chance(3) else ""
        body.add(f"conv({text}, {k}, stride={s}, padding={p}{groups})", (width, *size))

    def _resample(self, body: _Body) -> None:
        self._kind("resample")
        c, h, w = body.shape
        if min(h, w) >= 4:
            pool = self.pick(["maxpool", "avgpool"])
            body.add(f"{pool}(2)", (c, h // 2, w // 2))
        elif max(h, w) <= 6:
            body.add("upsample(scale_factor=2)", (c, 2 * h, 2 * w))
        else:
            body.add("maxpool(3, stride=1, padding=1)")

    def _named(self, body: _Body) -> None:
        self._kind("name")
        name = self.name("s")
        before = body.shape
        text = self._conv(body) if self.chance(2) else self._simple()
        body.add(f"{name}: " + (f"{{ {text} }}" if "->" in text else text))
        body.names.append(_Value(name, body.shape, before))

    def _merge_name(self, body: _Body) -> None:
        """Merge with an earlier value."""
        c, h, w = body.shape
        fitting = [v for v in body.names if v.shape[1:] == (h, w) and v.shape[0] in range(_MOST_CHANNELS - c)]
        if not fitting:
            self._named(body)
            return
        self._kind("skip")
        value = self.pick(fitting)
        if value.shape == body.shape and self.chance(2):
            body.add(f"{self.pick(['add', 'multiply'])}({value.name})")
        else:
            body.add(f"concat({value.name})", (c + value.shape[0], h, w))

    def _again(self, body: _Body) -> None:
        """Run an earlier layer once more."""
        fitting = [value for value in body.names if value.reads == body.shape]
        if not fitting:
            self._named(body)
            return
        self._kind("reuse")
        value = self.pick(fitting)
        body.add(f"reuse({value.name})", value.shape)

    def _anew(self, body: _Body) -> None:
        """Begin a chain at an earlier value, and merge what was current with its end."""
        fitting = [value for value in body.names if value.shape[1:] == body.shape[1:]]
        if not fitting:
            self._plain(body)
            return
        self._kind("from")
        value = self.pick(fitting)
        name = self.name("s")
        c = body.shape[0]
        body.add(f"{name}: relu")
        body.names.append(_Value(name, body.shape, body.shape))
        body.add(f"from {value.name} -> conv({c}, 1) -> add({name})")

    def inner(self, body: _Body, count: int = 2) -> _Body:
        """Braces inside a body: they see its names, theirs are not seen outside."""
        inside = _Body(body.shape, body.depth + 1, list(body.names))
        self.steps(inside, self.number(1, count))
        return inside

    def _same(self, body: _Body, inside: _Body) -> None:
        """End an inner body with the shape that the outer one has."""
        c, h, w = body.shape
        if inside.shape[1:] != (h, w):
            inside.add(f"adaptive_avgpool([{h}, {w}])", (inside.shape[0], h, w))
        if inside.shape[0] != c:
            inside.add(f"conv({c}, 1)", (c, h, w))

    def _residual(self, body: _Body) -> None:
        self._kind("residual")
        inside = self.inner(body)
        if self.chance(2):
            self._same(body, inside)
            body.add(f"residual {inside.text()}")
            return
        c, h, w = inside.shape
        skip = f"conv({c}, 1)" + ("" if (h, w) == body.shape[1:] else f" -> adaptive_avgpool([{h}, {w}])")
        skip = skip if "->" not in skip else "{ " + skip + " }"
        label = self.pick(["", f"{self.name('short')}: "])
        body.add(f"residual {inside.text()} skip {label}{skip}", inside.shape)

    def _branches(self, body: _Body) -> None:
        self._kind("branches")
        _, h, w = body.shape
        if self.chance(2):
            merge = self.pick(["add", "multiply"])
            lines = []
            for _ in range(self.number(2, 3)):
                inside = self.inner(body)
                self._same(body, inside)
                lines.append(inside.text())
            body.add(f"{merge} {{\n" + "\n".join([*lines, *self.pick([[], ["identity"]])]) + "\n}")
            return
        widths = [self.number(1, 4) for _ in range(self.number(2, 3))]
        lines = [f"conv({width}, 1)" + self.pick(["", " -> relu"]) for width in widths]
        label = self.pick(["", f"{self.name('mix')}: "])
        body.add(f"{label}concat {{\n" + "\n".join(lines) + "\n}", (sum(widths), h, w))

    def _group(self, body: _Body) -> None:
        self._kind("group")
        inside = self.inner(body)
        label = self.pick(["", f"{self.name('g')}: ", f"{self.name('a', '.b')}: "])
        body.add(label + inside.text(), inside.shape)

    def _repeat(self, body: _Body) -> None:
        self._kind("repeat")
        inside = _Body(body.shape, body.depth + 1)
        self.steps(inside, 1)
        self._same(body, inside)
        label = self.pick(["", f"{self.name('r')}: "])
        body.add(f"{label}{inside.text()} * {self.pick(['0', '1', '2', 'two', 'twice(1)'])}")

    def _if(self, body: _Body) -> None:
        self._kind("if")
        inside = self.inner(body)
        other = self.inner(body)
        c, h, w = body.shape
        test = self.pick(
            [
                f"channels == {c}",
                f"height >= {h}",
                f"not channels != {c}",
                "two < 3 and true",
                f"width in_ {w}",
            ]
        )
        test = f"width == {w}" if "in_" in test else test
        if self.chance(2):
            body.add(f"if {test} {inside.text()} else {other.text()}", inside.shape)
        else:
            body.add(f"if not ({test}) {other.text()} else {inside.text()}", inside.shape)

    def _for(self, body: _Body) -> None:
        self._kind("for")
        inside = _Body(body.shape, body.depth + 1, list(body.names))
        variable = f"i{len(self._loops)}"
        self._loops.append(variable)
        self.steps(inside, 1)
        self._same(body, inside)
        inside.add(f"{self.name('f')}: {self.pick(['relu', 'conv(channels, 1)'])}")
        self._loops.pop()
        items = self.pick(["0..2", "[1, 3]", "0..1", "[j + 5 for j in 0..2]"])
        body.add(f"for {variable} in {items} {inside.text()}")

    def _call(self, body: _Body) -> None:
        """Call a block: a new one, with parameters and a body that fits any image."""
        self._kind("block")
        name = f"block{len(self.blocks)}"
        text, width = self._width()
        kernel = self.pick(["1", "3"])
        head = f"block {name}(width, k={kernel}, act=relu) "
        steps = self.pick(_BLOCKS)
        self.blocks.append(head + "{\n" + steps + "\n}")
        label = self.pick(["", f"{self.name('u')}: "])
        again = self.pick(["", " * 2"])
        more = self.pick(["", ", k=1", ", act=gelu", ", act=leaky_relu(0.1)"])
        body.add(f"{label}{name}({text}{more}){again}", (width, *body.shape[1:]))


@st.composite
def specs(draw: Callable[[st.SearchStrategy[T]], T]) -> Spec:
    """A right spec, whose net is called ``m``."""
    writer = Writer(draw)
    text = writer.spec()
    return Spec(text, writer.kinds)
