"""What IC3 has found out when it is stopped early: invariants for others to build on."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.encode.bits_machine import BitMachine
from verifier.engines.engine import Budget
from verifier.engines.ic3_bits import OutOfEffort, Search
from verifier.engines.ic3_places import places_of
from verifier.engines.ic3_reduce import Cube, inductive, simplified


def learned(machine: BitMachine, budget: Budget, most: int) -> tuple[Sequence[Cube], bool]:
    """Return cubes whose exclusion is inductive, found with at most `most` questions to the SAT solver; and whether
    it excludes the bad states and steps. Otherwise it is what is inductive of the clauses that IC3 has learned by then,
    and nothing where a bad run was found.

    After Jovanovic, Dutertre: Property-Directed k-Induction, FMCAD 2016.
    """
    search = Search(machine, budget, most)
    try:
        found = search.run()
    except OutOfEffort:
        clauses = (c for frame in (*search.frames, search.forever) for c in frame)
        return inductive(machine, [tuple(sorted(c, key=abs)) for c in clauses]), False
    return (simplified(machine, found, places_of(machine)), True) if isinstance(found, list) else ((), False)
