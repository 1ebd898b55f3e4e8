"""What may have been meant by a name that stands for nothing: other names of operations, and names alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from netcompiler.diagnostics import Label, suggest
from netcompiler.elaborate.environment import Here
from netcompiler.operations.base import OPERATIONS

_MEANT = re.compile(r"did you mean `(.+)`\?")

_RANK = re.compile(r"_?([123])d$")

_OTHER_NAMES = {
    "convolution": "conv",
    "convtranspose": "conv_transpose",
    "deconv": "conv_transpose",
    "dense": "linear",
    "fc": "linear",
    "fullyconnected": "linear",
    "bn": "batchnorm",
    "syncbatchnorm": "batchnorm",
    "ln": "layernorm",
    "gn": "groupnorm",
    "localresponsenorm": "lrn",
    "crossmaplrn": "lrn",
    "averagepool": "avgpool",
    "swish": "silu",
    "cat": "concat",
    "concatenate": "concat",
    "mul": "multiply",
    "product": "multiply",
    "view": "reshape",
    "droppath": "stochastic_depth",
    "dropout1d": "channel_dropout",
    "dropout2d": "channel_dropout",
    "dropout3d": "channel_dropout",
    "spatialdropout": "channel_dropout",
    "interpolate": "upsample",
    "mha": "attention",
    "multiheadattention": "attention",
}
"""Operations with the same arguments under another name, in small letters without ``_``."""

_OTHER_FORMS = {
    "gap": "adaptive_avgpool(1)",
    "globalavgpool": "adaptive_avgpool(1)",
    "globalaveragepool": "adaptive_avgpool(1)",
    "globalmaxpool": "adaptive_maxpool(1)",
    "layernorm1d": "layernorm(channels_first=true)",
    "layernorm2d": "layernorm(channels_first=true)",
    "layernorm3d": "layernorm(channels_first=true)",
    "softmax2d": "softmax(dim=1)",
    "unflatten": "reshape([16, 8, 8])",
    "upsamplingnearest": "upsample(scale_factor=2)",
    "upsamplingbilinear": 'upsample(scale_factor=2, mode="bilinear", align_corners=true)',
}
"""What other libraries' names come to that have arguments of their own here."""

_PADS = {
    "constantpad": "",
    "zeropad": "",
    "reflectionpad": ', mode="reflect"',
    "replicationpad": ', mode="replicate"',
    "circularpad": ', mode="circular"',
}
"""torch.nn's pads: what ``pad`` is given after its numbers."""

_SENTENCES = {
    "sum": "`add(a)` adds values; `mean` is the mean over dimensions",
    "sequential": "steps stand one after the other: `{ conv(8, 3) -> relu }`",
}
"""What to say of names that no one operation stands for."""

_UNLIKE = frozenset({"bilinear", "embeddingbag", "parameterdict", "parameterlist"})
"""Names of torch.nn that look like those of operations here, and are none of them."""


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
    """What an operation is here, for one of its other names; None for an unheard-of one."""
    plain = name.lower().replace("_", "")
    rank = _RANK.search(plain)
    flat = _RANK.sub("", plain).removeprefix("lazy")
    for candidate in dict.fromkeys((plain, flat)):
        found = _form(candidate, int(rank[1]) if rank else 2)
        if found is not None:
            return found
        called = _OTHER_NAMES.get(candidate) or _squeezed().get(candidate)
        if called == name.lower():
            return None  # nothing but capital letters
        if called is not None and called == flat and rank is not None:
            return f"the rank follows from the input: write `{called}`"
        if called is not None:
            return f"it is called `{called}` here"
    return None


def alike(name: str, known: Iterable[str]) -> str | None:
    """A ``did you mean`` for an operation's name, unless another operation is known by it elsewhere."""
    return None if name.lower() in _UNLIKE else suggest(name, known)


def _form(candidate: str, rank: int) -> str | None:
    """The sentence for a name that stands for more than another name."""
    form = _OTHER_FORMS.get(candidate)
    if form is None and candidate in _PADS:
        # One number at both ends of each dimension, as an example.
        form = f"pad([{', '.join(['1'] * (2 * rank))}]{_PADS[candidate]})"
    return _SENTENCES.get(candidate) if form is None else f"here it is `{form}`"


@cache
def _squeezed() -> dict[str, str]:
    """The operations by their names without ``_``: `LeakyReLU` is `leaky_relu`."""
    return {name.replace("_", ""): name for name in OPERATIONS}
