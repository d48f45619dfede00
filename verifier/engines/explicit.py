"""Explicit-state search: visits every reachable state, breadth first, packed into words. Finite data only."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from verifier.engines.engine import Budget
from verifier.engines.explicit_invariant import from_projections
from verifier.engines.explicit_runs import TooManyStates, leads_to, members, recoverable
from verifier.evidence.evidence import (
    Answer,
    Closure,
    Evidence,
    Fork,
    Holds,
    Invariant,
    Lasso,
    Step,
    Trace,
    Trap,
    Unknown,
    Unreachable,
    Violated,
    Witnesses,
)  # fmt: skip
from verifier.model.claims import Claim, Deterministic, LeadsTo, NoDeadlock, Reachable, Recoverable
from verifier.model.model import Model
from verifier.model.sorts import Value
from verifier.model.terms import Term
from verifier.semantics.claims import Case, cases
from verifier.semantics.evaluate import RangeError, Setting, holds
from verifier.semantics.instances import TooMany
from verifier.semantics.listing import valuation_list
from verifier.statespace.actions import why_not
from verifier.statespace.levels import Mismatch
from verifier.statespace.machine import Observation
from verifier.statespace.packing import TooLarge
from verifier.statespace.search import DEAD, Status
from verifier.statespace.space import Found, Limits, Space, Watch, explored
from verifier.statespace.twin import Twin

MEMBERS = 20_000
"""The most states that are handed out one by one: the checker enumerates no more again."""

FEW = 500
"""The most states that are listed without trying to say in short what they have in common."""


class Undecided(Exception):
    """The search ended before the claim was decided; the message says what was explored."""


@dataclass(frozen=True)
class Explicit:
    """Every claim about states and runs, over finite data. With `most`, it gives up after so many states."""

    most: int | None = None
    name: str = "explicit"

    def handles(self, model: Model, claim: Claim) -> str | None:
        """Claims about states and runs, where all data is finite."""
        if (reason := why_not(model)) is not None:
            return reason
        known = isinstance(claim, (Recoverable, LeadsTo)) or cases(model, claim) is not None
        return None if known else "not a claim about states or runs"

    def solve(self, model: Model, claim: Claim, budget: Budget) -> Answer:
        """Return Holds (Closure, Invariant; Witnesses for `reachable`), Violated with a shortest trace, or Unknown."""
        spaces: list[Space] = []
        shown: list[Evidence] = []
        violated: list[Evidence] = []
        try:
            for parameters in valuation_list(model):
                left = None if self.most is None else self.most - sum(s.states for s in spaces)
                space, found = _search(model, parameters, claim, replace(budget, states=left))
                spaces.append(space)
                evidence = _shown(space, claim, found, budget)
                (shown if isinstance(claim, Reachable) and found else violated).extend(evidence)
        except (Undecided, RangeError, TooLarge, TooMany, Mismatch, MemoryError, OSError) as error:
            if not violated:
                return Unknown(f"explicit: {error or 'out of memory'}")
        if violated:
            return Violated(min(violated, key=_length))
        if isinstance(claim, Reachable):
            return Holds(Witnesses(tuple(t for t in shown if isinstance(t, Trace))))
        return _proved(spaces, claim, budget)


def _search(model: Model, parameters: Mapping[str, Value], claim: Claim, budget: Budget) -> tuple[Space, Found | None]:
    """Return the states for one value of the parameters, with what the claim looks for. Raises Undecided where a
    limit was met before either was certain."""
    remembered = _complete(model, tuple(parameters.items()))
    watch = _watch(model, claim)
    if remembered and not remembered[0].marked(watch):
        if budget.states is not None and remembered[0].states > budget.states:
            raise Undecided(f"there are more than {budget.states} states")
        return remembered[0], None
    space = explored(model, parameters, watch, _limits(budget))
    if space.is_complete:
        remembered[:] = [space]
    found = space.found()
    if found is None and not space.is_complete:
        raise Undecided(_progress(space, budget))
    return space, found


@functools.lru_cache(maxsize=8)
def _complete(model: Model, parameters: tuple[tuple[str, Value], ...]) -> list[Space]:
    """Return the box in which the states of a machine are kept for the next claim, once all of them are known."""
    return []


def _limits(budget: Budget) -> Limits:
    limits = Limits(budget.deadline, threads=budget.threads, states=budget.states, checkpoint=budget.checkpoint)
    return limits if budget.memory is None else replace(limits, memory=budget.memory)


def _progress(space: Space, budget: Budget) -> str:
    counts = space.counts
    explored_ = f"{counts.states:,} states and {counts.transitions:,} transitions in {counts.levels} levels"
    reasons = {
        Status.TIME: "time is up",
        Status.MEMORY: f"the memory allowed ({space.limits.memory / 2**20:,.0f} MB) is used up",
        Status.WRONG: "an int leaves its range",
    }
    reason = reasons.get(space.status, f"there are more than {budget.states} states")
    return f"{reason}; explored: {explored_}, by {space.search.engine}"


def _watch(model: Model, claim: Claim) -> Watch:
    match claim:
        case Recoverable() | LeadsTo():
            return Watch()
        case NoDeadlock():
            return Watch(deadlock=True, excluded=claim.excluded)
        case Deterministic():
            return Watch((Observation(forks=claim.rules),))
    bad = [c for c in cases(model, claim) or () if not c.initially]
    of_states, of_steps = tuple(c for c in bad if c.rule is None), tuple(c for c in bad if c.rule is not None)
    return Watch(tuple(Observation(cases=c) for c in (of_states, of_steps) if c))


def _shown(space: Space, claim: Claim, found: Found | None, budget: Budget) -> Iterable[Evidence]:
    """Yield what there is to be shown for one value of the parameters."""
    if isinstance(claim, (Recoverable, LeadsTo)):
        return _of_runs(space, claim)
    if (initial := _bad_initial(space, claim)) is not None:
        return [initial]
    if isinstance(claim, Reachable) and found is None:
        return [_unreachable(space, claim, budget)]
    return [] if found is None else [_evidence(space, claim, found)]


def _bad_initial(space: Space, claim: Claim) -> Trace | None:
    bad = [c.condition for c in cases(space.setting.model, claim) or () if c.initially]
    for packed in Twin(space.machine).initial() if bad else ():
        state = space.unpack(packed)
        if any(holds(c, space.setting, (state,)) for c in bad):
            return Trace(space.setting.parameters, state)
    return None


def _evidence(space: Space, claim: Claim, found: Found) -> Evidence:
    trace = space.trace(found.state, found.level)
    if found.mark == DEAD:
        return trace
    if isinstance(claim, Deterministic):
        return _fork(space, claim, trace, found.state)
    bad = cases(space.setting.model, claim) or ()
    if any(c.rule is None and not c.initially and holds(c.condition, space.setting, trace.states[-1:]) for c in bad):
        return trace
    step = next(s for s, _ in space.steps(found.state) if any(_is_bad(space.setting, trace, s, c) for c in bad))
    return replace(trace, steps=(*trace.steps, step))


def _is_bad(setting: Setting, trace: Trace, step: Step, case: Case) -> bool:
    if case.rule is None or case.rule.name != step.rule:
        return False
    return holds(case.condition, setting, (trace.states[-1], step.state), step.arguments)


def _fork(space: Space, claim: Deterministic, trace: Trace, state: int) -> Fork:
    first: dict[tuple[object, ...], Step] = {}
    for step, _ in space.steps(state):
        if step.rule in claim.rules:
            other = first.setdefault((step.rule, *step.arguments.values()), step)
            if other.state != step.state:
                return Fork(trace, other, step)
    raise AssertionError("the state has two successors under one rule instance")


def _of_runs(space: Space, claim: Recoverable | LeadsTo) -> Iterable[Evidence]:
    try:
        found = recoverable(space, claim) if isinstance(claim, Recoverable) else leads_to(space, claim)
    except TooManyStates as error:
        raise Undecided(str(error)) from None
    return [] if found is None else [found]


def _unreachable(space: Space, claim: Reachable, budget: Budget) -> Unreachable:
    """Return an invariant that excludes the condition: a short one where there is one, else the states themselves."""
    model, parameters = space.setting.model, space.setting.parameters
    if (short := from_projections(model.fixed(parameters), claim, [space], budget)) is not None:
        return Unreachable(parameters, short)
    if space.states > MEMBERS:
        raise Undecided(f"none of {space.states:,} states is one, but they are too many to be certified")
    return Unreachable(parameters, (members(space, space.packed()),))


def _proved(spaces: list[Space], claim: Claim, budget: Budget) -> Answer:
    """Return the proof that the states are: a short invariant that they suggest, or all of them where they are few."""
    total = sum(s.states for s in spaces)
    short = _short(spaces, claim, budget) if total > FEW else None
    if short is not None:
        return Holds(Invariant(short))
    if total <= MEMBERS:
        return Holds(Closure(tuple((s.setting.parameters, s.unpack(packed)) for s in spaces for packed in s.packed())))
    transitions, engine = sum(s.transitions for s in spaces), spaces[0].search.engine
    what = f"all {total:,} states and {transitions:,} transitions explored, by {engine}, and no violation found"
    return Unknown(f"explicit: {what}; they are too many to be certified, and no short invariant was seen")


def _short(spaces: list[Space], claim: Claim, budget: Budget) -> tuple[Term, ...] | None:
    if isinstance(claim, (Recoverable, LeadsTo)):
        return None
    return from_projections(spaces[0].setting.model, claim, spaces, budget)


def _length(evidence: Evidence) -> int:
    """Return how many steps the run has that the evidence shows."""
    match evidence:
        case Trace(steps=steps) | Fork(trace=Trace(steps=steps)) | Lasso(trace=Trace(steps=steps)):
            return len(steps)
        case Trap(trace=Trace(steps=steps)):
            return len(steps)
        case _:
            return 0
