"""From an inductive frame to an invariant that is worth reading: few clauses, said for all keys of a map at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from verifier.encode.bits_machine import BitMachine
from verifier.encode.bits_solver import Sat
from verifier.encode.listing import listed
from verifier.engines.ic3_places import Places
from verifier.model.sorts import Sort, Value
from verifier.model.terms import Term

Cube = tuple[int, ...]

MOST = 4000
"""The most cubes that are tried for other keys than those for which they were found."""


def simplified(machine: BitMachine, cubes: Sequence[Cube], places: Places) -> list[Cube]:
    """Return cubes whose exclusion is inductive and suffices, as that of `cubes` does: where it is enough, those that
    can be excluded whatever the key is for which they were found; and none that is not needed."""
    every = orbits(machine, cubes, places)
    if sum(map(len, every)) <= MOST:
        kept = _Clauses(machine, every).kept()
        if kept is not None:
            return [cube for orbit in kept for cube in orbit]
    kept = _Clauses(machine, [[c] for c in cubes]).needed()
    return [cube for orbit in kept for cube in orbit]


def inductive(machine: BitMachine, cubes: Iterable[Cube]) -> list[Cube]:
    """Return those of the cubes whose exclusion is inductive together, as many as there are (Houdini: Flanagan, Leino,
    FME 2001)."""
    clauses = _Clauses(machine, [[c] for c in cubes])
    clauses.settle()
    return [cube for (cube,) in clauses.switches.values()]


def orbits(machine: BitMachine, cubes: Iterable[Cube], places: Places) -> list[list[Cube]]:
    """Return for each cube about one key of a map, or two of which a table gives the second, all of that shape."""
    bit_at = {(leaf.root, leaf.path, i): b for leaf, bits in places.values() for i, b in enumerate(bits)}
    found: dict[frozenset[Cube], list[Cube]] = {}
    for cube in cubes:
        for sort, moves in _moves(machine, cube, places):
            orbit = [_moved(cube, sort, move, places, bit_at) for move in moves]
            found.setdefault(frozenset(orbit), orbit)
        if not any(places[abs(x)][0].keys for x in cube):
            found.setdefault(frozenset([cube]), [cube])
    return list(found.values())


def _moves(machine: BitMachine, cube: Cube, places: Places) -> Iterator[tuple[Sort, list[dict[Value, Value]]]]:
    leaves = [places[abs(x)][0] for x in cube]
    for sort in dict.fromkeys(leaf.keys for leaf in leaves if leaf.keys is not None):
        keys = list(dict.fromkeys(leaf.path[0] for leaf in leaves if leaf.keys == sort))
        if len(keys) == 1:
            yield sort, [{keys[0]: k} for k in listed(sort)]
        for table in (t for t in machine.model.tables if t.arguments == (sort,) and t.result == sort):
            to = machine.model.cells[table.name]
            for key, other in (keys, keys[::-1]) if len(keys) == 2 else ():
                if to[(key,)] == other:
                    yield sort, [{key: k, other: to[(k,)]} for k in listed(sort)]


def _moved(
    cube: Cube,
    sort: Sort,
    move: Mapping[Value, Value],
    places: Places,
    bit_at: Mapping[tuple[Term, tuple[Value, ...], int], int],
) -> Cube:
    moved = []
    for literal in cube:
        leaf, bits = places[abs(literal)]
        path = (move[leaf.path[0]], *leaf.path[1:]) if leaf.keys == sort else leaf.path
        bit = bit_at[leaf.root, path, bits.index(abs(literal))]
        moved.append(bit if literal > 0 else -bit)
    return tuple(sorted(set(moved), key=abs))


@dataclass
class _Clauses:
    """Groups of cubes to be excluded together, each with a switch in a solver."""

    machine: BitMachine
    groups: Sequence[Sequence[Cube]]

    def __post_init__(self) -> None:
        self.solver = Sat()
        self.solver.add(self.machine.circuit.clauses)
        self.switches = {self.machine.circuit.count + 1 + i: group for i, group in enumerate(self.groups)}
        for switch, group in self.switches.items():
            self.solver.add([-switch, *(-x for x in cube)] for cube in group)

    def kept(self) -> list[Sequence[Cube]] | None:
        """Return groups that can be excluded, as few as suffice; None iff all that can be do not suffice."""
        self.settle()
        if not self._suffices():
            return None
        self._narrow()
        for switch in sorted(self.switches, key=lambda s: (-len(self.switches[s][0]), s)):
            group = self.switches.pop(switch)
            if not self._suffices():
                self.switches[switch] = group
        return list(self.switches.values())

    def settle(self) -> None:
        """Drop the groups that cannot be excluded."""
        self.switches = {s: g for s, g in self.switches.items() if not any(self._is_initial(c) for c in g)}
        while lost := [s for s, group in self.switches.items() if not all(map(self._is_kept, group))]:
            for switch in lost:
                del self.switches[switch]

    def _suffices(self) -> bool:
        """Whether the groups that are left can be excluded, and no bad state or step is possible then."""
        cubes = (c for group in self.switches.values() for c in group)
        wrong = ((self.machine.bad,), (self.machine.bad_step,), *(self._after(c) for c in cubes))
        return all(self._premises(*w) is not None for w in wrong)

    def _narrow(self) -> None:
        kept = self.needed()
        self.switches = {s: g for s, g in self.switches.items() if any(g is k for k in kept)}

    def needed(self) -> list[Sequence[Cube]]:
        """Return the groups (which together are inductive and suffice) without which a bad state or step would be
        possible, those on which they rest, and so on."""
        todo = {*(self._premises(self.machine.bad) or ()), *(self._premises(self.machine.bad_step) or ())}
        needed: set[int] = set()
        while todo:
            switch = todo.pop()
            needed.add(switch)
            for cube in self.switches[switch]:
                found = self._premises(*self._after(cube))
                todo |= (set(self.switches) if found is None else found) - needed
        return [group for s, group in self.switches.items() if s in needed]

    def _is_initial(self, cube: Cube) -> bool:
        return self.solver.solve([self.machine.initial, *cube]) is not False

    def _is_kept(self, cube: Cube) -> bool:
        return self._premises(*self._after(cube)) is not None

    def _after(self, cube: Cube) -> tuple[int, ...]:
        return (self.machine.valid, *(self.machine.after_of(x) for x in cube))

    def _premises(self, *conclusion: int) -> set[int] | None:
        """Return switches that make the conclusion impossible; None iff all of them do not."""
        if self.solver.solve([*self.switches, *conclusion]) is not False:
            return None
        return {s for s in self.solver.core() if s in self.switches}
