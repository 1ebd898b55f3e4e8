"""PyTorch: a net as Python source, and that source executed. Only `module` imports torch."""
