"""What a claim about rules needs to know of the reachable states: invariants, found on demand."""

from __future__ import annotations

from dataclasses import dataclass, field

from verifier.encode.query import Assignment, Query
from verifier.encode.unroll import moved, read_run, transition
from verifier.engines.engine import Budget
from verifier.engines.ic3 import search
from verifier.evidence.evidence import Holds, Invariant, Trace, Unknown, Violated
from verifier.model.claims import Never
from verifier.model.model import Model
from verifier.model.terms import TRUE, Term
from verifier.semantics.claims import Case

NEAR = 4
"""The longest runs that are looked for before a proof that there is none is tried."""


class Undecided(Exception):
    """Z3 or the search could not decide a question in time."""


@dataclass
class Background:
    """The invariant known so far, and a solver that holds it."""

    model: Model
    budget: Budget
    conjuncts: list[Term] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.query = Query(self.model)
        self.runs = Query(self.model)
        for condition in self.model.init:
            self.runs.require(condition)

    def excludes(self, term: Term) -> bool:
        """Return True iff no state of the invariant satisfies `term` (level 0, free locals). Raises Undecided."""
        result = self.query.check(self.budget.left, term)
        if result is None:
            raise Undecided(f"Z3 says unknown ({self.query.reason})")
        return not result

    def reach(self, term: Term) -> Trace | None:
        """Return a shortest run to a state that satisfies `term`; None iff there is none: then the invariant is
        strengthened so that it excludes the term. Raises Undecided."""
        if self.excludes(term):
            return None
        if (near := self._near(term)) is not None:
            return near
        answer = search(self.model, Never(term), (Case(term),), self.budget)
        if isinstance(answer, Violated) and isinstance(answer.evidence, Trace):
            return answer.evidence
        if isinstance(answer, Holds) and isinstance(answer.evidence, Invariant):
            self._learn(answer.evidence.conjuncts)
            return None
        raise Undecided(answer.reason if isinstance(answer, Unknown) else "an unexpected answer")

    def _near(self, term: Term) -> Trace | None:
        """Return a shortest run to the term, if one of at most NEAR steps leads there. The unrolling is shared by
        all questions: the steps are assumptions, so that a run need not go on behind its end."""
        for steps in range(NEAR + 1):
            taken = (transition(self.model, i) for i in range(steps))
            if self.runs.check(self.budget.left, *taken, moved(term, steps)):
                return read_run(self.model, Assignment(self.runs), steps)
        return None

    def _learn(self, conjuncts: tuple[Term, ...]) -> None:
        for conjunct in conjuncts:
            if conjunct is not TRUE and conjunct not in self.conjuncts:
                self.conjuncts.append(conjunct)
                self.query.require(conjunct)
