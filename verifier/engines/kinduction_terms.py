"""k-induction over terms, by Z3: for data of any kind."""

from __future__ import annotations

from verifier.encode.query import Assignment, Query
from verifier.encode.unroll import at_step, case_at, moved, read_violation, transition
from verifier.engines.engine import Budget
from verifier.engines.kinduction_bits import good
from verifier.evidence.evidence import Answer, Holds, Invariant, KInduction, Unknown, Violated
from verifier.model.claims import Claim
from verifier.model.model import Model
from verifier.model.terms import Term, and_, or_
from verifier.semantics.claims import Case, cases
from verifier.semantics.relation import differ, relation


class Tries:
    """`base` has a run from an initial state, `step` one of good states."""

    def __init__(self, model: Model, claim: Claim, budget: Budget, most: int) -> None:
        self.model, self.claim, self.budget, self.most = model, claim, budget, most
        self.bad = cases(model, claim) or ()
        self.about_steps = any(c.rule is not None for c in self.bad)
        self.base, self.step = Query(model), Query(model)
        for condition in model.init:
            self.base.require(condition)

    def answer(self) -> Answer:
        """Return the answer of the first k that gives one."""
        for k in range(self.most + 1):
            if (answer := self._at(k)) is not None:
                return answer
            if self.about_steps:
                return Unknown("kinduction: the claim about steps does not follow from what is known of one state")
            self.base.require(transition(self.model, k))
            self.step.require(and_(*(moved(g, k) for g in good(self.bad)), transition(self.model, k)))
        return Unknown(f"kinduction: not inductive up to k = {self.most}")

    def _at(self, k: int) -> Answer | None:
        cases_now = (case_at(self.model, c, k) for c in self.bad)
        found = self.base.check(self.budget.left, or_(*(t for t in cases_now if t is not None)))
        if found:
            return Violated(read_violation(self.model, self.claim, Assignment(self.base), k))
        holds, simple = self._fails(k)
        if found is None or holds is None:
            return Unknown(f"kinduction: k = {k}: Z3 says unknown ({self.base.reason or self.step.reason})")
        return None if holds else Holds(self._proof(k, simple))

    def _fails(self, k: int) -> tuple[bool | None, bool]:
        """Whether k good steps may be followed by a bad one; and whether it took different states to rule that out."""
        wrong = _bad_next(self.model, self.bad, k)
        fails = self.step.check(self.budget.left, wrong)
        if not fails or k < 2:
            return fails, False
        distinct = (differ(self.model, i, j) for j in range(k + 1) for i in range(j))
        return self.step.check(self.budget.left, wrong, *distinct), True

    def _proof(self, k: int, simple: bool) -> Invariant | KInduction:
        if k > 1:
            return KInduction(k, (), simple)
        return Invariant(good(self.bad) if k else ())


def _bad_next(model: Model, bad: tuple[Case, ...], level: int) -> Term:
    """The state at `level`, or a step from it, is bad (what holds of initial states only is the base's business)."""
    return or_(*(_bad_from(model, c, level) for c in bad if not c.initially))


def _bad_from(model: Model, case: Case, level: int) -> Term:
    if case.rule is None:
        return moved(case.condition, level)
    return at_step(case.rule, and_(relation(model, case.rule), case.condition), level)
