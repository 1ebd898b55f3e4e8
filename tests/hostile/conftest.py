"""One process runs `netc` for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hostile.runs import Runner


@pytest.fixture(scope="session")
def netc() -> Iterator[Runner]:
    runner = Runner()
    yield runner
    runner.close()
