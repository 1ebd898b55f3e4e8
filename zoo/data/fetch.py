"""The files of a published data set: found in a folder, or fetched once and kept in the user's cache."""

import tarfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from zoo.arguments import complain
from zoo.errors import UserError
from zoo.files import written

WAIT = 30
"""Seconds that a server has for each answer."""


@dataclass(frozen=True)
class Remote:
    """A published file: its name, where it is, and the MD5 checksum that is published with it."""

    name: str
    url: str
    md5: str


@dataclass(frozen=True)
class Published:
    """A data set as it is published.

    ``layouts`` are the sets of files that it can consist of: one of them is needed, whole. ``remotes`` are
    what gives the first layout: its files themselves, or an archive of them.
    """

    name: str
    layouts: Sequence["Layout"]
    remotes: Sequence[Remote]


@dataclass(frozen=True)
class Layout:
    """Files that make a data set: in its folder, or in the ``subfolder`` that its archive has them in."""

    subfolder: str
    files: tuple[str, ...]
    packed: bool = False
    """Whether a file may also be there as NAME.gz."""

    def find(self, root: Path) -> Path | None:
        """The folder below ``root`` in which all the files are."""
        for folder in (root, root / self.subfolder):
            if all(self.file(folder, name).is_file() for name in self.files):
                return folder
        return None

    def file(self, folder: Path, name: str) -> Path:
        """The path of one of the files."""
        packed = folder / f"{name}.gz"
        return packed if self.packed and packed.is_file() else folder / name


def locate(data: Published, root: str | None) -> tuple[Layout, Path]:
    """The layout and the folder of a data set.

    It is looked for in ``root``, or without that in the user's cache, where it is fetched to once.

    Raises:
        UserError: it is not in ``root``, or cannot be fetched; says what to do.
    """
    own = cache(data.name) if root is None else Path(root).expanduser()
    found = _look(data, own)
    if found is None and root is None:
        _fetch(data, own)
        found = _look(data, own)
    if found is None:
        what = "not all files of" if own.is_dir() else "no such folder; it is to hold"
        needed = [", ".join(layout.files) for layout in data.layouts]
        archives = [remote.name for remote in data.remotes if _is_archive(remote)]
        raise UserError(
            f"data.root={own}: {what} {data.name}: {'; or '.join([*needed, *archives])}. "
            "Without data.root they are fetched."
        )
    return found


def cache(name: str) -> Path:
    """Where the files of a data set are kept when the user names no folder."""
    import platformdirs

    return platformdirs.user_cache_path("netcompiler") / "data" / name


def _look(data: Published, root: Path) -> tuple[Layout, Path] | None:
    for layout in data.layouts:
        folder = layout.find(root)
        if folder is not None:
            return layout, folder
    for remote in data.remotes:
        archive, first = root / remote.name, data.layouts[0]
        if _is_archive(remote) and archive.is_file():
            _check(archive, remote)
            _unpack(archive, root, {f"{first.subfolder}/{name}" for name in first.files})
            return first, root / first.subfolder
    return None


def _fetch(data: Published, folder: Path) -> None:
    import pooch
    from filelock import FileLock

    folder.mkdir(parents=True, exist_ok=True)
    pooch.get_logger().setLevel("ERROR")  # what it has to say, it raises
    with FileLock(folder / ".lock"):  # one of several processes fetches, and the others find
        if _look(data, folder) is not None:
            return
        for remote in data.remotes:
            if (folder / remote.name).is_file():
                continue
            complain(f"fetching {remote.url} to {folder}")
            try:
                pooch.retrieve(
                    remote.url,
                    f"md5:{remote.md5}",
                    remote.name,
                    folder,
                    downloader=pooch.HTTPDownloader(timeout=WAIT),
                )
            except (OSError, ValueError) as error:  # a wrong checksum is a ValueError
                wrong = isinstance(error, ValueError) and "hash" in str(error)
                why = "what came has another checksum" if wrong else type(error).__name__
                raise UserError(
                    f"data={data.name}: {remote.url} could not be fetched ({why}). Without a network, put "
                    f"{_names(data)} into {folder}, or into a folder of yours that data.root=… names."
                ) from error


def _is_archive(remote: Remote) -> bool:
    return remote.name.endswith(".tar.gz")


def _names(data: Published) -> str:
    return ", ".join(remote.name for remote in data.remotes)


def _check(archive: Path, remote: Remote) -> None:
    import hashlib

    with archive.open("rb") as file:
        found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if found != remote.md5:
        raise UserError(f"{archive}: damaged or another file: its MD5 is {found}, and not {remote.md5}")


def _unpack(archive: Path, root: Path, names: Iterable[str]) -> None:
    """Take the named files out of an archive, and nothing else."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for name in sorted(names):
                content = tar.extractfile(name)
                if content is None:
                    raise UserError(f"{archive}: {name} in it is no file")
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                with written(root / name) as temporary, temporary.open("wb") as file:
                    while block := content.read(1 << 20):
                        file.write(block)
    except (tarfile.TarError, KeyError, EOFError) as error:
        raise UserError(f"{archive}: cannot be unpacked: {error}") from error
