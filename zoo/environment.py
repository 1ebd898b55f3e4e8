"""What a run ran on: versions, machine, git state. Enough to tell why a repeated run differs."""

import os
import platform
import shlex
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

MOST_CHANGES = 1 << 20
"""A longer diff than this many characters is cut."""


def describe() -> dict[str, Any]:
    """As plain values: the command, Python, machine, threads, git state and every package's version."""
    import torch

    found: dict[str, Any] = {
        "command": _command(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": _processor(),
        "threads": torch.get_num_threads(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "git": git(),
    }
    packages = {package.name: package.version for package in metadata.distributions()}
    return {**found, "packages": dict(sorted(packages.items(), key=lambda pair: pair[0].lower()))}


def git() -> dict[str, Any] | None:
    """The commit of the current folder, its branch, and the files changed since; None outside of git."""
    commit = _git("rev-parse", "HEAD")
    if commit is None:
        return None
    changed = _git("status", "--porcelain", "--untracked-files=no") or ""
    return {
        "commit": commit,
        "branch": _git("rev-parse", "--abbrev-ref", "HEAD"),
        "changed": [line[3:] for line in changed.splitlines()],
    }


def changes() -> str:
    """What differs from that commit, as a patch; empty where nothing does."""
    return (_git("diff", "HEAD", "--no-ext-diff") or "")[:MOST_CHANGES]


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What may change a run's numbers, as ``name: old → new``."""
    names = ("python", "system", "processor", "threads", "gpu")
    found = {name: (before.get(name), now.get(name)) for name in names}
    for name in ("torch", "numpy", "netcompiler"):
        found[name] = (before["packages"].get(name), now["packages"].get(name))
    for part in ("commit", "changed"):
        old, new = ((state.get("git") or {}).get(part) for state in (before, now))
        found[f"git {part}"] = (old, new)
    return [f"{name}: {old} → {new}" for name, (old, new) in found.items() if old != new]


def _git(*arguments: str) -> str | None:
    try:
        ran = subprocess.run(  # noqa: S603
            ["git", *arguments],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return ran.stdout.rstrip("\n")


def _command() -> str:
    """As it was typed; Hydra puts words of its own into ``sys.argv``."""
    script, *words = sys.orig_argv[1:] or [""]
    return shlex.join([Path(script).name, *words])


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
