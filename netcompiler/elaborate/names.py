"""Names of steps: what may be one, and variables inside quoted ones."""

from __future__ import annotations

import re

from netcompiler import syntax
from netcompiler.diagnostics import suggest
from netcompiler.elaborate.environment import Frame
from netcompiler.elaborate.session import Session
from netcompiler.elaborate.values import UNKNOWN, kind_of
from netcompiler.source import Span

_PATH = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_LONGEST = 200
_VARIABLE = re.compile(r"\{([^{}]*)\}")

_ATTRIBUTES = """
    T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double
    dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half
    ipu load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters
    register_backward_hook register_buffer register_forward_hook register_forward_pre_hook
    register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook
    register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory state_dict to
    to_empty train training type xpu zero_grad
"""

MODULE_ATTRIBUTES = frozenset(_ATTRIBUTES.split())
"""Attributes of torch.nn.Module: torch refuses submodules of these names."""


def label_text(label: syntax.Label, frame: Frame, session: Session) -> str | None:
    """The name a label gives, its variables filled in; None when it is none, which has been reported."""
    text = fill_in(label.text, frame, label.span, session)
    return text if text is not None and is_name(text, label.span, session) else None


def fill_in(text: str, frame: Frame, span: Span, session: Session) -> str | None:
    """A quoted name, its ``{variable}`` parts filled in; None when one is unknown, which is reported."""
    if "{" not in text:
        return text
    length = len(text)
    for name in _VARIABLE.findall(text):
        if not _is_known(name, frame, span, session):
            return None
        length += len(str(frame.find(name.strip())[1]))
        session.spend(span, length // 1000)
        if length > session.limits.text:
            message = f"name has more than {session.limits.text:,} characters"
            raise session.stop(message, span, limit="text")
    return _VARIABLE.sub(lambda m: str(frame.find(m.group(1).strip())[1]), text)


def is_name(text: str, span: Span, session: Session) -> bool:
    """Whether a step, input or group can be called this; if not, it is reported."""
    if not _PATH.fullmatch(text):
        shown = text if len(text) <= 60 else text[:59] + "…"
        help = "a name has letters a to z, digits, `_` and `-`, with dots between parts"
        session.error("E219", f"`{shown}` cannot be a name", span, help=help)
        return False
    if len(text) > _LONGEST:
        session.error("E217", f"name has {len(text):,} characters, the limit is {_LONGEST}", span)
        return False
    for part in text.split("."):
        if part in MODULE_ATTRIBUTES or (part.startswith("__") and part.endswith("__")):
            message = f"`{part}` is an attribute of every torch.nn.Module, no layer can have its name"
            session.error("E219", message, span, help="choose another name")
            return False
    return True


def _is_known(name: str, frame: Frame, span: Span, session: Session) -> bool:
    """Whether a ``{variable}`` in a name has a value to put there; if not, it is reported."""
    found, value = frame.find(name.strip())
    if value is UNKNOWN:
        return False
    if found and isinstance(value, (int, str)) and not isinstance(value, bool):
        return True
    name = name.strip()
    what = kind_of(value) if found else "not defined"
    help: str | None = None
    if not name.isidentifier():
        what = "an expression"
        free = next((n for n in "jkmn" if not frame.find(n)[0]), "number")
        help = f"give it a name first: `let {free} = {name}`, then `{{{free}}}`" if name else None
    elif not found:
        help = suggest(name, frame.visible()) or f"set it before: `let {name} = …`, or `for {name} in …`"
    message = f"`{{{name}}}` in a name is a variable with a whole number or a string; this is {what}"
    session.error("E201", message, span, help=help)
    return False
