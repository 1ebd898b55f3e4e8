"""What all processes of a pipeline must agree on before a step: one small all-reduce."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
import torch.distributed as dist
from torch import Tensor

_DTYPES = (
    torch.float32,
    torch.float64,
    torch.float16,
    torch.bfloat16,
    torch.int64,
    torch.int32,
    torch.int16,
    torch.int8,
    torch.uint8,
    torch.bool,
)


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch, as every process knows it.

    Attributes:
        size: how many samples it has.
        shapes: of the net's inputs, the batch dimension first.
        dtypes: of the net's inputs.
        mode: whether this is training, and under which autocast.
        is_news: True when some process says that what was found out about earlier batches no longer holds.
    """

    size: int
    shapes: tuple[tuple[int, ...], ...]
    dtypes: tuple[torch.dtype, ...]
    mode: tuple[bool, torch.dtype | None]
    is_news: bool = field(compare=False)


def agree(
    names: Sequence[str],
    ranks: Sequence[int],
    inputs: Sequence[Tensor] | None,
    target: Tensor | None,
    *,
    needs_target: bool,
    training: bool,
    is_news: bool,
    group: dist.ProcessGroup,
    device: torch.device,
) -> Batch:
    """Tell all processes of a pipeline what batch comes; what is wrong with it is an error on all of them.

    Args:
        names: of the net's inputs.
        ranks: how many dimensions each input has, that of the batch included.
        inputs: the net's inputs, on the process of the first stage; None elsewhere.
        target: the target, on the process of the last stage.
        needs_target: True on the process of the last stage in training.
        training: whether this process's part is in training mode.
        is_news: whether this process's part has changed since the last batch.
        group: the processes of the pipeline.
        device: of this process.

    Raises:
        ValueError: an input or the target is missing or has the wrong rank or length.
        RuntimeError: another process has found something wrong, or the processes are in different modes.
    """
    wrong = _wrong_inputs(names, ranks, inputs) if inputs is not None else None
    if wrong is None and needs_target and target is None:
        wrong = "the process of the last stage needs a target: step(…, target=…)"
    autocast = torch.get_autocast_dtype(device.type) if torch.is_autocast_enabled(device.type) else None
    mode = 1 + training + 2 * (0 if autocast is None else 1 + _DTYPES.index(autocast))
    refused = 0 if wrong is None else 1 + dist.get_rank()
    numbers = [refused, is_news, mode, -mode, len(target) if needs_target and target is not None else 0]
    for i, rank in enumerate(ranks):
        known = inputs is not None and wrong is None
        tensor = inputs[i] if inputs is not None and known else None
        numbers += [0] * (1 + rank) if tensor is None else [_DTYPES.index(tensor.dtype), *tensor.shape]
    shared = torch.tensor(numbers, device=device)
    dist.all_reduce(shared, dist.ReduceOp.MAX, group=group)
    refused, changed, highest, lowest, targets, *rest = shared.tolist()
    if wrong is not None:
        raise ValueError(wrong)
    if refused:
        raise RuntimeError(f"process {refused - 1} of this pipeline cannot use its batch, and says why")
    if highest != -lowest:
        raise RuntimeError("the processes of this pipeline differ in training mode or autocast")
    shapes, dtypes = [], []
    for rank in ranks:
        dtypes.append(_DTYPES[rest[0]])
        shapes.append(tuple(rest[1 : 1 + rank]))
        rest = rest[1 + rank :]
    sizes = {name: shape[0] for name, shape in zip(names, shapes, strict=True)}
    if targets:
        sizes["target"] = targets
    if len(set(sizes.values())) > 1:
        listed = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise ValueError(f"inputs and target have different numbers of samples: {listed}")
    return Batch(shapes[0][0], tuple(shapes), tuple(dtypes), (training, autocast), bool(changed))


def _wrong_inputs(names: Sequence[str], ranks: Sequence[int], inputs: Sequence[Tensor]) -> str | None:
    """What is wrong with the inputs on the process of the first stage."""
    if len(inputs) != len(names):
        return f"the net has {len(names)} inputs ({', '.join(names)}), and {len(inputs)} were given"
    for name, rank, tensor in zip(names, ranks, inputs, strict=True):
        if tensor.dim() != rank or not tensor.numel():
            return f"input {name} has {rank} dimensions, the batch first; given is {[*tensor.shape]}"
        if tensor.dtype not in _DTYPES:
            return f"input {name} is of a type that does not travel: {tensor.dtype}"
    return None
