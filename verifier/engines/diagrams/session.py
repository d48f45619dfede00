"""What is known of one model: its diagrams, its reachable states; shared by all claims about it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from verifier.engines.diagrams.compile import TooLarge
from verifier.engines.diagrams.formulas import Reader
from verifier.engines.diagrams.invariants import FEW, MANY, Weakening
from verifier.engines.diagrams.library import SIZES
from verifier.engines.diagrams.machine import Machine
from verifier.engines.diagrams.reach import Search
from verifier.engines.engine import Budget
from verifier.model.model import Model
from verifier.model.terms import Term

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction


class Session:
    """The diagrams of one model, in a manager that holds at most `nodes` nodes."""

    def __init__(self, model: Model, nodes: int) -> None:
        self.nodes = nodes
        self.machine = Machine(model, nodes)
        self.found: BDDFunction | None = None
        self.reader = Reader(self.machine)

    def search(self, budget: Budget, operations: int | None) -> Search:
        """Return a search that ends with the budget, or after so many operations."""
        return Search(self.machine, budget, operations)

    def reached(self, search: Search) -> BDDFunction:
        """Return the reachable states."""
        if self.found is None:
            self.found = search.closure(self.machine.init)
        return self.found


class Undecided(Exception):
    """The answer is known, but not what to show for it. The message says what blocked it."""


def readable(
    session: Session,
    search: Search,
    inside: BDDFunction,
    bad: BDDFunction,
    hints: tuple[Term, ...] = (),
    few: int = FEW,
) -> tuple[Term, ...] | None:
    """Return an inductive invariant that holds of the closed set `inside` and of no state of `bad`: a few clauses, or
    else the diagram of `inside` itself; None iff neither is short enough."""
    if (found := Weakening(search, inside, bad, few).found(hints)) is not None:
        return found
    try:
        return (session.reader.term(inside),)
    except TooLarge:
        return None


def invariant(
    session: Session, search: Search, inside: BDDFunction, bad: BDDFunction, hints: tuple[Term, ...] = ()
) -> tuple[Term, ...]:
    """Return an inductive invariant that is readable if there is one, else one of many clauses. Raises Undecided."""
    found = readable(session, search, inside, bad, hints)
    if found is None:
        found = Weakening(search, inside, bad, MANY).found(hints)
    if found is None:
        count = session.machine.count(inside)
        raise Undecided(f"an invariant takes more than {MANY} clauses; {count} states were known")
    return found


@functools.lru_cache(maxsize=4)
def _sessions(_model: Model) -> list[Session]:
    """Return the session of a model, if there is one: the last that had room enough."""
    return []


def session_of(model: Model, nodes: int, most: int) -> Session:
    """Return the session of a model with so many nodes, or one with more, but not more than `most`, that is there."""
    known = _sessions(model)
    if not known or not nodes <= known[0].nodes <= most:
        if nodes > SIZES[0]:  # a large one takes the memory of all others
            _sessions.cache_clear()
            known = _sessions(model)
        known[:] = [Session(model, nodes)]
    return known[0]


def sizes(most: int) -> list[int]:
    """Return the sizes to be tried, up to `most`."""
    return [*(s for s in SIZES if s < most), most]
