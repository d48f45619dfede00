"""Bounded model checking: a shortest counterexample, by unrolling the transition relation step by step.

Biere, Cimatti, Clarke, Zhu: Symbolic Model Checking without BDDs, TACAS 1999.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.encode.query import Assignment, Query
from verifier.encode.unroll import case_at, read_violation, transition
from verifier.engines.engine import Budget
from verifier.evidence.evidence import Answer, Bound, Fork, Holds, Trace, Unknown, Violated
from verifier.model.claims import Claim, Reachable
from verifier.model.model import Model
from verifier.model.terms import or_
from verifier.semantics.claims import Case, cases


@dataclass(frozen=True)
class Bmc:
    """Looks at all runs of at most `depth` steps. Without a counterexample the answer is Holds with a Bound."""

    depth: int
    name: str = "bmc"

    def handles(self, model: Model, claim: Claim) -> str | None:
        """Safety claims."""
        if isinstance(claim, Reachable):
            return "`reachable` is asked for every value of the parameters: engine witness does that"
        return None if cases(model, claim) is not None else "not a safety claim"

    def solve(self, model: Model, claim: Claim, budget: Budget) -> Answer:
        """Return Violated with a shortest counterexample, or Holds(Bound(depth)), or Unknown."""
        found = shortest(model, claim, cases(model, claim) or (), self.depth, budget)
        if isinstance(found, (Trace, Fork)):
            return Violated(found)
        return Holds(found) if isinstance(found, Bound) else found


def shortest(
    model: Model, claim: Claim, bad: tuple[Case, ...], depth: int, budget: Budget
) -> Trace | Fork | Bound | Unknown:
    """Return a shortest run of at most `depth` steps that ends in one of the cases; Bound iff there is none."""
    query = Query(model)
    for condition in model.init:
        query.require(condition)
    for steps in range(depth + 1):
        if steps:
            query.require(transition(model, steps - 1))
        goal = or_(*(t for c in bad if (t := case_at(model, c, steps)) is not None))
        match query.check(budget.left, goal):
            case True:
                return read_violation(model, claim, Assignment(query), steps)
            case None:
                return Unknown(f"bmc: depth {steps}: Z3 says unknown ({query.reason})")
        if budget.left == 0:
            return Unknown(f"bmc: time is up at depth {steps}")
    return Bound(depth)
