"""Questions to a SAT solver about a circuit. The only module that imports python-sat.

Of python-sat the extension alone is loaded, which is all that is used: the rest takes ten times longer to load.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pysolvers

CONFLICTS = 200_000
"""The most conflicts of one question: a measure of effort that is the same on every machine."""


class Sat:
    """An incremental solver, told the clauses of a circuit as they come: CaDiCaL 1.5.3, of those that python-sat has
    the one that answers many small questions fastest. A question takes at most so many conflicts."""

    def __init__(self, conflicts: int = CONFLICTS) -> None:
        self._conflicts = conflicts
        self._solver: object | None = pysolvers.cadical153_new()
        self._assumptions: list[int] = []

    def __del__(self) -> None:
        self.close()

    def add(self, clauses: Iterable[Sequence[int]]) -> None:
        """Assert clauses."""
        for clause in clauses:
            pysolvers.cadical153_add_cl(self._solver, clause)

    def require(self, *literals: int) -> None:
        """Assert one clause."""
        pysolvers.cadical153_add_cl(self._solver, literals)

    def solve(self, assumptions: Sequence[int]) -> bool | None:
        """Return True iff the clauses and assumptions have a solution, False iff not, None if the effort is up."""
        self._assumptions = list(assumptions)
        pysolvers.cadical153_cbudget(self._solver, self._conflicts)
        status = pysolvers.cadical153_solve_lim(self._solver, self._assumptions, 0)
        return None if status == 0 else status > 0

    def solution(self) -> list[int]:
        """Return the last solution: at place i, variable i + 1 or its negation."""
        return pysolvers.cadical153_model(self._solver) or []

    def core(self) -> frozenset[int]:
        """Return assumptions of the last question that have no solution together (after a False)."""
        return frozenset(pysolvers.cadical153_core(self._solver, self._assumptions) or ())

    def close(self) -> None:
        """Free the solver's memory."""
        solver, self._solver = self._solver, None
        if solver is not None:
            pysolvers.cadical153_del(solver, None)
