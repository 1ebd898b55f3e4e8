"""Names of the spec as Python identifiers: which can be used as they are, and what stands for the others."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from functools import lru_cache

MODULE_ATTRIBUTES = frozenset(
    [
        "T_destination",
        "add_module",
        "apply",
        "bfloat16",
        "buffers",
        "call_super_init",
        "children",
        "compile",
        "cpu",
        "cuda",
        "double",
        "dump_patches",
        "eval",
        "extra_repr",
        "float",
        "forward",
        "get_buffer",
        "get_extra_state",
        "get_parameter",
        "get_submodule",
        "half",
        "ipu",
        "load_state_dict",
        "modules",
        "mtia",
        "named_buffers",
        "named_children",
        "named_modules",
        "named_parameters",
        "parameters",
        "register_backward_hook",
        "register_buffer",
        "register_forward_hook",
        "register_forward_pre_hook",
        "register_full_backward_hook",
        "register_full_backward_pre_hook",
        "register_load_state_dict_post_hook",
        "register_load_state_dict_pre_hook",
        "register_module",
        "register_parameter",
        "register_state_dict_post_hook",
        "register_state_dict_pre_hook",
        "requires_grad_",
        "set_extra_state",
        "set_submodule",
        "share_memory",
        "state_dict",
        "to",
        "to_empty",
        "train",
        "training",
        "type",
        "xpu",
        "zero_grad",
    ]
)
"""Public attributes of torch.nn.Module. A child of such a name would hide the attribute, or be refused."""

SEQUENTIAL_ATTRIBUTES = MODULE_ATTRIBUTES | {"append", "extend", "insert", "pop"}
"""Public attributes of torch.nn.Sequential."""

GLOBALS = frozenset({"torch", "nn", "Tensor", "NamedTuple", "Mapping", "OrderedDict", "self"})
"""Names with a meaning in every generated file."""

_BUILTINS = frozenset(
    {"getattr", "isinstance", "property", "range", "str", "super", "int", "float", "bool", "tuple"}
)
_LONGEST = 40


@lru_cache(maxsize=4096)
def is_plain(name: str) -> bool:
    """True for a name that can stand after ``self.`` and reaches the state dict unchanged.

    Python folds other alphabets' letters to a normal form and mangles leading underscores.
    """
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")


@lru_cache(maxsize=4096)
def identifier(text: str, otherwise: str) -> str:
    """A safe name for a variable that reads like ``text``; ``otherwise`` when nothing of it is left."""
    name = re.sub(r"[^0-9a-zA-Z_]+", "_", text).strip("_")[:_LONGEST].rstrip("_")
    if not name or name[0].isdigit():
        return otherwise
    return name + "_" if keyword.iskeyword(name) or name in GLOBALS or name in _BUILTINS else name


def camel(text: str, otherwise: str) -> str:
    """A class name that reads like ``text``: ``inverted_residual`` becomes ``InvertedResidual``."""
    words = re.split(r"[^0-9a-zA-Z]+", text)
    name = identifier("".join(w[:1].upper() + w[1:] for w in words), otherwise)
    return name[0].upper() + name[1:]


def unique(name: str, taken: Iterable[str]) -> str:
    """``name``, or ``name2``, ``name3`` … when it is taken."""
    taken = taken if isinstance(taken, (set, frozenset, dict)) else set(taken)
    if name not in taken:
        return name
    stem = name + "_" if name[-1].isdigit() else name
    number = 2
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def fields(names: Iterable[str]) -> list[str]:
    """The fields of a named tuple for outputs of these names."""
    chosen: list[str] = []
    for number, name in enumerate(names, 1):
        chosen.append(unique(identifier(name, f"output{number}"), {*chosen, *GLOBALS}))
    return chosen
