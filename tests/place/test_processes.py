"""Placement groups as real processes: gloo, a thread each, started once for all checks; and by torchrun."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.place import processes
from tests.place.process_checks import CHECKS

PROGRAM = """
import os, sys, torch, netcompiler
torch.set_num_threads(1)
net = netcompiler.loads('''
  net halves {
    group a, b
    input image [3, 8, 8]
    on a { conv(4, 3) -> relu }
    on b { flatten -> linear(5) }
  }
''')
mesh = netcompiler.mesh(net, timeout=30)
torch.manual_seed(0)
part = net.module(mesh=mesh)
for step in range(3):
    if step == 2 and "dies" in sys.argv and mesh.get_local_rank("placement") == 1:
        os._exit(9)
    loss = torch.nn.functional.cross_entropy(part(torch.ones(2, 3, 8, 8)), torch.tensor([0, 1]))
    loss.backward()
print("loss", loss.item(), flush=True)
torch.distributed.destroy_process_group()
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("processes")
    return processes.run(4, {name: (range(4), check) for name, check in CHECKS.items()}, folder)


@pytest.mark.long  # the first of them runs all
@pytest.mark.parametrize("check", CHECKS)
def test_processes(check: str, outcomes: dict[str, str]) -> None:
    assert not outcomes[check], outcomes[check]


def torchrun(folder: Path, count: int, *words: str) -> subprocess.CompletedProcess[str]:
    program = folder / "program.py"
    program.write_text(PROGRAM)
    head = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={count}"]
    env = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        [*head, str(program), *words], capture_output=True, text=True, env=env, timeout=120, check=False
    )


def test_a_process_that_dies_ends_the_job(tmp_path: Path) -> None:
    ended = torchrun(tmp_path, 2, "dies")
    assert ended.returncode == 1
    assert "loss" not in ended.stdout
    assert "CommunicationError: group a (rank 0) lost touch with b (rank 1): " in ended.stderr


def test_a_number_of_processes_that_does_not_fit(tmp_path: Path) -> None:
    ended = torchrun(tmp_path, 1)
    assert ended.returncode == 1
    assert "1 processes do not share out among the groups a, b of halves: start 2, 4, 6 …" in ended.stderr


def test_a_process_that_is_alone_or_without_its_device(monkeypatch: pytest.MonkeyPatch) -> None:
    import netcompiler

    net = netcompiler.loads("net n {\n group a, b\n input x [4]\n on a { relu }\n on b { relu }\n}")
    for device in ("cpu", "cuda"):
        with pytest.raises(
            ValueError, match="this process is alone: start it with torchrun --nproc-per-node 2"
        ):
            netcompiler.mesh(net, device=device)
    for name, value in {"RANK": "0", "WORLD_SIZE": "2", "LOCAL_RANK": "99"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match="there is no cuda:99 for this process: this machine has"):
        netcompiler.mesh(net, device="cuda")
