"""Text that breaks out of what holds it, wherever that is forgotten, and a spec that is full of it."""

from __future__ import annotations

from netcompiler.operations.arguments import literal_text

TEXTS = {
    "python": '""" + __import__("os").system("touch owned") + """',
    "python-quotes": "''' \"\"\" \\",
    "python-backslash": "x\\",
    "python-quote-at-end": 'he said "',
    "python-triple-escaped": '\\"""\nimport os\n"""',
    "format": "{0} {x!r} {} %s %(x)s ${HOME} {{ }} {self.__class__}",
    "dot": '"]; evil [image="/etc/passwd", URL="javascript:alert(1)"]; a [x="',
    "dot-html": '<<TABLE HREF="javascript:alert(1)"><TR><TD><IMG SRC="/etc/passwd"/></TD></TR></TABLE>>',
    "dot-escapes": r"\N \G \E \T \L \l \r \" \\",
    "svg": "]]></text><script>alert(1)</script><text>",
    "svg-comment": "--><script>alert(1)</script><!--",
    "svg-entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>&a; &#60;b&#62; &amp;lt;',
    "svg-attribute": '\' onload=\'alert(1)\' " onload="alert(1)" x="',
    "html": "</script><script>alert(1)</script><img src=x onerror=alert(1)>",
    "html-title": "</title></style></pre></textarea><svg onload=alert(1)>",
    "html-comment": "<!--<script>",
    "javascript": "'; alert(1); //` ${alert(1)} \u2028 alert(1)",
    "tex": "\\write18{touch owned} \\input{/etc/passwd} \\end{document} $x$ ^^4d %",
    "tex-catcodes": "\\catcode`\\@=11 {}}} {{{ # & ~ _ ^",
    "markdown": "| a | b |\n|---|---| [x](javascript:alert(1)) ![y](http://e/x.png) <b> `code` **x**",
    "terminal": "\x1b[31mred\x1b[0m \x1b]8;;http://e\x1b\\x\x1b]8;;\x1b\\ \x9b31m \x07 \x08\x08",
    "bidi": "\u202eright \u2066isolated \u200bzero \u00adsoft",
    "lines": "a\rb\x0bc\x0cd\x1ce\x85f\u2028g\u2029h",
    "github": "%0A::error::x\n::set-output name=a::b\n::add-mask::x",
    "json": '"}], "x": [{"\\u0000',
    "letters": "日本語 🙂 𝐢𝐦𝐩𝐨𝐫𝐭 ı ſ ﬁ Å",
    "long": "x" * 3000,
    "spaces": "   ",
}
"""By what they aim at."""


def spec(text: str) -> str:
    """A right spec with a text in its comments, and as an argument of its nets and blocks."""
    lines = text.split("\n")
    quoted = literal_text(text)
    return "\n".join(
        [
            *(f"# {line}" for line in lines),
            "",
            f"block unit(width, note={quoted}) {{ residual {{ conv(width, 1) -> batchnorm }} -> relu }}",
            "",
            *(f"# {line}" for line in lines),
            f"net evil(width=4, note={quoted}) {{  # {lines[0]}",
            "  group top, bottom",
            "  input image [3, 8, 8]",
            "  on top { stem: conv(width, 1) -> unit(width, note) -> kept: relu }",
            "  on bottom { last: { relu -> flatten -> linear(2) } }",
            "}",
            "",
        ]
    )
