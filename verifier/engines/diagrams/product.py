"""A machine beside an automaton: which pairs of a state and a place are met, and which are on a fair run for ever.

The states are a diagram, the places are not: a set of pairs is one set of states for each place. So a formula adds no
bits (Sebastiani, Tonetta, Vardi: Symbolic Systems, Explicit Properties: on Hybrid Approaches for LTL Symbolic Model
Checking, CAV 2005). Fair cycles after Emerson and Lei, 1986; strong fairness after Kesten, Pnueli, Raviv: Algorithmic
Verification of Linear Temporal Logic Specifications, ICALP 1998.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from verifier.automata.automaton import Automaton, Label
from verifier.engines.diagrams.machine import Event
from verifier.engines.diagrams.reach import Search
from verifier.engines.diagrams.relation import Relation
from verifier.model.formulas import Formula, Operator
from verifier.model.terms import Term, and_, not_
from verifier.semantics.positive import is_step

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction

Pairs = tuple["BDDFunction", ...]
"""The states of each place."""


@dataclass(frozen=True)
class Product:
    """The pairs whose place has a label that holds in the state, which is one of `inside` (no step leaves these). Runs
    are accepted that come by each condition of `recurring` again and again, too, or end where it holds: so G F p takes
    no places, as it takes no promise in a symbolic tableau (Clarke, Grumberg, Hamaguchi, "Another look at LTL model
    checking", 1997)."""

    search: Search
    inside: BDDFunction
    automaton: Automaton
    fair: tuple[str, ...]
    strong: tuple[str, ...]
    recurring: tuple[Term, ...] = ()
    _events: dict[tuple[Event, Term], Event] = field(default_factory=dict)
    _relations: dict[tuple[str | None, Term], tuple[Relation, ...]] = field(default_factory=dict)

    @cached_property
    def labels(self) -> Pairs:
        """For each place the states in which its label holds, as far as it is about states."""
        machine = self.search.machine
        found = (and_(*(_condition(f) for f in p.label if not _about_step(f))) for p in self.automaton.places)
        return tuple(self.inside & machine.formula(term) for term in found)

    @cached_property
    def on_step(self) -> tuple[Term, ...]:
        """For each place what its label says of the step from there."""
        return tuple(_steps(p.label) for p in self.automaton.places)

    @cached_property
    def initial(self) -> Pairs:
        """The pairs with which a run begins."""
        init = self.search.machine.init
        return self.where(lambda n: self.labels[n] & init if n in self.automaton.initial else self.none)

    @property
    def none(self) -> BDDFunction:
        """No state."""
        return self.search.machine.words.false

    @cached_property
    def ends(self) -> Pairs:
        """The pairs in which a run may end, and the automaton accepts that."""
        machine = self.search.machine
        dead = ~machine.live & machine.words.all(map(machine.formula, self.recurring))
        return self.where(lambda n: self.labels[n] & dead if self.automaton.places[n].final else self.none)

    def where(self, of: Callable[[int], BDDFunction]) -> Pairs:
        """Return the set with these states for each place."""
        return tuple(of(n) for n in range(len(self.automaton.places)))

    # Steps

    def event(self, event: Event, place: int) -> Event:
        """Return an event restricted to the steps that the label of a place allows."""
        condition = self.on_step[place]
        if condition == and_():
            return event
        if (event, condition) not in self._events:
            machine = self.search.machine
            function = event.relation.function & machine.into(event, condition)
            relation = Relation(machine.space, function, event.relation.changed)
            self._events[event, condition] = replace(event, relation=relation)
        return self._events[event, condition]

    def relations(self, place: int, rule: str | None = None) -> tuple[Relation, ...]:
        """Return the steps, by one rule or all, that the label of a place allows."""
        condition, machine = self.on_step[place], self.search.machine
        if rule is None and condition == and_():
            return machine.relations
        if (rule, condition) not in self._relations:
            events = machine.events if rule is None else machine.steps_of(rule)
            self._relations[rule, condition] = machine.joined(self.event(e, place) for e in events)
        return self._relations[rule, condition]

    def before(self, goal: Pairs, rule: str | None = None) -> Pairs:
        """Return the pairs from which some step, by the rule if one is given, leads into the goal."""
        words = self.search.machine.words

        def of(place: int) -> BDDFunction:
            there = words.any(goal[n] for n in self.automaton.places[place].after)
            if there == words.false:
                return there
            self.search.visit()
            return self.labels[place] & words.any(r.before(there) for r in self.relations(place, rule))

        return self.where(of)

    def after(self, pairs: Pairs) -> Pairs:
        """Return the pairs into which some step leads."""
        found = [self.none] * len(self.automaton.places)
        for place, states in enumerate(pairs):
            if states.satisfiable():
                self.search.visit()
                image = self.search.machine.words.any(r.after(states) for r in self.relations(place))
                for there in self.automaton.places[place].after:
                    found[there] = found[there] | image & self.labels[there]
        return tuple(found)

    # Fixed points: place by place, and where a place leads to itself, as far as that goes

    def closure(self) -> Pairs:
        """Return the pairs that are met."""
        found, waiting = list(self.initial), set(range(len(self.initial)))
        while waiting:
            here = waiting.pop()
            if self._stays(here):
                found[here] = self.search.closure(found[here], self.labels[here])
            self.search.visit()
            image = self.search.machine.words.any(r.after(found[here]) for r in self.relations(here))
            for there in self.automaton.places[here].after:
                wider = found[there] | image & self.labels[there]
                if wider != found[there]:
                    found[there] = wider
                    waiting.add(there)
        return tuple(found)

    def until(self, within: Pairs, goal: Pairs) -> Pairs:
        """Return the pairs from which a walk through `within` leads to the goal, which is a part of it."""
        words, places = self.search.machine.words, self.automaton.places
        found, waiting = list(goal), set(range(len(goal)))
        while waiting:
            here = waiting.pop()
            self.search.visit()
            there = words.any(found[n] for n in places[here].after)
            wider = found[here] | within[here] & words.any(r.before(there) for r in self.relations(here))
            if self._stays(here):
                wider = self.search.backwards(wider, within[here])
            if wider != found[here]:
                found[here] = wider
                waiting.update(n for n, p in enumerate(places) if here in p.after)
        return tuple(found)

    def _stays(self, place: int) -> bool:
        return place in self.automaton.places[place].after and self.on_step[place] == and_()

    # Fairness

    @cached_property
    def accepting(self) -> tuple[Pairs, ...]:
        """The pairs of each acceptance set: those of the automaton, and of what recurs."""
        places, machine = self.automaton.places, self.search.machine
        of_places = tuple(
            self.where(lambda n, number=number: self.inside if number in places[n].accepts else self.none)  # type: ignore[misc]
            for number in range(self.automaton.sets)
        )
        found = (self.inside & machine.formula(condition) for condition in self.recurring)
        return (*of_places, *((states,) * len(places) for states in found))

    def just(self, rule: str, pairs: Pairs) -> Pairs:
        """Return the pairs in which a rule cannot fire, or from which it leads into the set."""
        unable = ~self.search.machine.able(rule)
        return both(pairs, tuple(f | unable for f in self.before(pairs, rule)))

    def hull(self, within: Pairs) -> Pairs:
        """Return a set of pairs in which each fair accepting loop within lies, and from each pair of which a walk in
        the set leads to one."""
        found = within
        while True:
            start = found
            found = both(found, self.before(found))
            for goal in self.accepting:
                found = self._coming_by(found, both(found, goal))
            for rule in self.fair:
                found = self._coming_by(found, self.just(rule, found))
            for rule in self.strong:
                fires = both(found, self.before(found, rule))
                unable = ~self.search.machine.able(rule)
                found = either(tuple(f & unable for f in found), self.until(found, fires))
            if found == start:
                return found

    def _coming_by(self, pairs: Pairs, goal: Pairs) -> Pairs:
        """Return from where a walk of at least one step leads to the goal, which is a part of the set, within it."""
        return both(pairs, self.before(self.until(pairs, goal)))


def both(one: Pairs, other: Pairs) -> Pairs:
    """Return the intersection."""
    return tuple(a & b for a, b in zip(one, other, strict=True))


def either(one: Pairs, other: Pairs) -> Pairs:
    """Return the union."""
    return tuple(a | b for a, b in zip(one, other, strict=True))


def without(one: Pairs, other: Pairs) -> Pairs:
    """Return the difference."""
    return tuple(a & ~b for a, b in zip(one, other, strict=True))


def some(pairs: Sequence[BDDFunction]) -> bool:
    """Return True iff there is a pair in the set."""
    return any(p.satisfiable() for p in pairs)


def _about_step(formula: Formula) -> bool:
    return isinstance(formula, Operator) or is_step(formula)


def _condition(formula: Formula) -> Term:
    if isinstance(formula, Operator):
        return not_(_condition(formula.parts[0]))
    return formula.condition


def _steps(label: Label) -> Term:
    return and_(*sorted((_condition(f) for f in label if _about_step(f)), key=repr))
