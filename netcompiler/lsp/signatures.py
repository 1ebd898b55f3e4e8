"""What a call takes, while its arguments are being written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from netcompiler import syntax
from netcompiler.elaborate.functions import FUNCTIONS
from netcompiler.lsp.cursor import Cursor, cursor_at
from netcompiler.lsp.names import Index, Key
from netcompiler.lsp.project import Project
from netcompiler.lsp.reading import Reading
from netcompiler.lsp.words import argument_text, comment_above
from netcompiler.operations.base import OPERATIONS
from netcompiler.operations.initializers import INITIALIZERS


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument that a call takes.

    Attributes:
        name: its name.
        text: as the signature shows it: ``stride=1``.
        default: its default as a spec writes it; None when it must be given.
        doc: a line on it; "" where there is none.
        takes: what it accepts, in words; "" where that is not known.
        initializer: True when it takes an initialiser.
    """

    name: str
    text: str
    default: str | None
    doc: str = ""
    takes: str = ""
    initializer: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """What can be called, and with what.

    Attributes:
        name: its name.
        arguments: what it takes, in order.
        doc: what it does.
        operands: True for a merge, whose values go by position and its own arguments by name.
    """

    name: str
    arguments: tuple[Argument, ...]
    doc: str
    operands: bool = False

    @property
    def text(self) -> str:
        """``conv(out_channels, kernel_size, stride=1, …)``"""
        return f"{self.name}({', '.join(a.text for a in self.arguments)})"


def signature_at(project: Project, reading: Reading, offset: int) -> tuple[Signature, int | None] | None:
    """The signature of the call around a character, and which argument is being written."""
    cursor = cursor_at(reading, offset)
    call = cursor.call
    if call is None or cursor.comment:
        return None
    signature = signature_of(project, reading, call.callee, cursor)
    if signature is None:
        return None
    return signature, active(signature, cursor)


def active(signature: Signature, cursor: Cursor) -> int | None:
    """Which argument is being written; None for none of those in the signature."""
    call = cursor.call
    if call is None:
        return None
    if call.current is not None:
        names = [argument.name for argument in signature.arguments]
        return names.index(call.current) if call.current in names else None
    if signature.operands or call.named or call.commas >= len(signature.arguments):
        return None
    return call.commas


def signature_of(project: Project, reading: Reading, name: str, cursor: Cursor) -> Signature | None:
    """What a name that is called takes."""
    index = project.index(reading)
    key = key_of(project, reading, index, name, cursor.definition)
    if key is None:
        return None
    if key.space == "operation":
        return operation_signature(key.name)
    if key.space == "initializer":
        arguments = tuple(
            Argument(p.name, argument_text(p), _default(p.required, argument_text(p)), p.doc, p.type.expects)
            for p in INITIALIZERS[key.name]
        )
        return Signature(key.name, arguments, "an initialiser of torch.nn.init")
    if key.space == "function":
        return Signature(key.name, (), f"takes {FUNCTIONS[key.name].expects}")
    return definition_signature(project, key)


@cache
def operation_signature(name: str) -> Signature:
    """What an operation takes."""
    operation = OPERATIONS[name]
    arguments = tuple(
        Argument(
            p.name,
            argument_text(p),
            _default(p.required, argument_text(p)),
            p.doc,
            p.type.expects,
            p.name in ("init", "bias_init"),
        )
        for p in operation.parameters
    )
    return Signature(name, arguments, operation.doc, operation.merges)


def definition_signature(project: Project, key: Key) -> Signature | None:
    """What a block, a net or a function of the spec takes."""
    found = project.symbols(key)
    if not found:
        return None
    reading, symbol = found[0]
    if isinstance(symbol.node, syntax.Let):
        parameters = [(reading, p) for p in symbol.node.parameters or ()]
    else:
        parameters = [(project.reading(s.key.uri) or reading, p) for s, p in project.parameters(key)]
    arguments = []
    for where, parameter in parameters:
        place = where.stretch(parameter.span)
        text = " ".join(where.text[place.start : place.end].split())
        arguments.append(Argument(parameter.name, text, _default(parameter.default is None, text)))
    return Signature(symbol.name, tuple(arguments), comment_above(reading, symbol.whole.start))


def key_of(project: Project, reading: Reading, index: Index, name: str, definition: str) -> Key | None:
    """What a callee's name stands for inside a definition."""
    for key in (
        Key("parameter", reading.uri, definition, name),
        *(k for k, s in index.symbols.items() if k.space == "variable" and s[0].inside == definition),
        *(k for k in index.symbols if k.space == "variable" and not k.owner),
    ):
        if key.name == name and key in index.symbols:
            meant = index.means.get(key)
            if meant is not None:
                return meant
            if key.space == "variable":
                return key
    own = project.named(reading.uri, name)
    if own is not None:
        return own
    if name in OPERATIONS:
        return Key("operation", "", "", name)
    if name in INITIALIZERS:
        return Key("initializer", "", "", name)
    return Key("function", "", "", name) if name in FUNCTIONS else None


def _default(required: bool, text: str) -> str | None:
    return None if required else text.partition("=")[2].strip()
