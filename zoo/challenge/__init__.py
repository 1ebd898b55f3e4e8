"""ImageNet's challenge (ILSVRC): submissions, and how they are scored."""
