"""``data=imagenet data.root=…``: ImageNet, in any of the layouts in which it is had."""

from zoo.data.imagenet.source import ImageNet, ImageNetOptions, ImageNetSplit

__all__ = ["ImageNet", "ImageNetOptions", "ImageNetSplit"]
