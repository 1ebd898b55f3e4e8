"""A Pygments lexer for specs: pages that name the language ``net`` are coloured where Pygments is installed.

Pygments finds it by its entry point; nothing else of the compiler imports it.
"""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups, default, include, words
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
)

from netcompiler import vocabulary

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"


def _any(names: tuple[str, ...], after: str = r"\b") -> words:
    return words(names, prefix=r"\b", suffix=after)


class NetLexer(RegexLexer):  # type: ignore[misc]  # Pygments has no types
    """Neural-network architectures as netcompiler reads them."""

    name = "netcompiler spec"
    url = "https://pypi.org/project/netcompiler/"
    aliases: ClassVar[list[str]] = ["netc", "net", "net-spec"]
    filenames: ClassVar[list[str]] = ["*.net"]
    mimetypes: ClassVar[list[str]] = ["text/x-netc"]
    version_added = ""

    tokens = {  # noqa: RUF012  (Pygments reads the class's own)
        "root": [
            include("blank"),
            # What stands before a colon is a name, whichever word it is; so is what stands before `=`.
            (rf"({_NAME})([ \t]*)(:)", bygroups(Name.Label, Whitespace, Punctuation)),
            (r'"(?=(?:[^"\\\n]|\\.)*"[ \t]*:)', Name.Label, "label"),
            (
                rf"\b({'|'.join(vocabulary.DEFINING)})([ \t]+)({_NAME})",
                bygroups(Keyword.Declaration, Whitespace, Name.Class),
            ),
            (
                rf"\b(let)([ \t]+)({_NAME})(?=[ \t]*\()",
                bygroups(Keyword.Declaration, Whitespace, Name.Function),
            ),
            (
                rf"\b(let)([ \t]+)({_NAME})",
                bygroups(Keyword.Declaration, Whitespace, Name.Variable),
            ),
            (
                rf"\b(input|output)([ \t]+)({_NAME})",
                bygroups(Keyword.Declaration, Whitespace, Name.Variable),
            ),
            (r'\b(use)([ \t]+)(?=")', bygroups(Keyword.Namespace, Whitespace), "use"),
            (rf"({_NAME})([ \t]*)(=)(?!=)", bygroups(Name.Attribute, Whitespace, Operator)),
            (_any(vocabulary.CONSTANTS), Keyword.Constant),
            (_any(vocabulary.OPERATORS), Operator.Word),
            (r"\b(for)([ \t]+)", bygroups(Keyword, Whitespace), "for"),
            (_any(vocabulary.STATEMENTS), Keyword),
            (_any(vocabulary.DECLARING), Keyword.Declaration),
            (r"\bin\b", Name.Builtin.Pseudo),
            (rf"(\.)({_NAME})", bygroups(Operator, Name.Property)),
            (_any(vocabulary.STEPS), Keyword.Pseudo),
            (_any(vocabulary.CALLED_FUNCTIONS, r"(?=[ \t]*\()"), Name.Builtin),
            (_any(vocabulary.STEP_OPERATIONS), Name.Builtin),
            (_any(vocabulary.INITIALISERS), Name.Builtin),
            (rf"{_NAME}(?=[ \t]*\()", Name.Function),
            (_NAME, Name),
            (r"[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+", Number.Float),
            (r"[0-9]+", Number.Integer),
            (r'"', String.Double, "string"),
            (r"->|\.\.|\*\*|//|[=!<>]=|[-+*/%<>=.]", Operator),
            (r"[(){}\[\],:]", Punctuation),
        ],
        "blank": [
            (r"\s+", Whitespace),
            (r"#+[ \t]*netc[ \t]*:[^\n]*", Comment.Special),
            (r"#[^\n]*", Comment.Single),
        ],
        "string": [
            (r'"', String.Double, "#pop"),
            (r"\\.", String.Escape),
            (r"\{[^{}\"\n]*\}", String.Interpol),
            (r'[^"\\{\n]+|\{', String.Double),
            default("#pop"),
        ],
        "label": [
            (r'"', Name.Label, "#pop"),
            (r"\\.", String.Escape),
            (r"\{[^{}\"\n]*\}", String.Interpol),
            (r'[^"\\{\n]+|\{', Name.Label),
            default("#pop"),
        ],
        "for": [
            (r"\bin\b", Keyword, "#pop"),
            (r"[ \t]+", Whitespace),
            (_NAME, Name.Variable),
            default("#pop"),
        ],
        "use": [
            (r'"', String.Double, "string"),
            (r"[ \t]+", Whitespace),
            (r":", Punctuation),
            (
                rf"({_NAME})([ \t]*)(,)([ \t]*\n[ \t]*)?",
                bygroups(Name.Class, Whitespace, Punctuation, Whitespace),
            ),
            (_NAME, Name.Class),
            default("#pop"),
        ],
    }
