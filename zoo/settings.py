"""The options of commands that run a net: ``OPTION=VALUE`` among other words, declared as zoo train's are."""

import dataclasses
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import yaml  # type: ignore[import-untyped]

from zoo import check, help
from zoo.errors import UserError
from zoo.options import option, rule_of
from zoo.suggest import suggest

Options = TypeVar("Options")


@dataclasses.dataclass(frozen=True)
class MachineOptions:
    """Where a net runs."""

    device: str = option(
        "auto", "where it runs; auto takes a GPU if there is one", choices=("auto", "cpu", "cuda")
    )
    threads: int | None = option(None, "CPU threads of PyTorch; null leaves its choice", low=1)


@dataclasses.dataclass(frozen=True)
class RunOptions(MachineOptions):
    """How a trained net runs."""

    precision: str = option(
        "auto",
        "number format; auto is that of the training where the device computes in it, else fp32",
        choices=("auto", "fp32", "bf16", "fp16"),
    )
    batch_size: int = option(32, "images that are computed at a time", low=1)
    workers: int = option(0, "processes that read images, beside the one that computes", low=0, high=256)


@dataclasses.dataclass(frozen=True)
class TrainedOptions(RunOptions):
    """Which trained net, and how it runs."""

    checkpoint: str | None = option(None, "a run's folder (its best weights), or a .safetensors file")


def take(cls: type[Options], words: Sequence[str]) -> tuple[Options, list[str]]:
    """The options of ``cls`` among words, checked, and the words that are none of them.

    Raises:
        UserError: a wrong value.
    """
    hints = get_type_hints(cls)
    own: dict[str, Any] = {}
    rest: list[str] = []
    for word in words:
        key, equals, text = word.partition("=")
        if equals and key in hints:
            own[key] = _plain(hints[key], key, text)
        else:
            rest.append(word)
    return check.build(cls, own), rest


def unknown(cls: type[Any], word: str, command: str, others: Iterable[str] = ()) -> UserError:
    """That a word ``OPTION=VALUE`` is no option of a command; ``others`` are options that it takes too."""
    key = word.partition("=")[0]
    known = [*(field.name for field in dataclasses.fields(cls)), *others]
    close = suggest(key, known)
    end = f"did you mean {close}?" if close else f"{command} --help lists them"
    return UserError(f"{key}: no such option of {command}; {end}")


def table(cls: type[Any]) -> str:
    """The options for a command's help: type, default and meaning of each."""
    width = max(help.NARROWEST, min(help.WIDEST, shutil.get_terminal_size().columns))
    return "\n".join(help.table(cls, "", width))


def words(cls: type[Any], start: str) -> Iterable[str]:
    """What a word that begins with ``start`` can become, for completion."""
    key, equals, _ = start.partition("=")
    fields = {field.name: field for field in dataclasses.fields(cls)}
    if not equals:
        return [f"{name}=" for name in fields]
    if key not in fields:
        return []
    if key == "checkpoint":
        return [f"checkpoint={path}" for path in _run_folders(start.partition("=")[2])]
    return [f"{key}={choice}" for choice in rule_of(fields[key]).choices]


def _run_folders(start: str) -> Iterable[str]:
    folder = Path(start or "runs/x").parent
    return sorted(str(config.parent) for config in folder.glob("*/config.yaml"))


def _plain(kind: Any, key: str, text: str) -> Any:
    """A value as the command line has it; texts are taken as they are, since the shell has quoted them."""
    kinds = get_args(kind) if type(None) in get_args(kind) else (kind,)
    if str in kinds:
        return None if text == "null" and len(kinds) > 1 else text
    if any(get_origin(one) is tuple for one in kinds) and not text.startswith("["):
        text = f"[{text}]"  # a list as sweeps have it: 1,8,32
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UserError(f"{key}={text}: the value cannot be read") from error
