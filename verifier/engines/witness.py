"""`reachable e`: for every value of the parameters a run to e, or an invariant that rules it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.engines.engine import Budget
from verifier.engines.ic3 import search
from verifier.evidence.evidence import Answer, Holds, Invariant, Trace, Unknown, Unreachable, Violated, Witnesses
from verifier.model.claims import Claim, Reachable
from verifier.model.model import Model
from verifier.model.sorts import Value, cardinality
from verifier.semantics.claims import cases
from verifier.semantics.run import valuations

MOST = 256
"""The most valuations of the parameters for which a run each is looked for."""


@dataclass(frozen=True)
class Witness:
    """Searches forwards with IC3, once for each value of the parameters."""

    name: str = "witness"

    def handles(self, model: Model, claim: Claim) -> str | None:
        """`reachable`, where the parameters have few values."""
        if not isinstance(claim, Reachable):
            return "not a claim `reachable`"
        sizes = [cardinality(p.sort) for p in model.parameters]
        few = all(s is not None and s <= MOST for s in sizes)
        return None if few else f"a parameter has more than {MOST} values"

    def solve(self, model: Model, claim: Claim, budget: Budget) -> Answer:
        """Return Holds(Witnesses), Violated(Unreachable) or Unknown."""
        traces: list[Trace] = []
        for parameters in valuations(model):
            if len(traces) == MOST:
                return Unknown(f"witness: the parameters have more than {MOST} values")
            answer = self._one(model.fixed(parameters), claim, parameters, budget)
            if not isinstance(answer, Trace):
                return answer
            traces.append(answer)
        return Holds(Witnesses(tuple(traces))) if traces else Unknown("no value of the parameters is allowed")

    def _one(self, model: Model, claim: Claim, parameters: Mapping[str, Value], budget: Budget) -> Trace | Answer:
        answer = search(model, claim, cases(model, claim) or (), budget)
        if isinstance(answer, Violated) and isinstance(answer.evidence, Trace):
            return answer.evidence
        if isinstance(answer, Holds) and isinstance(answer.evidence, Invariant):
            return Violated(Unreachable(parameters, answer.evidence.conjuncts))
        return answer
