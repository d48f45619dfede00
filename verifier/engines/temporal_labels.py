"""Formulas of branching time by labels: sets of states, by searches backwards and by components.

Clarke, Emerson, Sistla: Automatic Verification of Finite-State Concurrent Systems Using Temporal Logic Specifications,
TOPLAS 1986.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from verifier.engines.temporal_product import Graph, both, either, members, other
from verifier.model.formulas import Formula, Now
from verifier.statespace.components import Set
from verifier.statespace.machine import Observation


class Labels:
    """The sets of states in which formulas hold, for all states of a machine. A run that ends counts as a run."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.known: dict[Formula, Set] = {}

    @cached_property
    def _returning(self) -> Set:
        return self.graph.returning()

    @cached_property
    def _dead(self) -> Set:
        offsets = self.graph.offsets
        onwards = Set(offsets[i] < offsets[i + 1] for i in range(len(self.graph.states)))
        return other(either(onwards, self._returning))

    def of(self, formula: Formula) -> Set:
        """Return the states in which a formula holds."""
        if formula not in self.known:
            self.known[formula] = self._of(formula)
        return self.known[formula]

    def _of(self, formula: Formula) -> Set:
        if isinstance(formula, Now):
            return self.graph.satisfying((Observation((formula.condition,)),))[0]
        parts = [self.of(p) for p in formula.parts]
        p, q = parts[0], parts[-1]
        everything, nothing = self.graph.everything, self.graph.nothing()
        table: dict[str, Callable[[], Set]] = {
            "not": lambda: other(p),
            "and": lambda: _all(both, parts),
            "or": lambda: _all(either, parts),
            "implies": lambda: either(other(p), q),
            "iff": lambda: either(both(p, q), both(other(p), other(q))),
            "EX": lambda: self.before(p),
            "AX": lambda: other(either(self.before(other(p)), self._dead)),
            "EF": lambda: self.some_until(everything, p),
            "AF": lambda: other(self.some_always(other(p), nothing)),
            "EG": lambda: self.some_always(p, nothing),
            "AG": lambda: other(self.some_until(everything, other(p))),
            "EU": lambda: self.some_until(p, q),
            "AU": lambda: other(self.some_always(other(q), other(either(p, q)))),
            "ER": lambda: self.some_always(q, both(p, q)),
            "AR": lambda: other(self.some_until(other(p), other(q))),
            "EW": lambda: self.some_always(p, q),
            "AW": lambda: other(self.some_until(other(q), other(either(p, q)))),
        }
        return table[formula.name]()

    def before(self, goal: Set) -> Set:
        """Return where some step leads to the goal."""
        graph = self.graph
        found = both(self._returning, goal)
        for here in members(other(found)):
            found[here] = any(map(goal.__getitem__, graph.after(here)))
        return found

    def some_until(self, inside: Set, goal: Set) -> Set:
        """Return where some run is inside until it reaches the goal."""
        return self.graph.within(inside).before(goal)

    def some_always(self, inside: Set, goal: Set) -> Set:
        """Return where some run is inside for ever, or to its end, or until it reaches the goal."""
        settled = either(goal, both(inside, self._dead))
        for component in self.graph.components(inside).walkable(self._returning):
            for place in component:
                settled[place] = 1
        return self.some_until(inside, settled)


def _all(join: Callable[[Set, Set], Set], parts: list[Set]) -> Set:
    found = parts[0]
    for part in parts[1:]:
        found = join(found, part)
    return found
