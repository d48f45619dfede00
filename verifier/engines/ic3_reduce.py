"""From an inductive frame to an invariant that is worth reading: few clauses, said for all keys of a map at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

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
    clauses = _Clauses(machine, [[c] for c in cubes])
    return [cube for (cube,) in clauses.needed()]


def inductive(machine: BitMachine, cubes: Iterable[Cube]) -> list[Cube]:
    """Return those of the cubes whose exclusion is inductive together, as many as there are (Houdini: Flanagan, Leino,
    FME 2001)."""
    clauses = _Clauses(machine, [[c] for c in cubes])
    clauses.settle()
    return [cube for (cube,) in clauses.switches.values()]


def resting(machine: BitMachine, cubes: Sequence[Cube], on: Iterable[Cube]) -> list[Cube]:
    """Return those of the cubes, whose exclusion is inductive together, that are among `on` or make that inductive."""
    clauses, wanted = _Clauses(machine, [[c] for c in cubes]), set(on)
    return [cube for (cube,) in clauses.needed({s for s, (cube,) in clauses.switches.items() if cube in wanted})]


def orbits(machine: BitMachine, cubes: Iterable[Cube], places: Places) -> list[list[Cube]]:
    """Return for each cube about one key of a map, or two of which a table gives the second, all of that shape."""
    bit_at = {(leaf.root, leaf.path, i): b for leaf, bits in places.values() for i, b in enumerate(bits)}
    found: dict[frozenset[Cube], list[Cube]] = {}
    met: set[Cube] = set()
    for cube in (c for c in cubes if c not in met):
        for sort, moves in _moves(machine, cube, places):
            orbit = [_moved(cube, sort, move, places, bit_at) for move in moves]
            found.setdefault(frozenset(orbit), orbit)
            met.update(orbit)
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


class _Clauses:
    """Groups of cubes to be excluded together. `switches`: by its switch each group that is left; `into`: by that
    switch the literal that says that a step leads into one of its cubes."""

    def __init__(self, machine: BitMachine, groups: Iterable[Sequence[Cube]]) -> None:
        self.machine, self.solver = machine, Sat()
        self.solver.add(machine.circuit.clauses)
        self.first, self.count = machine.initial_cube(), machine.circuit.count
        self.switches: dict[int, Sequence[Cube]] = {}
        self.into: dict[int, int] = {}
        for group in groups:
            self._add(group)

    def _add(self, group: Sequence[Cube]) -> None:
        switch, into = self._variable(), self._variable()
        self.switches[switch], self.into[switch] = group, into
        hit = []
        for cube in group:
            hit.append(self._variable())
            self.solver.require(-switch, *(-x for x in cube))
            self.solver.add([-hit[-1], self.machine.after[x]] for x in cube)
        self.solver.add([[-into, self.machine.valid], [-into, *hit]])

    def _variable(self) -> int:
        self.count += 1
        return self.count

    def kept(self) -> list[Sequence[Cube]] | None:
        """Return groups that can be excluded, as few as suffice; None iff all that can be do not suffice."""
        if (kept := self._needed_for_the_claim()) is None:
            self.settle()
            kept = self._needed_for_the_claim()
        if kept is None:
            return None
        self.switches = {s: g for s, g in self.switches.items() if s in kept}
        for switch in sorted(self.switches, key=lambda s: (-len(self.switches[s][0]), s)):
            if (group := self.switches.pop(switch, None)) is None:
                continue
            if (kept := self._needed_for_the_claim()) is None:
                self.switches[switch] = group
            else:  # others may rest on the group that went, and then go too
                self.switches = {s: g for s, g in self.switches.items() if s in kept}
        return list(self.switches.values())

    def needed(self, on: Iterable[int] = ()) -> list[Sequence[Cube]]:
        """Return, of groups which together are inductive, these and those on which they rest; or those on which the
        claim rests, if that is what they are for."""
        needed = self._needed(on) if on else self._needed_for_the_claim()
        return [group for s, group in self.switches.items() if needed is None or s in needed]

    def settle(self) -> None:
        """Drop the groups that cannot be excluded."""
        self.switches = {s: g for s, g in self.switches.items() if not any(map(self._is_initial, g))}
        lost = True
        while lost:
            lost = False
            for switch in list(self.switches):
                lost = (switch in self.switches and self._is_lost(switch)) or lost

    def _is_lost(self, switch: int) -> bool:
        """Whether a step leads into the group; then that is dropped, and all others into which it leads."""
        lost = self._premises(self.into[switch]) is None
        if lost:
            true = frozenset(self.solver.solution())
            after = {x for x, new in self.machine.after.items() if new in true}
            self.switches = {s: g for s, g in self.switches.items() if not any(after.issuperset(c) for c in g)}
            self.switches.pop(switch, None)
        return lost

    def _needed_for_the_claim(self) -> set[int] | None:
        """Return the groups without which a bad state or step would be possible, those on which they rest, and so on;
        None where all that are left are not enough."""
        bad, step = self._premises(self.machine.bad), self._premises(self.machine.bad_step)
        return None if bad is None or step is None else self._needed(bad | step)

    def _needed(self, on: Iterable[int]) -> set[int] | None:
        todo, needed = set(on), set[int]()
        while todo:
            switch = todo.pop()
            needed.add(switch)
            if (premises := self._premises(self.into[switch])) is None or any(
                map(self._is_initial, self.switches[switch])
            ):
                return None
            todo |= premises - needed
        return needed

    def _is_initial(self, cube: Cube) -> bool:
        if self.first is not None:
            return not any(-x in self.first for x in cube)
        return self.solver.solve([self.machine.initial, *cube]) is not False

    def _premises(self, conclusion: int) -> set[int] | None:
        """Return switches that make the conclusion impossible; None where all of them do not."""
        if self.solver.solve([*self.switches, conclusion]) is not False:
            return None
        return {s for s in self.solver.core() if s in self.switches}
