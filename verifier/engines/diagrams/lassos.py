"""Runs of a machine beside an automaton: into a loop that is fair and accepting, or to an end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verifier.engines.diagrams.product import Pairs, Product, both, either, some, without
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
    return finder.lasso(finder.walk(rings, hull))


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

    def lasso(self, stem: Walk) -> Lasso:
        """Continue a run that ends in the hull into a loop there."""
        while True:
            round_ = self._round(stem)
            if len(round_.trace.steps) == len(stem.trace.steps):
                round_ = self._stepped(round_, None)
            if (back := self._to(round_, self._only(stem))) is not None:
                return Lasso(back.trace, len(stem.trace.steps))
            stem = round_  # that way led into another component, from which there is no way back

    def _round(self, walk: Walk) -> Walk:
        """Continue a run so that it comes by all that makes it accepting and fair."""
        product = self.product
        for number in range(product.automaton.sets):
            walk = self._to(walk, product.accepting(number, self.hull)) or walk
        for rule in (*product.fair, *product.strong):
            fires = both(self.hull, product.before(self.hull, rule))
            goal = fires if rule in product.strong else product.just(rule, self.hull)
            if (there := self._to(walk, goal)) is not None:
                able = (there.point & fires[there.place]).satisfiable()
                walk = self._stepped(there, rule) if able else there
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
