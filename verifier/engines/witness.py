"""`reachable e`: for every value of the parameters a run to e, or an invariant that rules it out."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.engines.engine import Budget
from verifier.engines.strengthen import Background, Undecided
from verifier.evidence.evidence import Answer, Holds, Trace, Unknown, Unreachable, Violated, Witnesses
from verifier.model.claims import Claim, Reachable
from verifier.model.model import Model
from verifier.model.sorts import cardinality
from verifier.model.terms import Const, Param, and_, eq
from verifier.semantics.instances import TooMany
from verifier.semantics.listing import valuation_list

MOST = 256
"""The most valuations of the parameters for which a run each is looked for."""


@dataclass(frozen=True)
class Witness:
    """Looks for a run, once for each value of the parameters; the values share what is learnt."""

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
        assert isinstance(claim, Reachable)
        background = Background(model, budget)
        traces: list[Trace] = []
        try:
            for parameters in valuation_list(model):
                fixed = (eq(Param(p.sort, p.name), Const(p.sort, parameters[p.name])) for p in model.parameters)
                trace = background.reach(and_(*fixed, claim.condition))
                if trace is None:
                    return Violated(Unreachable(parameters, tuple(background.conjuncts)))
                traces.append(trace)
        except (TooMany, Undecided) as error:
            return Unknown(f"witness: {error}")
        return Holds(Witnesses(tuple(traces))) if traces else Unknown("witness: no value of the parameters is allowed")
