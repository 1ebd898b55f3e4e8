"""Names of steps: what may be one, and variables inside quoted ones."""

from __future__ import annotations

import re

from netcompiler import syntax
from netcompiler.elaborate.environment import Frame
from netcompiler.elaborate.session import Session
from netcompiler.elaborate.values import UNKNOWN, kind_of

_PATH = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*")
_VARIABLE = re.compile(r"\{([^{}]*)\}")

MODULE_ATTRIBUTES = frozenset(
    """
    T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double
    dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half
    ipu load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters
    register_backward_hook register_buffer register_forward_hook register_forward_pre_hook
    register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook
    register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory state_dict to
    to_empty train training type xpu zero_grad
    """.split()
)
"""Attributes of torch.nn.Module: torch refuses submodules of these names."""


def label_text(label: syntax.Label, frame: Frame, session: Session) -> str | None:
    """The name a label gives, its variables filled in; None when it is none, which has been reported."""
    text = label.text
    if label.quoted and "{" in text:
        for name in _VARIABLE.findall(text):
            found, value = frame.find(name.strip())
            if value is UNKNOWN:
                return None
            if not found or isinstance(value, bool) or not isinstance(value, (int, str)):
                what = kind_of(value) if found else "not defined"
                session.error(
                    "E201",
                    f"`{{{name}}}` in a name is a variable with a whole number or string; this is {what}",
                    label.span,
                    help="give the expression a name first: `let i = …`",
                )
                return None
        text = _VARIABLE.sub(lambda m: str(frame.find(m.group(1).strip())[1]), text)
    if not _PATH.fullmatch(text):
        session.error(
            "E219", f"`{text}` is no name", label.span, help="a name has letters, digits, `_`, dots between"
        )
        return None
    for part in text.split("."):
        if part in MODULE_ATTRIBUTES or (part.startswith("__") and part.endswith("__")):
            session.error(
                "E219", f"`{part}` is an attribute of torch.nn.Module", label.span, help="choose another name"
            )
            return None
    return text
