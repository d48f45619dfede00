"""A machine and what watches it, explored together: the packed states so far, as a graph, and its fair parts.

The exploration stops whenever it has grown GROWTH-fold, and what is known is searched for fair loops: so a loop near
the initial states is found without the rest, for a little more than the exploration itself.
"""

from __future__ import annotations

import functools
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

from verifier.engines.engine import Budget
from verifier.engines.spaces import limits_of
from verifier.engines.temporal_beside import Beside
from verifier.model.model import Model
from verifier.model.sorts import Value
from verifier.model.terms import TRUE
from verifier.semantics.claims import Case
from verifier.statespace import components
from verifier.statespace.components import Set
from verifier.statespace.kernel import address
from verifier.statespace.machine import Observation, Role, machine
from verifier.statespace.search import Reader, Status
from verifier.statespace.space import Space, explored
from verifier.statespace.twin import Function

FIRST, GROWTH = 500, 8
"""How many states are explored before the first search for fair loops, and how many times more before the next."""

MARKS = 14
"""How many observations are made at a time."""


class OutOfTime(Exception):
    """The budget ended before every state was visited."""


def check_status(space: Space, budget: Budget, what: str) -> None:
    """Raise OutOfTime where the states of a space are not all, and can be no more."""
    reasons = {
        Status.TIME: f"time is up after {space.states:,} {what}",
        Status.MEMORY: f"the memory allowed ({space.limits.memory / 2**20:,.0f} MB) is used up by {what}",
        Status.WRONG: "an int leaves its range",
    }
    if space.status in reasons:
        raise OutOfTime(reasons[space.status])
    if budget.states is not None and space.states > budget.states:
        raise OutOfTime(f"there are more than {budget.states:,} {what}")


class Graph(components.Graph):
    """The states found so far, and the edges between them."""

    def _edges(self) -> tuple[array[int], array[int]]:
        if self.space.is_complete:
            return super()._edges()
        if self.reader.tables is None:
            return self._known_edges()
        n, tables = len(self.states), self.reader.tables
        offsets, none = array("Q", [0]) * (n + 1), array("I", [0])
        arguments = (tables.handle, address(self.words), n, address(offsets))
        count = tables.kernel.edges(*arguments, address(none), 0)
        targets = array("I", [0]) * max(1, count)
        if count < 0 or tables.kernel.edges(*arguments, address(targets), count) != count:
            raise MemoryError("the graph of the states does not fit into memory")
        return offsets, targets

    def _known_edges(self) -> tuple[array[int], array[int]]:
        place = {s: i for i, s in enumerate(self.states)}
        offsets, targets = array("Q", [0]), array("I")
        for state in self.states:
            targets.extend(place[s] for s in self.space.successors(state) if s in place)
            offsets.append(len(targets))
        return offsets, targets

    def within(self, inside: Set) -> Graph:
        """Return the graph without the edges that begin outside a set."""
        if all(inside):
            return self
        part, offsets = copy(self), self.offsets
        part.targets = array("I", self.targets)
        for place in members(other(inside)):
            start, end = offsets[place], offsets[place + 1]
            part.targets[start:end] = array("I", [place]) * (end - start)  # back to itself, which says nothing
        return part

    def satisfying(self, observed: Sequence[Observation]) -> list[Set]:
        """Return the states with each of the observations (at most 14)."""
        setting = self.space.setting
        marks = _observer(setting.model, tuple(setting.parameters.items()), tuple(observed)).each(self.words)
        return [Set(m >> i & 1 for m in marks) for i in range(len(observed))]

    def all_satisfying(self, observed: Iterable[Observation]) -> list[Set]:
        """Return the states with each of any number of observations."""
        wanted = list(observed)
        found = (self.satisfying(wanted[i : i + MARKS]) for i in range(0, len(wanted), MARKS))
        return [s for group in found for s in group]


@functools.lru_cache(maxsize=32)
def _observer(model: Model, parameters: tuple[tuple[str, Value], ...], observed: tuple[Observation, ...]) -> Reader:
    """Return what makes observations: a machine that takes no steps."""
    return Reader(machine(replace(model, rules=()), dict(parameters), observed))


def both(left: Set, right: Set) -> Set:
    """Return the states that are in both sets."""
    return _made(int.from_bytes(left) & int.from_bytes(right), len(left))


def either(left: Set, right: Set) -> Set:
    """Return the states that are in one of the sets, or in both."""
    return _made(int.from_bytes(left) | int.from_bytes(right), len(left))


def other(states: Set) -> Set:
    """Return the states that are not in a set."""
    return _made(int.from_bytes(states) ^ int.from_bytes(b"\1" * len(states)), len(states))


def _made(number: int, size: int) -> Set:
    return Set(number.to_bytes(size))


def members(states: Set) -> Iterator[int]:
    """Yield the places of a set."""
    place = states.find(1)
    while place >= 0:
        yield place
        place = states.find(1, place + 1)


@dataclass(frozen=True)
class Known:
    """What is known of the product: the states so far as a graph, and the rules to which a run is fair."""

    beside: Beside
    space: Space
    graph: Graph
    fair: tuple[str, ...]
    strong: tuple[str, ...]

    @cached_property
    def able(self) -> Mapping[str, Set]:
        """Where each of the rules can fire to which a run is fair, as rules of the machine alone."""
        names, rule = list(dict.fromkeys((*self.fair, *self.strong))), self.beside.machine.rule
        observed = (Observation(cases=(Case(TRUE, rule[n]),)) for n in names)
        return dict(zip(names, self.graph.all_satisfying(observed), strict=True))

    @cached_property
    def accepting(self) -> list[Set]:
        """The acceptance sets."""
        return self.graph.all_satisfying(Observation((t,)) for t in self.beside.accepting)

    @cached_property
    def returning(self) -> Set:
        """The states from which a step leads back to the state itself."""
        return self.graph.returning()

    @cached_property
    def ends(self) -> Set:
        """The states in which a run ends, and satisfies the formula."""
        some_rule = tuple(Case(TRUE, r) for r in self.beside.machine.rules)
        final, able = self.graph.all_satisfying((Observation((self.beside.final,)), Observation(cases=some_rule)))
        return both(final, other(able))

    @cached_property
    def initial(self) -> Set:
        """The initial states."""
        found = self.graph.nothing()
        for state in self.space.reader.twin.initial():
            found[self.graph.place(state)] = 1
        return found

    @cached_property
    def parent(self) -> array[int]:
        """For each state the one before it on a shortest way from an initial state."""
        return self.graph.reached(self.initial, self.graph.everything)

    def by_distance(self) -> Iterator[tuple[int, int]]:
        """Yield the distance from the initial states, and the place, of every state: the nearest first."""
        known = self.space.counts.levels
        for distance, level in enumerate(self.space.by_level()):
            if distance > known:
                return
            for state in level:
                yield distance, self.graph.place(state)

    def taken(self, rule: str, place: int) -> list[int]:
        """Return where the steps of a rule lead from a state, as far as that is known."""
        states, found = self.graph.states, list[int]()
        for after in (s for f in self._functions[rule] for s in f(states[place])):
            there = self.graph.place(after)
            if there < len(states) and states[there] == after:
                found.append(there)
        return found

    @cached_property
    def _functions(self) -> dict[str, list[Function]]:
        twin, steps = self.space.reader.twin, list(enumerate(self.space.machine.programs))
        return {
            name: [twin.function(i) for i, p in steps if p.role is Role.STEP and p.action.rule == name]
            for name in (r.name for r in self.beside.machine.rules)
        }

    def fair_parts(self) -> list[list[int]]:
        """Return sets of states, each strongly connected, such that the walk through all of a set is fair and accepted;
        in one of them is every state on a fair loop.

        Where a rule with strong fairness can fire, but no step within a component is by it, a fair loop keeps away from
        the states in which it can (Emerson, Lei: Modalities for Model Checking, 1987).
        """
        found: list[list[int]] = []
        inside: Set | None = self.graph.everything
        while inside is not None:
            rest: Set | None = None
            for component in self.graph.components(inside).walkable(self.returning):
                if (missed := self._missed(component)) == []:
                    found.append(component)
                elif missed:
                    rest = self.graph.nothing() if rest is None else rest
                    for place in component:
                        rest[place] = not any(self.able[r][place] for r in missed)
            inside = rest
        return found

    def _missed(self, component: list[int]) -> list[str] | None:
        """Return the rules with strong fairness that can fire in a component, but do not; None iff no loop in it is
        accepted, or fair to the other rules."""
        if not all(any(s[p] for p in component) for s in self.accepting):
            return None
        known = set(component)
        weak = (r for r in self.fair if all(self.able[r][p] for p in component))
        if any(not self._fires(r, component, known) for r in weak):
            return None
        strong = (r for r in self.strong if any(self.able[r][p] for p in component))
        return [r for r in strong if not self._fires(r, component, known)]

    def _fires(self, rule: str, component: list[int], known: set[int]) -> bool:
        able = self.able[rule]
        return any(after in known for p in component if able[p] for after in self.taken(rule, p))


def growing(
    beside: Beside, parameters: Mapping[str, Value], fair: tuple[str, ...], strong: tuple[str, ...], budget: Budget
) -> Iterator[Known]:
    """Yield what is known whenever it has grown GROWTH-fold, at last all. Raises OutOfTime, packing.TooLarge."""
    most = FIRST
    space = explored(beside.both, parameters, limits=limits_of(budget, most))
    while True:
        if space.status is Status.MORE or space.is_complete:
            yield Known(beside, space, Graph(space), fair, strong)
        if space.is_complete:
            return
        check_status(space, budget, "states of machine and formula")
        most *= GROWTH
        space.limits = limits_of(budget, most)
        space.explore()
