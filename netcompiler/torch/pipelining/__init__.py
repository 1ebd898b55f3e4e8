"""A net's stages as a pipeline over processes, run by torch.distributed.pipelining."""
