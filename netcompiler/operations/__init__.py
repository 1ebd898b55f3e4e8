"""The operations of the language, one family a file. Importing this package registers all of them."""

from netcompiler.operations import (
    activation,
    arithmetic,
    attention,
    convolution,
    dropout,
    embedding,
    linear,
    merging,
    normalization,
    pooling,
    resampling,
    shaping,
    tensors,
    transfer,
)
from netcompiler.operations.base import OPERATIONS

__all__ = [
    "OPERATIONS",
    "activation",
    "arithmetic",
    "attention",
    "convolution",
    "dropout",
    "embedding",
    "linear",
    "merging",
    "normalization",
    "pooling",
    "resampling",
    "shaping",
    "tensors",
    "transfer",
]
