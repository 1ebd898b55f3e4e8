"""Which device to train on, and what to change when it has not enough."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from zoo import allocator, processes, ranks, seeds
from zoo.errors import UserError
from zoo.schema import Config


def set_up(config: Config) -> torch.device:
    """Take the device, the threads and the seed that a config asks for.

    Raises:
        UserError: a GPU is asked for and there is none.
    """
    for group, name in config.trainer.devices.items():
        _named(name, f"trainer.devices.{group}")
    where = ready(config.trainer.device, config.trainer.threads, "trainer.device")
    if where.type == "cuda" and config.trainer.deterministic:
        seeds.be_deterministic()
    seeds.seed_everything(config.seed)
    return where


def ready(name: str, threads: int | None, option: str) -> torch.device:
    """The device that an ``option`` names, with so many threads, and with memory that is kept on a CPU.

    Raises:
        UserError: a GPU is asked for and there is none.
    """
    where = pick(name, option)
    if threads is not None:
        torch.set_num_threads(threads)
    if where.type == "cpu":
        allocator.keep_pages()
    return where


def pick(name: str, option: str) -> torch.device:
    """The device that an ``option`` names: auto, cpu or cuda.

    Raises:
        UserError: a GPU is asked for and there is none.
    """
    if name == "cuda" and not torch.cuda.is_available():
        raise UserError(f"{option}=cuda: PyTorch sees no GPU here; {option}=cpu, or auto, does without")
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and processes.world() > 1:
        return _own_gpu()
    return torch.device(name)


def _own_gpu() -> torch.device:
    """Each process of a machine has a GPU of its own."""
    there_are = torch.cuda.device_count()
    if ranks.local() >= there_are:
        raise UserError(
            f"Process {ranks.local()} of this machine has no GPU: PyTorch sees {there_are}. Start as many "
            "processes as there are GPUs (torchrun --nproc-per-node), or take trainer.device=cpu"
        )
    torch.cuda.set_device(ranks.local())
    return torch.device("cuda", ranks.local())


def _named(name: str, option: str) -> None:
    """See to it that a device is there.

    Raises:
        UserError: there is no such device.
    """
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise UserError(f"{option}={name}: cpu, or cuda:NUMBER, is expected") from error
    if device.type == "cpu" and not device.index:
        return
    count = torch.cuda.device_count()
    if device.type != "cuda" or (device.index or 0) >= count:
        there = f"cpu and {count} GPUs" if count != 1 else "cpu and cuda:0"
        raise UserError(f"{option}={name}: PyTorch sees no such device here; there are {there}")


def describe(device: torch.device) -> str:
    """The device in words."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    threads = torch.get_num_threads()
    return f"cpu, {threads} thread{'s' * (threads != 1)}"


@contextmanager
def enough_of_all(config: Config) -> Iterator[None]:
    """Say what to change where memory runs out within, or where a compiler is missing.

    Raises:
        UserError: it did, or is.
    """
    try:
        yield
    except MemoryError as error:
        raise UserError(_advice(config)) from error
    except RuntimeError as error:
        # torch.OutOfMemoryError is one; the CPU's allocator has no class of its own.
        if isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error):
            raise UserError(_advice(config)) from error
        if type(error).__module__.startswith(("torch._dynamo", "torch._inductor")):
            first = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
            raise UserError(
                f"trainer.compile=true: torch.compile does not work here: {first.strip()}; "
                "trainer.compile=false trains without"
            ) from error
        raise


def _advice(config: Config) -> str:
    options = config.trainer
    parts = min(2 * options.accumulate, options.batch_size)
    ways = [f"trainer.accumulate={parts} computes the same step in {parts} parts"]
    if not options.recompute and not options.compile:
        ways.append("trainer.recompute=true keeps less of it")
    if config.precision.name == "fp32":
        ways.append("precision=bf16 halves most of it")
    ways.append(f"trainer.batch_size={max(1, options.batch_size // 2)} is another run")
    return (
        f"Memory ran out in a step of {options.batch_size} images. {'; '.join(ways)}. "
        "The last checkpoint is whole, and resume=true goes on from it."
    )
