"""Runs of a machine beside an automaton: into a loop that is fair and accepting, or to an end."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from verifier.engines.diagrams.product import Pairs, Product, both, either, some, without
from verifier.engines.diagrams.reach import OutOfTime
from verifier.evidence.evidence import Lasso, Step, Trace
from verifier.evidence.interpretation import State

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction


@dataclass(frozen=True)
class Walk:
    """A run, its last state as a function, and the automaton's place there."""

    trace: Trace
    point: BDDFunction
    place: int


def violation(product: Product) -> Lasso | Trace | None:
    """Return a fair maximal run that the automaton accepts, with a shortest stem; None iff there is none."""
    met = product.closure()
    ends, hull = both(met, product.ends), product.hull(met)
    if not some(ends) and not some(hull):
        return None
    finder = _Finder(product, hull)
    rings = finder.rings(product.initial, met, either(ends, hull))
    if some(both(rings[-1], ends)):
        return finder.walk(rings, ends).trace
    return finder.lasso(finder.walk(rings, hull), met)


@dataclass(frozen=True)
class Goal:
    """What a fair accepting loop comes by: some of these pairs, and if it is at one of `fires`, a step by the rule."""

    pairs: Pairs
    rule: str | None = None
    fires: Pairs = ()

    def at(self, walk: Walk) -> bool:
        """Return True iff the run has come to one of the pairs."""
        return (walk.point & self.pairs[walk.place]).satisfiable()

    def is_step(self, walk: Walk) -> bool:
        """Return True iff the rule has to fire, here where the run has come to."""
        return self.rule is not None and (walk.point & self.fires[walk.place]).satisfiable()


@dataclass(frozen=True)
class _Finder:
    product: Product
    hull: Pairs

    def rings(self, start: Pairs, within: Pairs, goal: Pairs) -> list[Pairs]:
        """Return the pairs at distance 0, 1, ... up to the goal; all, if there is none."""
        found, ring, rings = start, start, [start]
        while some(ring) and not some(both(ring, goal)):
            ring = without(both(self.product.after(ring), within), found)
            found = either(found, ring)
            rings.append(ring)
        return rings

    def walk(self, rings: Sequence[Pairs], goal: Pairs) -> Walk:
        """Return a run through the rings that ends in the goal."""
        machine = self.product.search.machine
        place, states = next((n, s) for n, s in enumerate(both(rings[-1], goal)) if s.satisfiable())
        end, parameters, state = machine.some(states)
        steps: list[Step] = []
        point, here = end, place
        for ring in reversed(rings[:-1]):
            step, here, state = self._into(point, here, state, ring)
            point = machine.point(parameters, state)
            steps.append(step)
        return Walk(Trace(parameters, state, tuple(reversed(steps))), end, place)

    def _into(self, point: BDDFunction, place: int, state: State, ring: Pairs) -> tuple[Step, int, State]:
        """Return a step from a ring to a pair, whose state is `state`, and from where it leads there."""
        product, machine = self.product, self.product.search.machine
        product.search.visit()
        for here, states in enumerate(ring):
            if place not in product.automaton.places[here].after or not states.satisfiable():
                continue
            for event in (product.event(e, here) for e in machine.events):
                cube = (event.relation.before(point) & states).pick_cube()
                if cube is not None:
                    before = {v.name: machine.space.decoded(v, cube) for v in machine.variables}
                    return Step(event.rule, machine.arguments_in(event, cube), state), here, before
        raise AssertionError("every pair of a ring has a predecessor in the ring before")

    def lasso(self, stem: Walk, met: Pairs) -> Lasso:
        """Continue a run that ends in the hull into a loop there; or a shortest run to where such a loop was found."""
        found, entry = self._closed(stem)
        if found.loop == len(stem.trace.steps):
            return found
        try:
            inside = self.product.hull(self._component(entry))
            narrow = replace(self, hull=inside)
            nearer, _ = narrow._closed(narrow.walk(self.rings(self.product.initial, met, inside), inside))
        except (OutOfTime, MemoryError):
            return found
        return min(found, nearer, key=lambda lasso: len(lasso.trace.steps))

    def _closed(self, stem: Walk) -> tuple[Lasso, Walk]:
        """Return a run continued into a loop, and the run up to there."""
        while True:
            round_ = self._round(stem)
            if len(round_.trace.steps) == len(stem.trace.steps):
                round_ = self._stepped(round_, None)
            if (back := self._to(round_, self._only(stem))) is not None:
                return Lasso(back.trace, len(stem.trace.steps)), stem
            stem = round_  # that way led into another component, from which there is no way back

    def _component(self, walk: Walk) -> Pairs:
        """Return the pairs of the hull from which walks lead to where a run ends, and back."""
        ahead = self.product.where(lambda n: self.product.none)
        for ring in self.rings(self._only(walk), self.hull, ahead):
            ahead = either(ahead, ring)
        return self.product.until(ahead, self._only(walk))

    @cached_property
    def _goals(self) -> tuple[Goal, ...]:
        product = self.product
        found = [Goal(both(self.hull, pairs)) for pairs in product.accepting]
        for rule in (*product.fair, *product.strong):
            fires = both(self.hull, product.before(self.hull, rule))
            found.append(Goal(fires if rule in product.strong else product.just(rule, self.hull), rule, fires))
        return tuple(found)

    def _round(self, walk: Walk) -> Walk:
        """Continue a run so that it comes by all that makes it accepting and fair, always by what is nearest; what it
        cannot come by does not matter, or the next component shows it."""
        left = self._goals
        while left and (there := self._to(walk, functools.reduce(either, (g.pairs for g in left)))) is not None:
            met = [g for g in left if g.at(there)]
            due = next((g for g in met if g.is_step(there)), None)
            left = tuple(g for g in left if g not in met or (g is not due and g.is_step(there)))
            walk = there if due is None else self._stepped(there, due.rule)
        return walk

    def _only(self, walk: Walk) -> Pairs:
        return self.product.where(lambda n: walk.point if n == walk.place else self.product.none)

    def _to(self, walk: Walk, goal: Pairs) -> Walk | None:
        """Continue a run in the hull to the goal, on a shortest way, if there is one."""
        rings = self.rings(self._only(walk), self.hull, goal)
        if not some(both(rings[-1], goal)):
            return None
        rest = self.walk(rings, goal)
        return Walk(replace(walk.trace, steps=(*walk.trace.steps, *rest.trace.steps)), rest.point, rest.place)

    def _stepped(self, walk: Walk, rule: str | None) -> Walk:
        """Continue a run by one step, by the rule if one is given, in the hull."""
        step, place = next(self._steps(walk, rule))
        trace = replace(walk.trace, steps=(*walk.trace.steps, step))
        return Walk(trace, self.product.search.machine.point(trace.parameters, step.state), place)

    def _steps(self, walk: Walk, rule: str | None) -> Iterator[tuple[Step, int]]:
        product, machine = self.product, self.product.search.machine
        for event in (product.event(e, walk.place) for e in machine.events if rule in (None, e.rule)):
            for place in product.automaton.places[walk.place].after:
                where = walk.point & event.relation.moved(self.hull[place])
                if (event.relation.function & where).satisfiable():
                    yield product.search.step_from(event, where), place
