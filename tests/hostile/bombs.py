"""Specs that ask for as much as they can in few characters."""

from __future__ import annotations

HEAD = "net n {\n  input x [3, 8, 8]\n"


def body(text: str) -> str:
    """A net with these steps."""
    return f"{HEAD}{text}\n}}\n"


def _doubling_blocks(depth: int) -> str:
    blocks = [f"block b{i} {{ b{i + 1} -> b{i + 1} }}\n" for i in range(depth)]
    return "".join(blocks) + f"block b{depth} {{ relu }}\n"


def _doubling_lets(depth: int, first: str, join: str) -> str:
    return f"let a0 = {first}\n" + "".join(
        f"let a{i + 1} = {join.format(f'a{i}', f'a{i}')}\n" for i in range(depth)
    )


def _functions(depth: int, width: int) -> str:
    calls = (f"let f{i}(x) = " + " + ".join([f"f{i + 1}(x)"] * width) for i in reversed(range(depth)))
    return "\n".join([f"let f{depth}(x) = x", *calls, ""])


def _columns(count: int, steps: str) -> str:
    groups = ", ".join(f"g{i}" for i in range(count))
    columns = f"  columns {groups} {{ {steps} }}\n  on g0 {{ gather }}\n"
    return f"net n {{\n  group {groups}\n  input x [3, 8, 8]\n{columns}}}\n"


def _skips(count: int) -> str:
    """Every step reads all steps before it."""
    lines = ["conv(1, 1) -> s0: relu"]
    lines += [
        f"s{i}: add(" + ", ".join(f"s{j}" for j in range(i - 1)) + ")" if i > 1 else "s1: relu"
        for i in range(1, count)
    ]
    return "\n".join(lines)


SPECS: dict[str, str] = {
    # ---- layers
    "repeat-trillion": body("relu * 1000000000000"),
    "repeat-at-limit": body("relu * 19999"),
    "conv-bn-9999": body("{ conv(3, 3, padding=1) -> batchnorm } * 9999"),
    "block-5000": "block u(w) { residual { conv(w, 1) -> batchnorm -> relu } }\n" + body("u(3) * 5000"),
    "repeat-in-repeat": body("{ { identity * 1000 } * 1000 } * 1000"),
    "repeat-nothing": body("{ { { } * 9000 } * 9000 } * 9000\nrelu"),
    "for-empty": body("for i in 0..1000 { for j in 0..10000 { } }\nrelu"),
    "for-lists": body("{ { let a = [0] * 9000 } * 9000 } * 9000\nrelu"),
    "doubling-blocks": _doubling_blocks(40) + body("b0"),
    "wide-concat": body("conv(1, 1)\nconcat {\n" + "relu\n" * 5000 + "}"),
    "dense": body(_skips(300)),
    "dense-for": body(
        'a0: conv(1, 1)\nfor i in 1..3000 { "a{i}": concat("a0", "a{i}") -> conv(1, 1) }'.replace(
            '"a{i}")', '"a0")'
        )
    ),
    "columns": _columns(2, "{ conv(3, 1) -> exchange -> conv(3, 1) } * 1500"),
    "many-columns": _columns(200, "conv(2, 1) -> exchange -> conv(2, 1) -> exchange -> relu"),
    "too-many-columns": _columns(2000, "conv(2, 1) -> exchange -> conv(2, 1) -> exchange -> relu"),
    "reuse": body("a: conv(3, 1)\nfor i in 0..9999 { reuse(a) }"),
    "nets-many": "".join(f"net n{i} {{\n input x [3]\n relu * 9000\n}}\n" for i in range(30)),
    "nets-many-variants": body("relu * 9000").replace("net n {", "net n(a=1) {")
    + "".join(f"net m{i} = n(a={i})\n" for i in range(100)),
    "blocks-unused": "".join(f"block b{i} {{ relu * 9000 }}\n" for i in range(100)) + body("relu"),
    "blocks-unknown": "".join(f"block b{i}(n) {{ relu * n -> {{ conv(n, 1) * 9000 }} }}\n" for i in range(50))
    + body("relu"),
    # ---- values
    "power-tower": body("pad([9 ** 9 ** 9, 0])"),
    "power-float": body("pad([2.0 ** 5000, 0])"),
    "power-repeated": body("let a = 2 ** 53\nlet b = a * a * a * a * a * a * a * a * a * a\npad([b, 0])"),
    "power-sum": body("pad([" + " * ".join(["9007199254740992"] * 2000) + ", 0])"),
    "power-negative": body("pad([(0 - 8) ** 0.5, 0])"),
    "digits-5000": body("pad([" + "1" * 5000 + ", 0])"),
    "digits-exponent": body("pad([1e" + "9" * 20 + ", 0])"),
    "digits-small-exponent": body("pad([1e-" + "9" * 20 + ", 0])"),
    "floor-huge": body("pad([floor(1e300), 0])"),
    "lists-doubling": _doubling_lets(60, "[1, 1]", "[{}, {}]") + body("pad(a60)"),
    "lists-joined": _doubling_lets(60, "[1, 1]", "{} + {}") + body("pad(a60)"),
    "lists-doubling-compared": _doubling_lets(15, "[1, 1]", "[{}, {}]")
    + "".join(f"let b{i} = a15 == a15\n" for i in range(5000))
    + body("relu"),
    "lists-shared-compared": "let a = [0] * 9000\nlet b = [0] * 9000\n"
    + body("for i in 0..10000 { for j in 0..10000 { let c = a == b } }\nrelu"),
    "lists-built": "let a = [[0] * 300 for i in 0..300]\n" + body("for i in 0..10000 { let c = a }\nrelu"),
    "lists-squared": "let a = [[[[i for i in 0..300] for j in 0..300] for k in 0..300] for l in 0..300]\n"
    + body("relu"),
    "lists-unique": body("for i in 0..10000 { let a = unique(0..9000) }\nrelu"),
    "lists-sum": body("for i in 0..10000 { let a = sum(0..9000) }\nrelu"),
    "lists-max": body("let z = [0] * 9000\nfor i in 0..10000 { let a = max(z) }\nrelu"),
    "lists-len": body("let z = [0] * 9000\nfor i in 0..10000 { let a = len(z) }\nrelu"),
    "lists-index": body("for i in 0..10000 { let a = ([0] * 9000)[i] }\nrelu"),
    "lists-argument": "block b(a) { relu }\n" + body("let z = [0] * 9000\nb(z) * 5000"),
    "lists-labels": body("let z = [0] * 9000\nfor i in z { relu }"),
    "lists-as-pad": body("pad([0] * 9000)"),
    "lists-as-view": body("reshape([1] * 9000)"),
    "strings-doubling": _doubling_lets(60, '"xx"', "{} + {}") + body("upsample(mode=a60)"),
    "strings-long": body('let s = "' + "x" * 9000 + '"\nfor i in 0..10000 { let t = s + s }\nrelu'),
    "strings-many": "let s = [" + ", ".join(['"' + "x" * 9000 + '"'] * 100) + "]\n" + body("relu"),
    "strings-compared": body(
        'let s = "' + "x" * 9000 + '"\nfor i in 0..10000 { for j in 0..1000 { let t = s == s } }\nrelu'
    ),
    "functions-doubling": _functions(50, 2) + body("pad([f0(1), 0])"),
    "functions-wide": _functions(3, 2000) + body("pad([f0(1), 0])"),
    "functions-recursive": "let f(x) = g(x)\nlet g(x) = f(x)\n" + body("pad([f(1), 0])"),
    "functions-passed": "let f(g, x) = g(g, x)\n" + body("pad([f(f, 1), 0])"),
    "functions-twice": "let f(g, x) = g(g(x, x), g(x, x))\n"
    + "".join(f"let f{i}(a, b) = f(f{i - 1}, a)\n" if i else "let f0(a, b) = a + b\n" for i in range(50))
    + body("pad([f49(1, 1), 0])"),
    "lets-circular": "let a = b\nlet b = a\n" + body("pad([a, 0])"),
    "callee-growing": "let c0 = conv(3)\n"
    + "".join(f"let c{i + 1} = c{i}(1)\n" for i in range(5000))
    + body("c5000"),
    "callee-arguments": body("let c = conv\nconv" + "" + "(" + ", ".join(["3"] * 20000) + ")"),
    "callee-named": body("conv(" + ", ".join(f"a{i}=3" for i in range(20000)) + ")"),
    "defaults-many": "default conv(bias=false)\n" * 20000 + body("conv(3, 1)"),
    "defaults-in-loop": body("for i in 0..10000 { default conv(bias=false) }\nrelu"),
    # ---- shapes
    "shape-huge": "net n {\n  input x [9007199254740992]\n  relu\n}\n",
    "shape-too-huge": "net n {\n  input x [9007199254740992, 9007199254740992]\n  relu\n}\n",
    "shape-linear": "net n {\n  input x [1000000000]\n  linear(1000000000)\n}\n",
    "shape-many-extents": "net n {\n  input x ["
    + ", ".join(["1"] * 50000)
    + "]\n  relu -> relu -> relu\n}\n",
    "shape-many-extents-repeat": "net n {\n  input x [" + ", ".join(["1"] * 20000) + "]\n  relu * 5000\n}\n",
    "shape-grows": body("reshape([3, 64]) -> " + "concat(x)"),
    "shape-unsqueeze": "net n {\n  input x [3]\n  unsqueeze(0) * 9000\n}\n",
    "shape-lstm": "net n {\n  input x [10, 1000000]\n  lstm(1000000, num_layers=1000000)\n}\n",
    "shape-attention": "net n {\n  input x [10, 8]\n  attention(1000000000)\n}\n",
    "shape-conv-kernel": "net n {\n  input x [3, 1000000, 1000000]\n  conv(1000000, 1000000)\n}\n",
    "shape-groups": "net n {\n  input x [1000000, 8, 8]\n  conv(1000000, 1, groups=1000000)\n}\n",
    "shape-split": "net n {\n  input x [1000000, 8, 8]\n  chunk(1000000)\n}\n",
    "shape-relative": "net n {\n  input x [1000000, 64]\n  relative_position_bias(8, [100000, 100000])\n}\n",
    # ---- nesting
    "nest-braces": body("{" * 100_000 + "relu" + "}" * 100_000),
    "nest-braces-open": body("{" * 300_000),
    "nest-residual": body("residual {" * 20_000 + "relu" + "}" * 20_000),
    "nest-lists": body("pad([" + "[" * 100_000 + "]" * 100_000 + ", 0])"),
    "nest-parentheses": body("pad([" + "(" * 100_000 + "1" + ")" * 100_000 + ", 0])"),
    "nest-minus": body("pad([" + "-" * 100_000 + "1, 0])"),
    "nest-not": body("pad([1 if " + "not " * 100_000 + "true else 0, 0])"),
    "nest-power": body("pad([" + "1 ** " * 100_000 + "1, 0])"),
    "nest-if-else": body("pad([" + "1 if true else " * 50_000 + "1, 0])"),
    "nest-index": body("pad([[1]" + "[0]" * 100_000 + ", 0])"),
    "nest-attribute": body("add(x" + ".a" * 200_000 + ")"),
    "nest-calls": body("f" + "()" * 200_000),
    "nest-else-if": body("if false { relu } else " * 30_000 + "{ relu }"),
    "nest-label": body('"' + ".".join(["a"] * 100) + '": relu'),
    "nest-label-many": body("\n".join(f'"{".".join(["a"] * 95)}.b{i}": relu' for i in range(2000))),
    "chain-long": body("relu -> " * 60_000 + "relu"),
    "chain-lines": body("relu\n" * 100_000),
    "sum-long": body("pad([" + "0 + " * 200_000 + "0, 0])"),
    "list-long": body("pad([" + "0, " * 300_000 + "0])"),
    "logic-long": body("pad([1 if " + "true and " * 100_000 + "true else 0, 0])"),
    "compare-long": body("pad([1 if " + "1 == " * 100_000 + "1 else 0, 0])"),
    "reference-long": body("from " + "a." * 300_000 + "a -> relu"),
    # ---- text
    "text-comments": "# x\n" * 250_000 + body("relu"),
    "text-comment": "#" + "x" * 1_000_000 + "\n" + body("relu"),
    "text-blank": "\n" * 1_000_000 + body("relu"),
    "text-spaces": " " * 1_000_000 + body("relu"),
    "text-name": body("y" * 900_000),
    "text-names": body("\n".join(f"name_number_{i}" for i in range(40_000))),
    "text-similar-names": body(
        "\n".join(f"let va{'b' * (i % 50)}riable_{i} = 1" for i in range(20_000)) + "\nvariable_x" * 200
    ),
    "text-steps": body(
        "\n".join(f"step_{i}: relu" for i in range(20_000))
        + "\n"
        + "\n".join(f"from stepp_{i} -> relu" for i in range(200))
    ),
    "text-quotes": '"' * 1_000_000,
    "text-quotes-open": '"a' * 400_000,
    "text-backslashes": body('"' + "\\\\" * 400_000 + '": relu'),
    "text-backslashes-open": body('"' + "\\" * 900_001),
    "text-odd": "\u20ac" * 300_000,
    "text-odd-lines": "\u20ac\n" * 200_000,
    "text-semicolons": ";" * 1_000_000,
    "text-closing": "}" * 1_000_000,
    "text-arrows": "->" * 500_000,
    "text-net": "net " * 250_000,
    "text-net-lines": "net\n" * 250_000,
    "text-net-open": "net n {\n" * 100_000,
    "text-net-equal": "net n = n()\n" * 80_000,
    "text-net-variants": body("relu")
    + "".join(f"net a{i} = a{i + 1}\n" for i in range(10_000))
    + "net a10000 = n\n",
    "text-net-names": body("relu") + "".join(f"net a{i} = n\n" for i in range(20_000)),
    "text-blocks": "".join(f"block b{i} {{ relu }}\n" for i in range(25_000)) + body("relu"),
    "text-blocks-chain": "".join(f"block b{i} {{ b{i + 1} }}\n" for i in range(20_000)) + body("b0"),
    "text-parameters": "net n("
    + ", ".join(f"p{i}=1" for i in range(50_000))
    + ") {\n input x [3]\n relu\n}\n",
    "text-parameters-lists": "net n("
    + ", ".join(f"p{i}=[0] * 9000" for i in range(2_000))
    + ") {\n input x [3]\n relu\n}\n",
    "text-inputs": "net n {\n" + "\n".join(f"input x{i} [3]" for i in range(20_000)) + "\nrelu\n}\n",
    "text-outputs": body("a: relu\n" + "output a\n" * 20_000),
    "text-groups": "net n {\n  group "
    + ", ".join(f"g{i}" for i in range(30_000))
    + "\n  input x [3]\n  on g0 { relu }\n}\n",
    "text-errors": body("conv(0, 0)\n" * 50_000),
    "text-errors-different": body("\n".join(f"conv({i}, q{i})" for i in range(30_000))),
    "text-labels": body("a: " * 200_000 + "relu"),
    "text-one-line": body(" -> ".join(["conv(3, 1, bias=flase)"] * 30_000)),
}
