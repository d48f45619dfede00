"""What is proved of a machine strengthens what is sought next.

Let K be inductive. The machine whose states all satisfy K has the same runs, and whatever is inductive there is so
together with K in the machine itself. So the search is made in the restricted machine, and what it finds is given with
the conjuncts of K on which it rests: it stands alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from verifier.encode.listing import TooLarge
from verifier.encode.query import Query
from verifier.encode.unroll import at_step, fired, transition
from verifier.engines.engine import Attempt, Attempts, Budget
from verifier.evidence.evidence import Answer, Evidence, Invariant, KLive, Unknown
from verifier.model.claims import Claim
from verifier.model.model import Model, restricted
from verifier.model.terms import TRUE, Term, and_, at_level, conjuncts, not_, or_
from verifier.semantics.claims import Case, cases

E = TypeVar("E")

Certificate = tuple[Term, ...]
"""Conjuncts that together are an inductive invariant."""


def strengthened(attempts: Attempts, known: Sequence[Certificate]) -> Attempts:
    """Return the attempts that know of these certificates: the evidence of a proof contains what it uses of them."""

    def tried(model: Model, claim: Claim, budget: Budget, engine: str | None = None) -> Iterator[Attempt]:
        within = restricted(model, and_(*(c for k in known for c in k)))
        for attempt in attempts(within, claim, budget, engine):
            yield replace(attempt, answer=_alone(attempt.answer, model, claim, known, budget))

    return tried if known else attempts


def _alone(answer: Answer, model: Model, claim: Claim, known: Sequence[Certificate], budget: Budget) -> Answer:
    """Return an answer with the certificates on which it rests, so that it is one about the machine itself."""
    if isinstance(answer, Unknown):
        return answer
    evidence, every = answer.evidence, _united(known)
    if isinstance(evidence, Invariant):
        alone: Evidence = Invariant(_Core(model, cases(model, claim) or (), budget).of(evidence.conjuncts, known))
    elif isinstance(evidence, KLive):
        alone = replace(evidence, parts=tuple(p if p.census else _resting(p, every) for p in evidence.parts))
    else:
        alone = _resting(evidence, every)
    return replace(answer, evidence=alone)


def _resting(evidence: E, every: Certificate) -> E:
    """Return evidence with more conjuncts. Evidence without any is about runs, which are those of the machine."""
    own: Certificate | None = getattr(evidence, "conjuncts", None)
    return evidence if own is None else replace(evidence, conjuncts=_united([own, every]))  # type: ignore[type-var]


def _united(certificates: Iterable[Certificate]) -> Certificate:
    return tuple(dict.fromkeys(c for certificate in certificates for c in certificate))


@dataclass
class _Core:
    """Which conjuncts an inductive invariant needs."""

    model: Model
    bad: tuple[Case, ...]
    budget: Budget

    def of(self, own: Certificate, known: Sequence[Certificate]) -> Certificate:
        """Return the conjuncts of an invariant without those of which it makes no use; all where Z3 cannot tell."""
        every = tuple(c for c in _united([conjuncts(and_(*own)), *known]) if c is not TRUE)
        try:
            return self._needed(every)
        except TooLarge:
            return every

    def _needed(self, every: Certificate) -> Certificate:
        self.states, self.steps = Query(self.model), Query(self.model)
        self.steps.require(transition(self.model, 0))
        condition = or_(*(c.condition for c in self.bad if c.rule is None and not c.initially))
        step = or_(*(and_(fired(c.rule, 0), at_step(c.rule, c.condition, 0)) for c in self.bad if c.rule is not None))
        todo = [*self._premises(self.states, every, condition), *self._premises(self.steps, every, step)]
        needed: dict[Term, None] = {}
        while todo:
            conjunct = todo.pop()
            if conjunct not in needed:
                needed[conjunct] = None
                todo += self._premises(self.steps, every, at_level(not_(conjunct), 1))
        return tuple(c for c in every if c in needed)

    def _premises(self, query: Query, every: Certificate, conclusion: Term) -> Iterable[Term]:
        """Return conjuncts that rule the conclusion out; all of them where that is not known."""
        if query.check(self.budget.left, *every, conclusion) is not False:
            return every
        core = query.core()
        return [c for c in every if c in core]
