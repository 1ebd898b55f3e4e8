"""The fuzzer that is led by coverage, for a short while; `make fuzz` runs it for longer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("atheris")


def test_nothing_but_our_own_errors(tmp_path: Path) -> None:
    options = ["-runs=400", "-max_total_time=30", "-seed=1", f"-artifact_prefix={tmp_path}/"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.atheris_spec", *options],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "DONE" in done.stderr
