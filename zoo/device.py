"""Which device to train on, and what to change when it has not enough."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from zoo import seeds
from zoo.errors import UserError
from zoo.schema import Config


def set_up(config: Config) -> torch.device:
    """Take the device, the threads and the seed that a config asks for.

    Raises:
        UserError: a GPU is asked for and there is none.
    """
    where = pick(config.trainer.device)
    if config.trainer.threads is not None:
        torch.set_num_threads(config.trainer.threads)
    if where.type == "cuda" and config.trainer.deterministic:
        seeds.be_deterministic()
    seeds.seed_everything(config.seed)
    return where


def pick(name: str) -> torch.device:
    """The device for ``trainer.device``.

    Raises:
        UserError: a GPU is asked for and there is none.
    """
    if name == "cuda" and not torch.cuda.is_available():
        raise UserError(
            "trainer.device=cuda: PyTorch sees no GPU here; trainer.device=cpu, or auto, trains without"
        )
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


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
