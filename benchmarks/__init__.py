"""What netcompiler costs, next to the tools that people use for the same job."""
