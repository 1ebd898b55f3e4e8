"""The pipeline that a user holds: one process's stages, and a step of all processes together."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import DeviceMesh
from torch.distributed.pipelining import PipelineStage, Schedule1F1B, ScheduleGPipe, ScheduleInterleaved1F1B
from torch.nn.parallel import DistributedDataParallel

from netcompiler.bubble import check_schedule, idle_fraction
from netcompiler.graph import Graph
from netcompiler.stages import Passed, stages
from netcompiler.torch.communicate import CommunicationError
from netcompiler.torch.names import camel, fields
from netcompiler.torch.pipelining.batch import Batch, agree
from netcompiler.torch.pipelining.chunks import Chunks
from netcompiler.torch.pipelining.formats import Format, Formats, trace
from netcompiler.torch.pipelining.make import make_parts
from netcompiler.torch.pipelining.stage import StageModule
from netcompiler.torch.pipelining.whole import clip, gather

Loss = Callable[[Any, Tensor], Tensor]
"""The mean loss over the samples, of what the net gives and the target."""

Schedule = ScheduleGPipe | Schedule1F1B | ScheduleInterleaved1F1B
Place = DeviceMesh | dist.ProcessGroup | None

_KEPT = 4
"""For how many formats of a batch buffers are kept: in training, in evaluation, and a last, smaller batch."""


class Pipeline:
    """One process's share of a net that runs as a pipeline.

    Every process of the pipeline calls `step` and `evaluate` together.

    Attributes:
        module: this process's part of the net, with the spec's names: the generated module of its group, or
            of its groups under one roof. Its parameters are what this process's optimizer gets.
        groups: the placement groups that this process runs, in the order of the stages.
        bubble: the share of a step in which this process waits, with stages that take equally long.
        is_first: True on the process that is given the net's inputs.
        is_last: True on the process that is given the target, and has the loss and the outputs.
    """

    def __init__(
        self,
        graph: Graph,
        mesh: Place,
        *,
        schedule: str,
        microbatches: int,
        loss: Loss | None,
        device: torch.device | str | None,
    ) -> None:
        """Make this process's part of a valid net; all processes do so together.

        Args:
            graph: the net.
            mesh: the processes: a group or a mesh of one dimension is one pipeline; in a mesh of two
                dimensions each row is one, and the rows are replicas; None for all processes.
            schedule: one of `netcompiler.bubble.SCHEDULES`.
            microbatches: how many parts of equal size a batch is cut into.
            loss: the mean loss over the samples; None for a pipeline that only evaluates.
            device: where this process computes; by default the mesh's kind of device.

        Raises:
            ValueError: the groups do not come one after another, or the schedule does not fit the numbers of
                groups, processes and micro-batches.
            RuntimeError: the processes do not know of each other yet, or this one is not in the mesh.
        """
        found = stages(graph)
        self._group, self._data, self._device = _place(mesh, device)
        self._size = dist.get_world_size(self._group)
        check_schedule(schedule, len(found), self._size, microbatches)
        self._graph, self._schedule, self._microbatches, self._loss = graph, schedule, microbatches, loss
        self._count = len(found)
        self._numbers = range(dist.get_rank(self._group), self._count, self._size)
        own = [found[number] for number in self._numbers]
        self.groups = tuple(stage.group for stage in own)
        self.bubble = idle_fraction(schedule, self._count, self._size, microbatches)
        self.is_first, self.is_last = 0 in self._numbers, self._count - 1 in self._numbers
        made, self._keys = make_parts(graph, own)
        parts = [part.to(self._device) for part in made]
        self.module = parts[0] if len(parts) == 1 else Chunks(parts)
        outputs = [Passed(output.layer, output.training_only) for output in graph.outputs]
        self._stages = {
            number: StageModule(stage, part, outputs)
            for number, stage, part in zip(self._numbers, own, parts, strict=True)
        }
        self._tied: dict[int, nn.Module] = {}
        self._ready: OrderedDict[tuple[Batch, int, bool], tuple[list[Formats], Schedule]] = OrderedDict()
        self._learned: list[bool] = []

    # ---- what a user calls -------------------------------------------------------------------

    def step(self, *inputs: Tensor, target: Tensor | None = None) -> Tensor | None:
        """One batch forward and backward; gradients are added to the parameters'.

        With a mean loss they are those of the whole batch in one process, as long as no layer mixes samples:
        a batch norm sees a micro-batch at a time.

        Args:
            inputs: the net's inputs, ``[batch, …]`` each. The first stage's process needs them; others may
                give them or not.
            target: the target, ``[batch, …]``. The last stage's process needs it.

        Returns:
            The mean loss of the batch, a tensor of shape ``[]`` without a gradient, on the process of the
            last stage; None elsewhere.

        Raises:
            ValueError: the pipeline has no loss, or the batch does not fit the net, or is not divisible by
                the number of micro-batches.
            RuntimeError: another process found that, or the processes are in different modes.
            CommunicationError: another process ended, or did not answer in time.
        """
        if self._loss is None:
            raise ValueError("a pipeline that trains needs a loss: net.pipeline(…, loss=…)")
        with torch.enable_grad(), self._in_touch():
            return self._step(inputs, target)

    def _step(self, inputs: Sequence[Tensor], target: Tensor | None) -> Tensor | None:
        batch = self._agree(inputs, target, needs_target=True)
        if batch.size % self._microbatches:
            raise ValueError(
                f"a batch of {batch.size} cannot be cut into {self._microbatches} micro-batches of one size: "
                f"give {max(1, batch.size // self._microbatches) * self._microbatches} samples, or leave out "
                "a last, smaller batch"
            )
        losses: list[Tensor] = []
        schedule = self._prepare(batch, self._microbatches, inputs)
        schedule.step(
            *(self._moved(inputs) if self.is_first else ()),
            target=self._moved([target])[0] if self.is_last and target is not None else None,
            losses=losses,
            return_outputs=False,
        )
        return torch.stack([loss.detach() for loss in losses]).sum() if self.is_last else None

    def evaluate(self, *inputs: Tensor) -> Any:
        """What the net gives for a batch, in evaluation mode and without gradients.

        The batch is cut into as many equal micro-batches as can be, up to the number that training uses; any
        number of samples will do.

        Args:
            inputs: as for `step`.

        Returns:
            On the process of the last stage a tensor ``[batch, …]``, or a named tuple of them for a net with
            several outputs; None elsewhere.

        Raises:
            ValueError: the inputs do not fit the net.
            RuntimeError: another process found that.
            CommunicationError: another process ended, or did not answer in time.
        """
        with torch.no_grad(), _evaluating(self._stages.values()), self._in_touch():
            batch = self._agree(inputs, None, needs_target=False)
            moved = self._moved(inputs) if self.is_first else []
            if self._size == 1:
                # torch's schedule for several stages of one process cannot do without the way back.
                outputs = self._run_alone(moved)
            else:
                outputs = self._prepare(batch, self._most_microbatches(batch.size), inputs).step(*moved)
            return self._result(outputs) if self.is_last else None

    # ---- the whole net -----------------------------------------------------------------------

    def gather_state_dict(self) -> dict[str, Tensor]:
        """The whole net's state dict under the spec's names, in one process's order; all processes call this.

        Returns:
            On the first process of the pipeline the state, on the CPU; elsewhere nothing.
        """
        with self._in_touch():
            found = gather(self.module.state_dict(), self._group, self._device)
        return {key: found[key] for key in self._keys if key in found}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Load this process's part of the whole net's state dict; nothing travels.

        Raises:
            RuntimeError: keys of the net are missing, or there are others, or a shape is wrong.
        """
        known = set(self._keys)
        missing = [key for key in self._keys if key not in state]
        unknown = [key for key in state if key not in known]
        for what, wrong in (("misses", missing), ("has the unknown", unknown)):
            if wrong:
                raise RuntimeError(f"this is no state of {self._graph.name}: it {what} {', '.join(wrong)}")
        self.module.load_state_dict({key: state[key] for key in self.module.state_dict()})

    def clip_grad_norm_(self, max_norm: float, norm_type: float = 2.0) -> Tensor:
        """``torch.nn.utils.clip_grad_norm_`` over the whole net; all processes call this.

        Returns:
            The norm before, a tensor of shape ``[]``; the same on every process.
        """
        with self._in_touch():
            return clip(self.module.parameters(), max_norm, norm_type, self._group, self._device)

    @contextmanager
    def _in_touch(self) -> Iterator[None]:
        """Words for the loss of another process.

        Raises:
            CommunicationError: another process ended, or did not answer in time.
        """
        try:
            yield
        except RuntimeError as error:
            # gloo has no class of errors of its own; they name the file of its sources.
            if not isinstance(error, dist.DistError) and "gloo" not in str(error):
                raise
            reason = str(error).partition("This is typically")[0].strip()
            who = f"rank {dist.get_rank()} ({', '.join(self.groups)})"
            ranks = ", ".join(map(str, dist.get_process_group_ranks(self._group)))
            message = f"{who} lost touch with its pipeline of ranks {ranks}: {reason}"
            raise CommunicationError(message) from error

    # ---- a batch -----------------------------------------------------------------------------

    def _agree(self, inputs: Sequence[Tensor], target: Tensor | None, *, needs_target: bool) -> Batch:
        layers = [self._graph.layer(id) for id in self._graph.inputs]
        learned = [p.requires_grad for stage in self._stages.values() for p in stage.parameters()]
        is_news, self._learned = learned != self._learned, learned
        return agree(
            [layer.name for layer in layers],
            [1 + len(layer.output) for layer in layers],
            inputs if self.is_first else None,
            target,
            needs_target=needs_target and self.is_last,
            training=next(iter(self._stages.values())).part.training,
            is_news=is_news,
            group=self._group,
            device=self._device,
        )

    def _most_microbatches(self, size: int) -> int:
        """The largest number of equal micro-batches of a batch that the schedule takes forward."""
        schedule = "gpipe" if self._count == self._size else self._schedule
        for count in range(min(self._microbatches, size), 1, -1):
            rounds = max(1, count // self._size)
            if size % count == 0 and (schedule == "gpipe" or count % rounds == 0):
                return count
        return 1

    def _run_alone(self, values: Sequence[Tensor]) -> Sequence[Tensor]:
        """All stages one after the other, where one process has them all."""
        arrives: tuple[bool, ...] = ()
        for module in self._stages.values():
            module.expect(arrives)
            values = module(*values)
            arrives = module.leaves or ()
        return values

    def _moved(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        return [tensor.to(self._device, non_blocking=True) for tensor in tensors]

    def _result(self, outputs: Sequence[Tensor]) -> Any:
        """What the net gives, as in one process: a tensor, or a named tuple."""
        if len(outputs) == 1:
            return outputs[0]
        training = len(outputs) == len(self._graph.outputs)
        given = [output for output in self._graph.outputs if training or not output.training_only]
        return namedtuple(f"{camel(self._graph.name, 'Net')}Output", fields(o.name for o in given))(*outputs)

    # ---- torch's schedule --------------------------------------------------------------------

    def _prepare(self, batch: Batch, count: int, inputs: Sequence[Tensor]) -> Schedule:
        """The schedule for batches of this format, with its buffers; all processes trace a new format."""
        if batch.is_news:
            self._ready.clear()
        key = batch, count, torch.is_grad_enabled()
        if key not in self._ready:
            formats = self._trace(count, inputs)
            self._ready[key] = formats, self._make_schedule(count, formats)
            if len(self._ready) > _KEPT:
                self._ready.popitem(last=False)
        self._ready.move_to_end(key)
        formats, schedule = self._ready[key]
        for number, module in self._stages.items():
            arrives, leaves = ([f.channels_last for f in some] for some in formats[number : number + 2])
            module.expect(arrives, leaves)
        return schedule

    def _trace(self, count: int, inputs: Sequence[Tensor]) -> list[Formats]:
        chunks = [tensor.chunk(count)[0] for tensor in inputs] if self.is_first else []
        formats = tuple(Format.of(tensor) for tensor in chunks)
        return trace(self._stages, self._count, formats, self._group, self._device)

    def _make_schedule(self, count: int, formats: Sequence[Formats]) -> Schedule:
        training = torch.is_grad_enabled()
        modules = self._replicas() if training else self._stages
        own = [
            PipelineStage(
                modules[number],
                number,
                self._count,
                self._device,
                input_args=tuple(format.empty() for format in formats[number]),
                output_args=tuple(format.empty() for format in formats[number + 1]),
                group=self._group,
            )
            for number in self._numbers
        ]
        loss = self._share(count) if training else None
        if self._schedule == "interleaved":
            return ScheduleInterleaved1F1B([*own], count, loss_fn=loss, scale_grads=False)
        schedule = Schedule1F1B if self._schedule == "1f1b" and training else ScheduleGPipe
        return schedule(own[0], count, loss_fn=loss, scale_grads=False)

    def _replicas(self) -> Mapping[int, nn.Module]:
        """The stages, each among its replicas.

        They are tied when they are first trained: DDP averages wrongly, and says nothing, where a weight's
        layout in memory changes after that.
        """
        if not self._tied:
            self._tied = {number: _replica(stage, self._data) for number, stage in self._stages.items()}
        return self._tied

    def _share(self, count: int) -> Callable[[Sequence[Tensor], Tensor], Tensor]:
        """The share that a micro-batch has in the batch's mean loss.

        torch can divide the gradients afterwards instead, but then divides those of earlier steps again.
        """
        loss = self._loss
        assert loss is not None
        return lambda outputs, target: loss(self._result(outputs), target) / count


def _place(mesh: Place, device: torch.device | str | None) -> tuple[dist.ProcessGroup, Any, torch.device]:
    """The processes of this process's pipeline, those of its replicas if there are any, and its device."""
    if not dist.is_initialized():
        raise RuntimeError(
            "the processes of a pipeline do not know of each other yet: start them with torchrun, and call "
            "torch.distributed.init_process_group() in each"
        )
    if isinstance(mesh, DeviceMesh):
        if mesh.ndim > 2:
            raise ValueError(
                f"a pipeline's mesh has one dimension, or two, replicas and stages; not {mesh.ndim}"
            )
        if mesh.get_coordinate() is None:
            raise RuntimeError(f"process {dist.get_rank()} is not in the mesh {mesh}")
        kind = mesh.device_type
        group, data = mesh.get_group(mesh.ndim - 1), mesh.get_group(0) if mesh.ndim == 2 else None
    else:
        world = dist.group.WORLD
        assert world is not None
        group, data = mesh or world, None
        kind = "cuda" if dist.get_backend(group) == "nccl" else "cpu"
    if device is None:
        device = torch.device(kind, torch.cuda.current_device()) if kind == "cuda" else torch.device(kind)
    return group, data, torch.device(device)


def _replica(module: nn.Module, data: dist.ProcessGroup | None) -> nn.Module:
    """A stage among its replicas, whose gradients are averaged at the end of a step."""
    alone = data is None or dist.get_world_size(data) == 1
    if alone or not any(parameter.requires_grad for parameter in module.parameters()):
        return module
    return DistributedDataParallel(module, process_group=data)


@contextmanager
def _evaluating(modules: Iterable[nn.Module]) -> Iterator[None]:
    """Evaluation mode for a while; then every submodule is as it was."""
    before = [(module, module.training) for outer in modules for module in outer.modules()]
    for module, _ in before:
        module.training = False
    try:
        yield
    finally:
        for module, training in before:
            module.training = training
