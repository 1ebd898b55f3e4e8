"""All benchmarks, one after the other: `make bench`."""

from benchmarks import (
    check_startup,
    construct,
    forward_train,
    load_depth,
    loop_overhead,
    pictures,
    read_images,
    show_all,
    train_step,
)

ALL = (
    check_startup,
    show_all,
    pictures,
    load_depth,
    construct,
    forward_train,
    train_step,
    loop_overhead,
    read_images,
)

if __name__ == "__main__":
    for benchmark in ALL:
        benchmark.main()
