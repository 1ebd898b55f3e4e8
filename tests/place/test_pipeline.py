"""A net's groups as a pipeline of real processes: gloo, a thread each, started once for all checks."""

from __future__ import annotations

import pytest

from tests.place import processes
from tests.place.pipeline_checks import CHECKS


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return processes.run(4, CHECKS, tmp_path_factory.mktemp("pipeline"))


@pytest.mark.parametrize("check", CHECKS)
def test_pipeline(check: str, outcomes: dict[str, str]) -> None:
    assert not outcomes[check], outcomes[check]
