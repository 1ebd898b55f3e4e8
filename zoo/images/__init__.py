"""Files → pixels."""
