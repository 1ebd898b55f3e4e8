"""What the process of one placement group says to those of the others, on torch.distributed.

A forward pass begins with `Communicator.begin` and then makes each message where the net has it. Every
process makes its messages in one order, that of `partition`; a small tensor goes through all of them, so that
autograd must take them in exactly the reverse order going back, and leaves none out.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import Tensor, distributed
from torch.distributed.device_mesh import DeviceMesh

from netcompiler.torch.circle import Circle
from netcompiler.torch.wire import HEADER, Format


class CommunicationError(RuntimeError):
    """The process of another placement group ended, or does not answer."""


@dataclass(slots=True)
class Sent:
    """What a process has sent since it began, in bytes: headers and checks of a first pass left out.

    An exchange counts once for each group that gets the value, and so does what the net gives.
    """

    forward: int = 0
    backward: int = 0


@contextmanager
def touch(own: str, others: str) -> Iterator[None]:
    """Words for what goes wrong within, when ``own`` talks to ``others``.

    Raises:
        CommunicationError: another process ended, or did not answer in time.
    """
    try:
        yield
    except RuntimeError as error:
        reason = str(error).partition("This is typically")[0].strip()
        raise CommunicationError(f"{own} lost touch with {others}: {reason}") from error


_Method = TypeVar("_Method", bound=Callable[..., Any])


def _as_it_is(method: _Method) -> _Method:
    """torch.compile breaks its graph at a message: it compiles what stands between messages."""
    uncompiled: _Method = torch.compiler.disable(method)  # type: ignore[no-untyped-call]
    return uncompiled


class Communicator:
    """One process's way to the processes of the other placement groups.

    Attributes:
        group: the placement group of this process.
        device: where its tensors are.
        mesh: the processes: dimension ``placement``, and perhaps others.
        keys: of the whole net's state dict, in order.
        sent: what has been sent so far.
    """

    def __init__(
        self,
        group: str,
        groups: tuple[str, ...],
        circles: Mapping[tuple[str, ...], Circle],
        mesh: DeviceMesh,
        device: torch.device,
        keys: Sequence[str],
    ) -> None:
        self.group = group
        self.device = device
        self.mesh = mesh
        self.keys = tuple(keys)
        self.sent = Sent()
        self._circles = circles
        self._all = circles[groups]
        ranks = distributed.get_process_group_ranks(self._all.process_group)
        self._rank_of = dict(zip(groups, ranks, strict=True))
        self._formats: dict[object, dict[int, Format]] = {}
        self._going: dict[str, tuple[distributed.Work, Tensor]] = {}

    def __deepcopy__(self, memo: object) -> Communicator:
        """A copy of the module talks to the same processes: a moving average of weights, for example."""
        return self

    @_as_it_is
    def begin(self, *inputs: Tensor, training: bool = False) -> Pass:
        """Begin a forward pass on these inputs, the same ones on the processes of all groups.

        The first pass for inputs of a shape makes sure of that, and tells the others what to receive.

        Raises:
            ValueError: the processes have different inputs, or an input wants a gradient.
            CommunicationError: another process is lost.
        """
        if torch.is_grad_enabled() and any(value.requires_grad for value in inputs):
            raise ValueError("an input wants a gradient, which groups in several processes do not give")
        kind = self.device.type
        autocast = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else None
        key = (tuple((value.dtype, value.shape) for value in inputs), training, autocast)
        if key not in self._formats:
            self._compare(inputs, training=training)
        return Pass(self, self._formats.setdefault(key, {}))

    def _compare(self, inputs: Sequence[Tensor], *, training: bool) -> None:
        """Make sure that all processes have the same inputs, and are all in training or none."""
        own = [int(training)]
        for value in inputs:
            own.append(zlib.crc32(f"{value.dtype}{tuple(value.shape)}".encode()))
            own.append(int(value.detach().double().sum().view(torch.int64)))
        mine = torch.tensor(own, device=self.device)
        for group, theirs in self.gather(mine, self._all).items():
            if theirs[0] != mine[0]:
                raise ValueError(f"group {group} is in another mode: call train() or eval() on all processes")
            if not torch.equal(theirs, mine):
                message = f"groups {self.group} and {group} have different inputs"
                help = "the processes of one replica take the same samples: give them one sampler's share"
                raise ValueError(f"{message}: {help}")

    # ---- what goes over the wire -------------------------------------------------------------

    def put(self, piece: Tensor, to: str) -> None:
        """Send a contiguous tensor on its way, once the one before has arrived there."""
        self.settle(to)
        with self.talking([to]):
            work = distributed.isend(piece, self._rank_of[to], group=self._all.process_group)
        assert work is not None
        self._going[to] = work, piece

    def settle(self, *groups: str) -> None:
        """Wait for what is on its way to some groups, or to any."""
        for to in groups or tuple(self._going):
            work, _ = self._going.pop(to, (None, None))
            if work is not None:
                with self.talking([to]):
                    work.wait()

    def take(self, piece: Tensor, source: str) -> None:
        """Receive into a contiguous tensor."""
        with self.talking([source]):
            work = distributed.irecv(piece, self._rank_of[source], group=self._all.process_group)
            assert work is not None
            work.wait()

    def circle(self, groups: tuple[str, ...]) -> Circle:
        """The processes of several groups, which exchange something."""
        return self._circles[groups]

    def gather(self, piece: Tensor, circle: Circle) -> dict[str, Tensor]:
        """The tensors of the others in a circle."""
        with self.talking(circle.others):
            return circle.gather(piece)

    def scatter(self, pieces: Mapping[str, Tensor], circle: Circle) -> Tensor:
        """The sum of what the others in a circle have for this group."""
        with self.talking(circle.others):
            return circle.scatter(pieces)

    def spread(self, piece: Tensor, source: str) -> None:
        """Send a contiguous tensor of one group to all, which receive into theirs."""
        with self.talking(self._all.others if source == self.group else [source]):
            distributed.broadcast(piece, self._rank_of[source], group=self._all.process_group)

    def talking(self, others: Iterable[str]) -> AbstractContextManager[None]:
        """Words for what goes wrong within.

        Raises:
            CommunicationError: another process ended, or did not answer in time.
        """
        names = [f"{name} (rank {self._rank_of[name]})" for name in others]
        return touch(f"group {self.group} (rank {self._rank_of[self.group]})", " or ".join(names))

    @property
    def others(self) -> tuple[str, ...]:
        """The other groups."""
        return self._all.others


class Pass:
    """The messages of one forward pass, and of the backward pass that follows it."""

    def __init__(self, communicator: Communicator, formats: dict[int, Format]) -> None:
        self._communicator = communicator
        self._formats = formats
        self._number = 0
        # On the device of the work, so that autograd runs all that there is to say in one thread.
        grows = torch.is_grad_enabled() and not torch.is_inference_mode_enabled()
        start = torch.zeros((), device=communicator.device, requires_grad=grows)
        self._token = _Start.run(start, communicator)

    @_as_it_is
    def send(self, value: Tensor, to: str, *, gradient: bool = True) -> None:
        """Send a value to another group; its gradient comes back."""
        link = self._link((to,), gradient=gradient)
        self._token = _Send.run(self._token, value, link)

    @_as_it_is
    def receive(self, source: str, *, gradient: bool = True) -> Tensor:
        """A value of another group; its gradient goes back."""
        value: Tensor
        self._token, value = _Receive.run(self._token, self._link((source,), gradient=gradient))
        return value

    @_as_it_is
    def exchange(self, value: Tensor, *columns: str, gradient: bool = True) -> Any:
        """The values of the other columns, in order, for this one's: a tensor, or a tuple of several."""
        self._token, *others = _Exchange.run(self._token, value, self._link(columns, gradient=gradient))
        return others[0] if len(others) == 1 else tuple(others)

    @_as_it_is
    def output(self, value: Tensor | None, source: str) -> Tensor:
        """What the net gives, from the group that has it to all.

        The loss that each group computes of it is one and the same: its gradient counts once, where the value
        came from.
        """
        given: Tensor
        self._token, given = _Output.run(self._token, value, self._link((source,), gradient=True))
        return given

    def _link(self, groups: tuple[str, ...], *, gradient: bool) -> _Link:
        self._number += 1
        return _Link(self._communicator, self._formats, self._number, groups, gradient)


@dataclass(frozen=True, slots=True)
class _Link:
    """One message: who says it to whom, and in what format.

    Attributes:
        number: of the message in its pass; a later pass on such inputs has the same format there.
        groups: the other group, the columns, or the group that a value comes from.
        gradient: whether one goes the other way.
    """

    communicator: Communicator
    formats: dict[int, Format]
    number: int
    groups: tuple[str, ...]
    gradient: bool

    def format_of(self, value: Tensor) -> Format:
        """The format to send a value in: that which the receivers know.

        Raises:
            ValueError: it is not what an earlier pass on such inputs has sent.
        """
        known = self.formats.setdefault(self.number, Format.of(value))
        if (known.dtype, known.shape) != (value.dtype, tuple(value.shape)):
            message = (
                f"a {value.dtype} of shape {tuple(value.shape)} is to be sent, where the passes before sent"
            )
            raise ValueError(
                f"{message} a {known.dtype} of shape {known.shape}: the other groups expect that"
            )
        return known

    @property
    def is_new(self) -> bool:
        """True when the receivers do not know the format."""
        return self.number not in self.formats

    def heard(self, header: Tensor) -> Format:
        """Note the format that a header tells."""
        self.formats[self.number] = Format.read(header)
        return self.formats[self.number]

    def blank(self) -> Tensor:
        """A header to receive."""
        return torch.empty(HEADER, dtype=torch.int64, device=self.communicator.device)


class _Function(torch.autograd.Function):
    """A function of torch's, which says nothing of what `apply` gives."""

    @classmethod
    def run(cls, *args: object) -> Any:
        return cls.apply(*args)  # type: ignore[no-untyped-call]


class _Start(_Function):
    """The beginning of a pass, and so the end of the way back."""

    @staticmethod
    def forward(ctx: Any, token: Tensor, talk: Communicator) -> Tensor:
        ctx.talk = talk
        return token.clone()

    @staticmethod
    def backward(ctx: Any, _: Tensor) -> tuple[Tensor | None, ...]:
        ctx.talk.settle()
        return None, None


class _Send(_Function):
    """A value to another group; back comes its gradient."""

    @staticmethod
    def forward(ctx: Any, token: Tensor, value: Tensor, link: _Link) -> Tensor:
        talk, to = link.communicator, link.groups[0]
        if link.is_new:
            talk.put(Format.of(value).header().to(talk.device), to)
        ctx.link, ctx.format = link, link.format_of(value)
        piece = ctx.format.wire(value)
        talk.put(piece, to)
        talk.sent.forward += piece.nbytes
        return token.clone()

    @staticmethod
    def backward(ctx: Any, token: Tensor) -> tuple[Tensor | None, ...]:
        link: _Link = ctx.link
        if not link.gradient:
            return token, None, None
        gradient = ctx.format.empty(link.communicator.device)
        link.communicator.take(ctx.format.wire(gradient), link.groups[0])
        return token, gradient, None


class _Receive(_Function):
    """A value from another group; back goes its gradient."""

    @staticmethod
    def forward(ctx: Any, token: Tensor, link: _Link) -> tuple[Tensor, Tensor]:
        talk, source = link.communicator, link.groups[0]
        if link.is_new:
            header = link.blank()
            talk.take(header, source)
            link.heard(header)
        ctx.link, ctx.format = link, link.formats[link.number]
        value = ctx.format.empty(talk.device)
        talk.take(ctx.format.wire(value), source)
        if not link.gradient:
            ctx.mark_non_differentiable(value)
        return token.clone(), value

    @staticmethod
    def backward(ctx: Any, token: Tensor, gradient: Tensor) -> tuple[Tensor | None, ...]:
        link: _Link = ctx.link
        if link.gradient:
            piece = ctx.format.wire(gradient.to(ctx.format.dtype))
            link.communicator.put(piece, link.groups[0])
            link.communicator.sent.backward += piece.nbytes
        return token, None


class _Exchange(_Function):
    """The values of all columns but the own one, by an all-gather; a reduce-scatter brings its gradient."""

    @staticmethod
    def forward(ctx: Any, token: Tensor, value: Tensor, link: _Link) -> tuple[Tensor, ...]:
        talk = link.communicator
        ctx.link, ctx.format = link, link.format_of(value)
        piece = ctx.format.wire(value)
        pieces = talk.gather(piece, talk.circle(link.groups))
        talk.sent.forward += piece.nbytes * len(pieces)
        others = tuple(ctx.format.unwire(pieces[group]) for group in link.groups if group in pieces)
        if not link.gradient:
            ctx.mark_non_differentiable(*others)
        return token.clone(), *others

    @staticmethod
    def backward(ctx: Any, token: Tensor, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        link: _Link = ctx.link
        if not link.gradient:
            return token, None, None
        talk = link.communicator
        others = [group for group in link.groups if group != talk.group]
        pieces = {group: ctx.format.wire(g) for group, g in zip(others, gradients, strict=True)}
        own = talk.scatter(pieces, talk.circle(link.groups))
        talk.sent.backward += sum(piece.nbytes for piece in pieces.values())
        return token, ctx.format.unwire(own), None


class _Output(_Function):
    """What the net gives, from one group to all; nothing goes back, since all have the same gradient."""

    @staticmethod
    def forward(ctx: Any, token: Tensor, value: Tensor | None, link: _Link) -> tuple[Tensor, Tensor]:
        talk, source = link.communicator, link.groups[0]
        talk.settle()
        ctx.is_source = value is not None
        if link.is_new:
            header = link.blank() if value is None else Format.of(value).header().to(talk.device)
            talk.spread(header, source)
            if value is None:
                link.heard(header)
        if value is None:
            form = link.formats[link.number]
            given = form.empty(talk.device)
            talk.spread(form.wire(given), source)
            return token.clone(), given
        piece = link.format_of(value).wire(value)
        talk.spread(piece, source)
        talk.sent.forward += piece.nbytes * len(talk.others)
        return token.clone(), value.clone()

    @staticmethod
    def backward(ctx: Any, token: Tensor, gradient: Tensor) -> tuple[Tensor | None, ...]:
        return token, gradient if ctx.is_source else None, None
