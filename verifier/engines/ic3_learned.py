"""What IC3 has found out when it is stopped early: invariants for others to build on."""

from __future__ import annotations

from verifier.encode.bits_machine import BitMachine
from verifier.encode.listing import TooLarge
from verifier.engines.engine import Budget
from verifier.engines.ic3 import is_bits
from verifier.engines.ic3_bits import OutOfEffort, Search
from verifier.engines.ic3_places import places_of
from verifier.engines.ic3_readable import readable, said
from verifier.engines.ic3_reduce import inductive
from verifier.model.model import Model
from verifier.model.terms import Term
from verifier.semantics.claims import Case


def learned(model: Model, bad: tuple[Case, ...], budget: Budget, most: int) -> tuple[Term, ...]:
    """Return conjuncts of an inductive invariant, found with at most `most` questions to the SAT solver: one that
    excludes the bad states and steps, or else what is inductive of the clauses that IC3 has learned by then. None
    where the data is not finite, or where a bad run was found.

    After Jovanovic, Dutertre: Property-Directed k-Induction, FMCAD 2016.
    """
    if not is_bits(model):
        return ()
    try:
        machine = BitMachine(model, bad)
    except TooLarge:
        return ()
    search = Search(machine, budget, most)
    try:
        found = search.run()
    except OutOfEffort:
        cubes = [tuple(sorted(c, key=abs)) for frame in search.frames for c in frame]
        return said(machine, inductive(machine, cubes), places_of(machine))
    return readable(machine, found) if isinstance(found, list) else ()
