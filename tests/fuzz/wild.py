"""Specs of right grammar whose steps and values may fit or not."""

from __future__ import annotations

from hypothesis import strategies as st

numbers = st.one_of(st.integers(-2, 12), st.sampled_from([0.5, 1e3, 2**40])).map(str)
names = st.sampled_from(["a", "b", "c", "x", "image", "w", "n", "unit", "relu", "in", "i"])
expressions = st.recursive(
    st.one_of(numbers, names, st.sampled_from(["true", "none", '"same"', "channels", "shape", "a.height"])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "//", "/", "%", "**", "==", "<", "and"]), inner).map(
            " ".join
        ),
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        st.tuples(inner, inner).map(lambda t: f"{t[0]}[{t[1]}]"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        inner.map(lambda e: f"(-{e})"),
    ),
    max_leaves=4,
)
calls = st.one_of(
    st.sampled_from(["relu", "batchnorm", "flatten", "identity", "unit", "unit(3)", "exchange", "gather"]),
    st.builds("conv({}, {}, padding={})".format, expressions, numbers, numbers),
    st.builds("linear({})".format, expressions),
    st.builds("maxpool({})".format, numbers),
    st.builds("add({})".format, names),
    st.builds("concat({}, {})".format, names, names),
    st.builds("reuse({})".format, names),
    st.builds("expect({})".format, expressions),
)


def body(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner, max_size=3).map(lambda lines: "{\n" + "\n".join(lines) + "\n}")


lines = st.recursive(
    st.one_of(
        calls,
        st.builds("{}: {}".format, names, calls),
        st.builds("{} -> {}".format, calls, calls),
        st.builds("from {} -> {}".format, names, calls),
        st.builds("{} * {}".format, calls, numbers),
        st.builds("let {} = {}".format, names, expressions),
        st.builds("default conv(padding={})".format, numbers),
        st.builds("output {}".format, names),
        st.builds("output {} if training".format, names),
    ),
    lambda inner: st.one_of(
        body(inner),
        st.builds("{}: {}".format, names, body(inner)),
        st.builds("residual {}".format, body(inner)),
        st.builds("residual {} skip {}".format, body(inner), calls),
        st.builds("{} {}".format, st.sampled_from(["add", "concat", "a: multiply"]), body(inner)),
        st.builds("if {} {} else {}".format, expressions, body(inner), body(inner)),
        st.builds("for i in {} {}".format, expressions, body(inner)),
        st.builds("on g {}".format, body(inner)),
        st.builds("columns g, h {}".format, body(inner)),
    ),
    max_leaves=6,
)
wild = st.builds(
    "{}net m(w=2, n=1) {{\n{}input image [4, 8, 8]\n{}\n}}\nblock unit(w=4) {}\n{}".format,
    st.sampled_from(["", "let n = 2\n", "default conv(bias=false)\n"]),
    st.sampled_from(["", "group g, h\n"]),
    st.lists(lines, max_size=5).map("\n".join),
    body(lines),
    st.sampled_from(["", "net k = m(3)\n", "net k = m(q=3)\n"]),
)
