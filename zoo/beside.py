"""Arrays that are made of a file once, and kept beside it while the file stays as it is.

Where that may not be written, they are kept in the user's cache.
"""

import hashlib
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from zoo import opener
from zoo.files import written

SUFFIX = ".index"
STATE = "state"
Arrays = dict[str, np.ndarray]


def arrays(where: str, about: Sequence[str], make: Callable[[], Arrays]) -> Arrays:
    """What ``make`` gives for the file or URL ``where``, or gave before; one of several processes makes it.

    ``about`` is what the arrays depend on beside the file: what they are, their version, options.

    Raises:
        OSError: the file cannot be looked at.
    """
    from filelock import FileLock

    state = np.array([*map(str, opener.state(where)), *about])
    beside, cached = f"{where}{SUFFIX}", _cached(where, about)
    found = load(beside, state, published=opener.is_url(where)) or load(str(cached), state)
    if found is not None:
        return found
    cached.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(cached.with_suffix(".lock")):
        found = load(beside, state) or load(str(cached), state)
        if found is None:
            found = make()
            _keep(found | {STATE: state}, Path(beside) if not opener.is_url(where) else cached, cached)
    return found


def keep(where: str, about: Sequence[str], made: Arrays) -> None:
    """Keep arrays of a file that are known already, as if ``arrays`` had asked for them.

    Raises:
        OSError: the file cannot be looked at.
    """
    state = np.array([*map(str, opener.state(where)), *about])
    _keep(made | {STATE: state}, Path(f"{where}{SUFFIX}"), _cached(where, about))


def load(where: str, state: np.ndarray, published: bool = False) -> Arrays | None:
    """The arrays in a file, if they fit the state; of one that is published, its time does not count."""
    try:
        size = opener.state(where)[0] if published else Path(where).stat().st_size
        content = opener.read(where, 0, size)
        with np.load(io.BytesIO(content), allow_pickle=False) as kept:
            found = {name: kept[name] for name in kept.files}
        same = found.pop(STATE)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    if same.shape != state.shape:
        return None
    equal = same == state
    return found if bool(equal[[0, *range(1 + published, len(equal))]].all()) else None


def _cached(where: str, about: Sequence[str]) -> Path:
    import platformdirs

    place = where if opener.is_url(where) else str(Path(where).resolve())
    name = hashlib.sha256("\n".join([place, *about]).encode()).hexdigest()[:32]
    return platformdirs.user_cache_path("netcompiler") / "shards" / f"{name}{SUFFIX}"


def _keep(made: Arrays, first: Path, second: Path) -> None:
    for path in (first, second):
        try:
            with written(path) as temporary, temporary.open("wb") as file:
                np.savez(file, **made)  # type: ignore[arg-type]
        except OSError:
            continue  # without it, they are made again next time
        return
