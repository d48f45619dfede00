"""Claims about whole runs, decided on the graph of the packed states.

A run is fair to a rule unless the rule can fire in all its states from some state on and never does. A strongly
connected set of states has a fair loop iff the walk through all of it is fair (Baier and Katoen, Principles of Model
Checking, 2008, section 5.1.4).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from verifier.engines.engine import Budget
from verifier.engines.temporal_lasso import shortest
from verifier.evidence.evidence import Evidence, Lasso, Step, Trace, Trap
from verifier.model.claims import LeadsTo, Recoverable
from verifier.model.terms import TRUE, Const, Term, Var, and_, eq, or_
from verifier.semantics.claims import Case
from verifier.semantics.positive import parts
from verifier.statespace.components import NONE, Graph, Set
from verifier.statespace.machine import Observation, Role
from verifier.statespace.space import Space

TRAP = 20_000
"""The most states of a trap that is written down."""

RULES = 14
"""How many rules are looked for at a time."""


class TooManyStates(ValueError):
    """The evidence would have too many states."""


def members(space: Space, states: Iterator[int]) -> Term:
    """Return the term that holds in exactly these states."""
    variables = space.setting.model.variables
    unpacked = (space.unpack(s) for s in states)
    return or_(*(and_(*(eq(Var(v.sort, v.name), Const(v.sort, s[v.name])) for v in variables)) for s in unpacked))


def recoverable(space: Space, claim: Recoverable) -> Evidence | None:
    """Return a Trap; None iff the goal can be reached from every reachable origin state. Raises TooManyStates."""
    graph = Graph(space)
    goal, origin = graph.satisfying((Observation((claim.goal,)), Observation((claim.origin,))))
    saved = graph.before(goal)
    lost = {graph.states[i] for i, (o, s) in enumerate(zip(origin, saved, strict=True)) if o and not s}
    if not lost:
        return None
    level, state = next((i, s) for i, level in enumerate(space.by_level()) for s in level if s in lost)
    start = graph.nothing()
    start[graph.place(state)] = 1
    trap = [graph.states[i] for i, p in enumerate(graph.reached(start, graph.everything)) if p != NONE]
    if len(trap) > TRAP:
        raise TooManyStates(f"from {len(trap):,} states the goal cannot be reached: too many to be certified")
    return Trap(space.trace(state, level), (members(space, iter(trap)),))


def leads_to(space: Space, claim: LeadsTo) -> Evidence | None:
    """Return a Lasso, or a Trace that ends pending in a deadlock, as short as `temporal_lasso.shortest` can make it;
    None iff every trigger gets its response."""
    found, (linear,) = _Response(space, claim).found(), parts(claim)
    if found is None:
        return None
    return shortest(space.setting.model, space.setting.parameters, linear, found, Budget(space.limits.deadline))


class _Response:
    """The search for a fair run on which a trigger stays without a response. `pending` are the states of such runs."""

    def __init__(self, space: Space, claim: LeadsTo) -> None:
        self.space, self.claim, self.graph = space, claim, Graph(space)
        trigger, response = self.graph.satisfying((Observation((claim.trigger,)), Observation((claim.response,))))
        self.open = Set(1 - r for r in response)
        start = Set(t & o for t, o in zip(trigger, self.open, strict=True))
        self.parent = self.graph.reached(start, self.open)
        self.pending = Set(p != NONE for p in self.parent)
        self.able = {} if not any(self.pending) else dict(self._able())
        self.returning = self.graph.returning() if any(self.pending) else self.graph.nothing()

    def _able(self) -> Iterator[tuple[str, Set]]:
        """Yield, for each fair rule, the states in which it can fire."""
        fair, model = list(dict.fromkeys(self.claim.fair)), self.space.setting.model
        for i in range(0, len(fair), RULES):
            names = fair[i : i + RULES]
            observed = [Observation(cases=(Case(TRUE, model.rule[n]),)) for n in names]
            yield from zip(names, self.graph.satisfying(observed), strict=True)

    def found(self) -> Lasso | Trace | None:
        """Return what violates the claim."""
        if not any(self.pending):
            return None
        for place, state in enumerate(self.graph.states):
            if self.pending[place] and not self._goes_on(place) and not self.space.reader.twin.successors(state)[0]:
                return self._stem(place)
        for inside in self.graph.components(self.pending).walkable(self.returning):
            if (chosen := self._fair(inside)) is not None:
                return self._lasso(inside, chosen)
        return None

    def _goes_on(self, place: int) -> bool:
        return bool(self.returning[place]) or self.graph.offsets[place] < self.graph.offsets[place + 1]

    def _fair(self, inside: list[int]) -> list[tuple[int, int]] | None:
        """Return transitions (place, place after) that make a loop fair; None iff no loop inside is."""
        known = set(inside)
        chosen: list[tuple[int, int]] = []
        for rule, able in self.able.items():
            unable = next((p for p in inside if not able[p]), None)
            if unable is not None:
                chosen.append((unable, self._any_after(unable, known)))
            elif (taken := self._taken(rule, inside, known)) is not None:
                chosen.append(taken)
            else:
                return None
        return chosen or [(inside[0], self._any_after(inside[0], known))]

    def _any_after(self, place: int, inside: set[int]) -> int:
        return next((a for a in self.graph.after(place) if a in inside), place)

    def _taken(self, rule: str, inside: list[int], known: set[int]) -> tuple[int, int] | None:
        """Return a transition of the rule that stays inside."""
        programs = self.space.machine.programs
        mine = [i for i, p in enumerate(programs) if p.role is Role.STEP and p.action.rule == rule]
        functions = [self.space.reader.twin.function(i) for i in mine]
        for place in inside:
            for after in (s for f in functions for s in f(self.graph.states[place])):
                if (there := self.graph.place(after)) in known:
                    return place, there
        return None

    def _stem(self, place: int) -> Trace:
        """Return a run to a trigger and on, through pending states, to a state."""
        way = self.graph.path(self.parent, place)
        trace = self.space.trace(self.graph.states[way[0]])
        return replace(trace, steps=(*trace.steps, *self._steps(way)))

    def _steps(self, way: list[int], rule: str | None = None) -> Iterator[Step]:
        states = [self.graph.states[p] for p in way]
        for before, after in itertools.pairwise(states):
            yield next(s for s, p in self.space.steps(before) if p == after and rule in (None, s.rule))

    def _lasso(self, inside: list[int], chosen: list[tuple[int, int]]) -> Lasso:
        """Return a run into a component and a loop in it through the transitions chosen."""
        within = self.graph.nothing()
        for place in inside:
            within[place] = 1
        first = chosen[0][0]
        stem, here, walk = self._stem(first), first, list[Step]()
        for (before, after), rule in zip(chosen, [*self.able, None], strict=False):
            walk += self._steps(self._way(here, before, within))
            by_rule = rule if rule is not None and self.able[rule][before] else None
            walk += self._steps([before, after], by_rule)
            here = after
        walk += self._steps(self._way(here, first, within))
        return Lasso(replace(stem, steps=(*stem.steps, *walk)), len(stem.steps))

    def _way(self, start: int, goal: int, within: Set) -> list[int]:
        marked = self.graph.nothing()
        marked[start] = 1
        return self.graph.path(self.graph.reached(marked, within), goal)
