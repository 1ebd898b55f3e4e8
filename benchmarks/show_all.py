"""`netc show` of every shipped net, whole process: which take longest, in processor time."""

from resource import RUSAGE_CHILDREN, getrusage

from benchmarks.measure import NETC, process
from zoo import catalog

SHOWN = 5


def main() -> None:
    """Prints the slowest and the median, and how many take more than a second."""
    times = sorted((_time(f"specs/{net.family}.net:{net.name}"), net.name) for net in catalog.entries())
    for seconds, name in times[: -SHOWN - 1 : -1]:
        print(f"netc show {name}: {seconds * 1e3:.0f} ms")
    over = sum(seconds > 1 for seconds, _ in times)
    print(f"median {times[len(times) // 2][0] * 1e3:.0f} ms; {over} of {len(times)} take more than a second")


def _time(target: str) -> float:
    before = _used()
    process(NETC, "show", target)()
    return _used() - before


def _used() -> float:
    """Processor time of all processes that have ended, in seconds."""
    usage = getrusage(RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
