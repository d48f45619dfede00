"""The engine `diagrams`: every claim about states and runs of a machine with finite data, by decision diagrams."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from verifier.engines.diagrams.compile import TooLarge
from verifier.engines.diagrams.library import BYTES, SIZES, why_not
from verifier.engines.diagrams.reach import OutOfTime, Search
from verifier.engines.diagrams.recovery import recoverable
from verifier.engines.diagrams.response import leads_to
from verifier.engines.diagrams.safety import reachable, safety
from verifier.engines.diagrams.session import Session, Undecided, session_of, sizes
from verifier.engines.diagrams.temporal import temporal
from verifier.engines.engine import Budget
from verifier.evidence.evidence import Answer, Plan, Ranking, Unknown
from verifier.model.claims import Claim, Ctl, LeadsTo, Ltl, Reachable, Recoverable
from verifier.model.model import Model
from verifier.model.printer import show
from verifier.model.sorts import is_finite
from verifier.model.terms import Term
from verifier.semantics.claims import cases, plain
from verifier.semantics.instances import TooMany

SHORT = 300
"""The most characters of a condition that a reader takes in."""


@dataclass(frozen=True)
class Diagrams:
    """Exact, and fast where the states are many but regular.

    At most `most` nodes are in memory at a time (32 bytes each), and with `operations` at most so many relations are
    applied: that, not time, is the effort that is given up after, so the answer is the same on every machine. Unless
    `thorough`, formulas of temporal logic are left to others, who find shorter loops where the states are few, and so
    is what is shown by nothing but long conditions.
    """

    most: int = SIZES[-1]
    operations: int | None = None
    thorough: bool = True
    name: str = "diagrams"

    def handles(self, model: Model, claim: Claim) -> str | None:
        """Claims about states and runs, where all data is finite and OxiDD is installed."""
        sorts = [*(v.sort for v in model.variables), *(p.sort for p in model.parameters)]
        sorts += [p.sort for r in model.rules for p in r.parameters]
        if model.functions or not all(is_finite(s) for s in sorts):
            return "the data is not finite (an opaque sort or an uninterpreted function)"
        if isinstance(plain(claim), Ltl | Ctl) and not self.thorough:
            return "formulas of temporal logic are left to others first"
        if type(plain(claim)) not in _SEARCH and cases(model, claim) is None:
            return "not a claim about states or runs"
        return why_not()

    def solve(self, model: Model, claim: Claim, budget: Budget) -> Answer:
        """Return Holds or Violated with evidence that needs no diagrams to be checked, or Unknown."""
        claim = plain(claim)
        search = _SEARCH.get(type(claim), safety)
        most = self.most if budget.memory is None else min(self.most, budget.memory // BYTES)
        reason = ""
        for nodes in sizes(most):
            try:
                session = session_of(model, nodes, most)
                answer = search(session, claim, session.search(budget, self.operations))
                return answer if self.thorough or _is_short(answer) else Unknown("diagrams: others may be shorter")
            except (OutOfTime, TooLarge, TooMany, Undecided) as error:
                return Unknown(f"diagrams: {error}")
            except RecursionError:
                return Unknown("diagrams: a term is nested too deep")
            except MemoryError as error:
                reason = str(error) if "known" in str(error) else f"more than {nodes} nodes are needed"
        return Unknown(f"diagrams: {reason}")


def _is_short(answer: Answer) -> bool:
    """Return True iff no condition in the evidence is longer than a reader takes in."""
    if isinstance(answer, Unknown):
        return True
    conditions: tuple[Term, ...] = getattr(answer.evidence, "conjuncts", ())
    if isinstance(answer.evidence, Plan):
        conditions += tuple(r.condition for r in answer.evidence.rows)
    if isinstance(answer.evidence, Ranking):
        conditions += tuple(r.region for r in answer.evidence.rows)
    return all(len(show(c)) <= SHORT for c in conditions)


_SEARCH: Mapping[type[Claim], Callable[[Session, Claim, Search], Answer]] = {
    Reachable: reachable,  # type: ignore[dict-item]
    Recoverable: recoverable,  # type: ignore[dict-item]
    LeadsTo: leads_to,  # type: ignore[dict-item]
    Ltl: temporal,  # type: ignore[dict-item]
    Ctl: temporal,  # type: ignore[dict-item]
}
