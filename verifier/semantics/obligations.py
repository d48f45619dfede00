"""The obligations under which an answer is right, of whatever kind its evidence is. Part of the trusted base."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.evidence.evidence import (
    BasisTable,
    Bound,
    Fork,
    Holds,
    Invariant,
    KInduction,
    KLive,
    Lasso,
    NoBasis,
    PathGaps,
    PathTable,
    Plan,
    Ranking,
    RouteTable,
    SourceMatch,
    Trace,
    Trap,
    Unreachable,
    Violated,
    Witnesses,
)  # fmt: skip
from verifier.model.claims import Basis, Claim, Ctl, EqualsPath, LeadsTo, Matches, Reachable, Recoverable, Routes
from verifier.model.model import Model
from verifier.semantics.claims import from_the_start
from verifier.semantics.compositions import Visit, basis, no_basis, paths
from verifier.semantics.conditions import Obligation, control_graph, live, plan, ranking, safety, trap, unreachable
from verifier.semantics.refusal import Refused, require
from verifier.semantics.routes import route_differences
from verifier.semantics.shown import replay


def obligations(model: Model, claim: Claim, answer: Holds | Violated, visit: Visit) -> Iterator[Obligation]:
    """Yield the obligations under which the evidence shows what is answered. The claim is a plain one; sets of states
    are no evidence of this kind. `visit` is called again and again, and may raise to give up. Raises Refused where the
    evidence is wrong by the book, and TooMany; what is yielded counts for nothing unless the end is reached.
    """
    evidence, proves = answer.evidence, isinstance(answer, Holds)
    match claim, evidence:
        case Routes(), RouteTable():
            yield from control_graph(model, claim, evidence)
            agreed = proves is not bool(route_differences(model, claim, evidence))
            require(agreed, "the routes decide the claim the other way")
        case Matches(), SourceMatch():
            require(evidence.cells > 0 and proves is not bool(evidence.differences), "the cells do not say so")
        case _, Invariant() | KInduction() | Bound() if proves:
            yield from safety(model, claim, evidence)
        case _, KLive() if proves:
            yield from live(model, claim, evidence)
        case Reachable() | Ctl(), Witnesses() if proves:
            replay(model, claim, evidence)
        case Ctl(), Plan() | Trap() if (from_start := from_the_start(model, claim)) is not None:
            yield from obligations(model, from_start, answer, visit)
        case Reachable(), Trace() if proves:
            replay(model, claim, evidence)
        case Reachable(), Unreachable() if not proves:
            yield from unreachable(model, claim, evidence)
        case EqualsPath(), PathTable() | PathGaps():
            require(isinstance(evidence, PathTable) is proves, "a path table proves, and gaps refute")
            yield from paths(model, claim, evidence, visit)
        case Basis(), BasisTable() if proves:
            yield from basis(model, claim, evidence, visit)
        case Basis(), NoBasis() if not proves:
            yield from no_basis(model, claim, evidence, visit)
        case Recoverable(), Plan() if proves:
            yield from plan(model, claim, evidence)
        case Recoverable(), Trap() if not proves:
            replay(model, claim, evidence)
            yield from trap(model, claim, evidence)
        case LeadsTo(), Ranking() if proves:
            yield from ranking(model, claim, evidence)
        case _, Trace() | Fork() | Lasso() if not proves and not isinstance(claim, Reachable):
            replay(model, claim, evidence)
        case _:
            raise Refused(f"a {evidence.kind} does not {'prove' if proves else 'refute'} a claim of this kind")
