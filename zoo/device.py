"""Which device to train on."""

import torch

from zoo.errors import UserError


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
