"""What is shown of claims about whole runs where the states are many: how many of them have each label.

The numbers are those that `recount.labelling` comes to by its own means.
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.engines.engine import Budget
from verifier.engines.spaces import limits_of
from verifier.engines.temporal_labels import Labels as Labeller
from verifier.engines.temporal_product import Graph, check_status
from verifier.evidence.evidence import Labelling, Labels
from verifier.model.claims import LeadsTo, Ltl, Recoverable
from verifier.model.formulas import Formula
from verifier.model.model import Model
from verifier.semantics.listing import valuation_list
from verifier.semantics.monitor import owing
from verifier.semantics.positive import conjoined, subformulas
from verifier.statespace.components import Set
from verifier.statespace.machine import Observation
from verifier.statespace.space import Space, explored


def counted(spaces: Sequence[Space], claim: Recoverable | LeadsTo) -> Labelling:
    """Return the numbers of all spaces; `leads to` holds in them. Raises MemoryError."""
    return Labelling((tuple(_about_runs(space, claim) for space in spaces),))


def _about_runs(space: Space, claim: Recoverable | LeadsTo) -> Labels:
    graph = Graph(space)
    if isinstance(claim, LeadsTo):
        sets = graph.satisfying((Observation((claim.trigger,)), Observation((claim.response,))))
        return _labels(space, *sets, graph.nothing())
    origin, goal = graph.satisfying((Observation((claim.origin,)), Observation((claim.goal,))))
    return _labels(space, origin, goal, graph.before(goal))


def _labels(space: Space, *sets: Set) -> Labels:
    return Labels(space.setting.parameters, space.states, tuple(s.count(1) for s in sets))


def branching(space: Space, formula: Formula) -> tuple[Labels, bool]:
    """Return the numbers for a formula of branching time, and whether it is true of each initial state."""
    graph = Graph(space)
    labeller = Labeller(graph)
    sets = [labeller.of(f) for f in subformulas(formula)]
    return _labels(space, *sets), all(sets[0][graph.place(s)] for s in space.reader.twin.initial())


def of_runs(model: Model, claim: Ltl, budget: Budget) -> Labelling:
    """Return the numbers for a formula of linear time, which holds: no run ends or goes on in violation of it. Raises
    OutOfTime, packing.TooLarge, MemoryError."""
    return Labelling(tuple(_unviolated(model, part, budget) for part in conjoined(claim)))


def _unviolated(model: Model, part: Ltl, budget: Budget) -> tuple[Labels, ...]:
    machine, found = owing(model, part).model, list[Labels]()
    for parameters in valuation_list(model):
        space = explored(machine, parameters, limits=limits_of(budget))
        if not space.is_complete:
            check_status(space, budget, "states of machine and what a run owes")
        found.append(Labels(parameters, space.states, (0, 0)))
    return tuple(found)
