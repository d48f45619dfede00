"""The visited states folded to one of each orbit: what the search needs for that, by the kernel or its twin."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from verifier.statespace.kernel import WORDS, Tables, address, library, packed, unpacked
from verifier.statespace.orbits import Orbits
from verifier.statespace.packing import WORD
from verifier.statespace.twin import Twin, Wrong


@dataclass(frozen=True)
class Weight:
    """How many states representatives stand for, with how many transitions, and how many of them are deadlocks."""

    states: int
    transitions: int
    dead: int

    def __add__(self, other: Weight) -> Weight:
        return Weight(self.states + other.states, self.transitions + other.transitions, self.dead + other.dead)


class Folding:
    """Orbits, as the kernel has them too, where there is one."""

    def __init__(self, orbits: Orbits) -> None:
        self.handle = None
        self.orbits, self.words = orbits, orbits.layout.words
        self.kernel = library() if self.words <= WORDS and all(f.width <= WORD for f in orbits.layout.fields) else None
        if self.kernel is not None:
            numbers = orbits.words()
            self.handle = self.kernel.orbits_new(self.words, address(numbers))
            if not self.handle:
                raise MemoryError

    def __del__(self) -> None:
        if self.handle and self.kernel is not None:
            self.kernel.orbits_free(self.handle)

    def represented(self, states: list[int]) -> list[int]:
        """Return the representative of each of the states."""
        if self.kernel is None:
            return [self.orbits.representative(s) for s in states]
        words = packed(states, self.words)
        self.kernel.represent(self.handle, address(words), len(states))
        return unpacked(words, self.words)

    def before(self, tables: Tables | None, twin: Twin, states: array[int], target: int) -> int | None:
        """Return the first of the states with a successor that `target` represents; None iff there is none."""
        if self.kernel is None or tables is None:
            listed = unpacked(states, self.words)
            return next((s for s in listed if target in map(self.orbits.representative, twin.successors(s)[1])), None)
        goal = packed([target], self.words)
        size = len(states) // self.words
        place = self.kernel.orbit_before(tables.handle, self.handle, address(states), size, address(goal))
        return None if place == size else unpacked(states[place * self.words : (place + 1) * self.words], self.words)[0]

    def weight(self, tables: Tables | None, twin: Twin, states: array[int]) -> Weight | None:
        """Return what representatives stand for; None where the size of an orbit is not known."""
        size, order = len(states) // self.words, self.orbits.order
        if self.kernel is None or tables is None or order >> WORD:
            return self._weighed(twin, unpacked(states, self.words))
        ways, transitions = (array("Q", bytes(8 * size)) for _ in range(2))
        places = (address(ways), address(transitions))
        if not self.kernel.weigh(tables.handle, self.handle, address(states), size, *places):
            raise MemoryError
        if 0 in ways:
            return None
        orbits = [(order // w, t) for w, t in zip(ways, transitions, strict=True)]
        return Weight(sum(o for o, _ in orbits), sum(o * t for o, t in orbits), sum(o for o, t in orbits if not t))

    def _weighed(self, twin: Twin, states: list[int]) -> Weight | None:
        total = Weight(0, 0, 0)
        for state in states:
            orbit = self.orbits.size(state)
            if orbit is None:
                return None
            try:
                count = twin.successors(state)[0]
            except Wrong:
                count = 0
            total += Weight(orbit, orbit * count, 0 if count else orbit)
        return total
