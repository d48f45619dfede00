"""Explicit-state search: visits every reachable state, breadth first, by the reference semantics. Finite data only."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from verifier.engines.engine import Budget
from verifier.evidence.evidence import (
    Answer,
    Closure,
    Evidence,
    Fork,
    Holds,
    Lasso,
    Step,
    Trace,
    Trap,
    Unknown,
    Unreachable,
    Violated,
    Witnesses,
)  # fmt: skip
from verifier.evidence.interpretation import State
from verifier.graph.components import components
from verifier.model.claims import Claim, Deterministic, LeadsTo, NoDeadlock, Reachable, Recoverable
from verifier.model.model import Model
from verifier.model.sorts import Value, is_finite
from verifier.model.terms import Const, Term, Var, and_, eq, or_
from verifier.semantics.claims import Case, cases
from verifier.semantics.evaluate import RangeError, Setting, holds
from verifier.semantics.instances import TooMany
from verifier.semantics.listing import check_lists, valuation_list
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


@functools.lru_cache(maxsize=32)
def space_of(model: Model, parameters: tuple[tuple[str, Value], ...]) -> Space:
    """Return the states of a model for one value of its parameters; as far as they are known, for every claim."""
    return Space(Setting(model, dict(parameters)))


@dataclass(frozen=True)
class Explicit:
    """Every claim about states and runs, over finite data. With `most`, it gives up after so many states."""

    most: int | None = None
    name: str = "explicit"

    def handles(self, model: Model, claim: Claim) -> str | None:
        """Claims about states and runs, where all data is finite."""
        sorts = [*(v.sort for v in model.variables), *(p.sort for p in model.parameters)]
        sorts += [p.sort for r in model.rules for p in r.parameters]
        if model.functions or not all(is_finite(s) for s in sorts):
            return "the data is not finite (an opaque sort or an uninterpreted function)"
        return (
            None if _SEARCH.get(type(claim)) or cases(model, claim) is not None else "not a claim about states or runs"
        )

    def solve(self, model: Model, claim: Claim, budget: Budget) -> Answer:
        """Return Holds (Closure, or Witnesses for `reachable`), Violated with a shortest trace, or Unknown."""
        search = _SEARCH.get(type(claim), _safety)
        spaces: list[Space] = []
        found: list[Evidence] = []
        try:
            for parameters in valuation_list(model):
                check_lists(Setting(model, parameters))
                left = None if self.most is None else self.most - sum(len(s.states) for s in spaces)
                spaces.append(space_of(model, tuple(parameters.items())))
                if (evidence := search(spaces[-1], claim, replace(budget, states=left))) is not None:
                    found.append(evidence)
        except (OutOfTime, RangeError, TooMany) as error:
            if not found:
                return Unknown(f"explicit: {error}")
        if found:
            return Violated(min(found, key=_length))
        return Holds(_closure(spaces) if not isinstance(claim, Reachable) else _witnesses(spaces, claim))


def _length(evidence: Evidence) -> int:
    """Return how many steps the run has that the evidence shows."""
    match evidence:
        case Trace(steps=steps) | Fork(trace=Trace(steps=steps)) | Lasso(trace=Trace(steps=steps)):
            return len(steps)
        case Trap(trace=Trace(steps=steps)):
            return len(steps)
        case _:
            return 0


def _closure(spaces: list[Space]) -> Closure:
    return Closure(tuple((s.setting.parameters, state) for s in spaces for state in s.states.values()))


def _witnesses(spaces: list[Space], claim: Reachable) -> Witnesses:
    return Witnesses(tuple(s.trace(next(k for k in s.states if _in(s, k, claim.condition))) for s in spaces))


def _in(space: Space, key: Key, term: Term) -> bool:
    return holds(term, space.setting, (space.states[key],))


def _safety(space: Space, claim: Claim, budget: Budget) -> Evidence | None:
    bad = cases(space.setting.model, claim) or ()
    of_state = or_(*(c.condition for c in bad if c.rule is None and not c.initially))
    for key in space.explore(budget):
        if _in(space, key, of_state) or (space.reached[key] is None and _is_bad_initial(space, key, bad)):
            return space.trace(key)
        for step in space.steps[key]:
            if any(_is_bad_step(space, key, step, c) for c in bad):
                trace = space.trace(key)
                return replace(trace, steps=(*trace.steps, step))
    return None


def _is_bad_initial(space: Space, key: Key, bad: tuple[Case, ...]) -> bool:
    return any(c.initially and _in(space, key, c.condition) for c in bad)


def _is_bad_step(space: Space, key: Key, step: Step, case: Case) -> bool:
    if case.rule is None or case.rule.name != step.rule:
        return False
    return holds(case.condition, space.setting, (space.states[key], step.state), step.arguments)


def _deterministic(space: Space, claim: Claim, budget: Budget) -> Evidence | None:
    assert isinstance(claim, Deterministic)
    for key in space.explore(budget):
        first: dict[tuple[object, ...], Step] = {}
        for step in space.steps[key]:
            if step.rule in claim.rules:
                other = first.setdefault((step.rule, *step.arguments.values()), step)
                if other.state != step.state:
                    return Fork(space.trace(key), other, step)
    return None


def _no_deadlock(space: Space, claim: Claim, budget: Budget) -> Evidence | None:
    assert isinstance(claim, NoDeadlock)
    for key in space.explore(budget):
        if not space.steps[key] and not _in(space, key, claim.excluded):
            return space.trace(key)
    return None


def _reachable(space: Space, claim: Claim, budget: Budget) -> Evidence | None:
    assert isinstance(claim, Reachable)
    for key in space.explore(budget):
        if _in(space, key, claim.condition):
            return None
    model = space.setting.model
    return Unreachable(space.setting.parameters, (_members(model, space, set(space.states)),))


def _members(model: Model, space: Space, keys: set[Key]) -> Term:
    """Return the term that holds in exactly these states."""

    def is_in(key: Key) -> Term:
        return and_(*(eq(Var(v.sort, v.name), Const(v.sort, x)) for v, x in zip(model.variables, key, strict=True)))

    return or_(*(is_in(k) for k in space.states if k in keys))


def _recoverable(space: Space, claim: Claim, budget: Budget) -> Evidence | None:
    assert isinstance(claim, Recoverable)
    for _ in space.explore(budget):
        pass
    saved = space.backwards(space.satisfying(claim.goal))
    for key in space.states:
        if key not in saved and _in(space, key, claim.origin):
            return Trap(space.trace(key), (_members(space.setting.model, space, _onwards(space, key)),))
    return None


def _onwards(space: Space, key: Key) -> set[Key]:
    found, queue = {key}, deque([key])
    while queue:
        for step in space.steps[queue.popleft()]:
            if (after := space.key(step.state)) not in found:
                found.add(after)
                queue.append(after)
    return found


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


_SEARCH: Mapping[type[Claim], Callable[[Space, Claim, Budget], Evidence | None]] = {
    Deterministic: _deterministic,
    NoDeadlock: _no_deadlock,
    Reachable: _reachable,
    Recoverable: _recoverable,
    LeadsTo: leads_to,
}
