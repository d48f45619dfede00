"""Claims about maximal runs proved by all states of the watched machine, for a bound that no run exceeds."""

from __future__ import annotations

from verifier.engines.engine import Budget
from verifier.engines.spaces import limits_of
from verifier.engines.temporal_product import check_status
from verifier.evidence.evidence import Census, KLive, Rounds
from verifier.model.claims import Claim, Ltl
from verifier.model.model import Model
from verifier.model.sorts import Value
from verifier.model.terms import not_
from verifier.semantics.listing import valuation_list
from verifier.semantics.monitor import watched
from verifier.semantics.positive import parts
from verifier.statespace.machine import Observation
from verifier.statespace.space import Watch, explored

BOUNDS = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128, 256, 512, 1000)
"""Which bounds are tried on the rounds."""


def by_rounds(model: Model, claim: Claim, budget: Budget) -> KLive | None:
    """Return a proof of a claim about maximal runs over finite data, by the number of states of its watched machines;
    None where more rounds than the greatest bound are possible. Raises OutOfTime, packing.TooLarge, MemoryError.

    Where the claim holds, the least bound that suffices is the greatest number of rounds of a run.
    """
    found = [_bounded(model, part, budget) for part in parts(claim)]
    rounds = tuple(r for r in found if r is not None)
    return KLive(rounds) if len(rounds) == len(found) > 0 else None


def _bounded(model: Model, claim: Ltl, budget: Budget) -> Rounds | None:
    for k in BOUNDS:
        if (census := _census(model, claim, k, budget)) is not None:
            return Rounds(k, (), census)
    return None


def _census(model: Model, claim: Ltl, k: int, budget: Budget) -> Census | None:
    """Return how many states the watched machine has; None iff a run of it has more than k rounds."""
    machine = watched(model, claim, k)
    watch = Watch((Observation((not_(machine.claim.condition),)),))
    counts: list[tuple[dict[str, Value], int]] = []
    for parameters in valuation_list(model):
        space = explored(machine.model, parameters, watch, limits_of(budget))
        if space.found() is not None:
            return None
        if not space.is_complete:
            check_status(space, budget, "states of machine and watcher")
        counts.append((dict(parameters), space.states))
    return Census(tuple(counts))
