"""Breadth-first search over packed states, level by level: by the kernel, or by its twin in Python."""

from __future__ import annotations

import ctypes
import time
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from verifier.statespace.folding import Folding
from verifier.statespace.kernel import WORDS, Tables, address, library, missing, packed, unpacked
from verifier.statespace.machine import WRONG, Machine, Role
from verifier.statespace.packing import TooLarge
from verifier.statespace.twin import Twin, Wrong

DEAD = 14
"""The mark of a deadlock."""

MARKS = 16

DENSE = 1 << 21
"""A bitmap of at most so many bytes is used from the start."""

BLOCK = 1 << 15
"""How many states are copied out of the kernel at a time."""

BYTES = 120
"""About how many bytes a state takes in a Python set, with the integer."""


class Status(Enum):
    """How a level ended. Only FINISHED says that every reachable state is known."""

    MORE = 0
    FINISHED = 1
    HIT = 2
    WRONG = 3
    MEMORY = 4
    TIME = 5


@dataclass(frozen=True)
class Stops:
    """Which marks end a search: `now` at once, `late` at the end of the level (what they mark is shown by a step
    more). Deadlocks count as marked unless they have mark `excluded`."""

    now: int = 0
    late: int = 0
    excluded: int = -1


@dataclass(frozen=True)
class Counts:
    """What is known so far. `hits[m]` states have mark m; one of the nearest was met at level `met[m]`."""

    states: int
    transitions: int
    levels: int
    dead: int
    memory: int
    dense: bool
    frontier: int
    hits: tuple[int, ...]
    met: tuple[int, ...]


class Search(Protocol):
    """A search under way, by `engine`. States are integers."""

    engine: str

    def seed(self, states: Iterable[int], look: bool = True) -> bool:
        """Put states into the frontier, as far as they are new; return False where there is no memory for them."""

    def drop(self) -> None:
        """Empty the frontier; its states stay visited."""

    def restore(self, transitions: int, levels: int, dead: int) -> None:
        """Set the counts of an earlier run."""

    def advance(self, deadline: float) -> Status:
        """Expand the frontier, until `deadline` on `time.monotonic()`."""

    def counts(self) -> Counts:
        """Return what is known so far."""

    def first(self, mark: int) -> int:
        """Return one of the nearest states with a mark that was hit."""

    def has(self, state: int) -> bool:
        """Return True iff the state was visited."""

    def visited(self) -> Iterator[array[int]]:
        """Yield the visited states in blocks of words."""

    def frontier(self) -> Iterator[array[int]]:
        """Yield the states of the frontier in blocks of words."""


def search(machine: Machine, memory: int, threads: int, stops: Stops, folding: Folding | None = None) -> Search:
    """Return a search by the kernel where it can be had and 64-bit words suffice, else by the twin. With `folding`,
    only representatives are visited, and seeded."""
    kernel, why_not = library(), f"the kernel is missing: {missing()}"
    if kernel is not None and machine.layout.words <= WORDS:
        try:
            found = KernelSearch(machine, Tables(machine, kernel), memory, threads, stops)
            if folding is not None:
                found.fold(folding)
            return found
        except (TooLarge, MemoryError) as error:
            why_not = str(error) or "there is no memory for the kernel's tables"
    elif kernel is not None:
        why_not = f"the kernel's states have at most {WORDS} words"
    return TwinSearch(machine, memory, stops, folding, why_not)


class KernelSearch:
    """A search by the kernel."""

    engine = "the C kernel"

    def __init__(self, machine: Machine, tables: Tables, memory: int, threads: int, stops: Stops) -> None:
        self.words, self.tables, self.kernel = machine.layout.words, tables, tables.kernel
        size = (machine.layout.bits, threads, memory, min(DENSE, memory))
        self.handle = self.kernel.space_new(tables.handle, *size, stops.now, stops.late, stops.excluded)
        if not self.handle:
            raise MemoryError

    def __del__(self) -> None:
        if getattr(self, "handle", None):
            self.kernel.space_free(self.handle)

    def fold(self, folding: Folding) -> None:
        """From now on, visit representatives only."""
        self.folding = folding  # it must live as long as the search
        self.kernel.space_fold(self.handle, folding.handle)

    def seed(self, states: Iterable[int], look: bool = True) -> bool:
        """See Search."""
        words = states if isinstance(states, array) else packed(states, self.words)
        return bool(self.kernel.space_seed(self.handle, address(words), len(words) // self.words, look))

    def drop(self) -> None:
        """See Search."""
        self.kernel.space_drop(self.handle)

    def restore(self, transitions: int, levels: int, dead: int) -> None:
        """See Search."""
        self.kernel.space_restore(self.handle, transitions, levels, dead)

    def advance(self, deadline: float) -> Status:
        """See Search."""
        return Status(self.kernel.advance(self.handle, deadline, None))

    def counts(self) -> Counts:
        """See Search."""
        out = array("Q", bytes(8 * (7 + 2 * MARKS)))
        self.kernel.space_counts(self.handle, address(out))
        states, transitions, levels, dead, memory, dense, frontier = out[:7]
        hits, met = tuple(out[7 : 7 + MARKS]), tuple(out[7 + MARKS :])
        return Counts(states, transitions, levels, dead, memory, bool(dense), frontier, hits, met)

    def first(self, mark: int) -> int:
        """See Search."""
        out = array("Q", bytes(8 * self.words))
        self.kernel.space_first(self.handle, mark, address(out))
        return unpacked(out, self.words)[0]

    def has(self, state: int) -> bool:
        """See Search."""
        words = packed([state], self.words)  # it must live until the kernel has looked at it
        return bool(self.kernel.space_has(self.handle, address(words)))

    def visited(self) -> Iterator[array[int]]:
        """See Search."""
        return self._blocks(self.kernel.space_states)

    def frontier(self) -> Iterator[array[int]]:
        """See Search."""
        return self._blocks(self.kernel.space_front)

    def _blocks(self, read: ctypes._NamedFuncPointer) -> Iterator[array[int]]:
        cursor, room = ctypes.c_uint64(0), bytes(8 * self.words * BLOCK)
        while True:
            out = array("Q", room)
            count = read(self.handle, ctypes.addressof(cursor), address(out), BLOCK)
            if not count:
                return
            yield out[: count * self.words]


class TwinSearch:
    """A search by the twin."""

    def __init__(
        self, machine: Machine, memory: int, stops: Stops, folding: Folding | None = None, why: str = ""
    ) -> None:
        self.engine = f"generated Python ({why})" if why else "generated Python"
        self.words, self.twin, self.stops, self.folding = machine.layout.words, Twin(machine), stops, folding
        self.most = max(1, memory // BYTES)
        self.seen: set[int] = set()
        self.front: list[int] = []
        self.transitions = self.levels = self.dead = 0
        self.hits, self.met, self.firsts = [0] * MARKS, [0] * MARKS, [0] * MARKS
        self.observing = bool(machine.observers or machine.wide_observers)

    def seed(self, states: Iterable[int], look: bool = True) -> bool:
        """See Search."""
        for state in unpacked(states, self.words) if isinstance(states, array) else states:
            if state not in self.seen:
                self.seen.add(state)
                self.front.append(state)
                if look and self.observing:
                    self._record(self.twin.observe(state), state, self.levels)
        return len(self.seen) <= self.most

    def drop(self) -> None:
        """See Search."""
        self.front = []

    def restore(self, transitions: int, levels: int, dead: int) -> None:
        """See Search."""
        self.transitions, self.levels, self.dead = transitions, levels, dead

    def _record(self, marks: int, state: int, level: int) -> Status | None:
        for mark in range(MARKS):
            if marks >> mark & 1:
                self.hits[mark] += 1
                if self.hits[mark] == 1:
                    self.firsts[mark], self.met[mark] = state, level
        if marks >> WRONG & 1:
            return Status.WRONG
        return Status.HIT if marks & self.stops.now else None

    def advance(self, deadline: float) -> Status:
        """See Search."""
        front, self.front = self.front, []
        status = self._expanded(front, deadline)
        self.levels += 1
        if status is None and any(self.stops.late >> m & 1 and self.hits[m] for m in range(MARKS)):
            status = Status.HIT
        return status or (Status.MORE if self.front else Status.FINISHED)

    def _expanded(self, front: Sequence[int], deadline: float) -> Status | None:
        seen, successors = self.seen, self.twin.successors
        for number, state in enumerate(front):
            if not number & 255 and (ended := self._ended(deadline)):
                return ended
            try:
                count, found = successors(state)
            except Wrong:
                return self._record(1 << WRONG, state, self.levels)
            self.transitions += count
            if not count and (ended := self._stuck(state)):
                return ended
            for after in self.folding.represented(found) if self.folding is not None else found:
                if after not in seen:
                    seen.add(after)
                    self.front.append(after)
                    marks = self.twin.observe(after) if self.observing else 0
                    if marks and (ended := self._record(marks, after, self.levels + 1)):
                        return ended
        return None

    def _ended(self, deadline: float) -> Status | None:
        if deadline and time.monotonic() > deadline:
            return Status.TIME
        return Status.MEMORY if len(self.seen) > self.most else None

    def _stuck(self, state: int) -> Status | None:
        self.dead += 1
        if self.stops.excluded >= 0 and self.twin.observe(state) >> self.stops.excluded & 1:
            return None
        return self._record(1 << DEAD, state, self.levels)

    def counts(self) -> Counts:
        """See Search."""
        return Counts(
            len(self.seen), self.transitions, self.levels, self.dead, len(self.seen) * BYTES, False, len(self.front),
            tuple(self.hits), tuple(self.met),
        )  # fmt: skip

    def first(self, mark: int) -> int:
        """See Search."""
        return self.firsts[mark]

    def has(self, state: int) -> bool:
        """See Search."""
        return state in self.seen

    def visited(self) -> Iterator[array[int]]:
        """See Search."""
        yield packed(self.seen, self.words)

    def frontier(self) -> Iterator[array[int]]:
        """See Search."""
        yield packed(self.front, self.words)


class Reader:
    """Questions about given states, answered by the kernel or its twin."""

    def __init__(self, machine: Machine) -> None:
        self.machine, self.words = machine, machine.layout.words
        self.twin = Twin(machine)
        self.tables: Tables | None = None
        kernel = library()
        if kernel is not None and self.words <= WORDS:
            try:
                self.tables = Tables(machine, kernel)
            except (TooLarge, MemoryError):
                self.tables = None

    def predecessor(self, states: array[int], target: int) -> int | None:
        """Return the first of the states that has `target` as another successor; None iff there is none."""
        if self.tables is None:
            return next((s for s in unpacked(states, self.words) if target in self.twin.successors(s)[1]), None)
        goal = packed([target], self.words)
        size = len(states) // self.words
        place = self.tables.kernel.predecessor(self.tables.handle, address(states), size, address(goal))
        return None if place == size else unpacked(states[place * self.words : (place + 1) * self.words], self.words)[0]

    def marks(self, states: array[int], deadlocks: bool = False) -> list[int]:
        """Return, for each mark, how many of the states have it."""
        hits = array("Q", bytes(8 * MARKS))
        if self.tables is None:
            for state in unpacked(states, self.words):
                stuck = deadlocks and not self.twin.successors(state)[0]
                marks = self.twin.observe(state) | stuck << DEAD
                for mark in range(MARKS):
                    hits[mark] += marks >> mark & 1
        else:
            first = array("Q", bytes(8 * MARKS))
            size = len(states) // self.words
            known = self.tables.kernel.look(
                self.tables.handle, address(states), size, address(hits), address(first), deadlocks
            )
            if not known:
                raise MemoryError
        return hits.tolist()

    def each(self, states: array[int]) -> Sequence[int]:
        """Return the marks of each of the states, as a set of bits."""
        if self.tables is None:
            return [self.twin.observe(s) for s in unpacked(states, self.words)]
        size = len(states) // self.words
        marks = array("H", bytes(2 * size))
        if not self.tables.kernel.mark(self.tables.handle, address(states), size, address(marks)):
            raise MemoryError
        return marks

    def firings(self, states: array[int]) -> list[int]:
        """Return how many transitions from the states each program of the machine gives."""
        programs = self.machine.programs
        if self.tables is None:
            every = unpacked(states, self.words)
            steps = [i for i, p in enumerate(programs) if p.role is Role.STEP]
            counted = {i: sum(len(self.twin.function(i)(s)) for s in every) for i in steps}
            return [counted.get(i, 0) for i in range(len(programs))]
        counts = array("Q", bytes(8 * len(programs)))
        size = len(states) // self.words
        if not self.tables.kernel.tally(self.tables.handle, len(programs), address(states), size, address(counts)):
            raise MemoryError
        return counts.tolist()
