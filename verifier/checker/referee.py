"""What a certification has at hand: the model, the second solver, and the time left."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from verifier.checker.smtlib import script
from verifier.checker.solver import Solver
from verifier.model.model import Model
from verifier.semantics.conditions import Obligation
from verifier.semantics.refusal import Refused


class Undecided(Exception):
    """The evidence could be neither confirmed nor refused. The message says what blocked it."""


@dataclass
class Referee:
    """Discharges obligations until the deadline (on `time.monotonic()`). `asked`: whether the solver was needed."""

    model: Model
    solver: Solver
    deadline: float
    asked: bool = False

    def left(self) -> float:
        """Return the seconds left. Raises Undecided when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise Undecided("the time for certification is up")
        return left

    def limit(self, size: int, most: int, what: str) -> None:
        """Raise Undecided iff there are more than `most`."""
        if size > most:
            raise Undecided(f"it is about {size} {what}; more than {most} are not looked at")

    def discharge(self, obligations: Iterable[Obligation]) -> None:
        """Have the solver decide each obligation. Raises Refused if one fails, Undecided if it cannot say."""
        for obligation in obligations:
            self.asked = True
            reply = self.solver.check(script(self.model, obligation.terms), self.left())
            if reply.answer not in ("sat", "unsat"):
                raise Undecided(f"{self.solver.version} cannot decide {obligation.name}: {reply.reason}")
            if (reply.answer == "sat") is not obligation.possible:
                raise Refused(obligation.name)
