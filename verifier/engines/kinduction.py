"""k-induction: k good steps in a row are never followed by a bad one.

Sheeran, Singh, Stalmarck: Checking Safety Properties Using Induction and a SAT-Solver, FMCAD 2000.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.encode.query import Assignment, Query
from verifier.encode.unroll import at_step, case_at, moved, read_violation, transition
from verifier.engines.engine import Budget, not_safety
from verifier.engines.ic3_learned import learned
from verifier.evidence.evidence import Answer, Holds, Invariant, KInduction, Unknown, Violated
from verifier.model.claims import Claim
from verifier.model.model import Model
from verifier.model.terms import Term, and_, not_, or_
from verifier.semantics.claims import Case, cases
from verifier.semantics.relation import differ, relation

LEARNING = 2000
"""The most questions to a SAT solver by which invariants are learned."""


@dataclass(frozen=True)
class Induction:
    """Tries k = 0, 1, ... up to `most`. k = 1 gives a plain inductive invariant, the claim itself; k = 0 means
    that the claim follows from the rules alone. From k = 2 on, good steps through different states are enough: with
    that, claims about the states of a finite model are decided by some k. Where the claim is not
    inductive as it is, invariants help that IC3 learns, with at most `learning` questions to a SAT solver; with k < 2
    only, and with 0, none are sought."""

    most: int
    name: str = "kinduction"
    learning: int = LEARNING

    def handles(self, model: Model, claim: Claim) -> str | None:
        """Safety claims."""
        return not_safety(model, claim)

    def solve(self, model: Model, claim: Claim, budget: Budget) -> Answer:
        """Return Violated with a shortest counterexample of at most `most` steps, Holds with the smallest k, or
        Unknown."""
        return _Tries(model, claim, budget, self).answer()


class _Tries:
    """`base` has a run from an initial state, `step` one of good states in which the invariants `learned` hold."""

    def __init__(self, model: Model, claim: Claim, budget: Budget, engine: Induction) -> None:
        self.model, self.claim, self.budget, self.most = model, claim, budget, engine.most
        self.learning = engine.learning if engine.most > 1 else 0
        self.bad = cases(model, claim) or ()
        self.about_steps = any(c.rule is not None for c in self.bad)
        self.learned: tuple[Term, ...] = ()
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
            self.step.require(and_(*(moved(g, k) for g in _good(self.bad)), transition(self.model, k)))
            self.step.require(moved(and_(*self.learned), k + 1))
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
        if fails and self.learning and k == (0 if self.about_steps else 1) and self._learns(k):
            fails = self.step.check(self.budget.left, wrong)
        if not fails or k < 2:
            return fails, False
        distinct = (differ(self.model, i, j) for j in range(k + 1) for i in range(j))
        return self.step.check(self.budget.left, wrong, *distinct), True

    def _learns(self, k: int) -> bool:
        """Add to what is known of the states up to level k; return whether there was something."""
        self.learned = learned(self.model, self.bad, self.budget, self.learning)
        for level in range(k + 1):
            self.step.require(moved(and_(*self.learned), level))
        return bool(self.learned)

    def _proof(self, k: int, simple: bool) -> Invariant | KInduction:
        if k > 1:
            return KInduction(k, self.learned, simple)
        return Invariant((*(_good(self.bad) if k else ()), *self.learned))


def _bad_next(model: Model, bad: tuple[Case, ...], level: int) -> Term:
    """The state at `level`, or a step from it, is bad (what holds of initial states only is the base's business)."""
    return or_(*(_bad_from(model, c, level) for c in bad if not c.initially))


def _bad_from(model: Model, case: Case, level: int) -> Term:
    if case.rule is None:
        return moved(case.condition, level)
    return at_step(case.rule, and_(relation(model, case.rule), case.condition), level)


def _good(bad: tuple[Case, ...]) -> tuple[Term, ...]:
    return tuple(not_(c.condition) for c in bad if not c.initially)
