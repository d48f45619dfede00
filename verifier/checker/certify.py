"""The referee: from an engine's answer to a verdict. Nothing else makes one."""

from __future__ import annotations

import time
from dataclasses import replace

from verifier.checker.certified import Certified, EvidenceRefused, Verdict
from verifier.checker.referee import Referee, Undecided
from verifier.checker.smtlib import Inexpressible
from verifier.checker.solver import Solver, shared
from verifier.evidence.evidence import (
    Answer,
    BasisTable,
    Bound,
    Closure,
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
    Unknown,
    Unreachable,
    Violated,
    Witnesses,
)  # fmt: skip
from verifier.model.claims import (
    Basis,
    Claim,
    EqualsPath,
    EveryStep,
    LeadsTo,
    Matches,
    Never,
    Property,
    Reachable,
    Recoverable,
    Routes,
)  # fmt: skip
from verifier.model.model import Model
from verifier.model.terms import TRUE, not_, variables
from verifier.semantics.claims import plain, premise
from verifier.semantics.compositions import basis, is_smallest, no_basis, paths
from verifier.semantics.conditions import control_graph, live, plan, ranking, safety, trap, unreachable
from verifier.semantics.instances import TooMany
from verifier.semantics.reachable import holds_on
from verifier.semantics.refusal import Refused, require
from verifier.semantics.routes import route_differences
from verifier.semantics.shown import replay

STATES = 20_000
"""The most members of a closure that are enumerated again."""

DEPTH = 1000
"""The largest k of a k-induction, and the deepest bound, that is looked at."""


def certify(
    model: Model, prop: Property, answer: Answer, budget_seconds: float, solver: Solver | None = None
) -> Certified:
    """Return the verdict that the answer's evidence supports.

    `model` is already restricted by the property's `assuming`. Raises EvidenceRefused where the evidence is
    wrong; what can be neither confirmed nor refused within the budget is UNKNOWN.
    """
    if isinstance(answer, Unknown):
        return Certified(prop, Verdict.UNKNOWN, None, None, answer.reason)
    evidence, referee = answer.evidence, Referee(model, solver or shared(), time.monotonic() + budget_seconds)
    try:
        remark = _check(referee, prop.claim, answer)
    except (Undecided, Inexpressible, TooMany, RecursionError, MemoryError) as error:
        reason = f"the evidence ({evidence.kind}) is not confirmed: {error or type(error).__name__}"
        return Certified(prop, Verdict.UNKNOWN, None, None, reason)
    except Refused as error:
        raise EvidenceRefused(f"evidence refused: {error}") from None
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, AssertionError) as error:
        raise EvidenceRefused(f"evidence refused: it is malformed ({type(error).__name__}: {error})") from error
    verdict = Verdict.PROVED if isinstance(answer, Holds) else Verdict.REFUTED
    if isinstance(evidence, Bound):
        verdict = Verdict.BOUNDED
    return Certified(prop, verdict, evidence, _by(referee, evidence), remark)


def _by(referee: Referee, evidence: object) -> str:
    """Return who confirmed the evidence: the solver, the reference semantics, or both."""
    if isinstance(evidence, SourceMatch):
        return "source"
    replayed = isinstance(evidence, (PathGaps, NoBasis, BasisTable, RouteTable, Trap, Unreachable))
    return ", ".join([*([referee.solver.version] * referee.asked), *(["replay"] * (replayed or not referee.asked))])


def _check(referee: Referee, claim: Claim, answer: Holds | Violated) -> str | None:
    """Raise unless the evidence shows what is answered; return a remark where it shows less than one may think."""
    evidence, model, proves = answer.evidence, referee.model, isinstance(answer, Holds)
    claim = plain(claim)
    match claim, evidence:
        case _, Closure():
            referee.limit(len(evidence.members), STATES, "states")
            require(holds_on(model, claim, evidence, referee.left) is proves, "the claim is decided the other way")
        case Routes(), RouteTable():
            referee.discharge(control_graph(model, claim, evidence))
            agreed = proves is not bool(route_differences(model, claim, evidence))
            require(agreed, "the routes decide the claim the other way")
        case Matches(), SourceMatch():
            require(evidence.cells > 0 and proves is not bool(evidence.differences), "the cells do not say so")
        case _, Invariant() | KInduction() | Bound() if proves:
            referee.limit(getattr(evidence, "k", 0) + getattr(evidence, "depth", 0), DEPTH, "steps")
            referee.discharge(safety(model, claim, evidence))
        case _, KLive() if proves:
            referee.limit(max((p.k for p in evidence.parts), default=0), DEPTH, "rounds")
            referee.discharge(live(model, claim, evidence))
        case Reachable(), Witnesses() | Trace() if proves:
            replay(model, claim, evidence)
        case Reachable(), Unreachable() if not proves:
            referee.discharge(unreachable(model, claim, evidence))
        case EqualsPath(), PathTable() | PathGaps():
            require(isinstance(evidence, PathTable) is proves, "a path table proves, and gaps refute")
            referee.discharge(paths(model, claim, evidence, referee.left))
        case Basis(), BasisTable() if proves:
            referee.discharge(basis(model, claim, evidence, referee.left))
            if claim.chosen is None and not is_smallest(model, claim, evidence, referee.left):
                return "irredundant: no generator can be left out; smallest not shown"
        case Basis(), NoBasis() if not proves:
            referee.discharge(no_basis(model, claim, evidence, referee.left))
        case Recoverable(), Plan() if proves:
            referee.discharge(plan(model, claim, evidence))
        case Recoverable(), Trap() if not proves:
            replay(model, claim, evidence)
            referee.discharge(trap(model, claim, evidence))
        case LeadsTo(), Ranking() if proves:
            referee.discharge(ranking(model, claim, evidence))
        case _, Trace() | Fork() | Lasso() if not proves and not isinstance(claim, Reachable):
            replay(model, claim, evidence)
        case _:
            raise Refused(f"a {evidence.kind} does not {'prove' if proves else 'refute'} a claim of this kind")
    return None


def certify_witness(
    model: Model, certified: Certified, answer: Answer, budget_seconds: float, solver: Solver | None = None
) -> Certified:
    """Return a proof with what `answer` says about its premise: with a run on which the premise comes true, or
    VACUOUS if there is none, or UNKNOWN.

    The answer is about `never P`, or where the premise P mentions the state after, `every step not P`. `model`
    is restricted by the property's `assuming`. Raises EvidenceRefused.
    """
    condition = premise(model, certified.property.claim)
    claim = EveryStep(not_(condition)) if variables(condition, 1) else Never(condition)
    checked = certify(model, replace(certified.property, claim=claim), answer, budget_seconds, solver)
    if isinstance(checked.evidence, Trace):
        return replace(certified, witness=checked.evidence)
    if checked.verdict is Verdict.PROVED:
        reason = "there is no run at all" if condition is TRUE else "it holds only because its premise is never true"
        return Certified(certified.property, Verdict.VACUOUS, checked.evidence, checked.solver, reason)
    blocked = checked.reason or "no run of a few steps shows it"
    reason = f"holds, but whether its premise can come true is undecided: {blocked}"
    return Certified(certified.property, Verdict.UNKNOWN, None, None, reason)
