"""Formulas of branching time on sets of states."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from verifier.engines.diagrams.ctl import Ctl
from verifier.model.formulas import Formula, Now

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction


class Labels:
    """Where formulas hold, among the states that an operator set is about. (Those of `Ctl` without fair rules.)"""

    def __init__(self, ctl: Ctl) -> None:
        self.ctl = ctl
        self.known: dict[Formula, BDDFunction] = {}

    def of(self, formula: Formula) -> BDDFunction:
        """Return the states in which a formula holds."""
        if formula not in self.known:
            self.known[formula] = self._of(formula)
        return self.known[formula]

    def _of(self, formula: Formula) -> BDDFunction:
        ctl, words, every = self.ctl, self.ctl.search.machine.words, self.ctl.inside
        if isinstance(formula, Now):
            return every & ctl.search.machine.formula(formula.condition)
        parts = [self.of(p) for p in formula.parts]
        p, q = parts[0], parts[-1]

        def negated(states: BDDFunction) -> BDDFunction:
            return every & ~states

        def some_always(within: BDDFunction, goal: BDDFunction) -> BDDFunction:
            return ctl.eu(within, goal | ctl.eg(within))

        table: dict[str, Callable[[], BDDFunction]] = {
            "not": lambda: negated(p),
            "and": lambda: words.all(parts),
            "or": lambda: words.any(parts),
            "implies": lambda: negated(p) | q,
            "iff": lambda: negated(p ^ q),
            "EX": lambda: ctl.ex(p),
            "AX": lambda: negated(ctl.ex(negated(p)) | ctl.dead),
            "EF": lambda: ctl.eu(every, p),
            "AF": lambda: negated(ctl.eg(negated(p))),
            "EG": lambda: ctl.eg(p),
            "AG": lambda: negated(ctl.eu(every, negated(p))),
            "EU": lambda: ctl.eu(p, q),
            "AU": lambda: negated(some_always(negated(q), negated(p | q))),
            "ER": lambda: some_always(q, p & q),
            "AR": lambda: negated(ctl.eu(negated(p), negated(q))),
            "EW": lambda: some_always(p, q),
            "AW": lambda: negated(ctl.eu(negated(q), negated(p | q))),
        }
        return table[formula.name]()
