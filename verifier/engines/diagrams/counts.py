"""How many states have each label: what is shown of claims about whole runs where the states are many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verifier.engines.diagrams.reach import Search
from verifier.engines.diagrams.safety import COUNTED, in_range
from verifier.engines.diagrams.session import Session, Undecided
from verifier.evidence.evidence import Labelling, Labels
from verifier.model.claims import Ltl
from verifier.semantics.listing import valuation_list
from verifier.semantics.monitor import owing
from verifier.semantics.positive import conjoined

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction


def counted(session: Session, reached: BDDFunction, sets: Sequence[BDDFunction]) -> Labelling:
    """Return how many states are reachable, and how many of them are in each set. Raises Undecided where they are too
    many to be labelled again one by one."""
    machine = session.machine
    if (count := machine.count(reached)) > COUNTED or not in_range(machine, reached):
        raise Undecided(f"{count} states are too many to be labelled again")
    found = []
    for parameters in valuation_list(machine.model):
        here = reached & machine.fixed(parameters)
        found.append(Labels(parameters, machine.count(here), tuple(machine.count(here & s) for s in sets)))
    return Labelling((tuple(found),))


def counted_beside(session: Session, claim: Ltl, search: Search) -> Labelling:
    """Return the numbers for a formula of linear time, which holds: of the states of the machine and what its run owes,
    in which no run is in violation. Raises Undecided, OutOfTime, compile.TooLarge, MemoryError."""
    found: list[tuple[Labels, ...]] = []
    for part in conjoined(claim):
        beside = Session(owing(session.machine.model, part).model, session.nodes // 2)
        reached = beside.reached(Search(beside.machine, search.budget, search.left))
        found += counted(beside, reached, [beside.machine.words.false] * 2).parts
    return Labelling(tuple(found))
