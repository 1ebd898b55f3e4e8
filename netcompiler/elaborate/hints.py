"""What may have been meant by a name that stands for nothing: other names of operations, and names alike."""

from __future__ import annotations

import re
from collections.abc import Callable

from netcompiler.diagnostics import Label
from netcompiler.elaborate.environment import Here

_MEANT = re.compile(r"did you mean `(.+)`\?")

_OTHER_NAMES = {
    "convolution": "conv",
    "convtranspose": "conv_transpose",
    "deconv": "conv_transpose",
    "dense": "linear",
    "fc": "linear",
    "fully_connected": "linear",
    "bn": "batchnorm",
    "batch_norm": "batchnorm",
    "ln": "layernorm",
    "layer_norm": "layernorm",
    "gn": "groupnorm",
    "group_norm": "groupnorm",
    "localresponsenorm": "lrn",
    "local_response_norm": "lrn",
    "max_pool": "maxpool",
    "avg_pool": "avgpool",
    "averagepool": "avgpool",
    "adaptiveavgpool": "adaptive_avgpool",
    "adaptive_avg_pool": "adaptive_avgpool",
    "global_avgpool": "adaptive_avgpool",
    "gap": "adaptive_avgpool",
    "swish": "silu",
    "leakyrelu": "leaky_relu",
    "cat": "concat",
    "concatenate": "concat",
    "sum": "add",
    "mul": "multiply",
    "product": "multiply",
    "view": "reshape",
    "drop_path": "stochastic_depth",
    "droppath": "stochastic_depth",
    "interpolate": "upsample",
    "mha": "attention",
    "multiheadattention": "attention",
    "sequential": "{ … }",
}


def meant(help: Callable[[], str | None], here: Here) -> tuple[Label, ...]:
    """Where the spec defines what a "did you mean" names; nothing for what the language has itself."""
    match = _MEANT.fullmatch(help() or "")
    return () if match is None else defined(match[1], here)


def defined(name: str, here: Here) -> tuple[Label, ...]:
    """Where the spec gives a block or a step its name."""
    binding = here.scope.find(name)
    if binding is not None:
        return (Label(binding.span.head, f"`{name}` is this step"),)
    block = here.frame.blocks.get(name)
    if block is None:
        return ()
    return (Label(block.definition.name.span, f"`{name}` is defined here"),)


def operation_hint(name: str) -> str | None:
    """The name an operation goes by here, for one of its other names; None for an unheard-of one."""
    plain = name.lower()
    flat = re.sub(r"_?[123]d$", "", plain)
    for candidate in (plain, flat, flat.replace("_", "")):
        if candidate in _OTHER_NAMES:
            return f"it is called `{_OTHER_NAMES[candidate]}` here"
    if flat != plain and flat:
        return f"the rank follows from the input: write `{flat}`"
    return None
