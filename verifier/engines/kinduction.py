"""k-induction: k good steps in a row are never followed by a bad one.

Sheeran, Singh, Stalmarck: Checking Safety Properties Using Induction and a SAT-Solver, FMCAD 2000.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.encode.query import Assignment, Query
from verifier.encode.unroll import at_step, case_at, moved, read_violation, transition
from verifier.engines.engine import Budget
from verifier.evidence.evidence import Answer, Holds, Invariant, KInduction, Unknown, Violated
from verifier.model.claims import Claim, Reachable
from verifier.model.model import Model
from verifier.model.terms import Term, and_, not_, or_
from verifier.semantics.claims import Case, cases
from verifier.semantics.relation import differ, relation


@dataclass(frozen=True)
class Induction:
    """Tries k = 0, 1, ... up to `most`. k = 1 gives a plain inductive invariant, the claim itself; k = 0 means
    that the claim follows from the rules alone. From k = 2 on, good steps through different states are enough: with
    that, claims about the states of a finite model are decided by some k."""

    most: int
    name: str = "kinduction"

    def handles(self, model: Model, claim: Claim) -> str | None:
        """Safety claims."""
        if isinstance(claim, Reachable):
            return "`reachable` is shown by runs"
        return None if cases(model, claim) is not None else "not a safety claim"

    def solve(self, model: Model, claim: Claim, budget: Budget) -> Answer:
        """Return Violated with a shortest counterexample of at most `most` steps, Holds with the smallest k, or
        Unknown."""
        bad = cases(model, claim) or ()
        base, step = Query(model), Query(model)
        for condition in model.init:
            base.require(condition)
        for k in range(self.most + 1):
            found = base.check(budget.left, or_(*(t for c in bad if (t := case_at(model, c, k)) is not None)))
            if found:
                return Violated(read_violation(model, claim, Assignment(base), k))
            holds, simple = step.check(budget.left, wrong := _bad_next(model, bad, k)), False
            if holds and k > 1:
                distinct = (differ(model, i, j) for j in range(k + 1) for i in range(j))
                holds, simple = step.check(budget.left, wrong, *distinct), True
            if found is None or holds is None:
                return Unknown(f"kinduction: k = {k}: Z3 says unknown ({base.reason or step.reason})")
            if holds is False:
                return Holds(KInduction(k, (), simple) if k > 1 else Invariant(_good(bad) if k else ()))
            if any(c.rule is not None for c in bad):
                return Unknown("kinduction: the claim about steps does not follow from the rules alone")
            base.require(transition(model, k))
            step.require(and_(*(moved(g, k) for g in _good(bad)), transition(model, k)))
        return Unknown(f"kinduction: not inductive up to k = {self.most}")


def _bad_next(model: Model, bad: tuple[Case, ...], level: int) -> Term:
    """The state at `level`, or a step from it, is bad (what holds of initial states only is the base's business)."""
    return or_(*(_bad_from(model, c, level) for c in bad if not c.initially))


def _bad_from(model: Model, case: Case, level: int) -> Term:
    if case.rule is None:
        return moved(case.condition, level)
    return at_step(case.rule, and_(relation(model, case.rule), case.condition), level)


def _good(bad: tuple[Case, ...]) -> tuple[Term, ...]:
    return tuple(not_(c.condition) for c in bad if not c.initially)
