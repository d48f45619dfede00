"""Questions to a SAT solver about a circuit. The only module that imports python-sat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pysat.solvers import Solver

SOLVER = "cadical153"
"""The solver: the one that answers many small questions fastest."""

CONFLICTS = 200_000
"""The most conflicts of one question: a measure of effort that is the same on every machine."""


class Sat:
    """An incremental solver, told the clauses of a circuit as they come."""

    def __init__(self) -> None:
        self._solver = Solver(name=SOLVER)

    def add(self, clauses: Iterable[Sequence[int]]) -> None:
        """Assert clauses."""
        self._solver.append_formula(clauses)

    def require(self, *literals: int) -> None:
        """Assert one clause."""
        self._solver.add_clause(literals)

    def solve(self, assumptions: Sequence[int]) -> bool | None:
        """Return True iff the clauses and assumptions have a solution, False iff not, None if the effort is up."""
        self._solver.conf_budget(CONFLICTS)
        return self._solver.solve_limited(assumptions)

    def solution(self) -> list[int]:
        """Return the last solution: at place i, variable i + 1 or its negation."""
        return self._solver.get_model() or []

    def core(self) -> frozenset[int]:
        """Return assumptions of the last question that have no solution together (after a False)."""
        return frozenset(self._solver.get_core() or ())

    def close(self) -> None:
        """Free the solver's memory."""
        self._solver.delete()
