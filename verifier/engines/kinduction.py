"""k-induction: k good steps in a row are never followed by a bad one; over bits where the data is finite.

Sheeran, Singh, Stalmarck: Checking Safety Properties Using Induction and a SAT-Solver, FMCAD 2000.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.encode.listing import TooLarge
from verifier.engines.engine import Budget, not_safety
from verifier.engines.ic3 import is_bits
from verifier.evidence.evidence import Answer
from verifier.model.claims import Claim
from verifier.model.model import Model
from verifier.semantics.claims import cases

LEARNING = 2000
"""The most questions to a SAT solver by which invariants are learned."""


@dataclass(frozen=True)
class Induction:
    """Tries k = 0, 1, ... up to `most`. k = 1 gives a plain inductive invariant, the claim itself; k = 0 means
    that the claim follows from the rules alone. From k = 2 on, good steps through different states are enough: with
    that, claims about the states of a finite model are decided by some k. Where the claim about finite data is not
    inductive as it is, invariants help that IC3 learns, with at most `learning` questions to a SAT solver: those that
    the proof rests on are in it. With `most` < 2, and with 0, none are sought."""

    most: int
    name: str = "kinduction"
    learning: int = LEARNING

    def handles(self, model: Model, claim: Claim) -> str | None:
        """Safety claims."""
        return not_safety(model, claim)

    def solve(self, model: Model, claim: Claim, budget: Budget) -> Answer:
        """Return Violated with a shortest counterexample of at most `most` steps, Holds with the smallest k, or
        Unknown."""
        if is_bits(model):
            from verifier.encode.bits_machine import BitMachine
            from verifier.encode.bits_unrolled import TooHard
            from verifier.engines import kinduction_bits

            try:
                bad = cases(model, claim) or ()
                return kinduction_bits.Tries(BitMachine(model, bad), bad, budget, self.most, self.learning).answer()
            except (TooLarge, TooHard):  # as bits; perhaps not as terms
                pass
        from verifier.engines import kinduction_terms  # which loads Z3

        return kinduction_terms.Tries(model, claim, budget, self.most).answer()
