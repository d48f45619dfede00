"""The operators of computation tree logic on sets of states, and paths that show them.

Paths are maximal: they go on for ever, or end in a state in which no rule can fire. With `fair` rules only those paths
count that are weakly fair to them: a rule that stays able to fire fires in the end (so a path that ends is fair).
Clarke, Emerson, Sistla 1986; fair cycles after Emerson and Lei, "Efficient model checking in fragments of the
propositional mu-calculus", 1986; paths after Clarke, Grumberg, McMillan, Zhao, "Efficient generation of
counterexamples and witnesses in symbolic model checking", 1995.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from verifier.engines.diagrams.reach import Search
from verifier.evidence.evidence import Lasso, Step, Trace

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction


@dataclass(frozen=True)
class Ctl:
    """Computes in the states `inside`, which no step leaves; fairness is to the rules `fair`."""

    search: Search
    inside: BDDFunction
    fair: tuple[str, ...] = ()

    @cached_property
    def dead(self) -> BDDFunction:
        """The states in which no rule can fire."""
        return self.inside & ~self.search.machine.live

    @cached_property
    def beginning(self) -> BDDFunction:
        """The states in which a fair path begins: EG true."""
        return self.eg(self.inside)

    def ex(self, goal: BDDFunction) -> BDDFunction:
        """Return where a fair path has a next state, which is in `goal`."""
        return self.before(goal & self.beginning if self.fair else goal)

    def before(self, goal: BDDFunction) -> BDDFunction:
        """Return where some step leads into `goal`."""
        self.search.visit()
        return self.inside & self.search.machine.before(goal)

    def eu(self, within: BDDFunction, goal: BDDFunction) -> BDDFunction:
        """Return where a fair path goes through `within` until it is in `goal`."""
        wanted = goal & (self.beginning if self.fair else self.inside)
        return self.search.backwards(wanted, within & self.inside)

    def eg(self, within: BDDFunction) -> BDDFunction:
        """Return where a fair path stays in `within`."""
        within = within & self.inside
        return self.search.backwards(self.hull(within) | (self.dead & within), within)

    def hull(self, within: BDDFunction) -> BDDFunction:
        """Return the largest set of states of `within` in which a fair path can go on for ever, and come by every state
        or step that makes it fair, without leaving the set."""
        found = within & self.inside
        while True:
            start = found
            found = found & self.before(found)
            for rule in self.fair:
                found = found & self.before(self.search.backwards(self.justice(rule, found), found))
            if found == start:
                return found

    def justice(self, rule: str, inside: BDDFunction) -> BDDFunction:
        """Return the states of a set in which the rule cannot fire, or from which it leads into the set."""
        machine = self.search.machine
        fires = machine.words.any(machine.closed(e.relation.before(inside)) for e in machine.steps_of(rule))
        return inside & (fires | ~machine.able(rule))

    # Paths

    def path(self, start: BDDFunction, within: BDDFunction, goal: BDDFunction) -> Trace | None:
        """Return a shortest walk from one of the states `start` to `goal`, through `within` up to there, as a trace
        that begins there; None iff there is none. (E[within U goal])"""
        rings = self.search.rings(start & (within | goal), goal, within | goal)
        return self.search.run(rings, goal) if rings and (rings[-1] & goal).satisfiable() else None

    def lasso(self, start: Trace, within: BDDFunction) -> Lasso | None:
        """Continue a trace, whose last state is in the hull of `within`, into a fair loop in it; None iff that is
        not so. (EG within)"""
        hull, stem = self.hull(within), start
        machine = self.search.machine
        if not (machine.point(stem.parameters, stem.states[-1]) & hull).satisfiable():
            return None
        while True:
            round_ = self._round(stem, hull)
            if len(round_.steps) == len(stem.steps):
                round_ = self._stepped(round_, [r.name for r in machine.model.rules], hull)
            back = self._walk(round_, hull, machine.point(stem.parameters, stem.states[-1]))
            if back is not None:
                return Lasso(back, len(stem.steps))
            stem = round_  # that way led into another component, from which there is no way back

    def _round(self, trace: Trace, hull: BDDFunction) -> Trace:
        """Continue a trace by at least one step in the hull, so that it is just to each rule on the way."""
        for rule in self.fair:
            there = self._walk(trace, hull, self.justice(rule, hull))
            assert there is not None
            trace = self._fired(there, rule, hull)
        return trace

    def _fired(self, trace: Trace, rule: str, hull: BDDFunction) -> Trace:
        """Let the rule fire, if it can: then it leads into the hull, or the trace would be just without it."""
        machine = self.search.machine
        here = machine.point(trace.parameters, trace.states[-1])
        if not (machine.able(rule) & here).satisfiable():
            return trace
        return self._stepped(trace, tuple(e.rule for e in machine.steps_of(rule))[:1], hull)

    def _stepped(self, trace: Trace, rules: Sequence[str], goal: BDDFunction) -> Trace:
        """Continue a trace by one step of one of the rules into `goal`."""
        machine = self.search.machine
        here = machine.point(trace.parameters, trace.states[-1])
        for event in (e for e in machine.events if e.rule in rules):
            where = here & event.relation.moved(goal)
            if (event.relation.function & where).satisfiable():
                return replace(trace, steps=(*trace.steps, self.search.step_from(event, where)))
        raise AssertionError("a step leads there")

    def _walk(self, trace: Trace, hull: BDDFunction, goal: BDDFunction) -> Trace | None:
        """Continue a trace through the hull to `goal`."""
        machine = self.search.machine
        rest = self.path(machine.point(trace.parameters, trace.states[-1]), hull, goal & hull)
        return None if rest is None else joined(trace, rest)


def joined(trace: Trace, rest: Trace) -> Trace:
    """Return a trace continued by one that begins where it ends."""
    steps: tuple[Step, ...] = (*trace.steps, *rest.steps)
    return replace(trace, steps=steps)
