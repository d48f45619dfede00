"""Formulas of temporal logic over finite data: linear time by a product with an automaton, branching time by labels.

Vardi, Wolper: An Automata-Theoretic Approach to Automatic Program Verification, LICS 1986; Clarke, Emerson,
Sistla: Automatic Verification of Finite-State Concurrent Systems Using Temporal Logic Specifications, 1986.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace

from verifier.automata.tableau import TooLarge
from verifier.engines.engine import Budget
from verifier.engines.spaces import limits_of
from verifier.engines.temporal_beside import Beside, guided
from verifier.engines.temporal_counts import branching, of_runs
from verifier.engines.temporal_lasso import length, shortest, shortest_walk
from verifier.engines.temporal_product import OutOfTime, check_status, growing
from verifier.evidence.evidence import (
    Answer,
    Closure,
    Evidence,
    Holds,
    Labelling,
    Labels,
    Lasso,
    State,
    Trace,
    Unknown,
    Violated,
    Witnesses,
)  # fmt: skip
from verifier.model.claims import Claim, Ctl, Ltl
from verifier.model.formulas import Operator
from verifier.model.model import Model
from verifier.model.sorts import Value
from verifier.model.terms import Const, Var, eq
from verifier.semantics.claims import plain
from verifier.semantics.evaluate import RangeError
from verifier.semantics.instances import TooMany
from verifier.semantics.listing import valuation_list
from verifier.semantics.positive import conjoined, on_every_run, positive, settled
from verifier.semantics.refusal import Refused
from verifier.statespace import packing
from verifier.statespace.actions import why_not
from verifier.statespace.machine import Observation, machine
from verifier.statespace.space import Space, Watch, explored
from verifier.statespace.twin import Twin, Wrong

STARTS = 64
"""The most initial states from each of which a run is shown."""

MEMBERS = 20_000
"""The most states that are handed out one by one: the checker enumerates no more again. More are labelled again."""


@dataclass(frozen=True)
class Temporal:
    """`ltl` and `ctl` over finite data. With `most`, it gives up after so many states of machine and formula."""

    most: int | None = None
    name: str = "temporal"

    def handles(self, model: Model, claim: Claim) -> str | None:
        """Formulas of temporal logic that no other claim says, where all data is finite."""
        if not isinstance(claim, Ltl | Ctl):
            return "not a formula of temporal logic"
        if plain(claim) is not claim:
            return "another form of claim says the same: ask an engine for that"
        return why_not(model)

    def solve(self, model: Model, claim: Claim, budget: Budget) -> Answer:
        """Return Violated with a Lasso or a Trace, where one run shows it; Holds with Witnesses, where runs do; else
        what is true with a Closure or, of many states, a Labelling; or Unknown."""
        assert isinstance(claim, Ltl | Ctl)
        budget = replace(budget, states=self.most)
        found: list[Lasso | Trace] = []
        spaces: list[Space] = []
        try:
            if isinstance(claim, Ctl) and (shown := _witnesses(model, claim, budget)) is not None:
                return Holds(shown)
            for parameters in valuation_list(model):
                run = _violation(model, parameters, claim, budget)
                found += [] if run is None else [run]
                if not found:
                    spaces.append(_all_states(model, tuple(parameters.items()), budget))
            return Violated(min(found, key=length)) if found else _decided(model, claim, spaces, budget)
        except (OutOfTime, RangeError, Wrong, TooMany, TooLarge, packing.TooLarge, MemoryError) as error:
            return Violated(min(found, key=length)) if found else Unknown(f"temporal: {error or 'out of memory'}")


def _decided(model: Model, claim: Ltl | Ctl, spaces: list[Space], budget: Budget) -> Answer:
    """Return what is true on all states, where no single run shows it. Raises as `violation` does."""
    counts: list[Labels] = []
    for space in spaces if isinstance(claim, Ctl) else ():
        labels, holds = branching(space, claim.formula)
        counts.append(labels)
        if not holds:
            return Violated(_shown(spaces, Labelling(((labels,),))))
    if isinstance(claim, Ltl) and sum(s.states for s in spaces) > MEMBERS:
        return Holds(of_runs(model, claim, replace(budget, states=None)))
    return Holds(_shown(spaces, Labelling((tuple(counts),))))


def _shown(spaces: list[Space], labelling: Labelling) -> Evidence:
    """Return the states one by one, where they are few, else how many have each label."""
    if sum(s.states for s in spaces) > MEMBERS:
        return labelling
    return Closure(tuple((s.setting.parameters, s.unpack(state)) for s in spaces for state in s.packed()))


def _violation(model: Model, parameters: Mapping[str, Value], claim: Ltl | Ctl, budget: Budget) -> Lasso | Trace | None:
    """Return a run that violates the formula, if there is one, and if one is enough."""
    try:
        linear = claim if isinstance(claim, Ltl) else Ltl(on_every_run(claim.formula))
    except Refused:
        return None
    runs = (violation(model, parameters, part, budget) for part in conjoined(linear))
    return min((run for run in runs if run is not None), key=length, default=None)


def violation(model: Model, parameters: Mapping[str, Value], claim: Ltl, budget: Budget) -> Lasso | Trace | None:
    """Return a fair maximal run that does not satisfy the formula of a claim; None iff there is none, for these values
    of the parameters. Raises OutOfTime, TooLarge, packing.TooLarge, MemoryError."""
    wrong = positive(claim.formula, False)
    if (cut := _cut_off(guided(model, settled(wrong)), parameters, budget)) is not None:
        return cut
    beside = guided(model, wrong)
    if beside is None or (beside.early and settled(wrong) == wrong):
        return None
    for known in growing(beside, parameters, claim.fair, claim.strong, budget):
        if (walk := shortest_walk(known)) is not None:
            return shortest(model, parameters, claim, walk.shown(known), budget)
    return None


def _cut_off(beside: Beside | None, parameters: Mapping[str, Value], budget: Budget) -> Trace | None:
    """Return a shortest run that satisfies the formula when it is cut off there; None iff there is none."""
    if beside is None:
        return None
    space = explored(beside.both, parameters, Watch((Observation((beside.final,)),)), limits_of(budget))
    found = space.found()
    if found is None and not space.is_complete:
        check_status(space, budget, "states of machine and formula")
    return None if found is None else beside.seen(space.trace(found.state, found.level))


def _witnesses(model: Model, claim: Ctl, budget: Budget) -> Witnesses | None:
    """Return a run from every initial state, where runs can show that the formula is true and the initial states are
    few. Raises OutOfTime, TooLarge, packing.TooLarge, MemoryError."""
    try:
        wrong = Ltl(on_every_run(Operator("not", (claim.formula,))))
    except Refused:
        return None
    starts = [(p, state) for p in valuation_list(model) for state in _initial(model, p)]
    if len(starts) > STARTS:
        return None
    runs: list[Lasso | Trace] = []
    for parameters, state in starts:
        begin = tuple(eq(Var(v.sort, v.name), Const(v.sort, state[v.name])) for v in model.variables)
        there = replace(model, init=(*model.init, *begin))
        parts = (violation(there, parameters, part, budget) for part in conjoined(wrong))
        found = [run for run in parts if run is not None]
        if not found:
            return None
        runs.append(min(found, key=length))
    traces = (r.trace if isinstance(r, Lasso) else r for r in runs)
    return Witnesses(tuple(traces), tuple(r.loop if isinstance(r, Lasso) else None for r in runs))


def _initial(model: Model, parameters: Mapping[str, Value]) -> list[State]:
    made = machine(replace(model, rules=()), parameters)
    return [made.layout.unpack(state) for state in Twin(made).initial()]


@functools.lru_cache(maxsize=8)
def _known(model: Model, parameters: tuple[tuple[str, Value], ...]) -> list[Space]:
    """Return the box in which the states of a machine are kept for the next claim, once all of them are known."""
    return []


def _all_states(model: Model, parameters: tuple[tuple[str, Value], ...], budget: Budget) -> Space:
    """Return all states for one value of the parameters. Raises OutOfTime, packing.TooLarge, MemoryError."""
    box = _known(model, parameters)
    if not box:
        space = explored(model, dict(parameters), limits=limits_of(budget))
        if not space.is_complete:
            check_status(space, budget, "states")
        box.append(space)
    check_status(box[0], budget, "states")
    return box[0]
