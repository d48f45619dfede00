"""How many states have each label: what is shown of claims about whole runs where the states are many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verifier.engines.diagrams.safety import COUNTED, in_range
from verifier.engines.diagrams.session import Session, Undecided
from verifier.evidence.evidence import Labelling, Labels
from verifier.semantics.listing import valuation_list

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
