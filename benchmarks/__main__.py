"""All benchmarks, one after the other: `make bench`."""

from benchmarks import (
    check_layers,
    check_startup,
    construct,
    forward_train,
    imagenet,
    keystroke,
    load_depth,
    loop_overhead,
    pictures,
    predict_step,
    read_images,
    show_all,
    train_step,
    two_processes,
    validate,
)

ALL = (
    check_startup,
    check_layers,
    show_all,
    pictures,
    load_depth,
    keystroke,
    construct,
    forward_train,
    train_step,
    loop_overhead,
    read_images,
    predict_step,
    imagenet,
    validate,
    two_processes,
)

if __name__ == "__main__":
    for benchmark in ALL:
        benchmark.main()
