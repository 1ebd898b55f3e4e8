"""Other programs' checkpoints: read, renamed, compared with a net, and kept as the zoo's own weights."""
