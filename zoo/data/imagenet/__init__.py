"""``data=imagenet data.root=…``: ImageNet, in any of the layouts in which it is had."""
