"""All benchmarks, one after the other: `make bench`."""

from benchmarks import check_startup, forward_train, load_depth, pictures

for benchmark in (check_startup, pictures, load_depth, forward_train):
    benchmark.main()
