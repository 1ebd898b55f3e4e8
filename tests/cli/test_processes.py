"""What only a process of its own shows: imports, pipes, signals, the grammar's cache."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

SPECS = Path(__file__).parents[2] / "specs"
ROOT = SPECS.parent
NETC = (sys.executable, "-m", "netcompiler.cli")


def run(*command: object, **options) -> subprocess.CompletedProcess[str]:
    options.setdefault("env", os.environ | {"PYTHONPATH": str(ROOT)})
    result = subprocess.run(
        [*map(str, command)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        check=False,
        **options,
    )
    assert "Traceback" not in result.stderr, result.stderr
    return result


# ---- imports -------------------------------------------------------------------------------------

_LOADED = """
import sys, runpy
sys.argv = ["netc", {arguments}]
try:
    runpy.run_module("netcompiler.cli", run_name="__main__")
except SystemExit as leaving:
    assert not leaving.code, leaving.code
print("LOADED", *sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


def loaded(*arguments: object) -> set[str]:
    """The modules that a command has loaded when it ends."""
    script = _LOADED.format(arguments=", ".join(repr(str(a)) for a in arguments))
    result = run(sys.executable, "-W", "ignore::RuntimeWarning", "-c", script)
    assert result.returncode == 0, result.stderr
    return set(result.stdout.splitlines()[-1].split()[1:])


HEAVY = {"torch", "numpy", "hydra", "matplotlib", "PIL"}


@pytest.mark.parametrize("command", ["check", "show", "expand", "build"])
def test_no_torch_in_commands_that_compute_nothing(command: str) -> None:
    assert not HEAVY & loaded(command, SPECS / "lenet.net")


def test_no_torch_in_drawing(tmp_path: Path) -> None:
    names = loaded("draw", SPECS / "lenet.net", "-o", tmp_path / "a.svg")
    assert not (HEAVY - {"numpy", "PIL"}) & names


def test_help_loads_next_to_nothing() -> None:
    names = loaded("--help")
    assert not names & (HEAVY | {"networkx", "lark", "pygraphviz", "graphviz"})


def test_importing_the_package_loads_no_torch() -> None:
    script = "import sys, netcompiler\nnetcompiler.load\nprint('torch' in sys.modules)"
    assert run(sys.executable, "-c", script).stdout == "False\n"


def test_public_names() -> None:
    import netcompiler

    for name in netcompiler.__all__:
        assert getattr(netcompiler, name) is not None
    assert set(dir(netcompiler)) >= set(netcompiler.__all__)
    with pytest.raises(AttributeError):
        _ = netcompiler.nothing


# ---- pipes and signals ---------------------------------------------------------------------------


def test_exit_codes(tmp_path: Path) -> None:
    bad = tmp_path / "bad.net"
    bad.write_text("net n {\n", encoding="utf-8")
    assert run(*NETC, "check", SPECS / "lenet.net").returncode == 0
    assert run(*NETC, "check", bad).returncode == 1
    assert run(*NETC, "check").returncode == 2


def test_a_reader_that_goes_away_is_no_mistake() -> None:
    command = " ".join([*NETC, "expand", f"{SPECS / 'resnet_cifar.net'}:resnet1202"])
    result = run("bash", "-c", f"{command} | head -1")
    assert result.stdout.startswith("# Deep residual learning")
    assert result.stderr == ""


def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        command = [*NETC, "show", SPECS / "lenet.net"]
        result = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False
        )
    assert result.returncode == 1
    assert result.stderr == "netc: No space left on device\n"
    result = run(*NETC, "expand", SPECS / "lenet.net", "-o", "/dev/full")
    assert result.returncode == 1
    assert result.stderr == "netc: /dev/full: No space left on device\n"


def test_a_missing_folder_is_one_line(tmp_path: Path) -> None:
    result = run(*NETC, "build", SPECS / "lenet.net", "-o", tmp_path / "no" / "model.py")
    assert result.returncode == 1
    assert result.stderr == f"netc: {tmp_path}/no/model.py: there is no folder {tmp_path}/no\n"


def test_closed_streams() -> None:
    assert run("bash", "-c", " ".join([*NETC, "check", "-", "<&-"])).returncode == 2
    assert run("bash", "-c", " ".join([*NETC, "check", str(SPECS / "lenet.net"), ">&-"])).returncode == 0


def test_process_substitution() -> None:
    command = " ".join([*NETC, "show", f"<(cat {SPECS / 'lenet.net'})"])
    assert "61,706 parameters" in run("bash", "-c", command).stdout


def test_a_narrow_character_set() -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    result = run(*NETC, "show", SPECS / "lenet.net", env=env)
    assert result.returncode == 0
    assert "61,706 parameters" in result.stdout


def test_an_interrupt_is_quiet(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.net"
    os.mkfifo(pipe)
    process = subprocess.Popen([*NETC, "check", pipe], stderr=subprocess.PIPE, text=True, cwd=ROOT)
    with pipe.open("wb"):  # opens when the command reads from it
        process.send_signal(signal.SIGINT)
        _, text = process.communicate(timeout=60)
    assert process.returncode == 130
    assert text.strip() == "interrupted"


# ---- the grammar's cache -------------------------------------------------------------------------


def with_home(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
    return kept | {"HOME": str(home), "PYTHONPATH": str(ROOT)}


def test_the_grammar_is_kept_in_the_users_cache_folder(tmp_path: Path) -> None:
    assert run(*NETC, "check", SPECS / "lenet.net", env=with_home(tmp_path)).returncode == 0
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    folder = file.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    before = file.stat().st_mtime_ns
    assert run(*NETC, "check", SPECS / "lenet.net", env=with_home(tmp_path)).returncode == 0
    assert file.stat().st_mtime_ns == before


def test_a_damaged_cache_is_built_anew(tmp_path: Path) -> None:
    run(*NETC, "check", SPECS / "lenet.net", env=with_home(tmp_path))
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    for damage in (b"", b"nonsense", file.read_bytes()[:2000]):
        file.write_bytes(damage)
        result = run(*NETC, "check", SPECS / "lenet.net", env=with_home(tmp_path))
        assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("home", ["/proc/1/nothing", "/dev/null", "/dev/null/below"])
def test_a_home_that_cannot_be_written_to(home: str) -> None:
    result = run(*NETC, "check", SPECS / "lenet.net", env=with_home(Path(home)))
    assert (result.returncode, result.stderr) == (0, "")


def test_a_folder_of_another_user_is_not_trusted(tmp_path: Path) -> None:
    folder = tmp_path / ".cache" / "netcompiler"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    assert run(*NETC, "check", SPECS / "lenet.net", env=with_home(tmp_path)).returncode == 0
    assert list(folder.iterdir()) == []


def test_many_at_once(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [*NETC, "check", SPECS / "lenet.net"], env=with_home(tmp_path), stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for process in processes:
        _, text = process.communicate(timeout=100)
        assert (process.returncode, text) == (0, "")


def test_a_module_without_torch_says_what_to_install() -> None:
    script = (
        "import sys, netcompiler\n"
        "sys.modules['torch'] = None\n"
        "netcompiler.loads('net n { input x [3]\\n linear(2) }').module()\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "pip install 'netcompiler[torch]'" in ran.stderr


def test_a_picture_goes_into_a_pipe() -> None:
    command = [sys.executable, "-m", "netcompiler.cli", "draw", str(ROOT / "specs" / "lenet.net")]
    ran = subprocess.run(
        [*command, "-o", "/dev/stdout", "--format", "dot"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.rstrip().endswith("}")
