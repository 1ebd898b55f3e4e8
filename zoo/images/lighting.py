"""PCA lighting (Krizhevsky, Sutskever & Hinton 2012, section 4.1)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

# The principal axes of the colours of ImageNet's training images, RGB in [0, 1], as they are always quoted.
VALUES = (0.2175, 0.0188, 0.0045)
AXES = ((-0.5675, 0.7192, 0.4009), (-0.5808, -0.0045, -0.8140), (-0.5836, -0.6948, 0.4203))


def light(image: "Tensor", deviation: float, rng: "np.random.Generator") -> "Tensor":
    """Shift the colours of a whole image, uint8 [3, height, width], along their axes.

    The paper's noise on [0, 1] is rounded to the 256 levels here, and clipped to what there is.
    """
    import numpy as np
    import torch

    amounts = rng.normal(0.0, deviation, 3) * np.array(VALUES)
    shift = np.rint(np.array(AXES) @ amounts * 255).astype(np.int16)
    moved = image.to(torch.int16) + torch.from_numpy(shift).view(3, 1, 1)
    return moved.clamp_(0, 255).to(torch.uint8)
