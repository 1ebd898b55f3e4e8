"""Write what colours specs in editors: ``python docs/make_editors.py``.

The words are the language's own (`netcompiler.vocabulary`): after a new operation this is run again, and
nothing is edited by hand. It writes the TextMate grammar (VS Code, JetBrains) and the syntax file of Vim and
Neovim.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from netcompiler import vocabulary

EDITORS = Path(__file__).with_name("editors")
GRAMMAR = EDITORS / "vscode" / "syntaxes" / "netc.tmLanguage.json"
VIM = EDITORS / "neovim" / "syntax" / "net.vim"

_NAME = "[A-Za-z_][A-Za-z0-9_]*"
_SCOPE = "source.netc"


def grammar() -> str:
    """The TextMate grammar."""
    written = {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "comment": "Written by docs/make_editors.py; do not edit.",
        "name": "netcompiler spec",
        "scopeName": _SCOPE,
        "fileTypes": ["net"],
        "patterns": [{"include": f"#{name}"} for name in _REPOSITORY],
        "repository": {name: {"patterns": patterns} for name, patterns in _REPOSITORY.items()}
        | {"inside string": {"patterns": _INSIDE_STRING}},
    }
    return json.dumps(written, indent=2, ensure_ascii=False) + "\n"


def vim() -> str:
    """The syntax file of Vim and Neovim."""
    return "\n".join(_vim_lines()) + "\n"


FILES = {GRAMMAR: grammar, VIM: vim}
"""The files, and what writes each."""


# ---- TextMate ------------------------------------------------------------------------------------


def _words(names: Iterable[str]) -> str:
    return rf"\b(?:{'|'.join(names)})\b"


def _match(pattern: str, *captures: str | None, name: str | None = None) -> dict[str, Any]:
    """A pattern, and the scope of the whole match or of each of its groups."""
    rule: dict[str, Any] = {"match": pattern}
    if name is not None:
        rule["name"] = f"{name}.netc"
    scopes = {str(n): {"name": f"{scope}.netc"} for n, scope in enumerate(captures, 1) if scope}
    return rule | ({"captures": scopes} if scopes else {})


_INSIDE_STRING = [
    _match(r"\\.", name="constant.character.escape"),
    _match(r"(\{)([^{}\"]*)(\})", None, "variable.other", name="meta.template.expression"),
]


def _string(begin: str, scope: str) -> dict[str, Any]:
    """A quoted text, which ends on its line."""
    return {
        "name": f"{scope}.netc",
        "begin": begin,
        "end": r'"|(?=$)',
        "patterns": [{"include": "#inside string"}],
    }


# The order is the order of trying: what stands before a colon or `=` is a name, whichever word it is.
_REPOSITORY: dict[str, list[dict[str, Any]]] = {
    "comments": [
        _match(
            r"(#+)[ \t]*(netc[ \t]*:[ \t]*ignore(?:-file)?)\b(.*)$",
            "punctuation.definition.comment",
            "keyword.other.directive",
            name="comment.line.number-sign",
        ),
        _match(r"(#).*$", "punctuation.definition.comment", name="comment.line.number-sign"),
    ],
    "labels": [
        _match(rf"\b({_NAME})\s*(:)", "entity.name.tag.label", "punctuation.separator.label"),
        _string(r'"(?=(?:[^"\\]|\\.)*"\s*:)', "entity.name.tag.label.quoted"),
    ],
    "definitions": [
        {
            "begin": r'\b(use)\s+("(?:[^"\\]|\\.)*")\s*(:)',
            "end": "$|(?=#)",
            "beginCaptures": {
                "1": {"name": "keyword.control.import.netc"},
                "2": {"name": "string.quoted.double.netc"},
                "3": {"name": "punctuation.separator.netc"},
            },
            "patterns": [_match(_NAME, name="entity.name.type")],
        },
        _match(
            rf"\b({'|'.join(vocabulary.DEFINING)})\s+({_NAME})", "storage.type", "entity.name.type.definition"
        ),
        _match(rf"\b(let)\s+({_NAME})(?=\s*\()", "storage.type", "entity.name.function"),
        _match(rf"\b(let)\s+({_NAME})", "storage.type", "variable.other.constant"),
        _match(rf"\b(for)\s+({_NAME})\s+(in)\b", "keyword.control", "variable.other", "keyword.control"),
        _match(rf"\b(input|output)\s+({_NAME})", "storage.modifier", "variable.other"),
    ],
    "arguments": [_match(rf"\b({_NAME})\s*(=)(?!=)", "variable.parameter", "keyword.operator.assignment")],
    "words": [
        _match(_words(vocabulary.CONSTANTS), name="constant.language"),
        _match(_words(vocabulary.OPERATORS), name="keyword.operator.word"),
        _match(_words(vocabulary.STATEMENTS), name="keyword.control"),
        _match(_words((*vocabulary.DECLARING, *vocabulary.DEFINING)), name="storage.modifier"),
        _match(r"\bin\b", name="variable.language"),
        _match(_words(vocabulary.STEPS), name="keyword.other.step"),
    ],
    "members": [_match(rf"(\.)({_NAME})", "punctuation.accessor", "variable.other.member")],
    "operations": [
        _match(_words(vocabulary.CALLED_FUNCTIONS) + r"(?=\s*\()", name="support.function.builtin"),
        _match(_words(vocabulary.STEP_OPERATIONS), name="support.function.operation"),
        _match(_words(vocabulary.INITIALISERS), name="support.function.initializer"),
        _match(rf"\b({_NAME})(?=\s*\()", "entity.name.function"),
    ],
    "values": [
        _match(r"\b[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\b", name="constant.numeric"),
        _string('"', "string.quoted.double"),
    ],
    "operators": [
        _match(r"->", name="keyword.operator.arrow"),
        _match(r"==|!=|<=|>=|<|>", name="keyword.operator.comparison"),
        _match(r"\.\.", name="keyword.operator.range"),
        _match(r"\*\*|//|[-+*/%]", name="keyword.operator.arithmetic"),
    ],
}


# ---- Vim -----------------------------------------------------------------------------------------

_VIM_WORDS = {
    "netcConstant": vocabulary.CONSTANTS,
    "netcOperatorWord": vocabulary.OPERATORS,
    "netcStatement": (*vocabulary.STATEMENTS, "in"),
    "netcDeclaration": (*vocabulary.DEFINING, *vocabulary.DECLARING),
    "netcStep": vocabulary.STEPS,
    "netcOperation": (*vocabulary.STEP_OPERATIONS, *vocabulary.INITIALISERS),
}

_VIM_LINKS = {
    "netcComment": "Comment",
    "netcDirective": "SpecialComment",
    "netcConstant": "Boolean",
    "netcOperatorWord": "Operator",
    "netcStatement": "Conditional",
    "netcDeclaration": "Keyword",
    "netcStep": "Special",
    "netcOperation": "Function",
    "netcFunction": "Function",
    "netcDefined": "Type",
    "netcLabel": "Label",
    "netcArgument": "Identifier",
    "netcNumber": "Number",
    "netcString": "String",
    "netcInserted": "Special",
    "netcArrow": "Operator",
}


def _vim_lines() -> list[str]:
    lines = [
        '" The colours of specs; written by docs/make_editors.py, do not edit.',
        'if exists("b:current_syntax")',
        "  finish",
        "endif",
        "",
        "syntax case match",
    ]
    # Of matches that begin at one place the last counts; Vim's own keywords would come before all of them,
    # and a label may be any word.
    lines += [rf"syntax match {group} /\v<({'|'.join(names)})>/" for group, names in _VIM_WORDS.items()]
    functions = "|".join(vocabulary.CALLED_FUNCTIONS)
    lines += [
        rf"syntax match netcFunction /\v<({functions})>\ze\s*\(/",
        r"syntax match netcDefined /\v(<(net|block)\s+)@<=\h\w*/",
        r"syntax match netcLabel /\v<\h\w*\ze\s*:/",
        r"syntax match netcArgument /\v<\h\w*\ze\s*\=(\=)@!/",
        r"syntax match netcNumber /\v<\d+(\.\d+)?([eE][+-]?\d+)?>/",
        r"syntax match netcArrow /->/",
        r'syntax region netcString start=/"/ skip=/\\./ end=/"/ oneline contains=netcInserted',
        r'syntax match netcInserted /{[^{}"]*}/ contained',
        "syntax match netcComment /#.*$/ contains=netcDirective,@Spell",
        r"syntax match netcDirective /\v(#+\s*)@<=netc\s*:.*$/ contained",
        "",
    ]
    lines += [f"highlight default link {group} {target}" for group, target in _VIM_LINKS.items()]
    return [*lines, "", 'let b:current_syntax = "net"']


def main() -> None:
    """Write all files."""
    for path, text in FILES.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
