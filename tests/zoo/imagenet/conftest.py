"""The layouts, each built once."""

from pathlib import Path

import pytest

from tests.zoo.imagenet import build


@pytest.fixture(scope="session")
def roots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ImageNet in every layout, by the layout's name; not to be written to."""
    root = tmp_path_factory.mktemp("imagenet")
    build.official(root / "official", oddities=True, boxes=True)
    build.official(root / "packed", packed=True)
    build.kaggle(root / "kaggle")
    build.folders(root / "wnids")
    build.webdataset(root / "webdataset")
    (root / "webdataset" / "classes.txt").write_text(names(), encoding="utf-8")
    build.parquet(root / "parquet")
    (root / "parquet" / "classes.txt").write_text(names(), encoding="utf-8")
    return root


def names() -> str:
    return "".join(f"{wnid} {build.WORDS[wnid]}\n" for wnid in build.WNIDS)
