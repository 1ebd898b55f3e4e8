"""One override of the command line: what it says, and the form that Hydra takes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from zoo import model
from zoo.errors import UserError
from zoo.schema import GROUPS
from zoo.suggest import hint

if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override

CHOICES = ("model", *GROUPS, "trainer")
"""The groups that are chosen by name."""


NOT_HYDRAS = {
    "hydra.run.dir": "runs=FOLDER and name=NAME say where a run is kept",
    "hydra.sweep.subdir": "runs=FOLDER says where the runs of a sweep are kept",
    "hydra.output_subdir": "each run's folder has its configuration",
    "hydra.job.chdir": "a run works in the folder where it was started",
}
"""Options of Hydra's that would do nothing here, and what to use."""


def prepare(overrides: Sequence[str]) -> list[str]:
    """Overrides in the form that Hydra takes.

    Options are put in by force (``++``): whether they exist is for ``config.resolve`` to say, which knows the
    options of each choice, and can suggest the right one.

    Raises:
        UserError: an override that cannot be read.
    """
    return [_prepare(text) for text in overrides]


def key_of(text: str) -> str:
    """The option or group that a prepared override sets."""
    return text.lstrip("+").partition("=")[0]


def groups_picked(overrides: Iterable[str]) -> set[str]:
    """The groups for which prepared overrides choose an entry; a spec of one's own is a choice of model."""
    keys = {key_of(text) for text in overrides}
    return (keys & set(CHOICES)) | ({"model"} if "model.spec" in keys else set())


def is_range(text: str) -> bool:
    """Whether an override gives an interval, for a search."""
    from hydra.core.override_parser.types import IntervalSweep

    return isinstance(parse(text).value(), IntervalSweep)


def values(text: str, multirun: bool) -> list[str]:
    """An override as one override a value; for a range, its ends.

    Raises:
        UserError: several values without ``-m``.
    """
    from hydra.core.override_parser.types import IntervalSweep

    override = parse(text)
    if not override.is_sweep_override():
        return [text]
    if not multirun:
        raise UserError(f"{text.lstrip('+')}: several values; add -m to run each")
    value = override.value()
    if isinstance(value, IntervalSweep):
        return [f"{text.partition('=')[0]}={end}" for end in (value.start, value.end)]
    if not override.is_discrete_sweep():
        return [text]  # Hydra says what is wrong with it
    key = text.partition("=")[0]
    return [lowered(f"{key}={value}") for value in override.sweep_string_iterator()]


def lowered(text: str) -> str:
    """An override as Hydra writes it in a sweep, with truth as its grammar and the run folders have it."""
    return re.sub(r"(?<=[=\[,:])(True|False)(?=$|[,\]}])", lambda found: found[0].lower(), text)


def parse(text: str) -> "Override":
    """An override, read by Hydra's grammar.

    Raises:
        UserError: it cannot be read.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    if "=" not in text and not text.startswith("~"):
        raise UserError(f"{text}: not an override; write option=value (zoo train --help lists the options)")
    try:
        return OverridesParser.create().parse_override(text)
    except HydraException as error:
        key, _, value = text.partition("=")
        raise UserError(
            f"{text}: the value cannot be read; quote one with special characters: '{key}=\"{value}\"'"
        ) from error


def from_values(mapping: Mapping[str, Any], without: Iterable[str] = ()) -> list[str]:
    """The prepared overrides that a config file stands for, less those of the groups ``without``.

    A group's value is a choice's name, or a mapping with ``name`` and options.
    """
    skipped = set(without)
    found: list[str] = []
    for key, value in mapping.items():
        if key in skipped:
            continue
        if key in CHOICES and isinstance(value, Mapping):
            options = dict(value)
            name = options.pop("name", None)
            found += [] if name is None else [f"{key}={literal(name)}"]
            found += _leaves(options, f"{key}.")
        elif key in CHOICES:
            found.append(f"{key}={literal(value)}")
        else:
            found += _leaves({key: value}, "")
    return found


def literal(value: Any) -> str:
    """A plain value in Hydra's grammar."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"[{','.join(map(literal, value))}]"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{literal(inner)}" for key, inner in value.items()) + "}"
    text = str(value)
    if text.isidentifier() and text.lower() not in {"null", "true", "false", "nan", "inf"}:
        return text
    # Within quotes a backslash is itself, but before a quote or at the end.
    quoted = text.replace("\\'", "\\\\'").replace("'", "\\'")
    return f"'{quoted}\\'" if quoted.endswith("\\") else f"'{quoted}'"


def missing(path: str, there_is: Iterable[str]) -> NoReturn:
    """Say that ``GROUP/NAME`` is no choice.

    Raises:
        UserError: always.
    """
    group, _, name = path.rpartition("/")
    raise UserError(f"{group}={name}: no such choice; {hint(name, there_is, group + '=')}")


def _leaves(mapping: Mapping[str, Any], prefix: str) -> Iterable[str]:
    for key, value in mapping.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"++{prefix}{key}={literal(value)}"


def _prepare(text: str) -> str:
    override = parse(text)
    key = override.key_or_group
    if key in NOT_HYDRAS:
        raise UserError(f"{text}: folders are the zoo's own; {NOT_HYDRAS[key]}")
    if key.startswith(("hydra.", "hydra/")) or "@" in override.get_key_element():
        return text
    if override.is_delete():
        raise UserError(f"{text}: an option cannot be taken away; give it a value")
    value = text.partition("=")[2]
    if key == "model" and ("/" in value or value.endswith(".net")):
        raise UserError(f"{text}: a spec of your own is given as model.spec={value}")
    if key in CHOICES and not (override.is_sweep_override() or isinstance(override.value(), str | list)):
        missing(f"{key}/{value}", _choices(key))
    if key in CHOICES:
        return f"{key}={value}"
    group, _, last = key.partition(".")
    if last == "name" and group in CHOICES and group != "trainer":
        return f"{group}={value}"  # the choice brings its own defaults along
    return f"++{key}={value}"


def _choices(group: str) -> Iterable[str]:
    if group in GROUPS:
        return GROUPS[group].entries
    return model.shipped() if group == "model" else ("default",)
