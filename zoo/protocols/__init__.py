"""How a trained net is shown an image, one way a file; importing this package registers all of them."""

from zoo.protocols import center, dense, multiscale, tencrop
from zoo.protocols.base import PROTOCOLS

__all__ = ["PROTOCOLS", "center", "dense", "multiscale", "tencrop"]
