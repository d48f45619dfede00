"""IC3: finds an inductive invariant clause by clause, without unrolling; over bits where the data is finite, otherwise
over the spec's own literals."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.encode.bits import is_finite_model
from verifier.encode.listing import TooLarge
from verifier.engines.engine import Budget, not_safety
from verifier.evidence.evidence import Answer, Fork, Holds, Invariant, Trace, Unknown, Violated
from verifier.model.claims import Claim
from verifier.model.model import Model
from verifier.model.sorts import IntSort, MapSort, Sort, cardinality
from verifier.semantics.claims import Case, cases

RATIO = 20
"""So many questions to a SAT solver take about as long as one to Z3."""

TOLD = 4096
"""The most values of an int that are told apart bit by bit: what is said of its bits has to be said of its values."""


@dataclass(frozen=True)
class Ic3:
    """Safety claims over any data; complete where all data is finite. With `most`, it gives up after so many
    questions to Z3, or RATIO times as many to the SAT solver: a measure of effort that, unlike time, is the same on
    every machine."""

    most: int | None = None
    name: str = "ic3"

    def handles(self, model: Model, claim: Claim) -> str | None:
        """Safety claims."""
        return not_safety(model, claim)

    def solve(self, model: Model, claim: Claim, budget: Budget) -> Answer:
        """Return Holds with an Invariant, Violated with a shortest counterexample, or Unknown."""
        return search(model, claim, cases(model, claim) or (), budget, self.most)


def search(model: Model, claim: Claim, bad: tuple[Case, ...], budget: Budget, most: int | None = None) -> Answer:
    """Decide whether a run ends in one of the cases, with an effort of at most `most`, see Ic3."""
    if is_bits(model):
        try:
            return _over_bits(model, bad, budget, None if most is None else most * RATIO)
        except TooLarge:  # as bits; perhaps not as terms
            pass
    from verifier.engines import ic3_terms  # which loads Z3

    return ic3_terms.search(model, claim, bad, budget, most)


def _over_bits(model: Model, bad: tuple[Case, ...], budget: Budget, most: int | None) -> Answer:
    from verifier.encode.bits_machine import BitMachine
    from verifier.engines import ic3_bits, ic3_readable

    machine = BitMachine(model, bad)
    try:
        found = ic3_bits.Search(machine, budget, most).run()
    except ic3_bits.OutOfEffort as error:
        return Unknown(f"ic3: {error}")
    if isinstance(found, (Trace, Fork)):
        return Violated(found)
    return Holds(Invariant(ic3_readable.readable(machine, found)))


def is_bits(model: Model) -> bool:
    """Whether IC3 works over bits."""
    scalars = [_scalar(v.sort) for v in model.variables] + [_scalar(p.sort) for p in model.parameters]
    return is_finite_model(model) is None and not any(
        isinstance(s, IntSort) and (cardinality(s) or 0) > TOLD for s in scalars
    )


def _scalar(sort: Sort) -> Sort:
    return _scalar(sort.value) if isinstance(sort, MapSort) else sort
