"""`recoverable`: a plan found backwards from the goal; or a trap, and a shortest run into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.engines.diagrams.reach import Search
from verifier.engines.diagrams.session import Session, Undecided, invariant
from verifier.evidence.evidence import Answer, Holds, Plan, PlanRow, Trap, Violated
from verifier.model.claims import Recoverable

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction

ROWS = 400
"""The most rows of a plan."""


def recoverable(session: Session, claim: Recoverable, search: Search) -> Answer:
    """Return Holds(Plan), or Violated(Trap) with a shortest trace."""
    machine, reached = session.machine, session.reached(search)
    origin, goal = machine.formula(claim.origin), machine.formula(claim.goal) & machine.states
    lost = reached & origin & ~search.backwards(reached & goal, reached)
    if lost.satisfiable():
        return Violated(_trap(session, search, lost, goal))
    rows, covered = _rows(session, search, reached & origin, goal)
    return Holds(Plan(rows, invariant(session, search, reached, machine.states & origin & ~covered)))


def _trap(session: Session, search: Search, lost: BDDFunction, goal: BDDFunction) -> Trap:
    """Return a run to the nearest lost state, and a set around it that no step leaves."""
    machine = session.machine
    trace = search.run(search.rings(machine.init, lost), lost)
    end = machine.point(trace.parameters, trace.states[-1])
    here = machine.fixed(trace.parameters)
    return Trap(trace, invariant(session, search, search.closure(end), goal & here))


def _rows(
    session: Session, search: Search, wanted: BDDFunction, goal: BDDFunction
) -> tuple[tuple[PlanRow, ...], BDDFunction]:
    """Return the rows of a plan that leads from `wanted` to `goal`, and the states from which it does."""
    machine, reached, covered = session.machine, session.reached(search), goal
    rows: list[PlanRow] = []
    while (wanted & ~covered).satisfiable():
        for event in machine.events:
            search.visit()
            useful = machine.closed(event.relation.before(covered)) & machine.states
            if (useful & reached & ~covered).satisfiable():
                if len(rows) == ROWS:
                    raise Undecided(f"a plan takes more than {ROWS} rows")
                values = {p.name: v for p, v in event.instance.values.items()}
                given = tuple((p.name, values[p.name]) for p in event.instance.rule.parameters if p.name in values)
                rows.append(PlanRow(session.reader.term(useful), event.rule, given))
                covered = covered | useful
    return tuple(rows), covered
