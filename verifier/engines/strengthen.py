"""What a claim about rules needs to know of the reachable states: invariants, found on demand."""

from __future__ import annotations

from dataclasses import dataclass, field

from verifier.encode.query import Query
from verifier.engines.engine import Budget
from verifier.engines.ic3 import search
from verifier.evidence.evidence import Holds, Invariant, Trace, Unknown, Violated
from verifier.model.claims import Never
from verifier.model.model import Model
from verifier.model.terms import TRUE, Term
from verifier.semantics.claims import Case


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
        answer = search(self.model, Never(term), (Case(term),), self.budget)
        if isinstance(answer, Violated) and isinstance(answer.evidence, Trace):
            return answer.evidence
        if isinstance(answer, Holds) and isinstance(answer.evidence, Invariant):
            self._learn(answer.evidence.conjuncts)
            return None
        raise Undecided(answer.reason if isinstance(answer, Unknown) else "an unexpected answer")

    def _learn(self, conjuncts: tuple[Term, ...]) -> None:
        for conjunct in conjuncts:
            if conjunct is not TRUE and conjunct not in self.conjuncts:
                self.conjuncts.append(conjunct)
                self.query.require(conjunct)
