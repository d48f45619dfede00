"""The reachable states as a graph, by the reference semantics: what is claimed about whole runs is decided on it.

It is slow and plain, serves finite meanings of opaque data as well, and is meant for some ten thousand states.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from verifier.engines.engine import Budget
from verifier.evidence.evidence import Evidence, Lasso, Step, Trace
from verifier.evidence.interpretation import State
from verifier.graph.components import components
from verifier.model.claims import Claim, LeadsTo
from verifier.model.sorts import Value
from verifier.model.terms import Term
from verifier.semantics.evaluate import Setting, holds
from verifier.semantics.run import initial_states, successors

Key = tuple[Value, ...]


class OutOfTime(Exception):
    """The budget ended before every state was visited."""


@dataclass
class Space:
    """The reachable states for one value of the parameters: for each its transitions, and how it was first reached."""

    setting: Setting
    states: dict[Key, State] = field(default_factory=dict)
    steps: dict[Key, tuple[Step, ...]] = field(default_factory=dict)
    reached: dict[Key, tuple[Key, Step] | None] = field(default_factory=dict)
    order: list[Key] = field(default_factory=list)

    def key(self, state: State) -> Key:
        """Return the state as a tuple in the order of the variables."""
        return tuple(state[v.name] for v in self.setting.model.variables)

    def trace(self, key: Key) -> Trace:
        """Return a shortest run to a state."""
        steps: list[Step] = []
        while (origin := self.reached[key]) is not None:
            key, step = origin
            steps.append(step)
        return Trace(self.setting.parameters, self.states[key], tuple(reversed(steps)), self.setting.interpretation)

    def explore(self, budget: Budget) -> Iterator[Key]:
        """Yield every reachable state once, in order of distance, when its transitions are known. What an earlier
        call has found is not computed again. Raises OutOfTime."""
        if not self.order:
            for state in initial_states(self.setting):
                self._meet(state, None)
        for place, key in enumerate(self.order):  # it grows meanwhile
            if budget.states is not None and place >= budget.states:
                raise OutOfTime(f"there are more than {budget.states} states")
            if key not in self.steps:
                if budget.left == 0:
                    raise OutOfTime(f"time is up after {len(self.steps)} states")
                self.steps[key] = tuple(successors(self.setting, self.states[key]))
                for step in self.steps[key]:
                    self._meet(step.state, (key, step))
            yield key

    def _meet(self, state: State, origin: tuple[Key, Step] | None) -> None:
        key = self.key(state)
        if key not in self.states:
            self.states[key], self.reached[key] = state, origin
            self.order.append(key)

    def satisfying(self, term: Term) -> set[Key]:
        """Return the states in which a term over level 0 holds."""
        return {k for k, s in self.states.items() if holds(term, self.setting, (s,))}

    def backwards(self, goal: set[Key]) -> set[Key]:
        """Return the states from which some run reaches `goal`."""
        before: dict[Key, list[Key]] = {}
        for key, steps in self.steps.items():
            for step in steps:
                before.setdefault(self.key(step.state), []).append(key)
        found, queue = set(goal), deque(goal)
        while queue:
            for key in before.get(queue.popleft(), []):
                if key not in found:
                    found.add(key)
                    queue.append(key)
        return found


def _in(space: Space, key: Key, term: Term) -> bool:
    return holds(term, space.setting, (space.states[key],))


def leads_to(space: Space, claim: Claim, budget: Budget) -> Evidence | None:
    """Return a Lasso, or a Trace that ends pending in a deadlock; None iff every trigger gets its response."""
    assert isinstance(claim, LeadsTo)
    for _ in space.explore(budget):
        pass
    pending = pending_states(space, claim)
    for key in space.states:
        if key in pending and not space.steps[key]:
            return _trace_through(space, pending, claim, key)
    edges = {
        k: [space.key(s.state) for s in space.steps[k] if space.key(s.state) in pending]
        for k in space.states
        if k in pending
    }
    for component in components(edges):
        if (loop := fair_loop(space, component, claim)) is not None:
            return _lasso(space, pending, claim, component, loop)
    return None


def pending_states(space: Space, claim: LeadsTo) -> set[Key]:
    """Return the states that a run can be in after a trigger and before the response."""
    answered = space.satisfying(claim.response)
    found = space.satisfying(claim.trigger) - answered
    queue = deque(found)
    while queue:
        for step in space.steps[queue.popleft()]:
            after = space.key(step.state)
            if after not in found and after not in answered:
                found.add(after)
                queue.append(after)
    return found


def fair_loop(space: Space, component: list[Key], claim: LeadsTo) -> list[tuple[Key, Step]] | None:
    """Return a closed walk through every transition of the component, iff it has one and that walk is fair."""
    inside = set(component)
    steps = [(k, s) for k in component for s in space.steps[k] if space.key(s.state) in inside]
    if not steps:
        return None
    for rule in claim.fair:
        taken = any(s.rule == rule for _, s in steps)
        if not taken and all(any(s.rule == rule for s in space.steps[k]) for k in component):
            return None
    return steps


def _lasso(
    space: Space, pending: set[Key], claim: LeadsTo, component: list[Key], wanted: list[tuple[Key, Step]]
) -> Evidence:
    """Return a run into the component and a loop in it that is fair: it visits all its states and fair transitions."""
    stem = _trace_through(space, pending, claim, component[0])
    inside = set(component)
    needed = _needed(space, component, claim, wanted)
    here, walk = component[0], []
    for key, step in needed:
        walk += _path(space, inside, here, key)
        walk.append(step)
        here = space.key(step.state)
    walk += _path(space, inside, here, component[0])
    return Lasso(replace(stem, steps=(*stem.steps, *walk)), len(stem.steps))


def _needed(
    space: Space, component: list[Key], claim: LeadsTo, steps: list[tuple[Key, Step]]
) -> list[tuple[Key, Step]]:
    """Return transitions that make a loop fair: for each fair rule one by it, or from a state where it cannot fire."""

    def is_fair_to(rule: str, key: Key, step: Step) -> bool:
        return step.rule == rule or all(other.rule != rule for other in space.steps[key])

    fair = (next(((k, s) for k, s in steps if is_fair_to(rule, k, s)), steps[0]) for rule in claim.fair)
    chosen = [steps[0], *fair]
    return list({(k, id(s)): (k, s) for k, s in chosen}.values())


def _path(space: Space, inside: set[Key], start: Key, goal: Key) -> list[Step]:
    """Return a shortest walk from start to goal inside a set of states (no step where they are the same)."""
    return _walk(space, {start}, lambda k: k == goal, inside)[1]


def _walk(space: Space, starts: set[Key], is_goal: Callable[[Key], bool], inside: set[Key]) -> tuple[Key, list[Step]]:
    origin: dict[Key, tuple[Key, Step] | None] = {k: None for k in space.states if k in starts}
    queue = deque(origin)
    while queue:
        key = queue.popleft()
        if is_goal(key):
            steps: list[Step] = []
            while (back := origin[key]) is not None:
                key, step = back
                steps.append(step)
            return key, steps[::-1]
        for step in space.steps[key]:
            after = space.key(step.state)
            if after in inside and after not in origin:
                origin[after] = (key, step)
                queue.append(after)
    raise AssertionError("the goal can be reached inside the set")


def _trace_through(space: Space, pending: set[Key], claim: LeadsTo, goal: Key) -> Trace:
    """Return a run to a trigger state and from there, through pending states only, to `goal`."""
    triggers = {k for k in space.satisfying(claim.trigger) if k in pending}
    start, steps = _walk(space, triggers, lambda k: k == goal, pending)
    stem = space.trace(start)
    return replace(stem, steps=(*stem.steps, *steps))
