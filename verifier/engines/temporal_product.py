"""A machine and an automaton side by side: the runs of the machine that the automaton accepts.

The product is explored breadth first, and searched for fair loops each time that it has doubled: so a loop near
the initial states is found without the rest, and the search costs no more than twice the exploration.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from verifier.automata.automaton import Automaton, Label, components
from verifier.engines.engine import Budget
from verifier.engines.temporal_space import Space
from verifier.evidence.evidence import Step
from verifier.model.formulas import Formula, Operator
from verifier.model.terms import TRUE, variables

Edge = tuple[Step, int]


class OutOfTime(Exception):
    """The budget ended before every pair was visited."""


@dataclass
class Product:
    """Pairs of a state and a place of the automaton whose label holds there, numbered as they are met."""

    space: Space
    automaton: Automaton
    fair: tuple[str, ...]
    strong: tuple[str, ...]
    pairs: list[tuple[int, int]] = field(default_factory=list)
    edges: list[tuple[Edge, ...]] = field(default_factory=list)
    origin: list[tuple[int, Step] | None] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)
    _numbers: dict[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Meet the initial pairs."""
        for state in self.space.initial:
            for place in self.automaton.initial:
                self._meet(state, place, None)

    def explore(self, budget: Budget) -> Iterator[int]:
        """Yield every pair once, in order of distance, when it is known where it leads. Raises OutOfTime."""
        for number in range(len(self.edges), 1 << 62):
            if number == len(self.pairs):
                return
            if budget.left == 0:
                raise OutOfTime(f"time is up after {number} states of machine and formula")
            if budget.states is not None and number >= budget.states:
                raise OutOfTime(f"there are more than {budget.states} states of machine and formula")
            different = {(step.rule, there): (step, there) for step, there in self._onwards(number)}
            self.edges.append(tuple(different.values()))
            yield number

    def _onwards(self, number: int) -> Iterator[Edge]:
        state, place = self.pairs[number]
        here = self.automaton.places[place]
        on_step = [f for f in here.label if _is_about_step(f)]
        for step, after in self.space.steps(state):
            if all(self._holds_on(f, state, step) for f in on_step):
                for there in here.after:
                    met = self._meet(after, there, (number, step))
                    if met is not None:
                        yield step, met

    def _holds_on(self, formula: Formula, state: int, step: Step) -> bool:
        if isinstance(formula, Operator):
            return not self._holds_on(formula.parts[0], state, step)
        return self.space.holds_on(formula.condition, state, step)

    def _meet(self, state: int, place: int, origin: tuple[int, Step] | None) -> int | None:
        """Return the number of a pair; None iff the place's label does not hold in the state."""
        number = self._numbers.get((state, place))
        if number is None and self._fits(self.automaton.places[place].label, state):
            number = self._numbers[state, place] = len(self.pairs)
            self.pairs.append((state, place))
            self.origin.append(origin)
            self.depth.append(0 if origin is None else self.depth[origin[0]] + 1)
        return number

    def _fits(self, label: Label, state: int) -> bool:
        terms = [f.condition for f in label if not isinstance(f, Operator) and not _is_about_step(f)]
        return all(t is TRUE or self.space.holds(t, state) for t in terms)

    def places_in(self, state: int, places: Iterable[int]) -> tuple[int, ...]:
        """Return those of the automaton's places whose label holds in a state."""
        return tuple(p for p in places if self._fits(self.automaton.places[p].label, state))

    def places_after(self, state: int, places: Iterable[int], step: Step, after: int) -> tuple[int, ...]:
        """Return where the automaton can be after a step from a state in which it is in one of some places."""
        found: dict[int, None] = {}
        for place in places:
            here = self.automaton.places[place]
            if all(self._holds_on(f, state, step) for f in here.label if _is_about_step(f)):
                found.update(dict.fromkeys(here.after))
        return self.places_in(after, found)

    def ends(self, number: int) -> bool:
        """Return True iff a run ends here, and the automaton accepts that. A condition on a step, which would be false
        here, has its place not final."""
        state, place = self.pairs[number]
        return self.automaton.places[place].final and not self.space.steps(state)

    def stem(self, number: int) -> tuple[int, list[Step]]:
        """Return a shortest walk to a pair: the pair in which it begins, and its steps."""
        steps: list[Step] = []
        while (back := self.origin[number]) is not None:
            number, step = back
            steps.append(step)
        return number, steps[::-1]

    def fair_components(self) -> Iterator[list[int]]:
        """Yield the components, among the pairs visited so far, that have a fair accepting loop."""
        known = len(self.edges)
        after = {n: [m for _, m in edges if m < known] for n, edges in enumerate(self.edges)}
        for component in components(after):
            if self.is_fair(set(component)):
                yield component

    def is_fair(self, inside: set[int]) -> bool:
        """Return True iff a loop inside a component is accepting and fair. Strong fairness takes the component apart
        (Emerson, Lei: Modalities for Model Checking, 1987): pairs where a rule can fire that no step inside is by."""
        fired = {s.rule for n in inside for s, m in self.edges[n] if m in inside}
        places = [self.automaton.places[self.pairs[n][1]] for n in inside]
        able = [self.space.able(self.pairs[n][0]) for n in inside]
        if not fired or len(frozenset[int]().union(*(p.accepts for p in places))) < self.automaton.sets:
            return False
        if any(r not in fired and all(r in rules for rules in able) for r in self.fair):
            return False
        missed = {r for r in self.strong if r not in fired}
        kept = {n for n in inside if missed.isdisjoint(self.space.able(self.pairs[n][0]))}
        if len(kept) == len(inside):
            return True
        after = {n: [m for _, m in self.edges[n] if m in kept] for n in kept}
        return any(self.is_fair(set(c)) for c in components(after))


def _is_about_step(formula: Formula) -> bool:
    return isinstance(formula, Operator) or bool(variables(formula.condition, 1))
