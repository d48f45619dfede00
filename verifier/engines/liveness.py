"""Claims about maximal runs over any data: by counting, as claims about states.

Claessen, Soerensson: A Liveness Checking Algorithm That Counts, FMCAD 2012: no run is in violation for ever if
some k bounds the rounds of the watched machine, and that is a safety claim, which IC3 proves or refutes. Where all
data is finite some k does if the claim holds. Counterexamples are found by unrolling, or in the runs on which the
rounds are too many.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from verifier.engines.engine import Budget
from verifier.engines.ic3 import search
from verifier.engines.liveness_lasso import Lassos, folded, violation_in
from verifier.engines.temporal_product import OutOfTime
from verifier.engines.temporal_rounds import by_rounds
from verifier.evidence.evidence import Answer, Holds, Invariant, KLive, Lasso, Rounds, Trace, Unknown, Violated
from verifier.model.claims import Claim, Ltl
from verifier.model.model import Model
from verifier.semantics.claims import cases
from verifier.semantics.instances import TooMany
from verifier.semantics.monitor import watched
from verifier.semantics.positive import in_linear_time, parts
from verifier.statespace.actions import why_not
from verifier.statespace.packing import TooLarge

STAGES = ((6, (0, 1, 2)), (12, (3, 4, 6)), (24, (8, 12, 16)), (32, (24, 32, 48, 64)))
"""How deep violations are looked for, and then which bounds are tried."""

STATES = 500
"""So many states are explored in about the time that a question to Z3 takes."""


@dataclass(frozen=True)
class Liveness:
    """`ltl` and `leads to` over any data. With `most`, each bound is given up after so many questions to Z3, and only
    the first stages are tried."""

    most: int | None = None
    name: str = "liveness"

    def handles(self, model: Model, claim: Claim) -> str | None:
        """Claims about maximal runs that are no claims about states."""
        return "not a claim about maximal runs" if in_linear_time(claim) is None else None

    def solve(self, model: Model, claim: Claim, budget: Budget) -> Answer:
        """Return Holds(KLive), Violated with a Lasso, or a Trace into a deadlock, or Unknown."""
        proofs: list[Rounds] = []
        for part in parts(claim):
            found = self._part(model, part, budget)
            if isinstance(found, Unknown):
                counted = self._counted(model, claim, budget)
                return found if counted is None else Holds(counted)
            if not isinstance(found, Rounds):
                return Violated(folded(model, claim, found))
            proofs.append(found)
        return Holds(KLive(tuple(proofs)))

    def _counted(self, model: Model, claim: Claim, budget: Budget) -> KLive | None:
        """Return a proof by the states of the watched machines, where that can be had with the effort allowed."""
        if why_not(model) is not None:
            return None
        try:
            return by_rounds(model, claim, replace(budget, states=None if self.most is None else self.most * STATES))
        except (OutOfTime, TooLarge, TooMany, MemoryError):
            return None

    def _part(self, model: Model, claim: Ltl, budget: Budget) -> Rounds | Lasso | Trace | Unknown:
        lassos = Lassos(model, claim, STAGES[-1][0])
        reason = ""
        for depth, bounds in STAGES if self.most is None else STAGES[:2]:
            found = lassos.shortest(depth, budget)
            if isinstance(found, Lasso | Trace):
                return found
            reason = found.reason if isinstance(found, Unknown) else reason
            for k in bounds:
                answer = self._bounded(model, claim, k, budget)
                if not isinstance(answer, Unknown):
                    return answer
                reason = answer.reason
                if budget.left == 0:
                    return Unknown(f"liveness: time is up ({reason})")
        return Unknown(f"liveness: {reason}")

    def _bounded(self, model: Model, claim: Ltl, k: int, budget: Budget) -> Rounds | Lasso | Trace | Unknown:
        """Try to show that there are at most k rounds."""
        machine = watched(model, claim, k)
        bad = cases(machine.model, machine.claim) or ()
        answer = search(machine.model, machine.claim, bad, budget, self.most)
        match answer:
            case Holds(Invariant(conjuncts)):
                return Rounds(k, conjuncts)
            case Violated(Trace() as run):
                found = violation_in(model, machine, run)
                return found or Unknown(f"a run has more than {k} rounds")
            case Unknown(reason):
                return Unknown(f"{k} rounds: {reason}")
        raise AssertionError("a claim about states is proved by an invariant, and refuted by a run")
