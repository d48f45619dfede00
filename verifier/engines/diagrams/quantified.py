"""Clauses as terms; one that holds for every key of a map is said once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from verifier.engines.diagrams.compile import listed
from verifier.engines.diagrams.literals import Codes, Unit
from verifier.model.declarations import Table
from verifier.model.model import Model
from verifier.model.sorts import BOOL, Sort, Value
from verifier.model.terms import FALSE, Bind, Binder, Call, Local, Term, and_, implies

Cube = Mapping[Unit, Codes]
Keys = Callable[[Unit], Term | None]
"""Which term stands for the first key of a leaf; None: the key itself."""


@dataclass(frozen=True)
class Pattern:
    """A cube as seen from one key: its literals, those at that key, and those at the key that a table gives for it,
    without their keys."""

    keys: Sort
    table: str | None
    literals: frozenset[object]


def clause(cube: Cube, keys: Keys = lambda unit: None) -> Term:
    """Return the term that says that a state is not in the cube."""
    literals = [(unit, codes, unit.leaf.at(keys(unit))) for unit, codes in cube.items()]
    if not literals:
        return FALSE
    *premises, (unit, codes, leaf) = literals
    return implies(and_(*(u.term(c, at) for u, c, at in premises)), unit.refuted(codes, leaf))


def gathered(model: Model, parts: Iterable[tuple[Cube | None, Term | None]]) -> tuple[Term, ...]:
    """Return the parts as terms, each part a cube or a term; cubes that differ only in the key of a map, and are there
    for each key, are one."""
    found = list(parts)
    patterns: dict[Pattern, dict[Value, Cube]] = {}
    for cube in (c for c, _ in found if c is not None):
        for pattern, key in _patterns(model, cube):
            patterns.setdefault(pattern, {})[key] = cube
    done: set[int] = set()
    terms: dict[Term, None] = dict.fromkeys(t for _, t in found if t is not None)
    for pattern, cubes in patterns.items():
        mine = {id(c) for c in cubes.values()}
        if len(cubes) == len(listed(pattern.keys)) == len(mine) and not done & mine:
            done |= mine
            terms[_for_all(pattern, *next(iter(cubes.items())))] = None
    return (*terms, *(clause(c) for c, _ in found if c is not None and id(c) not in done))


def _for_all(pattern: Pattern, key: Value, cube: Cube) -> Term:
    local = Local(pattern.keys, "k")

    def keys(unit: Unit) -> Term | None:
        if unit.leaf.keys != pattern.keys:
            return None
        is_own = unit.leaf.path[0] == key
        return local if is_own or pattern.table is None else Call(pattern.keys, pattern.table, (local,))

    return Bind(BOOL, Binder.ALL, local, clause(cube, keys))


def _patterns(model: Model, cube: Cube) -> Iterator[tuple[Pattern, Value]]:
    """Yield the cube as seen from its only key; or from one of two, where a table gives the other one for it."""
    for sort in dict.fromkeys(u.leaf.keys for u in cube if u.leaf.keys is not None):
        keys = list(dict.fromkeys(u.leaf.path[0] for u in cube if u.leaf.keys == sort))
        if len(keys) == 1 and len(listed(sort)) > 1:
            yield Pattern(sort, None, _literals(cube, sort, keys[0])), keys[0]
        if len(keys) == 2:
            for table in (t for t in model.tables if t.arguments == (sort,) and t.result == sort):
                for key, other in (keys, keys[::-1]):
                    if _maps(model, table, key, other):
                        yield Pattern(sort, table.name, _literals(cube, sort, key)), key


def _maps(model: Model, table: Table, key: Value, other: Value) -> bool:
    return model.cells[table.name][(key,)] == other


def _literals(cube: Cube, sort: Sort, key: Value) -> frozenset[object]:
    return frozenset(
        (u.leaf.root, u.leaf.path[1:], u.bit, u.leaf.path[0] == key, codes)
        if u.leaf.keys == sort
        else (u.leaf, u.bit, None, codes)
        for u, codes in cube.items()
    )
