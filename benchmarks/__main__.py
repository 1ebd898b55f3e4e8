"""All benchmarks, one after the other: `make bench`."""

from benchmarks import check_startup, draw, forward_train, load_depth, read_images

for benchmark in (check_startup, draw, load_depth, forward_train, read_images):
    benchmark.main()
