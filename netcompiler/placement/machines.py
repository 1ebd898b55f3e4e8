"""Machines to plan for: speeds of devices and of the links between them, with where each number is from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Link:
    """A way for bytes between two devices: a message of n bytes takes ``latency + n / bandwidth``.

    That is Hockney's model (Parallel Computing 20, 1994).

    Attributes:
        bandwidth: bytes a second, each way.
        latency: seconds before the first byte is there.
    """

    bandwidth: float
    latency: float

    def seconds(self, size: float) -> float:
        """How long a message of ``size`` bytes takes."""
        return self.latency + size / self.bandwidth if size else 0.0


@dataclass(frozen=True, slots=True)
class Machine:
    """Nodes of equal devices. Speeds are those that training reaches, not those on the data sheet.

    Attributes:
        name: its name in commands.
        doc: what it stands for, one line.
        peak: FLOP/s on the data sheet, a multiplication and an addition counting as two.
        reached: the share of ``peak`` that convolutions and matrix products reach.
        memory_bandwidth: bytes a second between a device and its memory, as reached.
        memory: bytes of memory a device has.
        launch: seconds that a layer takes at least, however small it is.
        node: devices in a node.
        inside: the link between two devices of a node.
        between: the link between two nodes, shared by a node's devices.
        overlap: the share of the backward pass in which gradients can be summed at the same time.
        element: bytes of an element of an activation.
        sources: where the numbers are from, and which are assumptions.
    """

    name: str
    doc: str
    peak: float
    reached: float
    memory_bandwidth: float
    memory: float
    launch: float
    node: int
    inside: Link
    between: Link
    overlap: float
    element: int
    sources: tuple[str, ...]

    @property
    def speed(self) -> float:
        """FLOP/s that convolutions and matrix products reach."""
        return self.peak * self.reached


_SHARE = (
    "assumed: convolutions and matrix products reach {} of the peak, reading and writing {} of the memory's"
)
_GPU = "assumed: a layer takes 10 µs at least, which is about what launching its kernels from PyTorch takes"
_LINKS = "assumed: links reach 80 % of their rating; latency 10 µs inside a node, 20 µs between"
_OVERLAP = "assumed: gradients are summed during the backward pass, as DDP does (Li et al., VLDB 2020)"

MACHINES: dict[str, Machine] = {
    machine.name: machine
    for machine in (
        Machine(
            name="laptop",
            doc="a laptop's 2 cores, a process of one thread on each, gloo over loopback, fp32",
            peak=100e9,
            reached=0.5,
            memory_bandwidth=6e9,
            memory=4 * 2**30,
            launch=20e-6,
            node=2,
            inside=Link(1.0e9, 100e-6),
            between=Link(0.1e9, 300e-6),
            overlap=0.0,
            element=4,
            sources=(
                "peak: assumed, 32 FLOP a cycle (two 256-bit FMA units) at about 3 GHz",
                _SHARE.format("50 %", "about half"),
                "links: assumed, TCP over loopback; 1 Gb/s Ethernet with 80 % reached between nodes",
                "overlap: none, since gloo and the backward pass use the same cores",
                "`python -m benchmarks.predict_step` measures these numbers on your machine",
            ),
        ),
        Machine(
            name="a100",
            doc="nodes of 8 NVIDIA A100 SXM 80 GB (DGX A100), NVLink and HDR InfiniBand, bf16",
            peak=312e12,
            reached=0.5,
            memory_bandwidth=0.8 * 2.039e12,
            memory=80e9,
            launch=10e-6,
            node=8,
            inside=Link(0.8 * 300e9, 10e-6),
            between=Link(0.8 * 8 * 25e9, 20e-6),
            overlap=0.8,
            element=2,
            sources=(
                "NVIDIA A100 data sheet: 312 TFLOP/s in bf16, 2,039 GB/s, 80 GB, NVLink 600 GB/s both ways",
                "NVIDIA DGX A100 data sheet: 8 × 200 Gb/s InfiniBand a node",
                _SHARE.format("50 %", "80 %"),
                _LINKS,
                _GPU,
                _OVERLAP,
            ),
        ),
        Machine(
            name="h100",
            doc="nodes of 8 NVIDIA H100 SXM (DGX H100), NVLink and NDR InfiniBand, bf16",
            peak=989e12,
            reached=0.4,
            memory_bandwidth=0.8 * 3.35e12,
            memory=80e9,
            launch=10e-6,
            node=8,
            inside=Link(0.8 * 450e9, 10e-6),
            between=Link(0.8 * 8 * 50e9, 20e-6),
            overlap=0.8,
            element=2,
            sources=(
                "NVIDIA H100 data sheet: 989 TFLOP/s in bf16, 3.35 TB/s, 80 GB, NVLink 900 GB/s both ways",
                "NVIDIA DGX H100 data sheet: 8 × 400 Gb/s InfiniBand a node",
                _SHARE.format("40 %", "80 %"),
                _LINKS,
                _GPU,
                _OVERLAP,
            ),
        ),
        Machine(
            name="ethernet",
            doc="the GPUs of a100 without NVLink: PCIe 4.0 in a node, 100 Gb/s Ethernet between, bf16",
            peak=312e12,
            reached=0.5,
            memory_bandwidth=0.8 * 2.039e12,
            memory=80e9,
            launch=10e-6,
            node=8,
            inside=Link(0.8 * 32e9, 10e-6),
            between=Link(0.8 * 12.5e9, 50e-6),
            overlap=0.8,
            element=2,
            sources=(
                "PCIe 4.0 × 16: 32 GB/s each way; 100 Gb/s Ethernet: 12.5 GB/s a node",
                "the rest as a100, and as assumed there; latency 50 µs between nodes",
            ),
        ),
    )
}
"""The known machines by name."""


def numbers(machine: Machine) -> Iterator[tuple[str, float]]:
    """The machine's numbers by the names under which `changed` takes them."""
    for name in _NUMBERS:
        owner, _, part = name.rpartition(".")
        yield name, getattr(getattr(machine, owner) if owner else machine, part)


def changed(machine: Machine, name: str, text: str) -> Machine:
    """The machine with another number: ``node=4``, ``inside.bandwidth=25e9``.

    Raises ValueError, which says what is wrong, for an unknown name and for a number that it cannot be.
    """
    if name not in _NUMBERS:
        from netcompiler.diagnostics import suggest

        raise ValueError(suggest(name, _NUMBERS) or f"a machine has {', '.join(_NUMBERS)}")
    most = 1.0 if name in ("reached", "overlap") else float("inf")
    least = 0.0 if name in _FROM_ZERO else _SMALL
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"`{text}` is no number") from None
    if not least <= value <= most or value == float("inf"):
        raise ValueError("it is a number " + ("from 0 to 1" if most == 1 else "above 0"))
    if name in ("node", "element") and value != int(value):
        raise ValueError("it is a whole number")
    number = int(value) if name in ("node", "element") else value
    owner, _, part = name.rpartition(".")
    values: dict[str, Any] = {name: number}
    if owner:
        values = {owner: replace(getattr(machine, owner), **{part: number})}
    return replace(machine, **values)


_SMALL = 1e-30
_FROM_ZERO = frozenset({"launch", "overlap", "inside.latency", "between.latency"})
_NUMBERS = (
    "peak",
    "reached",
    "memory_bandwidth",
    "memory",
    "launch",
    "node",
    "inside.bandwidth",
    "inside.latency",
    "between.bandwidth",
    "between.latency",
    "overlap",
    "element",
)
