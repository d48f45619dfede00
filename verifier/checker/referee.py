"""What a certification has at hand: the model, the second solver, and the time left."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from verifier.checker.smtlib import script
from verifier.checker.solver import Reply, Solver
from verifier.model.model import Model
from verifier.model.terms import Term, and_, or_
from verifier.recount.limits import Limits
from verifier.semantics.conditions import Obligation
from verifier.semantics.refusal import Refused

GROUP = 64
"""The most obligations that are asked together."""

TOGETHER = 0.1
"""The seconds for each obligation of a group after which the group is given up, and they are asked one by one: it is
easy for the solver to get lost between obligations each of which is easy."""


class Undecided(Exception):
    """The evidence could be neither confirmed nor refused. The message says what blocked it."""


@dataclass
class Referee:
    """Discharges obligations within limits. `asked`: whether the solver was needed."""

    model: Model
    solver: Solver
    limits: Limits
    asked: bool = False

    def left(self) -> float:
        """Return the seconds left. Raises Undecided when there are none."""
        left = self.limits.deadline - time.monotonic()
        if left <= 0:
            raise Undecided("the time for certification is up")
        return left

    def limit(self, size: int, most: int, what: str) -> None:
        """Raise Undecided iff there are more than `most`."""
        if size > most:
            raise Undecided(f"it is about {size} {what}; more than {most} are not looked at")

    def discharge(self, obligations: Iterable[Obligation]) -> None:
        """Have the solver decide each obligation. Raises Refused if one fails, Undecided if it cannot say.

        Obligations none of which may be possible are asked in groups: all of them fail to hold iff their
        disjunction does. Where that is not the answer, each is asked by itself.
        """
        one_by_one: list[Obligation] = []
        for group in _groups(obligations):
            together = or_(*(and_(*o.terms) for o in group))
            if len(group) == 1 or self._answer((together,), min(self.left(), TOGETHER * len(group))).answer != "unsat":
                one_by_one += group
        for obligation in one_by_one:
            reply = self._answer(obligation.terms, self.left())
            if reply.answer not in ("sat", "unsat"):
                raise Undecided(f"{self.solver.version} cannot decide {obligation.name}: {reply.reason}")
            if (reply.answer == "sat") is not obligation.possible:
                raise Refused(obligation.name)

    def _answer(self, terms: tuple[Term, ...], seconds: float) -> Reply:
        """Ask, unless the solver has answered the same before: many properties rest on one invariant."""
        self.asked, known = True, self.solver.answered.setdefault(self.model, {})
        if terms not in known or known[terms].answer == "unknown":
            known[terms] = self.solver.check(script(self.model, terms), seconds)
        return known[terms]


def _groups(obligations: Iterable[Obligation]) -> Iterator[list[Obligation]]:
    """Yield the obligations in groups of at most GROUP; one that must be possible is a group of its own."""
    asked = list(obligations)
    yield from ([o] for o in asked if o.possible)
    others = [o for o in asked if not o.possible]
    yield from (others[i : i + GROUP] for i in range(0, len(others), GROUP))
