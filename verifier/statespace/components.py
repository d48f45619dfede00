"""The reachable states as a graph: who leads where, strongly connected components, what can be reached from where."""

from __future__ import annotations

import ctypes
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from verifier.statespace.kernel import address
from verifier.statespace.kernel import packed as as_words
from verifier.statespace.machine import Observation, Role, machine
from verifier.statespace.search import Reader
from verifier.statespace.space import Space

NONE = (1 << 32) - 1
"""No state, no component."""

STATES = 1 << 26
"""The most states of a graph."""

Set = bytearray
"""A set of states: for each place 1 or 0."""


@dataclass(frozen=True)
class Components:
    """`of[i]` is the number of the component of state i, NONE where it was left out. No edge leads to a component of a
    higher number. `sizes` counts states; a component is `terminal` iff no edge leaves it."""

    of: array[int]
    sizes: array[int]
    terminal: Sequence[bool]

    @property
    def count(self) -> int:
        """How many components there are."""
        return len(self.sizes)

    def walkable(self, returning: Set) -> list[list[int]]:
        """Return the components in which a run can stay for ever, as lists of places: those of several states, and
        single states that are among those `returning` to themselves."""
        found: dict[int, list[int]] = {}
        for place, component in enumerate(self.of):
            if component != NONE and (self.sizes[component] > 1 or returning[place]):
                found.setdefault(component, []).append(place)
        return [found[component] for component in sorted(found)]


class Graph:
    """All states of a complete space in a fixed order, and the edges between different ones. Raises MemoryError."""

    def __init__(self, space: Space) -> None:
        if space.states > STATES:
            raise MemoryError(f"{space.states:,} states are too many for a graph")
        self.space, self.reader = space, space.reader
        self.states, self.words = _ordered(space)
        self.offsets, self.targets = self._edges()

    @property
    def _kernel(self) -> ctypes.CDLL | None:
        return None if self.reader.tables is None else self.reader.tables.kernel

    def _edges(self) -> tuple[array[int], array[int]]:
        if self.reader.tables is None:
            return self._edges_in_python()
        n = len(self.states)
        most = max(1, min(self.space.transitions, self.space.limits.memory // 4))
        offsets, targets, tables = array("Q", [0]) * (n + 1), array("I", [0]) * most, self.reader.tables
        places = (address(offsets), address(targets))
        count = tables.kernel.edges(tables.handle, address(self.words), n, *places, most)
        if not 0 <= count <= most:
            raise MemoryError("the graph of the states does not fit into memory")
        del targets[count:]
        return offsets, targets

    def _edges_in_python(self) -> tuple[array[int], array[int]]:
        place = {s: i for i, s in enumerate(self.states)}
        offsets, targets = array("Q", [0]), array("I")
        for state in self.states:
            targets.extend(place[s] for s in self.space.successors(state))
            offsets.append(len(targets))
        return offsets, targets

    @cached_property
    def everything(self) -> Set:
        """The set of all states."""
        return Set(b"\1") * len(self.states)

    def nothing(self) -> Set:
        """Return an empty set."""
        return Set(len(self.states))

    def place(self, state: int) -> int:
        """Return the place of a packed state."""
        return bisect_left(self.states, state)

    def after(self, place: int) -> array[int]:
        """Return the places to which edges lead from one."""
        return self.targets[self.offsets[place] : self.offsets[place + 1]]

    def satisfying(self, observed: Sequence[Observation]) -> list[Set]:
        """Return the states with each of the observations (at most 14)."""
        setting = self.space.setting
        reader = Reader(machine(setting.model, setting.parameters, observed))
        marks = reader.each(self.words)
        return [Set(m >> i & 1 for m in marks) for i in range(len(observed))]

    def returning(self) -> Set:
        """Return the states from which a transition leads back to the state itself."""
        if self.reader.tables is not None:
            out, tables = self.nothing(), self.reader.tables
            programs, n = len(self.space.machine.programs), len(self.states)
            if not tables.kernel.returns(tables.handle, programs, address(self.words), n, _of(out)):
                raise MemoryError
            return out
        steps = [i for i, p in enumerate(self.space.machine.programs) if p.role is Role.STEP]
        function = self.reader.twin.function
        return Set(any(s in function(i)(s) for i in steps) for s in self.states)

    def reached(self, start: Set, inside: Set) -> array[int]:
        """Return, for each state that can be reached from `start` through `inside`, the state before it on a shortest
        way (itself where it starts), NONE for the others."""
        n = len(self.states)
        parent, queue = array("I", [0]) * n, array("I", [0]) * n
        if self._kernel is not None:
            places = (address(self.offsets), address(self.targets), _of(start), _of(inside))
            self._kernel.reach(n, *places, address(parent), address(queue))
            return parent
        parent = array("I", [i if s else NONE for i, s in enumerate(start)])
        order = [i for i, s in enumerate(start) if s]
        for here in order:
            for after in self.after(here):
                if parent[after] == NONE and inside[after]:
                    parent[after] = here
                    order.append(after)
        return parent

    def path(self, parent: array[int], goal: int) -> list[int]:
        """Return the way to a reached state."""
        way = [goal]
        while parent[way[-1]] != way[-1]:
            way.append(parent[way[-1]])
        return way[::-1]

    def before(self, goal: Set) -> Set:
        """Return the states from which some way leads to a state of `goal`."""
        found = Set(goal)
        if self._kernel is not None:
            self._kernel.before(len(self.states), address(self.offsets), address(self.targets), _of(found))
            return found
        earlier: list[list[int]] = [[] for _ in self.states]
        for here in range(len(self.states)):
            for after in self.after(here):
                earlier[after].append(here)
        queue = [i for i, s in enumerate(found) if s]
        for here in queue:
            for other in earlier[here]:
                if not found[other]:
                    found[other] = 1
                    queue.append(other)
        return found

    def components(self, inside: Set | None = None) -> Components:
        """Return the strongly connected components of a set of states."""
        inside = self.everything if inside is None else inside
        if self._kernel is None:
            return self._outlined(*_tarjan(self, inside))
        of = array("I", [0]) * len(self.states)
        places = (address(self.offsets), address(self.targets), _of(inside), address(of))
        count = self._kernel.components(len(self.states), *places)
        if count < 0:
            raise MemoryError
        return self._outlined(of, count)

    def _outlined(self, of: array[int], count: int) -> Components:
        sizes, left = array("Q", bytes(8 * count)), Set(count)
        if self._kernel is not None:
            places = (address(self.offsets), address(self.targets), address(of), address(sizes), _of(left))
            self._kernel.outline(len(self.states), *places)
        else:
            for here, component in enumerate(of):
                if component != NONE:
                    sizes[component] += 1
                    left[component] |= any(of[after] != component for after in self.after(here))
        return Components(of, sizes, [not x for x in left])


def _ordered(space: Space) -> tuple[Sequence[int], array[int]]:
    """Return the states in their order, and their words; of one word each, these are the states, and a list of ints
    would take five times as much."""
    if space.layout.words == 1:
        words = array("Q", sorted(space.packed()))
        return words, words
    states = sorted(space.packed())
    return states, as_words(states, space.layout.words)


def _of(data: bytearray) -> int:
    """Return where the bytes stand; they must live on. Of none, any place will do."""
    return ctypes.addressof(ctypes.c_char.from_buffer(data)) if data else 0


def _tarjan(graph: Graph, inside: Iterable[int]) -> tuple[array[int], int]:
    """Tarjan: Depth-first search and linear graph algorithms, 1972; without recursion."""
    allowed = bytes(inside)
    of, count = array("I", [NONE]) * len(allowed), 0
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    for root in range(len(allowed)):
        if not allowed[root] or root in index:
            continue
        path: list[tuple[int, Iterator[int]]] = []
        _enter(root, graph, index, low, stack, path)
        while path:
            here, rest = path[-1]
            after = next((a for a in rest if allowed[a]), None)
            if after is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[here])
                if low[here] == index[here]:
                    count = _close(here, stack, of, count)
            elif after not in index:
                _enter(after, graph, index, low, stack, path)
            elif of[after] == NONE:
                low[here] = min(low[here], index[after])
    return of, count


def _enter(
    place: int, graph: Graph, index: dict[int, int], low: dict[int, int], stack: list[int],
    path: list[tuple[int, Iterator[int]]],
) -> None:  # fmt: skip
    index[place] = low[place] = len(index)
    stack.append(place)
    path.append((place, iter(graph.after(place))))


def _close(place: int, stack: list[int], of: array[int], count: int) -> int:
    while True:
        member = stack.pop()
        of[member] = count
        if member == place:
            return count + 1
