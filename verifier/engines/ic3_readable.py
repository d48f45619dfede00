"""What IC3 says about bits, said about values: clauses in the spec's own words, as few as the same is said with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from verifier.encode.bits_machine import BitMachine
from verifier.engines.diagrams.literals import Codes, Unit, units
from verifier.engines.diagrams.quantified import gathered
from verifier.engines.ic3_places import Places, places_of
from verifier.engines.ic3_reduce import simplified
from verifier.model.sorts import IntSort, Sort, cardinality
from verifier.model.terms import Term

Cube = Mapping[Unit, frozenset[int]]
Numbered = dict[int, frozenset[int]]


def readable(machine: BitMachine, cubes: Sequence[tuple[int, ...]]) -> tuple[Term, ...]:
    """Return terms that together say that a state is in none of the cubes (sets of literals of a state's bits, whose
    exclusion is an inductive invariant without bad states or steps), or in none of others of which that is true.

    The literals of one scalar become the set of its values that are meant; cubes that differ in one scalar only become
    one; clauses that are there for every key of a map are said for all keys.
    """
    places = places_of(machine)
    return said(machine, simplified(machine, cubes, places), places)


def said(machine: BitMachine, cubes: Iterable[tuple[int, ...]], places: Places) -> tuple[Term, ...]:
    """Return terms that together say that a state is in none of the cubes."""
    told = [_told(cube, places) for cube in cubes]
    merged = _merged([c for c in told if c is not None])
    return gathered(machine.model, [(dict[Unit, Codes](c), None) for c in merged])


def _told(cube: Sequence[int], places: Places) -> Cube | None:
    """Return the cube's values, in the order of its literals; None where it holds no state."""
    told: dict[Unit, frozenset[int]] = {}
    for leaf, bits in dict.fromkeys(places[abs(x)] for x in cube):
        wanted = {bits.index(abs(x)): x > 0 for x in cube if abs(x) in bits}
        for unit in units(leaf):
            if unit.bit is not None:
                codes = frozenset({0, 1} if unit.bit not in wanted else {int(wanted[unit.bit])})
            else:
                codes = frozenset(_codes(leaf.sort, len(bits), wanted))
            if len(codes) < unit.size:
                told[unit] = codes
    return None if any(not codes for codes in told.values()) else told


def _codes(sort: Sort, width: int, wanted: Mapping[int, bool]) -> Iterator[int]:
    """Yield the codes of a scalar whose bits are as wanted: of an int its distance from the lowest one."""
    low = sort.low if isinstance(sort, IntSort) else 0
    for code in range(cardinality(sort) or 0):
        number = (code + low) % (1 << width)
        if all((number >> i & 1 == 1) is on for i, on in wanted.items()):
            yield code


def _merged(cubes: Sequence[Cube]) -> list[Cube]:
    """Join cubes that differ in one scalar only, as long as there are any; drop those that are part of another."""
    units = list(dict.fromkeys(u for c in cubes for u in c))
    number = {u: i for i, u in enumerate(units)}  # quicker to compare
    numbered = _different({number[u]: codes for u, codes in c.items()} for c in cubes)
    before = len(numbered) + 1
    while len(numbered) < before:
        before = len(numbered)
        for i, unit in enumerate(units):
            numbered = _joined(numbered, i, unit.size)
    kept = [c for c in numbered if not any(c is not d and _is_within(c, d) for d in numbered)]
    return [{units[i]: codes for i, codes in c.items()} for c in kept]


def _different(cubes: Iterable[Numbered]) -> list[Numbered]:
    return list({frozenset(c.items()): c for c in cubes}.values())


def _joined(cubes: list[Numbered], unit: int, size: int) -> list[Numbered]:
    """Join the cubes that differ in one unit only, which has so many codes."""
    groups: dict[frozenset[tuple[int, frozenset[int]]], list[Numbered]] = {}
    for cube in (c for c in cubes if unit in c):
        groups.setdefault(frozenset(x for x in cube.items() if x[0] != unit), []).append(cube)
    if all(len(group) == 1 for group in groups.values()):
        return cubes
    whole = {id(c): _united(g, unit, size) for g in groups.values() for c in g}
    return _different(whole.get(id(c), c) for c in cubes)


def _united(group: Sequence[Numbered], unit: int, size: int) -> Numbered:
    codes = frozenset(x for cube in group for x in cube[unit])
    return {u: codes if u == unit else old for u, old in group[0].items() if u != unit or len(codes) < size}


def _is_within(cube: Numbered, other: Numbered) -> bool:
    return cube.keys() >= other.keys() and all(cube[u] <= codes for u, codes in other.items())
