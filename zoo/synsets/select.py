"""Which classes of a data set are taken, and which synsets they are taken for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zoo.data.choice import ChoiceOptions
from zoo.errors import UserError
from zoo.synsets import breeds
from zoo.synsets.distance import depths
from zoo.synsets.hierarchy import Hierarchy
from zoo.synsets.names import resolve

MOST_NAMED = 8
ADVICE = "data.superclasses=[…] names others, and data.shared=drop leaves these classes out"


@dataclass(frozen=True)
class Selection:
    """``labels`` has for each class of the data its new number, or None where it is left out."""

    classes: tuple[str, ...]
    labels: tuple[int | None, ...]


def asked(options: object) -> bool:
    """Whether the options choose anything."""
    return isinstance(options, ChoiceOptions) and bool(
        options.subtree or options.superclasses or _of_superclasses(options)
    )


def select(
    options: ChoiceOptions, classes: Sequence[str], wnids: Sequence[str], hierarchy: Hierarchy
) -> Selection:
    """What the options choose of ``classes``, whose wnids are ``wnids``.

    Without superclasses, classes keep their names and their order. A superclass is called by its wnid and its
    first word; they have the order in which they are given, or that of the wnids.

    Raises:
        UserError: a name that is unknown or of several synsets, a synset without classes, a class of two
            superclasses, options that need others, or fewer than two classes in the end.
    """
    _check(options)
    own = [wnid for wnid in wnids if wnid in hierarchy]
    pruned = hierarchy.pruned(own)
    taken = _subtree(options, hierarchy, pruned, own)
    if not options.superclasses and options.superclass_depth is None:
        _two(len(taken), options)
        kept = [number for number, wnid in enumerate(wnids) if wnid in taken]
        numbers = {number: new for new, number in enumerate(kept)}
        return Selection(
            tuple(classes[number] for number in kept), tuple(map(numbers.get, range(len(classes))))
        )
    under = _superclasses(options, hierarchy, pruned, taken)
    under = _chosen(options, hierarchy, _once(options, hierarchy, under))
    _two(len(under), options)
    new = {wnid: number for number, below in enumerate(under.values()) for wnid in below}
    return Selection(tuple(_named(hierarchy, top) for top in under), tuple(map(new.get, wnids)))


def _of_superclasses(options: ChoiceOptions) -> list[str]:
    """The options given that make sense with superclasses only."""
    given = {
        "data.superclass_depth": options.superclass_depth is not None,
        "data.subclasses": options.subclasses is not None,
        "data.balanced": options.balanced,
        "data.domain": options.domain != "all",
    }
    return [name for name, said in given.items() if said]


def _check(options: ChoiceOptions) -> None:
    others = _of_superclasses(options)
    if options.superclasses and options.superclass_depth is not None:
        raise UserError("data.superclasses and data.superclass_depth both choose superclasses; give one")
    if others and not options.superclasses and options.superclass_depth is None:
        raise UserError(
            f"{others[0]} needs superclasses: data.superclasses=[NAME,…] or data.superclass_depth=N"
        )
    if options.subclasses is not None and options.balanced:
        raise UserError("data.subclasses and data.balanced both say how many classes to take; give one")
    if options.subclasses is not None and options.subclasses % 2 and options.domain != "all":
        raise UserError(f"data.subclasses={options.subclasses}: halves are made of an even number")


def _subtree(
    options: ChoiceOptions, hierarchy: Hierarchy, pruned: Hierarchy, own: Sequence[str]
) -> dict[str, None]:
    """The classes that may be taken, in the data's order."""
    tops = _resolved(hierarchy, pruned, options.subtree, "data.subtree")
    if not tops:
        return dict.fromkeys(own)
    below = set().union(*(pruned.below(top) for top in tops))
    return dict.fromkeys(wnid for wnid in own if wnid in below)


def _superclasses(
    options: ChoiceOptions, hierarchy: Hierarchy, pruned: Hierarchy, taken: Mapping[str, None]
) -> dict[str, list[str]]:
    """The superclasses, and the classes of each by wnid."""
    tops = _resolved(hierarchy, pruned, options.superclasses, "data.superclasses")
    if options.superclass_depth is not None:
        at = sorted(wnid for wnid, depth in depths(pruned).items() if depth == options.superclass_depth)
        within = _resolved(hierarchy, pruned, options.subtree, "data.subtree")
        below = set().union(*(pruned.below(top) for top in within)) if within else set(pruned.graph)
        tops = [wnid for wnid in at if wnid in below]
    under = {top: sorted(taken.keys() & pruned.below(top)) for top in tops}
    empty = next((top for top, own in under.items() if not own), None)
    if empty is not None:
        raise UserError(f"data.superclasses: no class is left below {_named(hierarchy, empty)}")
    if not under:
        raise UserError(f"data.superclass_depth={options.superclass_depth}: no classes are so deep")
    return under


def _once(
    options: ChoiceOptions, hierarchy: Hierarchy, under: Mapping[str, list[str]]
) -> dict[str, list[str]]:
    """Without the classes that are below two superclasses; an error unless these may be dropped."""
    above: dict[str, list[str]] = {}
    for top, own in under.items():
        for wnid in own:
            above.setdefault(wnid, []).append(top)
    twice = {wnid: tops for wnid, tops in above.items() if len(tops) > 1}
    if twice and options.shared == "error":
        lines = [
            f"  {_named(hierarchy, wnid)}: {', '.join(_named(hierarchy, top) for top in tops)}"
            for wnid, tops in list(twice.items())[:MOST_NAMED]
        ]
        more = [f"  and {len(twice) - MOST_NAMED} more"] if len(twice) > MOST_NAMED else []
        what = "one class is" if len(twice) == 1 else f"{len(twice)} classes are"
        told = f"{what} below two superclasses, and an image has one label; {ADVICE}"
        raise UserError("\n".join([told, *lines, *more]))
    left = {top: [wnid for wnid in own if wnid not in twice] for top, own in under.items()}
    return {top: own for top, own in left.items() if own}


def _chosen(
    options: ChoiceOptions, hierarchy: Hierarchy, under: dict[str, list[str]]
) -> dict[str, list[str]]:
    """The classes that are balanced, and of the domain."""
    number = breeds.balanced_number(under) if options.balanced else options.subclasses
    seed = options.subclass_seed
    if options.domain == "all":
        return under if number is None else breeds.sample(under, number, seed)
    halves = breeds.split(hierarchy, under, number, options.domain_split, seed)
    half = 0 if options.domain == "source" else 1
    return {top: both[half] for top, both in halves.items()}


def _resolved(hierarchy: Hierarchy, pruned: Hierarchy, names: Sequence[str], what: str) -> list[str]:
    """The wnids of names, each with classes of the data below it, and none twice."""
    found: dict[str, str] = {}
    for name in names:
        wnid = resolve(hierarchy, name, what, pruned.graph)
        if wnid not in pruned:
            raise UserError(f"{what}={name}: no class of the data is at or below {_named(hierarchy, wnid)}")
        if wnid in found:
            raise UserError(
                f"{what}: {found[wnid]} and {name} are the same synset, {_named(hierarchy, wnid)}"
            )
        found[wnid] = name
    return list(found)


def _named(hierarchy: Hierarchy, wnid: str) -> str:
    return f"{wnid} {hierarchy.name(wnid)}"


def _two(count: int, options: ChoiceOptions) -> None:
    if count >= 2:
        return
    few = f"; the superclasses have fewer than {options.subclasses} classes" if options.subclasses else ""
    left = "one class is" if count else "no classes are"
    raise UserError(f"{left} left by the options of data=…, and a net tells two or more apart{few}")
