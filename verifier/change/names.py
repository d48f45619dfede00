"""Which name of one version means which of the other: the same name, unless a rename is declared (`was`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from verifier.model.declarations import Rename
from verifier.model.model import Model
from verifier.model.sorts import EnumSort, FlagsSort, Sort

Names = Mapping[str, str]


@dataclass(frozen=True)
class Pairs:
    """What the two versions share, each name of the first with its name in the second.

    `values` has the values of the enums and the bits of the flags that are shared, by the first's sort name.
    `rules` are pairs, for a rule may have been split or merged.
    """

    sorts: Names
    values: Mapping[str, Names]
    parameters: Names
    variables: Names
    functions: Names
    tables: Names
    properties: Names
    rules: tuple[tuple[str, str], ...]

    @property
    def flipped(self) -> Pairs:
        """The same, the other way round."""
        values = {self.sorts[s]: _flip(v) for s, v in self.values.items()}
        return Pairs(
            _flip(self.sorts), values, _flip(self.parameters), _flip(self.variables), _flip(self.functions),
            _flip(self.tables), _flip(self.properties), tuple((b, a) for a, b in self.rules),
        )  # fmt: skip


def _flip(names: Names) -> Names:
    return {b: a for a, b in names.items()}


def pairs(old: Model, new: Model) -> Pairs:
    """Return what the two versions share, old names first.

    A rename is declared in the version that has the new name, usually `new`; where `old` declares one it is read
    backwards, so that swapping the versions swaps the answer.
    """
    forth = _renames(new.renames)
    back = _renames(old.renames)

    def shared(olds: Iterable[str], news: Iterable[str], kind: str, old_kind: str = "") -> Names:
        return dict(_shared(list(olds), list(news), forth.get(kind, {}), back.get(old_kind or kind, {})))

    sorts = shared(old.sorts, new.sorts, "sort")
    values = {
        a: shared(members(old.sorts[a]), members(new.sorts[b]), f"value {b}", f"value {a}") for a, b in sorts.items()
    }
    return Pairs(
        sorts,
        values,
        shared((p.name for p in old.parameters), (p.name for p in new.parameters), "param"),
        shared(old.variable, new.variable, "var"),
        shared(old.function, new.function, "fun"),
        shared(old.table, new.table, "table"),
        shared((p.name for p in old.properties), (p.name for p in new.properties), "property"),
        tuple(dict.fromkeys(_rules(old, new))),
    )


def members(sort: Sort) -> list[str]:
    """Return the names of an enum's values or of a flags' bits; nothing of other sorts."""
    if isinstance(sort, EnumSort):
        return list(sort.names)
    return list(sort.bits) if isinstance(sort, FlagsSort) else []


def _renames(renames: Iterable[Rename]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return new name -> old names for each kind; the values of sort S are of kind "value S"."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for rename in renames:
        kind, new = rename.kind, rename.new
        if kind == "value":
            sort, _, new = new.partition(".")
            kind = f"value {sort}"
        found.setdefault(kind, {})[new] = rename.old
    return found


def _shared(
    olds: list[str], news: list[str], forth: Mapping[str, tuple[str, ...]], back: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """Yield (old, new): what is declared as renamed, then what has the same name and is not renamed."""
    taken_old, taken_new = set(), set()
    declared = [(was, n) for n, wases in forth.items() for was in wases if was in olds and n in news]
    declared += [(o, was) for o, wases in back.items() for was in wases if was in news and o in olds]
    for old, new in declared:
        if old not in taken_old and new not in taken_new:
            taken_old.add(old)
            taken_new.add(new)
            yield old, new
    yield from ((n, n) for n in olds if n in news and n not in taken_old and n not in taken_new)


def _rules(old: Model, new: Model) -> Iterator[tuple[str, str]]:
    forth, back = _renames(new.renames).get("rule", {}), _renames(old.renames).get("rule", {})
    declared = [(was, n) for n, wases in forth.items() for was in wases]
    declared += [(o, was) for o, wases in back.items() for was in wases]
    declared += [(f"{o}.fails", f"{n}.fails") for o, n in declared]
    known = [(o, n) for o, n in declared if o in old.rule and n in new.rule]
    yield from known
    olds, news = {o for o, _ in known}, {n for _, n in known}
    yield from ((n, n) for n in old.rule if n in new.rule and n not in olds and n not in news)
