"""Explicit-state search: visits every reachable state, breadth first, packed into words. Finite data only."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from verifier.engines.engine import Budget
from verifier.engines.explicit_invariant import from_projections
from verifier.engines.explicit_reduced import by_fewer
from verifier.engines.explicit_runs import TooManyStates, leads_to, members, recoverable
from verifier.engines.spaces import limits_of
from verifier.engines.temporal_counts import counted
from verifier.evidence.evidence import (
    Answer,
    Census,
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
from verifier.semantics.run import successors
from verifier.statespace.actions import why_not
from verifier.statespace.folding import Weight
from verifier.statespace.levels import Mismatch
from verifier.statespace.machine import Observation
from verifier.statespace.packing import TooLarge
from verifier.statespace.search import DEAD, Status
from verifier.statespace.space import Found, Space, Watch, explored
from verifier.statespace.symmetry import refused
from verifier.statespace.twin import Twin

MEMBERS = 2_000
"""The most states that are handed out one by one: the reference semantics enumerates some three thousand a second
again. Of more the number is handed out, which is counted again at millions a second."""

FEW = 500
"""The most states that are listed without trying to say in short what they have in common."""

MANY = range(200_000, 50_000_000)
"""So many states are counted again by the checker faster than it is found out what they have in common."""

COUNTED = 1 << 29
"""The most states that the checker is asked to count; representatives may stand for many more."""

SHORT = 100
"""The most conjuncts of an invariant that is shown rather than the number of states."""


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
        """Return Holds (Closure, Census, Labelling, Invariant; for `reachable` Witnesses), Violated, or Unknown. A
        trace is a shortest one, unless it was found where all states were too many."""
        spaces: list[Space] = []
        shown: list[Evidence] = []
        violated: list[Evidence] = []
        try:
            for parameters in valuation_list(model):
                left = None if self.most is None else self.most - sum(s.states for s in spaces)
                space, found = _search(model, parameters, claim, replace(budget, states=left))
                if isinstance(found, Trace):
                    evidence: Iterable[Evidence] = [found]
                else:
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


def _search(
    model: Model, parameters: Mapping[str, Value], claim: Claim, budget: Budget
) -> tuple[Space, Found | Trace | None]:
    """Return the states for one value of the parameters, with what the claim looks for, or with a run to it where not
    all states were looked at. Raises Undecided where a limit was met before either was certain."""
    watch = _watch(model, claim)
    about_runs = isinstance(claim, (Recoverable, LeadsTo))
    symmetry = refused(model, "the claim is about whole runs") if about_runs else watch.symmetry(model, parameters)
    remembered = _complete(model, tuple(parameters.items()))
    known = next((s for s in remembered if s.symmetry.free in ((), symmetry.free)), None)
    if known is not None and not known.marked(watch):
        if budget.states is not None and known.states > budget.states:
            raise Undecided(f"there are more than {budget.states} states")
        return known, None
    limits = replace(limits_of(budget), checkpoint=budget.checkpoint)
    space = explored(model, parameters, watch, limits, symmetry)
    if space.is_complete and known is None:
        remembered.append(space)
    found = space.found()
    if found is None and not space.is_complete:
        in_vain = about_runs or space.status in (Status.TIME, Status.WRONG)
        run, said = (None, "") if in_vain else by_fewer(model, tuple(parameters.items()), watch, budget.deadline)
        if run is None:
            raise Undecided(_progress(space, budget) + said)
        return space, run
    return space, found


@functools.lru_cache(maxsize=8)
def _complete(model: Model, parameters: tuple[tuple[str, Value], ...]) -> list[Space]:
    """Return the box in which the states of a machine are kept for the next claim, once all of them are known; and so
    are those of one state of each orbit."""
    return []


def _progress(space: Space, budget: Budget) -> str:
    counts = space.counts
    explored_ = f"{counts.states:,} states and {counts.transitions:,} transitions in {counts.levels} levels"
    reasons = {
        Status.TIME: "time is up",
        Status.MEMORY: f"the memory allowed ({space.limits.memory / 2**20:,.0f} MB) is used up",
        Status.WRONG: "an int leaves its range",
    }
    reason = reasons.get(space.status, f"there are more than {budget.states} states")
    # Where a limit is counted, the same is said on every machine.
    by = f", by {space.search.engine}" if space.status in (Status.TIME, Status.MEMORY) else ""
    return f"{reason}; explored: {explored_}{by}{_symmetry(space)}"


def _symmetry(space: Space) -> str:
    """Return what is to be said of the reduction by symmetry; nothing iff there is no index of several individuals."""
    return f"; symmetry: {space.symmetry}" if str(space.symmetry) else ""


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
        return _fork(space, claim, trace)
    bad = cases(space.setting.model, claim) or ()
    if any(c.rule is None and not c.initially and holds(c.condition, space.setting, trace.states[-1:]) for c in bad):
        return trace
    following = successors(space.setting, trace.states[-1])
    step = next(s for s in following if any(_is_bad(space.setting, trace, s, c) for c in bad))
    return replace(trace, steps=(*trace.steps, step))


def _is_bad(setting: Setting, trace: Trace, step: Step, case: Case) -> bool:
    if case.rule is None or case.rule.name != step.rule:
        return False
    return holds(case.condition, setting, (trace.states[-1], step.state), step.arguments)


def _fork(space: Space, claim: Deterministic, trace: Trace) -> Fork:
    first: dict[tuple[object, ...], Step] = {}
    for step in successors(space.setting, trace.states[-1]):
        if step.rule in claim.rules:
            other = first.setdefault((step.rule, *step.arguments.values()), step)
            if other.state != step.state:
                return Fork(trace, other, step)
    raise AssertionError("the state has two successors under one rule instance")


def _of_runs(space: Space, claim: Recoverable | LeadsTo) -> Iterable[Evidence]:
    try:
        found = recoverable(space, claim) if isinstance(claim, Recoverable) else leads_to(space, claim)
    except TooManyStates as error:
        if isinstance(claim, LeadsTo) or space.states > COUNTED:
            raise Undecided(str(error)) from None
        found = counted([space], claim)
    return [] if found is None else [found]


def _unreachable(space: Space, claim: Reachable, budget: Budget) -> Unreachable | Census:
    """Return an invariant that excludes the condition: a short one where there is one, else the states themselves, or
    where they are many their number."""
    model, parameters = space.setting.model, space.setting.parameters
    if (short := from_projections(model.fixed(parameters), claim, [space], budget)) is not None:
        return Unreachable(parameters, short)
    total = _total([space])
    if total is None or total.states > COUNTED:
        raise Undecided(f"none of {_counted([space], total)} is one, but they are too many to be certified")
    if total.states > MEMBERS:
        return Census(((parameters, total.states),))
    return Unreachable(parameters, (members(space, space.members()),))


def _proved(spaces: list[Space], claim: Claim, budget: Budget) -> Answer:
    """Return the proof that the states are: a short invariant that they suggest, or all of them where they are few, or
    their number where that is enough for the checker."""
    total = _total(spaces)
    countable = total is not None and MEMBERS < total.states <= COUNTED
    if countable and isinstance(claim, Recoverable | LeadsTo):
        return Holds(counted(spaces, claim))
    if total is None or not (total.states <= FEW or (countable and total.states in MANY)):
        short = _short(spaces, claim, budget)
        if short is not None and (not countable or len(short) <= SHORT):
            return Holds(Invariant(short))
    if total is not None and total.states <= MEMBERS:
        return Holds(Closure(tuple((s.setting.parameters, s.unpack(packed)) for s in spaces for packed in s.members())))
    if countable:
        return Holds(Census(tuple((s.setting.parameters, w.states) for s in spaces if (w := s.weight) is not None)))
    transitions = "" if total is None else f" and {total.transitions:,} transitions"
    what = f"all {_counted(spaces, total)}{transitions} explored, and no violation found"
    why = f"they are too many to be certified, and no short invariant was seen{_symmetry(spaces[0])}"
    return Unknown(f"explicit: {what}; {why}")


def _total(spaces: list[Space]) -> Weight | None:
    """Return how many states and transitions there are, those included that are represented by others."""
    total = Weight(0, 0, 0)
    for space in spaces:
        if (weight := space.weight) is None:
            return None
        total += weight
    return total


def _counted(spaces: list[Space], total: Weight | None) -> str:
    """Return how many states there are, in words; by how many they are represented, where they are."""
    visited = sum(s.states for s in spaces)
    if all(s.folding is None for s in spaces):
        return f"{visited:,} states"
    return f"{visited:,} representatives" + ("" if total is None else f" of {total.states:,} states")


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
