"""What is known of one model: its diagrams, its reachable states; shared by all claims about it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from verifier.engines.diagrams.arrangement import Order
from verifier.engines.diagrams.choice import COSTLY, TRIAL, machine_of, order_of
from verifier.engines.diagrams.compile import TooLarge
from verifier.engines.diagrams.formulas import Reader
from verifier.engines.diagrams.invariants import FEW, MANY, Weakening
from verifier.engines.diagrams.library import SIZES
from verifier.engines.diagrams.machine import Machine
from verifier.engines.diagrams.reach import Costly, Search
from verifier.engines.engine import Budget
from verifier.model.model import Model
from verifier.model.terms import Term

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction


class Session:
    """The diagrams of one model, in a manager that holds at most `nodes` nodes; in the order `chosen`, if one was."""

    def __init__(self, model: Model, nodes: int, chosen: Order | None = None) -> None:
        self.nodes = nodes
        self.chosen = chosen
        self.found: BDDFunction | None = None
        self._use(machine_of(model, nodes, chosen))

    def _use(self, machine: Machine) -> None:
        self.machine = machine
        self.reader = Reader(machine)
        self.known = machine.init

    def search(self, budget: Budget, operations: int | None) -> Search:
        """Return a search that ends with the budget, or after so many operations. The order of the leaves is settled
        before, by what it takes to find the reachable states. Raises OutOfTime and MemoryError."""
        first = Search(self.machine, budget, operations)
        if self.chosen is None:
            self._choose(first)
        return Search(self.machine, budget, first.left)

    def _choose(self, search: Search) -> None:
        """Settle the order: after a trial it is noted how far it led, and later, if need be, how far others lead."""
        if self._ends(search, TRIAL):
            return
        states = self.machine.count(self.known)
        if self._ends(search, COSTLY):
            return
        self.chosen = order_of(search, states)
        if self.chosen != self.machine.order:
            self._use(Machine(self.machine.model, self.nodes, self.chosen))

    def _ends(self, search: Search, most: int) -> bool:
        """Return True iff the reachable states are found before the machine has made so many nodes."""
        search.most = most
        try:
            self.found = search.closure(self.known)
            self.chosen = self.machine.order
        except Costly as cut:
            self.known = cut.known
        return self.found is not None

    def reached(self, search: Search) -> BDDFunction:
        """Return the reachable states."""
        if self.found is None:
            self.found = search.closure(self.known)
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
        chosen = known[0].chosen if known else None
        if nodes > SIZES[0]:  # a large one takes the memory of all others
            _sessions.cache_clear()
            known = _sessions(model)
        known[:] = []
        known.append(Session(model, nodes, chosen))
    return known[0]


def sizes(most: int) -> list[int]:
    """Return the sizes to be tried, up to `most`."""
    return [*(s for s in SIZES if s < most), most]
